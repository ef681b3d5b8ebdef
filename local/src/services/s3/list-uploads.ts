import type { Input } from '../service';
import { invalidArgument } from './invalid-argument';
import type { MultipartUploads, Upload } from './multipart-uploads';
import type { Owner } from './owner';
import { referenceOf } from './stored-objects';

/** Maximum number of parts per page of ListParts, and of uploads per page of ListMultipartUploads. */
const MAX_ITEMS = 1000;

/** Response of ListParts. */
export function listParts(uploads: MultipartUploads, input: Input, owner: Owner): unknown {
  const reference = referenceOf(input);
  const { attributes, checksum } = uploads.find(reference);
  const after = Number(input['PartNumberMarker'] ?? 0);
  const max = pageSize(input, 'MaxParts', 'max-parts');
  const parts = uploads.parts(reference).filter(({ number }) => number > after);
  const page = parts.slice(0, max);
  return {
    Bucket: reference.bucket,
    Key: reference.key,
    UploadId: reference.uploadId,
    ...membersOf(attributes, checksum, owner),
    PartNumberMarker: after,
    MaxParts: max,
    IsTruncated: page.length < parts.length,
    ...(page.length < parts.length && { NextPartNumberMarker: page.at(-1)?.number ?? after }),
    Parts: page.map(({ number, etag, size, lastModified, checksums }) => ({
      PartNumber: number,
      ETag: etag,
      Size: size,
      LastModified: lastModified,
      ...checksums,
    })),
  };
}

/**
 * Response of ListMultipartUploads. Uploads whose keys are equal up to the next delimiter are grouped into a
 * common prefix.
 */
export function listUploads(uploads: readonly Upload[], input: Input, owner: Owner): unknown {
  const prefix = String(input['Prefix'] ?? '');
  const delimiter = String(input['Delimiter'] ?? '');
  const max = pageSize(input, 'MaxUploads', 'max-uploads');
  const entries = entriesOf(
    afterMarker(uploads, input).filter(({ key }) => key.startsWith(prefix)),
    prefix,
    delimiter,
    String(input['KeyMarker'] ?? ''),
  );
  const page = entries.slice(0, max);
  const last = page.at(-1);
  return {
    Bucket: String(input['Bucket']),
    KeyMarker: String(input['KeyMarker'] ?? ''),
    UploadIdMarker: String(input['UploadIdMarker'] ?? ''),
    ...(page.length < entries.length && {
      NextKeyMarker: last?.name ?? '',
      NextUploadIdMarker: last?.upload?.uploadId ?? '',
    }),
    Prefix: prefix,
    ...(delimiter !== '' && { Delimiter: delimiter }),
    MaxUploads: max,
    IsTruncated: page.length < entries.length,
    Uploads: page.flatMap(({ upload }) => (upload === undefined ? [] : [described(upload, owner)])),
    CommonPrefixes: page.flatMap(({ name, upload }) => (upload === undefined ? [{ Prefix: name }] : [])),
  };
}

/** An upload, or a common prefix of several uploads. */
interface Entry {
  /** Key or prefix. */
  readonly name: string;
  readonly upload?: Upload;
}

function entriesOf(uploads: readonly Upload[], prefix: string, delimiter: string, marker: string): Entry[] {
  const entries: Entry[] = [];
  for (const upload of uploads) {
    const cut = delimiter === '' ? -1 : upload.key.indexOf(delimiter, prefix.length);
    const name = upload.key.slice(0, cut + delimiter.length);
    if (cut < 0) {
      entries.push({ name: upload.key, upload });
    } else if (entries.at(-1)?.name !== name && name !== marker) {
      entries.push({ name });
    }
  }
  return entries;
}

/** The uploads after the marker's key. If an upload ID is given, also later uploads of the same key. */
function afterMarker(
  uploads: readonly Upload[],
  { KeyMarker: marker, UploadIdMarker: id }: Input,
): readonly Upload[] {
  if (marker === undefined || marker === '') {
    return uploads;
  }
  const key = String(marker);
  if (id === undefined || id === '') {
    return uploads.filter((upload) => Buffer.compare(Buffer.from(upload.key), Buffer.from(key)) > 0);
  }
  const at = uploads.findIndex((upload) => upload.key === key && upload.uploadId === id);
  if (at < 0) {
    throw invalidArgument('upload-id-marker', id, 'Invalid uploadId marker');
  }
  return uploads.slice(at + 1);
}

function described({ key, uploadId, initiated, attributes, checksum }: Upload, owner: Owner): unknown {
  return {
    Key: key,
    UploadId: uploadId,
    Initiated: Math.floor(initiated),
    ...membersOf(attributes, checksum, owner),
  };
}

function membersOf(attributes: Upload['attributes'], checksum: Upload['checksum'], owner: Owner): object {
  return {
    StorageClass: attributes.system['StorageClass'] ?? 'STANDARD',
    Owner: owner,
    Initiator: owner,
    ...(checksum && { ChecksumAlgorithm: checksum.algorithm, ChecksumType: checksum.type }),
  };
}

/** The requested number of items per page. @throws AwsError InvalidArgument */
export function pageSize(input: Input, member: string, name: string): number {
  const size = Number(input[member] ?? MAX_ITEMS);
  if (size < 0) {
    throw invalidArgument(name, size, `Argument ${name} must be an integer between 0 and 2147483647`);
  }
  return Math.min(size, MAX_ITEMS);
}
