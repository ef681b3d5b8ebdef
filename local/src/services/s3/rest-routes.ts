import { AwsError } from '../aws-error';
import type { CallOperation, WireRequest, WireResponse } from '../endpoint/protocol';
import {
  attributesFrom,
  CONDITION_HEADERS,
  COPY_HEADERS,
  contentFrom,
  contentMembers,
  fromHeaders,
  readDocument,
  readList,
  SYSTEM_HEADERS,
} from './rest-input';
import {
  checksumHeaders,
  copyResult,
  document,
  empty,
  encoder,
  isoTime,
  listing,
  type Output,
  renderObject,
} from './rest-output';
import type { ObjectOutput } from './s3-service';

/** Most objects of a DeleteObjects request. */
const MAX_DELETES = 1000;

/** A request, and where it goes. */
export interface Target {
  readonly request: WireRequest;
  readonly call: CallOperation;
  /** `Bucket` and `Key`, as far as there are any, and what every operation may have. */
  readonly at: Readonly<Record<string, string>>;
}

/** How one operation is told from others, and answered. */
export interface Route {
  readonly on: `${'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE'} ${'service' | 'bucket' | 'object'}`;
  /** The parameter that makes this operation of the request. */
  readonly marker?: string;
  /** Parameters that it takes, and the members that they are. */
  readonly query?: readonly (readonly [parameter: string, member: string])[];
  /** Whether it reads the body as it comes: that of all others is checked before they are carried out. */
  readonly isUpload?: true;
  readonly answer: (target: Target, query: Output) => Promise<WireResponse>;
}

const LISTING = [
  ['prefix', 'Prefix'],
  ['delimiter', 'Delimiter'],
  ['max-keys', 'MaxKeys'],
  ['encoding-type', 'EncodingType'],
] as const;

/** Parameters with headers for the answer. */
const RESPONSE_HEADERS = SYSTEM_HEADERS.map(([name, member]) => [`response-${name}`, member] as const);

const UPLOAD = [['uploadId', 'UploadId']] as const;

