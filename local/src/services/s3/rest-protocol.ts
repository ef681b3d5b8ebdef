import { XMLBuilder } from 'fast-xml-parser';
import { AwsError } from '../aws-error';
import type { CallOperation, Protocol, WireRequest, WireResponse } from '../endpoint/protocol';
import { decodeAwsChunked } from './aws-chunked';
import type { ListObjectsOutput, ObjectOutput } from './s3-service';

const XMLNS = 'http://s3.amazonaws.com/doc/2006-03-01/';

/** The REST protocol of S3, with the bucket in the path. */
export class S3RestProtocol implements Protocol {
  public readonly service = 's3';
  private readonly xml = new XMLBuilder({ ignoreAttributes: false, attributeNamePrefix: '@' });

  public async handle(request: WireRequest, call: CallOperation): Promise<WireResponse> {
    const [, bucket = '', ...rest] = request.path.split('/');
    const target = { Bucket: decode(bucket), Key: decode(rest.join('/')) };
    const isBucket = target.Key === '';
    if (!isBucket) {
      refuseVariants(request);
    }
    switch (`${request.method} ${isBucket ? (target.Bucket === '' ? 'service' : 'bucket') : 'object'}`) {
      case 'GET service':
        return this.listBuckets(call);
      case 'HEAD bucket':
        await call('HeadBucket', target);
        return empty(200);
      case 'GET bucket':
        return this.getBucket(target.Bucket, request.query, call);
      case 'GET object':
        return renderObject(
          (await call('GetObject', {
            ...target,
            ...(request.headers.range !== undefined && { Range: request.headers.range }),
          })) as ObjectOutput,
        );
      case 'HEAD object':
        return renderObject((await call('HeadObject', target)) as ObjectOutput);
      case 'PUT object': {
        const { ETag } = (await call('PutObject', { ...target, Body: readBody(request) })) as {
          ETag: string;
        };
        return { ...empty(200), headers: { etag: ETag } };
      }
      case 'DELETE object':
        await call('DeleteObject', target);
        return empty(204);
      default:
        throw notImplemented(`${request.method} of this resource`);
    }
  }

  public renderError(error: AwsError, requestId: string): WireResponse {
    const document = { Error: { Code: error.code, Message: error.message, RequestId: requestId } };
    return this.document(error.statusCode, document);
  }

  private async listBuckets(call: CallOperation): Promise<WireResponse> {
    const { Buckets } = (await call('ListBuckets', {})) as {
      Buckets: { Name: string; CreationDate: number }[];
    };
    return this.document(200, {
      ListAllMyBucketsResult: {
        '@xmlns': XMLNS,
        Buckets: {
          Bucket: Buckets.map(({ Name, CreationDate }) => ({ Name, CreationDate: isoTime(CreationDate) })),
        },
      },
    });
  }

  private async getBucket(
    bucket: string,
    query: URLSearchParams,
    call: CallOperation,
  ): Promise<WireResponse> {
    if (query.get('list-type') !== '2') {
      throw notImplemented(`GET of the bucket with "${query}": only ListObjectsV2 is`);
    }
    const input: Record<string, unknown> = { Bucket: bucket };
    for (const [parameter, member] of [
      ['prefix', 'Prefix'],
      ['delimiter', 'Delimiter'],
      ['max-keys', 'MaxKeys'],
      ['continuation-token', 'ContinuationToken'],
      ['start-after', 'StartAfter'],
    ] as const) {
      const value = query.get(parameter);
      if (value !== null) {
        input[member] = value;
      }
    }
    const output = (await call('ListObjectsV2', input)) as ListObjectsOutput;
    const urlEncoded = query.get('encoding-type') === 'url';
    const encode = (text: string): string =>
      urlEncoded ? encodeURIComponent(text).replaceAll('%2F', '/') : text;
    return this.document(200, {
      ListBucketResult: {
        '@xmlns': XMLNS,
        ...output,
        ...(urlEncoded && { EncodingType: 'url' }),
        Prefix: encode(output.Prefix),
        Contents: output.Contents.map((object) => ({
          ...object,
          Key: encode(object.Key),
          LastModified: isoTime(object.LastModified),
          StorageClass: 'STANDARD',
        })),
        CommonPrefixes: output.CommonPrefixes.map(({ Prefix }) => ({ Prefix: encode(Prefix) })),
      },
    });
  }

  private document(statusCode: number, content: Record<string, unknown>): WireResponse {
    return {
      statusCode,
      headers: { 'content-type': 'application/xml' },
      body: `<?xml version="1.0" encoding="UTF-8"?>\n${this.xml.build(content)}`,
    };
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new AwsError('InvalidURI', "Couldn't parse the specified URI.");
  }
}

/** Headers that make another operation of a request, or one that may not be carried out. */
const REFUSED_HEADERS = [
  'x-amz-copy-source',
  'if-match',
  'if-none-match',
  'if-modified-since',
  'if-unmodified-since',
];

/** `?acl`, `?tagging`, `?uploads`, copies, …: must not be taken for reading, writing or removing an object. */
function refuseVariants({ query, headers }: WireRequest): void {
  const unknown = [
    ...[...query.keys()].filter((key) => key !== 'x-id'),
    ...REFUSED_HEADERS.filter((name) => headers[name] !== undefined),
  ];
  if (unknown.length > 0) {
    throw notImplemented(`the object operation with "${unknown.join('&')}"`);
  }
}

function notImplemented(what: string): AwsError {
  return new AwsError('NotImplemented', `local mode does not have ${what} in S3`, 501);
}

function readBody(request: WireRequest): Buffer {
  const encoding = String(request.headers['content-encoding'] ?? '');
  return encoding.includes('aws-chunked') ? decodeAwsChunked(request.body) : request.body;
}

function renderObject(output: ObjectOutput): WireResponse {
  return {
    statusCode: output.ContentRange === undefined ? 200 : 206,
    headers: {
      'content-length': String(output.ContentLength),
      'content-type': 'binary/octet-stream',
      'accept-ranges': 'bytes',
      etag: output.ETag,
      'last-modified': new Date(output.LastModified * 1000).toUTCString(),
      ...(output.ContentRange !== undefined && { 'content-range': output.ContentRange }),
    },
    body: output.Body ?? '',
  };
}

function empty(statusCode: number): WireResponse {
  return { statusCode, headers: {}, body: '' };
}

function isoTime(epochSeconds: number): string {
  return new Date(epochSeconds * 1000).toISOString();
}
