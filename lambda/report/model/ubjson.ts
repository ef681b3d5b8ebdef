/**
 * Reads Universal Binary JSON in the form that XGBoost writes. Most of a model consists of typed arrays. They are read
 * only if `wantsNumbers` returns true for their key.
 *
 * @see https://ubjson.org/type-reference/
 * @see https://xgboost.readthedocs.io/en/stable/tutorials/saving_model.html
 */
export function parseUbjson(buffer: Buffer, wantsNumbers: (key: string) => boolean): unknown {
  return new Reader(buffer, wantsNumbers).document();
}

/** For each type of number, its size in bytes and its reader. All numbers are big-endian. */
const NUMBERS: Readonly<
  Record<string, readonly [bytes: number, read: (buffer: Buffer, at: number) => number]>
> = {
  i: [1, (buffer, at) => buffer.readInt8(at)],
  U: [1, (buffer, at) => buffer.readUInt8(at)],
  I: [2, (buffer, at) => buffer.readInt16BE(at)],
  l: [4, (buffer, at) => buffer.readInt32BE(at)],
  L: [8, (buffer, at) => Number(buffer.readBigInt64BE(at))],
  d: [4, (buffer, at) => buffer.readFloatBE(at)],
  D: [8, (buffer, at) => buffer.readDoubleBE(at)],
};

class Reader {
  private at = 0;

  constructor(
    private readonly buffer: Buffer,
    private readonly wantsNumbers: (key: string) => boolean,
  ) {}

  document(): unknown {
    return this.value(this.marker(), '');
  }

  private value(marker: string, key: string): unknown {
    switch (marker) {
      case '{':
        return this.object();
      case '[':
        return this.array(key);
      case 'S':
        return this.text();
      case 'T':
        return true;
      case 'F':
        return false;
      case 'Z':
        return null;
      default:
        return this.number(marker);
    }
  }

  private object(): Record<string, unknown> {
    const members: [string, unknown][] = [];
    for (;;) {
      if (this.peek() === '}') {
        this.at += 1;
        return Object.fromEntries(members);
      }
      const key = this.text();
      members.push([key, this.value(this.marker(), key)]);
    }
  }

  private array(key: string): unknown {
    const type = this.peek() === '$' ? this.skip().marker() : undefined;
    const count = this.peek() === '#' ? this.skip().number(this.marker()) : undefined;
    if (count === undefined) {
      const items: unknown[] = [];
      while (this.peek() !== ']') items.push(this.value(this.marker(), key));
      this.at += 1;
      return items;
    }
    if (type === undefined || !(type in NUMBERS)) {
      return Array.from({ length: count }, () => this.value(type ?? this.marker(), key));
    }
    const [bytes, read] = NUMBERS[type] as (typeof NUMBERS)[string];
    const start = this.at;
    this.at += bytes * count;
    if (this.at > this.buffer.length) throw new Error('the model ends too early');
    if (!this.wantsNumbers(key)) return undefined;
    const numbers = new Float64Array(count);
    for (let index = 0; index < count; index += 1) numbers[index] = read(this.buffer, start + index * bytes);
    return numbers;
  }

  private number(marker: string): number {
    const [bytes, read] = NUMBERS[marker] ?? [];
    if (bytes === undefined || read === undefined) {
      throw new Error(
        `the model has ${JSON.stringify(marker)} at byte ${this.at - 1}, which is not valid UBJSON`,
      );
    }
    const value = read(this.buffer, this.at);
    this.at += bytes;
    return value;
  }

  private text(): string {
    const length = this.number(this.marker());
    const text = this.buffer.toString('utf8', this.at, this.at + length);
    this.at += length;
    return text;
  }

  private marker(): string {
    const marker = this.peek();
    this.at += 1;
    return marker;
  }

  private peek(): string {
    return String.fromCharCode(this.buffer.readUInt8(this.at));
  }

  private skip(): this {
    this.at += 1;
    return this;
  }
}