/** Every operation; of those that a request fits, the first is meant. */
export const ROUTES: readonly Route[] = [
  {
    on: 'GET service',
    query: [
      ['prefix', 'Prefix'],
      ['max-buckets', 'MaxBuckets'],
      ['continuation-token', 'ContinuationToken'],
      ['bucket-region', 'BucketRegion'],
    ],
    answer: async ({ call, at }, query) => {
      const { Buckets: buckets, ...output } = (await call('ListBuckets', { ...at, ...query })) as Output & {
        Buckets: readonly { CreationDate: number }[];
      };
      return document('ListAllMyBucketsResult', {
        ...output,
        Buckets: {
          Bucket: buckets.map((bucket) => ({ ...bucket, CreationDate: isoTime(bucket.CreationDate) })),
        },
      });
    },
  },
  {
    on: 'PUT bucket',
    answer: async ({ request, call, at }) => {
      const { LocationConstraint } = await readDocument(request, 'CreateBucketConfiguration');
      await call('CreateBucket', {
        ...at,
        ...contentMembers(request),
        ...(LocationConstraint !== undefined && { LocationConstraint }),
      });
      return empty(200, { location: `/${at['Bucket']}` });
    },
  },
  {
    on: 'DELETE bucket',
    answer: async ({ call, at }) => {
      await call('DeleteBucket', at);
      return empty(204);
    },
  },
  {
    on: 'HEAD bucket',
    answer: async ({ call, at }) => {
      const { BucketRegion: region } = (await call('HeadBucket', at)) as { BucketRegion: string };
      return empty(200, { 'x-amz-bucket-region': region });
    },
  },
  {
    on: 'GET bucket',
    marker: 'location',
    answer: async ({ call, at }) => {
      const { LocationConstraint: region } = (await call('GetBucketLocation', at)) as Output;
      return document('LocationConstraint', { '#text': region });
    },
  },
  {
    on: 'GET bucket',
    marker: 'versioning',
    answer: async ({ call, at }) =>
      document('VersioningConfiguration', (await call('GetBucketVersioning', at)) as Output),
  },
  {
    on: 'GET bucket',
    marker: 'uploads',
    query: [
      ['prefix', 'Prefix'],
      ['encoding-type', 'EncodingType'],
      ['max-uploads', 'MaxUploads'],
    ],
    answer: async ({ call, at }, query) => {
      const { Uploads: uploads, ...output } = (await call('ListMultipartUploads', {
        ...at,
        ...query,
      })) as Output & { Uploads: readonly { Key: string; Initiated: number }[] };
      const encode = encoder(query);
      return document('ListMultipartUploadsResult', {
        ...output,
        ...(query['EncodingType'] !== undefined && { EncodingType: query['EncodingType'] }),
        Prefix: encode(String(output['Prefix'])),
        Upload: uploads.map((upload) => ({
          ...upload,
          Key: encode(upload.Key),
          Initiated: isoTime(upload.Initiated),
          StorageClass: 'STANDARD',
        })),
      });
    },
  },
  {
    on: 'GET bucket',
    marker: 'list-type',
    query: [
      ...LISTING,
      ['continuation-token', 'ContinuationToken'],
      ['start-after', 'StartAfter'],
      ['fetch-owner', 'FetchOwner'],
    ],
    answer: async ({ request, call, at }, query) => {
      if (request.query.get('list-type') !== '2') {
        throw new AwsError('InvalidArgument', 'Invalid List Type specified in Request');
      }
      return listing((await call('ListObjectsV2', { ...at, ...query })) as Output, query);
    },
  },
  {
    on: 'GET bucket',
    query: [...LISTING, ['marker', 'Marker']],
    answer: async ({ call, at }, query) =>
      listing((await call('ListObjects', { ...at, ...query })) as Output, query),
  },
  { on: 'POST bucket', marker: 'delete', answer: deleteObjects },
  {
    on: 'GET object',
    marker: 'tagging',
    answer: async ({ call, at }) => {
      await call('GetObjectTagging', at);
      return document('Tagging', { TagSet: '' });
    },
  },
  {
    on: 'GET object',
    marker: 'uploadId',
    query: [
      ...UPLOAD,
      ['max-parts', 'MaxParts'],
      ['part-number-marker', 'PartNumberMarker'],
      ['encoding-type', 'EncodingType'],
    ],
    answer: async ({ call, at }, query) => {
      const { Parts: parts, ...output } = (await call('ListParts', { ...at, ...query })) as Output & {
        Parts: readonly { LastModified: number }[];
      };
      return document('ListPartsResult', {
        ...output,
        Key: encoder(query)(String(output['Key'])),
        StorageClass: 'STANDARD',
        Part: parts.map((part) => ({ ...part, LastModified: isoTime(part.LastModified) })),
      });
    },
  },
  {
    on: 'GET object',
    query: RESPONSE_HEADERS,
    answer: async ({ request, call, at }, query) => {
      const input = { ...at, ...fromHeaders(request, [...CONDITION_HEADERS, ['range', 'Range']]) };
      return renderObject(request, (await readFrom(call, 'GetObject', input)) as ObjectOutput, query);
    },
  },
  {
    on: 'HEAD object',
    query: RESPONSE_HEADERS,
    answer: async ({ request, call, at }, query) => {
      const input = { ...at, ...fromHeaders(request, [...CONDITION_HEADERS, ['range', 'Range']]) };
      return renderObject(request, (await readFrom(call, 'HeadObject', input)) as ObjectOutput, query);
    },
  },
  {
    on: 'POST object',
    marker: 'uploads',
    answer: async ({ request, call, at }) =>
      document(
        'InitiateMultipartUploadResult',
        (await call('CreateMultipartUpload', { ...at, ...attributesFrom(request) })) as Output,
      ),
  },
  {
    on: 'PUT object',
    marker: 'uploadId',
    query: [...UPLOAD, ['partNumber', 'PartNumber']],
    isUpload: true,
    answer: async ({ request, call, at }, query) => {
      const input = { ...at, ...query };
      if (request.headers['x-amz-copy-source'] !== undefined) {
        await request.body.read();
        const copied = await call('UploadPartCopy', { ...input, ...fromHeaders(request, COPY_HEADERS) });
        return copyResult('CopyPartResult', copied as Output);
      }
      const output = await call('UploadPart', {
        ...input,
        ...contentMembers(request),
        Body: contentFrom(request),
      });
      return written(output as Output);
    },
  },
  {
    on: 'POST object',
    marker: 'uploadId',
    query: UPLOAD,
    answer: async ({ request, call, at }, query) => {
      const { items } = await readList(request, 'CompleteMultipartUpload.Part');
      const output = await call('CompleteMultipartUpload', {
        ...at,
        ...query,
        ...contentMembers(request),
        ...fromHeaders(request, CONDITION_HEADERS),
        Parts: items.map((part) => ({
          PartNumber: Number(part['PartNumber']),
          ETag: String(part['ETag'] ?? ''),
        })),
      });
      return document('CompleteMultipartUploadResult', {
        Location: `http://${request.headers.host}${request.path}`,
        ...(output as Output),
      });
    },
  },
  {
    on: 'DELETE object',
    marker: 'uploadId',
    query: UPLOAD,
    answer: async ({ call, at }, query) => {
      await call('AbortMultipartUpload', { ...at, ...query });
      return empty(204);
    },
  },
  {
    on: 'PUT object',
    isUpload: true,
    answer: async ({ request, call, at }) => {
      const input = { ...at, ...attributesFrom(request), ...fromHeaders(request, CONDITION_HEADERS) };
      if (request.headers['x-amz-copy-source'] !== undefined) {
        await request.body.read();
        const copied = await call('CopyObject', { ...input, ...fromHeaders(request, COPY_HEADERS) });
        return copyResult('CopyObjectResult', copied as Output);
      }
      return written((await call('PutObject', { ...input, Body: contentFrom(request) })) as Output);
    },
  },
  {
    on: 'DELETE object',
    answer: async ({ request, call, at }) => {
      await call('DeleteObject', { ...at, ...fromHeaders(request, CONDITION_HEADERS) });
      return empty(204);
    },
  },
];

