import { AwsError } from '../aws-error';
import { isTime } from './time-members';

/** Maximum nesting depth, far more than any request needs. */
const MAX_DEPTH = 100;

/** Major types. @see https://www.rfc-editor.org/rfc/rfc8949#section-3.1 */
const [UNSIGNED, NEGATIVE, BYTES, TEXT, LIST, MAP, TAG, SIMPLE] = [0, 1, 2, 3, 4, 5, 6, 7];
/** The "additional information" (RFC 8949) of a value of indefinite length, and the byte that ends such a value. */
const INDEFINITE = 31;
const BREAK = 0xff;

/**
 * Decodes CBOR to a JSON value: timestamps (tag 1) become epoch seconds, bytes become base64.
 *
 * @throws AwsError `SerializationException` for invalid CBOR
 */
export function decodeCbor(bytes: Buffer): unknown {
  try {
    const reader = new Reader(bytes);
    const value = reader.value(0);
    if (!reader.isAtEnd) throw new Error('more than one value');
    return value;
  } catch (error) {
    throw new AwsError('SerializationException', `the body is not CBOR: ${(error as Error).message}`);
  }
}

class Reader {
  private position = 0;

  constructor(private readonly bytes: Buffer) {}

  get isAtEnd(): boolean {
    return this.position === this.bytes.length;
  }

  value(depth: number): unknown {
    if (depth > MAX_DEPTH) throw new Error(`values are nested more than ${MAX_DEPTH} deep`);
    const first = this.bytes.readUInt8(this.advance(1));
    const [major, info] = [first >> 5, first & 31];
    switch (major) {
      case UNSIGNED:
        return this.argument(info);
      case NEGATIVE:
        return -1 - this.argument(info);
      case BYTES:
        return Buffer.concat(this.chunks(major, info)).toString('base64');
      case TEXT:
        return Buffer.concat(this.chunks(major, info)).toString('utf8');
      case LIST:
        return this.list(info, depth);
      case MAP:
        return this.map(info, depth);
      case TAG:
        // AWS's protocol uses tags only for timestamps.
        this.argument(info);
        return this.value(depth + 1);
      default:
        return this.simple(info);
    }
  }

  /** The argument of a value (RFC 8949): a number in the first byte or after it. */
  private argument(info: number): number {
    switch (info) {
      case 24:
        return this.bytes.readUInt8(this.advance(1));
      case 25:
        return this.bytes.readUInt16BE(this.advance(2));
      case 26:
        return this.bytes.readUInt32BE(this.advance(4));
      case 27:
        return Number(this.bytes.readBigUInt64BE(this.advance(8)));
      default:
        if (info > 24) throw new Error(`invalid first byte of a value at byte ${this.position}`);
        return info;
    }
  }

  /** The chunks of a string. Only a string of indefinite length can have several chunks. */
  private chunks(major: number, info: number): Buffer[] {
    if (info !== INDEFINITE) {
      const length = this.argument(info);
      const start = this.advance(length);
      return [this.bytes.subarray(start, start + length)];
    }
    const chunks: Buffer[] = [];
    while (!this.isBreak()) {
      const first = this.bytes.readUInt8(this.advance(1));
      if (first >> 5 !== major || (first & 31) === INDEFINITE)
        throw new Error('a chunk of a string has a different type');
      chunks.push(...this.chunks(major, first & 31));
    }
    return chunks;
  }

  private list(info: number, depth: number): unknown[] {
    const items: unknown[] = [];
    this.repeat(info, () => items.push(this.value(depth + 1)));
    return items;
  }

  private map(info: number, depth: number): Record<string, unknown> {
    const entries: [string, unknown][] = [];
    this.repeat(info, () => entries.push([String(this.value(depth + 1)), this.value(depth + 1)]));
    return Object.fromEntries(entries);
  }

  private repeat(info: number, read: () => void): void {
    if (info === INDEFINITE) {
      while (!this.isBreak()) read();
      return;
    }
    for (let left = this.argument(info); left > 0; left -= 1) read();
  }

  private simple(info: number): unknown {
    switch (info) {
      case 20:
      case 21:
        return info === 21;
      case 22:
      case 23:
        return null;
      case 25:
        return halfFloat(this.bytes.readUInt16BE(this.advance(2)));
      case 26:
        return this.bytes.readFloatBE(this.advance(4));
      case 27:
        return this.bytes.readDoubleBE(this.advance(8));
      default:
        throw new Error(`unknown simple value ${info}`);
    }
  }

  /** Whether a value of indefinite length ends at the current byte. If so, skips the end marker. */
  private isBreak(): boolean {
    const isEnd = this.bytes.readUInt8(this.position) === BREAK;
    if (isEnd) this.position += 1;
    return isEnd;
  }

  /** Advances by a number of bytes. @returns the old position */
  private advance(length: number): number {
    const start = this.position;
    if (length > this.bytes.length - start) throw new Error('unexpected end');
    this.position += length;
    return start;
  }
}

/** A 16-bit float: a sign bit, 5 exponent bits, 10 fraction bits. */
function halfFloat(bits: number): number {
  const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023];
  const sign = bits >> 15 === 0 ? 1 : -1;
  if (exponent === 0) return sign * 2 ** -24 * fraction;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * 2 ** (exponent - 25) * (1024 + fraction);
}

/**
 * Encodes a response as CBOR. All numbers are doubles: no operation returns integers, and Go clients do not
 * accept an integer for a double. Members without a value are omitted.
 */
export function encodeCbor(value: unknown): Buffer {
  return Buffer.concat(parts(value));
}

function parts(value: unknown): Buffer[] {
  if (Array.isArray(value)) return [head(LIST, value.length), ...value.flatMap(parts)];
  switch (typeof value) {
    case 'string':
      return text(value);
    case 'boolean':
      return [Buffer.of((SIMPLE << 5) | (value ? 21 : 20))];
    case 'number':
      return [double(value)];
    default:
      return members(Object.entries(value ?? {}));
  }
}

function members(entries: readonly [string, unknown][]): Buffer[] {
  const given = entries.filter(([, value]) => value !== undefined);
  return [
    head(MAP, given.length),
    ...given.flatMap(([name, value]) => [...text(name), ...(isTime(name) ? times(value) : parts(value))]),
  ];
}

function times(value: unknown): Buffer[] {
  return Array.isArray(value)
    ? [head(LIST, value.length), ...value.flatMap(times)]
    : [head(TAG, 1), double(Number(value))];
}

function text(value: string): Buffer[] {
  const bytes = Buffer.from(value);
  return [head(TEXT, bytes.length), bytes];
}

function double(value: number): Buffer {
  const bytes = Buffer.alloc(9, (SIMPLE << 5) | 27);
  bytes.writeDoubleBE(value, 1);
  return bytes;
}

/** The first bytes of a value: major type and length. */
function head(major: number, length: number): Buffer {
  if (length < 24) return Buffer.of((major << 5) | length);
  const bytes = Buffer.alloc(5, (major << 5) | 26);
  bytes.writeUInt32BE(length, 1);
  return bytes;
}
