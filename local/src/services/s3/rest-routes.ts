import { AwsError } from '../aws-error';
import type { WireRequest, WireResponse } from '../endpoint/protocol';
import type { ObjectOutput } from './object-output';
import { parametersOf } from './request-members';
import { contentFrom, readDocument } from './rest-input';
import {
  copyResult,
  document,
  documentWithHeaders,
  empty,
  encoder,
  isoTime,
  listing,
  type Output,
  renderObject,
  uploadListing,
} from './rest-output';
import type { Route, Target } from './route';

/** Every operation; of those that a request fits, the first is meant. */
export const ROUTES: readonly Route[] = [
  { on: 'GET service', operation: 'ListBuckets', answer: listBuckets },
  { on: 'PUT bucket', operation: 'CreateBucket', answer: createBucket },
  { on: 'DELETE bucket', operation: 'DeleteBucket', answer: without(204) },
  { on: 'HEAD bucket', operation: 'HeadBucket', answer: without(200) },
  { on: 'GET bucket', marker: 'location', operation: 'GetBucketLocation', answer: location },
  {
    on: 'GET bucket',
    marker: 'versioning',
    operation: 'GetBucketVersioning',
    answer: async ({ call, input }, operation) =>
      document('VersioningConfiguration', (await call(operation, input)) as Output),
  },
  {
    on: 'GET bucket',
    marker: 'uploads',
    operation: 'ListMultipartUploads',
    answer: async ({ call, input }, operation) =>
      uploadListing((await call(operation, input)) as Output, input),
  },
  { on: 'GET bucket', marker: 'list-type', operation: 'ListObjectsV2', answer: list },
  { on: 'GET bucket', operation: 'ListObjects', answer: list },
  { on: 'POST bucket', marker: 'delete', operation: 'DeleteObjects', answer: removeObjects },
  {
    on: 'GET object',
    marker: 'tagging',
    operation: 'GetObjectTagging',
    answer: async ({ call, input }, operation) => {
      await call(operation, input);
      return document('Tagging', { TagSet: '' });
    },
  },
  { on: 'GET object', marker: 'uploadId', operation: 'ListParts', answer: listParts },
  { on: 'GET object', operation: 'GetObject', answer: read },
  { on: 'HEAD object', operation: 'HeadObject', answer: read },
  {
    on: 'POST object',
    marker: 'uploads',
    operation: 'CreateMultipartUpload',
    answer: async ({ call, input }, operation) => {
      const { Bucket, Key, UploadId, ...output } = (await call(operation, input)) as Output;
      const { headers } = empty(200, output);
      const response = document('InitiateMultipartUploadResult', { Bucket, Key, UploadId });
      return { ...response, headers: { ...headers, ...response.headers } };
    },
  },
  {
    on: 'PUT object',
    marker: 'uploadId',
    header: 'x-amz-copy-source',
    operation: 'UploadPartCopy',
    answer: copy('CopyPartResult'),
  },
  { on: 'PUT object', marker: 'uploadId', operation: 'UploadPart', isUpload: true, answer: write },
  { on: 'POST object', marker: 'uploadId', operation: 'CompleteMultipartUpload', answer: complete },
  { on: 'DELETE object', marker: 'uploadId', operation: 'AbortMultipartUpload', answer: without(204) },
  {
    on: 'PUT object',
    header: 'x-amz-copy-source',
    operation: 'CopyObject',
    answer: copy('CopyObjectResult'),
  },
  { on: 'PUT object', operation: 'PutObject', isUpload: true, answer: write },
  { on: 'DELETE object', operation: 'DeleteObject', answer: without(204) },
];

/** The route of a request; undefined for an operation that local mode does not have. */
export function routeOf(request: WireRequest, level: 'service' | 'bucket' | 'object'): Route | undefined {
  // An operation of its own (`?acl`, `?versions`, …) must not be taken for another one.
  const parameters = [...request.query.keys()].filter((key) => key !== 'x-id');
  return ROUTES.find(
    ({ on, marker, header, operation }) =>
      on === `${request.method} ${level}` &&
      (marker === undefined || parameters.includes(marker)) &&
      (header === undefined || request.headers[header] !== undefined) &&
      parameters.every((each) => each === marker || parametersOf(operation).includes(each)),
  );
}

