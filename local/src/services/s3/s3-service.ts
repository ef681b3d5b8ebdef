import * as fs from 'node:fs';
import type { Readable } from 'node:stream';
import { AwsError } from '../aws-error';
import { unknownOperation } from '../router';
import type { Service } from '../service';
import type { BucketStore, StoredObject } from './bucket-store';

type Input = Readonly<Record<string, unknown>>;

/** What GetObject and HeadObject answer. */
export interface ObjectOutput {
  readonly Body?: Readable;
  readonly ContentLength: number;
  readonly ContentRange?: string;
  readonly ETag: string;
  readonly LastModified: number;
}

/** What ListObjectsV2 answers. */
export interface ListObjectsOutput {
  readonly Name: string;
  readonly Prefix: string;
  readonly Delimiter?: string;
  readonly MaxKeys: number;
  readonly KeyCount: number;
  readonly IsTruncated: boolean;
  readonly ContinuationToken?: string;
  readonly NextContinuationToken?: string;
  readonly Contents: readonly { Key: string; Size: number; ETag: string; LastModified: number }[];
  readonly CommonPrefixes: readonly { Prefix: string }[];
}

const MAX_KEYS = 1000;

/** The subset of Amazon S3 that clients need to read inputs and results. */
export class S3Service implements Service {
  public readonly name = 's3';

  private readonly operations: Readonly<Record<string, (input: Input) => unknown>> = {
    ListBuckets: () => ({ Buckets: this.store.buckets().map((Name) => ({ Name, CreationDate: 0 })) }),
    HeadBucket: (input) => this.headBucket(input),
    ListObjectsV2: (input) => this.listObjects(input),
    GetObject: (input) => this.getObject(input),
    HeadObject: (input) => this.describe(this.object(input)),
    PutObject: (input) => {
      const body = input['Body'];
      const content = Buffer.isBuffer(body) ? body : Buffer.from(String(body ?? ''));
      return { ETag: this.store.put(text(input, 'Bucket'), text(input, 'Key'), content).etag };
    },
    DeleteObject: (input) => {
      this.store.delete(text(input, 'Bucket'), text(input, 'Key'));
      return {};
    },
  };

  constructor(private readonly store: BucketStore) {}

  public async call(operation: string, input: Input): Promise<unknown> {
    const run = Object.hasOwn(this.operations, operation) ? this.operations[operation] : undefined;
    if (run === undefined) {
      throw unknownOperation(this.name, operation, Object.keys(this.operations));
    }
    return run(input);
  }

  private headBucket(input: Input): Record<string, never> {
    const bucket = text(input, 'Bucket');
    if (!this.store.has(bucket)) {
      throw new AwsError('NoSuchBucket', `The specified bucket does not exist: ${bucket}`, 404);
    }
    return {};
  }

  private object(input: Input): StoredObject {
    const [bucket, key] = [text(input, 'Bucket'), text(input, 'Key')];
    const found = this.store.find(bucket, key);
    if (found === undefined) {
      throw new AwsError('NoSuchKey', `The specified key does not exist: s3://${bucket}/${key}`, 404);
    }
    return found;
  }

  private describe(object: StoredObject): ObjectOutput {
    return { ContentLength: object.size, ETag: object.etag, LastModified: object.lastModified };
  }

  private getObject(input: Input): ObjectOutput {
    const object = this.object(input);
    const range = parseRange(input['Range'], object.size);
    return range === undefined
      ? { ...this.describe(object), Body: fs.createReadStream(object.file) }
      : {
          ...this.describe(object),
          ContentLength: range.end - range.start + 1,
          ContentRange: `bytes ${range.start}-${range.end}/${object.size}`,
          Body: fs.createReadStream(object.file, range),
        };
  }

  private listObjects(input: Input): ListObjectsOutput {
    const [name, prefix] = [text(input, 'Bucket'), String(input['Prefix'] ?? '')];
    const delimiter = String(input['Delimiter'] ?? '');
    const maxKeys = Math.min(Number(input['MaxKeys'] ?? MAX_KEYS), MAX_KEYS);
    const token = input['ContinuationToken'];
    const after =
      token === undefined ? input['StartAfter'] : Buffer.from(String(token), 'base64url').toString();

    // An entry is an object or a common prefix, under the name that the listing is sorted and cut by.
    const entries = new Map<string, StoredObject | undefined>();
    for (const object of this.store.list(name, prefix)) {
      const cut = delimiter === '' ? -1 : object.key.indexOf(delimiter, prefix.length);
      const entry = cut < 0 ? object.key : object.key.slice(0, cut + delimiter.length);
      if (after === undefined || Buffer.compare(Buffer.from(entry), Buffer.from(String(after))) > 0) {
        entries.set(entry, cut < 0 ? object : undefined);
      }
    }
    const page = [...entries].slice(0, maxKeys);
    const isTruncated = entries.size > page.length;
    const last = page.at(-1)?.[0];
    return {
      Name: name,
      Prefix: prefix,
      ...(delimiter !== '' && { Delimiter: delimiter }),
      MaxKeys: maxKeys,
      KeyCount: page.length,
      IsTruncated: isTruncated,
      ...(token !== undefined && { ContinuationToken: String(token) }),
      ...(isTruncated &&
        last !== undefined && { NextContinuationToken: Buffer.from(last).toString('base64url') }),
      Contents: page.flatMap(([, object]) =>
        object === undefined
          ? []
          : [{ Key: object.key, Size: object.size, ETag: object.etag, LastModified: object.lastModified }],
      ),
      CommonPrefixes: page.flatMap(([entry, object]) => (object === undefined ? [{ Prefix: entry }] : [])),
    };
  }
}

function text(input: Input, member: string): string {
  const value = input[member];
  if (typeof value !== 'string' || value === '') {
    throw new AwsError('InvalidRequest', `${member} is required`);
  }
  return value;
}

function parseRange(range: unknown, size: number): { start: number; end: number } | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(String(range ?? ''));
  if (match === null || (match[1] === '' && match[2] === '')) {
    return undefined;
  }
  const start = match[1] === '' ? Math.max(0, size - Number(match[2])) : Number(match[1]);
  const end = match[1] === '' || match[2] === '' ? size - 1 : Math.min(Number(match[2]), size - 1);
  if (start > end) {
    throw new AwsError('InvalidRange', 'The requested range is not satisfiable', 416);
  }
  return { start, end };
}
