import type { Protocol } from '../../src/services/endpoint/protocol';
import { LambdaRestProtocol } from '../../src/services/lambda/rest-protocol';
import { RestModel } from '../../src/services/rest/rest-model';
import { Routes } from '../../src/services/rest/routes';
import { S3_MODEL } from '../../src/services/s3/s3-model';

/** A made-up service. Its members are in parts of a message that neither S3 nor Lambda's Invoke uses. */
const MODEL = new RestModel({
  source: 'a service',
  operations: { CreateThing: 'CreateRequest', DescribeThing: 'DescribeRequest' },
  bindings: {
    CreateThing: { method: 'POST', uri: '/2015-03-31/things/{Name}', status: 201, output: 'Thing' },
    DescribeThing: { method: 'GET', uri: '/2015-03-31/things/{Name}', output: 'Thing' },
  },
  shapes: {
    Text: { type: 'string' },
    Count: { type: 'integer' },
    Time: { type: 'timestamp' },
    CreateRequest: {
      type: 'structure',
      members: { Name: 'Text', Limit: 'Count', Color: 'Text' },
      places: { Name: 'uri Name', Limit: 'querystring limit' },
    },
    DescribeRequest: { type: 'structure', members: { Name: 'Text' }, places: { Name: 'uri Name' } },
    Thing: {
      type: 'structure',
      members: { Created: 'Time', Color: 'Text' },
      places: { Created: 'header Last-Modified' },
    },
  },
});
const protocol = new LambdaRestProtocol('things', MODEL);

/** The result of a request: the operation called, and the response. */
async function ask(method: string, path: string, body: string, query = '') {
  let called: unknown;
  const request = {
    ...{ method, path, rawQuery: query, query: new URLSearchParams(query), headers: {}, rawHeaders: [] },
    ...{ requestId: 'id', body: { read: async () => Buffer.from(body) } },
  } as unknown as Parameters<Protocol['handle']>[0];
  const answer = await protocol.handle(request, async (operation, input) => {
    called = [operation, input];
    return { Created: 0, Color: 'red', Secret: 'x' };
  });
  return { called, answer };
}

describe('a REST service with JSON', () => {
  test('members are read from the path, the query and the body, each only from its own location', async () => {
    const body = JSON.stringify({ Color: 'red', Name: 'other', Limit: 7 });
    const { called } = await ask('POST', '/2015-03-31/things/a%20b', body, 'limit=3');
    expect(called).toEqual(['CreateThing', { Name: 'a b', Limit: 3, Color: 'red' }]);
  });

  test('the response has status, headers and a body that contains only the body members', async () => {
    const { answer } = await ask('POST', '/2015-03-31/things/a', '');
    expect(answer).toEqual({
      statusCode: 201,
      headers: { 'content-type': 'application/json', 'last-modified': 'Thu, 01 Jan 1970 00:00:00 GMT' },
      body: '{"Color":"red"}',
    });
  });

  test.each([
    ['a method that no operation has', 'PUT', '/2015-03-31/things/a', '', 'UnknownOperationException'],
    ['a deeper path', 'GET', '/2015-03-31/things/a/b', '', 'UnknownOperationException'],
    [
      'a parameter of another operation',
      'GET',
      '/2015-03-31/things/a',
      'limit=3',
      'UnknownOperationException',
    ],
    ['no number', 'POST', '/2015-03-31/things/a', 'limit=many', 'SerializationException'],
  ])('%s is refused', async (_name, method, path, query, code) => {
    await expect(ask(method, path, '', query)).rejects.toMatchObject({ code });
  });
});

/** Similar S3 requests, each with the operation that it calls. */
test.each([
  ['GET', '/', '', {}, 'ListBuckets'],
  ['GET', '/b', '', {}, 'ListObjects'],
  ['GET', '/b/', 'list-type=2&prefix=x', {}, 'ListObjectsV2'],
  ['GET', '/b', 'uploads', {}, 'ListMultipartUploads'],
  ['GET', '/b/k', 'x-id=GetObject', {}, 'GetObject'],
  ['GET', '/b//k/', '', {}, 'GetObject'],
  ['GET', '/b/k', 'uploadId=1', {}, 'ListParts'],
  ['PUT', '/b/k', '', {}, 'PutObject'],
  ['PUT', '/b/k', '', { 'x-amz-copy-source': 's/k' }, 'CopyObject'],
  ['PUT', '/b/k', 'uploadId=1&partNumber=1', {}, 'UploadPart'],
  ['PUT', '/b/k', 'uploadId=1', {}, 'UploadPart'],
  ['PUT', '/b/k', 'uploadId=1&partNumber=1', { 'x-amz-copy-source': 's/k' }, 'UploadPartCopy'],
  ['POST', '/b/k', 'uploads', {}, 'CreateMultipartUpload'],
  ['POST', '/b/k', 'uploadId=1', {}, 'CompleteMultipartUpload'],
  ['POST', '/b/k', '', {}, undefined],
  ['DELETE', '/b/k', 'uploadId=1', {}, 'AbortMultipartUpload'],
  ['GET', '/b/k', 'acl', {}, undefined],
  ['GET', '/b', 'versions', {}, undefined],
])(
  '%s %s?%s calls the operation whose binding is most specific',
  (method, path, query, headers, operation) => {
    const head = {
      method,
      path,
      rawQuery: query,
      query: new URLSearchParams(query),
      headers,
      rawHeaders: [],
    };
    expect(new Routes(S3_MODEL).find(head)?.operation).toBe(operation);
  },
);