/** Answers with a status and the headers of the answer. */
function without(statusCode: number): Route['answer'] {
  return async ({ call, input }, operation) =>
    empty(statusCode, ((await call(operation, input)) ?? {}) as Output);
}

function copy(root: string): Route['answer'] {
  return async ({ call, input }, operation) => copyResult(root, (await call(operation, input)) as Output);
}

async function write({ request, call, input }: Target, operation: string): Promise<WireResponse> {
  return empty(200, (await call(operation, { ...input, Body: contentFrom(request) })) as Output);
}

async function listBuckets({ call, input }: Target, operation: string): Promise<WireResponse> {
  const { Buckets: buckets, ...output } = (await call(operation, input)) as Output & {
    Buckets: readonly { CreationDate: number }[];
  };
  return document('ListAllMyBucketsResult', {
    ...output,
    Buckets: {
      Bucket: buckets.map((bucket) => ({ ...bucket, CreationDate: isoTime(bucket.CreationDate) })),
    },
  });
}

async function createBucket({ request, call, input }: Target, operation: string): Promise<WireResponse> {
  const root = 'CreateBucketConfiguration';
  const configuration = await readDocument(request, root, root);
  const output = await call(operation, { ...input, ...(configuration && { [root]: configuration }) });
  return empty(200, output as Output);
}

async function location({ call, input }: Target, operation: string): Promise<WireResponse> {
  const { LocationConstraint: region } = (await call(operation, input)) as Output;
  return document('LocationConstraint', { '#text': region });
}

async function list({ request, call, input }: Target, operation: string): Promise<WireResponse> {
  if (operation === 'ListObjectsV2' && request.query.get('list-type') !== '2') {
    throw new AwsError('InvalidArgument', 'Invalid List Type specified in Request', 400, {
      ArgumentName: 'list-type',
      ArgumentValue: String(request.query.get('list-type')),
    });
  }
  return listing((await call(operation, input)) as Output, input);
}

async function listParts({ call, input }: Target, operation: string): Promise<WireResponse> {
  const { Parts: parts, ...output } = (await call(operation, input)) as Output & {
    Parts: readonly { LastModified: number }[];
  };
  return document('ListPartsResult', {
    ...output,
    Key: encoder(input)(String(output['Key'])),
    Part: parts.map((part) => ({ ...part, LastModified: isoTime(part.LastModified) })),
  });
}

async function complete({ request, call, input }: Target, operation: string): Promise<WireResponse> {
  const upload = await readDocument(request, 'CompleteMultipartUpload', 'CompletedMultipartUpload');
  const output = (await call(operation, { ...input, MultipartUpload: upload ?? {} })) as Output;
  const { ServerSideEncryption, SSEKMSKeyId, BucketKeyEnabled, ...result } = output;
  return documentWithHeaders(
    'CompleteMultipartUploadResult',
    { ServerSideEncryption, SSEKMSKeyId, BucketKeyEnabled },
    { Location: `http://${request.headers.host}${request.path}`, ...result },
  );
}

async function removeObjects({ request, call, input }: Target, operation: string): Promise<WireResponse> {
  const { Objects: objects = [], Quiet } = (await readDocument(request, 'Delete', 'Delete')) ?? {};
  if ((objects as Output[]).length === 0 || (objects as Output[]).some(({ Key }) => !Key)) {
    throw new AwsError(
      'MalformedXML',
      'The XML you provided was not well-formed or did not validate against our published schema: expected <Delete> with <Object>, each with a <Key>',
    );
  }
  const { Deleted, Errors } = (await call(operation, {
    ...input,
    Delete: { Objects: objects, Quiet },
  })) as Output;
  return document('DeleteResult', { Deleted, Error: Errors });
}

/**
 * Reads an object, or what is said of it. That there is none is for those to know who may list the bucket: without
 * s3:ListBucket, S3 refuses a key that does not exist with AccessDenied.
 */
async function read({ call, input }: Target, operation: string): Promise<WireResponse> {
  try {
    return renderObject((await call(operation, input)) as ObjectOutput);
  } catch (error) {
    if (error instanceof AwsError && error.code === 'NoSuchKey') {
      // Needs s3:ListBucket, and nothing else.
      await call('HeadBucket', { Bucket: input['Bucket'] });
    }
    throw error;
  }
}
