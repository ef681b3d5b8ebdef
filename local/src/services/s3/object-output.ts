import type { Readable } from 'node:stream';
import { AwsError } from '../aws-error';
import type { Input } from '../service';
import { type ByteRange, parseRange } from './byte-range';
import { checksumsIn } from './checksums';
import { invalidArgument } from './invalid-argument';
import type { ObjectAttributes, ObjectPart } from './object-attributes';
import type { StoredObject } from './object-files';

/** Response of GetObject and HeadObject, including the object's `ContentType`, `StorageClass` and so on. */
export interface ObjectOutput {
  readonly Body?: Readable;
  readonly ContentLength: number;
  readonly ContentRange?: string;
  readonly ETag: string;
  /** Epoch seconds. */
  readonly LastModified: number;
  readonly Metadata: Readonly<Record<string, string>>;
  /** Total number of parts, if a part was requested. */
  readonly PartsCount?: number;
  readonly [member: string]: unknown;
}

/** The part of an object that a request reads. */
interface Selection {
  /** Byte range to return. Undefined for the whole object. */
  readonly range: ByteRange | undefined;
  readonly part: ObjectPart | undefined;
}

/**
 * The range of the requested bytes, and the response fields that describe these bytes.
 *
 * @throws AwsError InvalidRange, InvalidPartNumber, InvalidRequest
 */
export function readOutput(
  input: Input,
  object: StoredObject,
  attributes: ObjectAttributes,
): { readonly output: ObjectOutput; readonly range: ByteRange | undefined } {
  const { range, part } = select(input, object.size, attributes);
  const { size } = object;
  const { system, metadata, etag, upload } = attributes;
  const { StorageClass: storageClass, ChecksumType: checksumType, ...others } = system;
  const checksums = checksumsIn(others);
  const shown = Object.entries(others).filter(([member]) => checksums[member] === undefined);
  const output = {
    AcceptRanges: 'bytes',
    ContentType: 'binary/octet-stream',
    ...Object.fromEntries(shown),
    // Omits the storage class STANDARD, as S3 does.
    ...(storageClass !== undefined && storageClass !== 'STANDARD' && { StorageClass: storageClass }),
    ...(input['ChecksumMode'] === 'ENABLED' &&
      checksumsOf({ range, part }, size, {
        ...checksums,
        ...(checksumType && { ChecksumType: checksumType }),
      })),
    ...(input['PartNumber'] !== undefined && upload !== undefined && { PartsCount: upload.parts.length }),
    ContentLength: range === undefined ? size : range.end - range.start + 1,
    ...(range !== undefined && { ContentRange: `bytes ${range.start}-${range.end}/${size}` }),
    ETag: etag,
    LastModified: Math.floor(object.mtimeMs / 1000),
    Metadata: metadata,
  };
  return { output, range };
}

function select(input: Input, size: number, { upload }: ObjectAttributes): Selection {
  const { Range: given, PartNumber: number } = input;
  if (number === undefined) {
    return { range: parseRange(given, size), part: undefined };
  }
  if (given !== undefined) {
    throw new AwsError('InvalidRequest', 'Cannot specify both Range header and partNumber query parameter');
  }
  const index = Number(number) - 1;
  if (index < 0 || index >= 10_000) {
    throw invalidArgument(
      'partNumber',
      number,
      'Part number must be an integer between 1 and 10000, inclusive',
    );
  }
  const parts = upload?.parts ?? [];
  const part = parts[index];
  if (part === undefined && index > 0) {
    throw new AwsError('InvalidPartNumber', 'The requested partnumber is not satisfiable', 416, {
      ActualPartCount: String(Math.max(parts.length, 1)),
      PartNumberRequested: String(number),
    });
  }
  const start = parts.slice(0, index).reduce((sum, each) => sum + each.size, 0);
  const length = part?.size ?? size;
  return { range: length === 0 ? undefined : { start, end: start + length - 1 }, part };
}

/** The checksums of the requested bytes. Only whole objects and parts have checksums; other ranges do not. */
function checksumsOf(
  { range, part }: Selection,
  size: number,
  ofObject: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const isWhole = range === undefined || (range.start === 0 && range.end === size - 1);
  if (part !== undefined && ofObject['ChecksumType'] === 'COMPOSITE') {
    return { ...part.checksums, ChecksumType: 'COMPOSITE' };
  }
  return isWhole ? ofObject : {};
}
