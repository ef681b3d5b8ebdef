import { XMLBuilder } from 'fast-xml-parser';
import { AwsError } from '../aws-error';
import type { CallOperation, Protocol, WireRequest, WireResponse } from '../endpoint/protocol';
import type { ListedObject } from './list-objects';
import {
  attributesFrom,
  CONDITION_HEADERS,
  COPY_HEADERS,
  fromHeaders,
  fromQuery,
  readBody,
  readList,
  refuseHeaders,
  SYSTEM_HEADERS,
} from './rest-input';
import type { ObjectOutput } from './s3-service';

const XMLNS = 'http://s3.amazonaws.com/doc/2006-03-01/';

/** Most objects of a DeleteObjects request. */
const MAX_DELETES = 1000;

/** Texts of a listing that `encoding-type=url` encodes. */
const ENCODED = ['Delimiter', 'Marker', 'NextMarker', 'Prefix', 'StartAfter'];

type Output = Readonly<Record<string, unknown>>;

/** A request, and where it goes. */
interface Target {
  readonly request: WireRequest;
  readonly call: CallOperation;
  /** `Bucket` and `Key`, as far as there are any. */
  readonly at: Readonly<Record<string, string>>;
}

/** How one operation is told from others, and answered. */
interface Route {
  readonly on: `${'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE'} ${'service' | 'bucket' | 'object'}`;
  /** The parameter that makes this operation of the request. */
  readonly marker?: string;
  /** Parameters that it takes, and the members that they are. */
  readonly query?: readonly (readonly [parameter: string, member: string])[];
  readonly answer: (target: Target, query: Record<string, string>) => Promise<WireResponse>;
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
const ROUTES: readonly Route[] = [
  {
    on: 'GET service',
    answer: async ({ call }) => {
      const { Buckets: buckets } = (await call('ListBuckets', {})) as {
        Buckets: { Name: string; CreationDate: number }[];
      };
      return document('ListAllMyBucketsResult', {
        Buckets: {
          Bucket: buckets.map(({ Name, CreationDate }) => ({ Name, CreationDate: isoTime(CreationDate) })),
        },
      });
    },
  },
  {
    on: 'PUT bucket',
    answer: async ({ call, at }) => {
      await call('CreateBucket', at);
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
      const input = { ...at, ...fromHeaders(request, CONDITION_HEADERS) };
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
    answer: async ({ request, call, at }, query) => {
      const input = { ...at, ...query, PartNumber: Number(query['PartNumber']) };
      if (request.headers['x-amz-copy-source'] !== undefined) {
        const copied = await call('UploadPartCopy', { ...input, ...fromHeaders(request, COPY_HEADERS) });
        return copyResult('CopyPartResult', copied as Output);
      }
      const { Body: body, ...checksums } = readBody(request);
      const { ETag } = (await call('UploadPart', { ...input, Body: body })) as { ETag: string };
      return empty(200, { etag: ETag, ...checksumHeaders(checksums) });
    },
  },
  {
    on: 'POST object',
    marker: 'uploadId',
    query: UPLOAD,
    answer: async ({ request, call, at }, query) => {
      const { items } = readList(request, 'CompleteMultipartUpload.Part');
      const output = await call('CompleteMultipartUpload', {
        ...at,
        ...query,
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
    answer: async ({ request, call, at }) => {
      const input = { ...at, ...attributesFrom(request), ...fromHeaders(request, CONDITION_HEADERS) };
      if (request.headers['x-amz-copy-source'] !== undefined) {
        const copied = await call('CopyObject', { ...input, ...fromHeaders(request, COPY_HEADERS) });
        return copyResult('CopyObjectResult', copied as Output);
      }
      const body = readBody(request);
      const { ETag } = (await call('PutObject', { ...input, ...body })) as { ETag: string };
      return empty(200, { etag: ETag, ...checksumHeaders(body) });
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

/** The REST protocol of S3, with the bucket in the path. */
export class S3RestProtocol implements Protocol {
  public readonly service = 's3';

  public async handle(request: WireRequest, call: CallOperation): Promise<WireResponse> {
    const [, bucket = '', ...rest] = request.path.split('/');
    const [Bucket, Key] = [decode(bucket), decode(rest.join('/'))];
    const level = Key !== '' ? 'object' : Bucket !== '' ? 'bucket' : 'service';
    // An operation of its own (`?acl`, `?versions`, …) must not be taken for another one.
    const parameters = [...request.query.keys()].filter((key) => key !== 'x-id');
    const route = ROUTES.find(
      ({ on, marker, query = [] }) =>
        on === `${request.method} ${level}` &&
        (marker === undefined || parameters.includes(marker)) &&
        parameters.every((each) => each === marker || query.some(([name]) => name === each)),
    );
    if (route === undefined) {
      const what = parameters.length > 0 ? ` with "${parameters.join('&')}"` : '';
      throw new AwsError(
        'NotImplemented',
        `local mode does not have ${request.method} of ${level === 'service' ? 'all buckets' : `this ${level}`}${what} in S3`,
        501,
      );
    }
    refuseHeaders(request);
    const at = { ...(Bucket !== '' && { Bucket }), ...(Key !== '' && { Key }) };
    return route.answer({ request, call, at }, fromQuery(request, route.query ?? []));
  }

  public renderError(error: AwsError, requestId: string): WireResponse {
    // S3 has a code of its own for what other services call AccessDeniedException.
    const isDenied = error.code === 'AccessDeniedException';
    const content = {
      Code: isDenied ? 'AccessDenied' : error.code,
      Message: error.message,
      RequestId: requestId,
    };
    return {
      ...xmlDocument({ Error: content }),
      statusCode: isDenied ? 403 : error.statusCode,
    };
  }
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
  const { items, root } = readList(request, 'Delete.Object');
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

function listing(output: Output, query: Readonly<Record<string, string>>): WireResponse {
  const encode = encoder(query);
  const {
    Contents: contents,
    CommonPrefixes: prefixes,
    ...rest
  } = output as Output & {
    Contents: readonly ListedObject[];
    CommonPrefixes: readonly { Prefix: string }[];
  };
  return document('ListBucketResult', {
    ...Object.fromEntries(
      Object.entries(rest).map(([name, value]) => [
        name,
        ENCODED.includes(name) ? encode(String(value)) : value,
      ]),
    ),
    ...(query['EncodingType'] !== undefined && { EncodingType: query['EncodingType'] }),
    Contents: contents.map((object) => ({
      ...object,
      Key: encode(object.Key),
      LastModified: isoTime(object.LastModified),
      StorageClass: 'STANDARD',
    })),
    CommonPrefixes: prefixes.map(({ Prefix }) => ({ Prefix: encode(Prefix) })),
  });
}

function encoder(query: Readonly<Record<string, string>>): (text: string) => string {
  return query['EncodingType'] === 'url'
    ? (text) => encodeURIComponent(text).replaceAll('%2F', '/')
    : (text) => text;
}

function copyResult(root: string, output: Output): WireResponse {
  const { ETag, LastModified } = output[root] as { ETag: string; LastModified: number };
  return document(root, { ETag, LastModified: isoTime(LastModified) });
}

function renderObject(
  { headers }: WireRequest,
  output: ObjectOutput,
  overrides: Readonly<Record<string, string>>,
): WireResponse {
  const system: Record<string, string> = { ...output.System, ...overrides };
  const isPart = output.ContentRange !== undefined;
  const wantsChecksums = String(headers['x-amz-checksum-mode']).toUpperCase() === 'ENABLED' && !isPart;
  return {
    statusCode: isPart ? 206 : 200,
    headers: {
      'content-length': String(output.ContentLength),
      'content-type': 'binary/octet-stream',
      'accept-ranges': 'bytes',
      etag: output.ETag,
      'last-modified': new Date(output.LastModified * 1000).toUTCString(),
      ...Object.fromEntries(
        SYSTEM_HEADERS.flatMap(([name, member]) => {
          const value = system[member];
          return value === undefined ? [] : [[name, value]];
        }),
      ),
      ...Object.fromEntries(
        Object.entries(output.Metadata).map(([name, value]) => [`x-amz-meta-${name}`, value]),
      ),
      ...(wantsChecksums && checksumHeaders(output.System)),
      ...(output.ContentRange !== undefined && { 'content-range': output.ContentRange }),
    },
    body: output.Body ?? '',
  };
}

/** The headers for members such as `ChecksumCRC32`. */
function checksumHeaders(members: Output): Record<string, string> {
  return Object.fromEntries(
    Object.entries(members).flatMap(([member, value]) => {
      const [, algorithm] = /^Checksum(.+)$/.exec(member) ?? [];
      return algorithm === undefined ? [] : [[`x-amz-checksum-${algorithm.toLowerCase()}`, String(value)]];
    }),
  );
}

const builder = new XMLBuilder({ ignoreAttributes: false, attributeNamePrefix: '@' });

function document(root: string, content: Output): WireResponse {
  return xmlDocument({ [root]: { '@xmlns': XMLNS, ...content } });
}

function xmlDocument(content: Output): WireResponse {
  return {
    statusCode: 200,
    headers: { 'content-type': 'application/xml' },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n${builder.build(content)}`,
  };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new AwsError('InvalidURI', "Couldn't parse the specified URI.");
  }
}

function empty(statusCode: number, headers: Readonly<Record<string, string>> = {}): WireResponse {
  return { statusCode, headers, body: '' };
}

function isoTime(epochSeconds: number): string {
  return new Date(epochSeconds * 1000).toISOString();
}