/** The answer of a write. */
function written({ ETag, ...output }: Output): WireResponse {
  return empty(200, { etag: String(ETag), ...checksumHeaders(output) });
}

/**
 * Reads an object, or what is said of it. That there is none is for those to know who may list the bucket: without
 * s3:ListBucket, S3 refuses a key that does not exist with AccessDenied.
 */
async function readFrom(call: CallOperation, operation: string, input: Output): Promise<unknown> {
  try {
    return await call(operation, input);
  } catch (error) {
    if (error instanceof AwsError && error.code === 'NoSuchKey') {
      // Needs s3:ListBucket, and nothing else.
      await call('HeadBucket', { Bucket: input['Bucket'] });
    }
    throw error;
  }
}

/** Removes objects one by one, each with its own permission and answer, as S3 does. */
async function deleteObjects({ request, call, at }: Target): Promise<WireResponse> {
  const { items, root } = await readList(request, 'Delete.Object');
  if (items.length > MAX_DELETES) {
    throw new AwsError('MalformedXML', `at most ${MAX_DELETES} objects at once, got ${items.length}`);
  }
  const deleted: Output[] = [];
  const errors: Output[] = [];
  for (const { Key, ETag } of items) {
    try {
      await call('DeleteObject', { ...at, Key, ...(ETag !== undefined && { IfMatch: ETag }) });
      deleted.push({ Key });
    } catch (error) {
      if (!(error instanceof AwsError) || error.code === 'NoSuchBucket') {
        throw error;
      }
      const code = error.code === 'AccessDeniedException' ? 'AccessDenied' : error.code;
      errors.push({ Key, Code: code, Message: error.message });
    }
  }
  const isQuiet = String(root['Quiet']).trim() === 'true';
  return document('DeleteResult', { ...(!isQuiet && { Deleted: deleted }), Error: errors });
}
