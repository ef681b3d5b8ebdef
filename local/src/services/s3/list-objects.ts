import { AwsError } from '../aws-error';
import type { Input } from '../service';
import type { BucketStore } from './bucket-store';
import { algorithmOf, checksumsIn } from './checksums';
import { type ObjectName, objectOf } from './object-files';
import type { Owner } from './owner';
import { pageToken, readPageToken } from './page-token';

/** An object in a listing. */
export interface ListedObject {
  readonly Key: string;
  readonly Size: number;
  readonly ETag: string;
  /** Epoch seconds. */
  readonly LastModified: number;
  readonly StorageClass: string;
  readonly ChecksumAlgorithm?: string;
  readonly ChecksumType?: string;
  readonly Owner?: Owner;
}

/** Common members of the responses of ListObjects and ListObjectsV2. */
interface Listing {
  readonly Name: string;
  readonly Prefix: string;
  readonly Delimiter?: string;
  readonly MaxKeys: number;
  readonly IsTruncated: boolean;
  readonly Contents: readonly ListedObject[];
  readonly CommonPrefixes: readonly { Prefix: string }[];
}

/** Response of ListObjectsV2. */
export interface ListObjectsOutput extends Listing {
  readonly KeyCount: number;
  readonly StartAfter?: string;
  readonly ContinuationToken?: string;
  readonly NextContinuationToken?: string;
}

/** Response of ListObjects. */
export interface ListObjectsV1Output extends Listing {
  readonly Marker: string;
  readonly NextMarker?: string;
}

/** Maximum number of entries per page. */
const MAX_KEYS = 1000;

/** Response of ListObjectsV2. @param owner the owner of the objects */
export function listObjectsV2(store: BucketStore, input: Input, owner: Owner): ListObjectsOutput {
  const { ContinuationToken: token, StartAfter: startAfter, FetchOwner: wantsOwner } = input;
  const after = token === undefined ? startAfter : readPageToken(String(token));
  const { listing, last } = list(
    store,
    input,
    { text: after === undefined ? '' : String(after), skipsFolder: token !== undefined },
    wantsOwner === true ? owner : undefined,
  );
  return {
    ...listing,
    KeyCount: listing.Contents.length + listing.CommonPrefixes.length,
    ...(startAfter !== undefined && { StartAfter: String(startAfter) }),
    ...(token !== undefined && { ContinuationToken: String(token) }),
    ...(listing.IsTruncated && { NextContinuationToken: pageToken(last) }),
  };
}

/**
 * Response of ListObjects, which boto3's resources (`bucket.objects`) still use. @param owner the owner of the objects
 */
export function listObjectsV1(store: BucketStore, input: Input, owner: Owner): ListObjectsV1Output {
  const marker = String(input['Marker'] ?? '');
  const { listing, last } = list(store, input, { text: marker, skipsFolder: true }, owner);
  return {
    ...listing,
    Marker: marker,
    // As on S3, there is no NextMarker without a delimiter: clients then use the last key as the next marker.
    ...(listing.IsTruncated && listing.Delimiter !== undefined && { NextMarker: last }),
  };
}

/** Where a page of a listing starts: after a key, or after all keys with a common prefix. */
interface Position {
  readonly text: string;
  readonly skipsFolder: boolean;
}

function list(
  store: BucketStore,
  input: Input,
  after: Position,
  owner: Owner | undefined,
): { listing: Listing; last: string } {
  const [name, prefix] = [String(input['Bucket']), String(input['Prefix'] ?? '')];
  const delimiter = String(input['Delimiter'] ?? '');
  const maxKeys = readMaxKeys(input['MaxKeys']);
  const isFolder = after.skipsFolder && delimiter !== '' && after.text.endsWith(delimiter);
  const bytes = Buffer.from(after.text);
  const isBehind = ({ key }: ObjectName): boolean =>
    after.text === '' ||
    (Buffer.compare(Buffer.from(key), bytes) > 0 && !(isFolder && key.startsWith(after.text)));

  // Objects and common prefixes, indexed by the name that determines their order.
  const entries = new Map<string, ObjectName | undefined>();
  for (const object of store.names(name, prefix).filter(isBehind)) {
    const cut = delimiter === '' ? -1 : object.key.indexOf(delimiter, prefix.length);
    entries.set(
      cut < 0 ? object.key : object.key.slice(0, cut + delimiter.length),
      cut < 0 ? object : undefined,
    );
    if (entries.size > maxKeys) {
      break;
    }
  }
  const page = [...entries].slice(0, maxKeys);
  return {
    listing: {
      Name: name,
      Prefix: prefix,
      ...(delimiter !== '' && { Delimiter: delimiter }),
      MaxKeys: maxKeys,
      IsTruncated: maxKeys > 0 && entries.size > page.length,
      Contents: page.flatMap(([, object]) =>
        object === undefined ? [] : describe(store, name, object, owner),
      ),
      CommonPrefixes: page.flatMap(([entry, object]) => (object === undefined ? [{ Prefix: entry }] : [])),
    },
    last: page.at(-1)?.[0] ?? '',
  };
}

function describe(
  store: BucketStore,
  bucket: string,
  { key, file }: ObjectName,
  owner: Owner | undefined,
): ListedObject[] {
  const object = objectOf(key, file);
  if (object === undefined) {
    return [];
  }
  const { etag, system } = store.attributes(bucket, object);
  const [checksum] = Object.keys(checksumsIn(system));
  return [
    {
      Key: key,
      Size: object.size,
      ETag: etag,
      LastModified: Math.floor(object.mtimeMs / 1000),
      StorageClass: system['StorageClass'] ?? 'STANDARD',
      ...(checksum !== undefined && {
        ChecksumAlgorithm: algorithmOf(checksum),
        ChecksumType: system['ChecksumType'] ?? 'FULL_OBJECT',
      }),
      ...(owner !== undefined && { Owner: owner }),
    },
  ];
}

function readMaxKeys(given: unknown): number {
  const maxKeys = given === undefined ? MAX_KEYS : Number(given);
  if (!Number.isInteger(maxKeys) || maxKeys < 0) {
    throw new AwsError('InvalidArgument', 'Provided max-keys not an integer or within integer range');
  }
  return Math.min(maxKeys, MAX_KEYS);
}
