import type { ExecutionRunner } from '../../src/executions/execution-runner';
import type { RunningServices } from '../../src/services';
import { ECHO, functionIn, startWithExecutions } from './execution-support';
import { BUCKET, closeServices, deploymentIn, temporaryRoot, trainingRequest } from './helpers';
import { type Answer, codeOf, send, sign, type Unsigned } from './signed-request';

/*
 * Requests with a valid signature and invalid content. AWS returns a client error for each of them. Local mode must not
 * return InternalFailure, which is only for faults of local mode.
 */

const DEPTH = 20_000;
let services: RunningServices;
let runner: ExecutionRunner;
const faults: unknown[] = [];

beforeAll(async () => {
  const root = temporaryRoot();
  const functions = [functionIn(root, 'exports.handler = async () => 1;')];
  ({ services, runner } = await startWithExecutions(
    { ...deploymentIn(root, { functions }), stateMachines: [ECHO] },
    { onFault: (error) => faults.push(error) },
  ));
});
afterAll(async () => {
  await runner.close();
  await services.close();
  await closeServices();
});

const ask = async (request: Unsigned): Promise<Answer> => send(services, await sign(services, request));

const list = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
const object = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;

const json = (service: string, target: string, body: string): Unsigned => ({
  service,
  headers: {
    'content-type': `application/x-amz-json-${service === 'states' ? '1.0' : '1.1'}`,
    'x-amz-target': target,
  },
  body,
});

const CBOR: Partial<Unsigned> = {
  path: '/service/GraniteServiceVersion20100801/operation/ListMetrics',
  headers: { 'smithy-protocol': 'rpc-v2-cbor', 'content-type': 'application/cbor' },
};

const training = JSON.stringify(trainingRequest('nested')).slice(0, -1);
const start = `{"stateMachineArn":"${ECHO.arn}"`;

/** JSON requests with a nested value in different positions. `NESTED` is a placeholder for the value. */
const PLACES: readonly (readonly [service: string, target: string, body: string])[] = [
  ['sagemaker', 'SageMaker.CreateTrainingJob', 'NESTED'],
  ['sagemaker', 'SageMaker.CreateTrainingJob', `${training},"HyperParameters":NESTED}`],
  ['sagemaker', 'SageMaker.CreateTrainingJob', `${training},"HyperParameters":{"x":NESTED}}`],
  ['sagemaker', 'SageMaker.CreateTrainingJob', `${training},"Tags":NESTED}`],
  ['sagemaker', 'SageMaker.CreateTrainingJob', `${training},"Unknown":NESTED}`],
  ['states', 'AWSStepFunctions.StartExecution', `${start},"input":NESTED}`],
  ['states', 'AWSStepFunctions.StartExecution', `${start},"input":"NESTED"}`],
  ['states', 'AWSStepFunctions.SendTaskSuccess', '{"taskToken":"x","output":NESTED}'],
  ['states', 'AWSStepFunctions.SendTaskSuccess', '{"taskToken":"x","output":"NESTED"}'],
  ['logs', 'Logs_20140328.DescribeLogStreams', '{"logGroupName":NESTED}'],
  ['monitoring', 'GraniteServiceVersion20100801.ListMetrics', '{"Dimensions":NESTED}'],
];

describe.each([
  ['lists', list(DEPTH)],
  ['objects', object(DEPTH)],
])('%s nested 20,000 deep', (_name, value) => {
  test.each(PLACES)('are refused by %s, %s %s', async (service, target, body) => {
    const text = body.includes('"NESTED"')
      ? body.replace('"NESTED"', JSON.stringify(value))
      : body.replace('NESTED', value);
    const answer = await ask(json(service, target, text));
    expect([answer.status, codeOf(answer)]).toEqual([
      400,
      expect.stringMatching(/^(SerializationException|InvalidExecutionInput|InvalidOutput)$/),
    ]);
    expect(faults).toEqual([]);
  });

  test("are accepted as a function's payload", async () => {
    const answer = await ask({
      service: 'lambda',
      path: '/2015-03-31/functions/fn/invocations',
      body: value,
    });
    expect([answer.status, answer.body, faults]).toEqual([200, '1', []]);
  });
});

test.each<[string, Partial<Unsigned>, string]>([
  [
    'a form with names of 20,000 parts',
    {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: `Action=ListMetrics&${'a.'.repeat(DEPTH)}b=1`,
    },
    'MalformedInput',
  ],
  ['CBOR that is text', { ...CBOR, body: 'x' }, 'SerializationException'],
  ['CBOR that is cut off', { ...CBOR, body: '\u0001\u0001' }, 'SerializationException'],
  ['CBOR that is not a map', { ...CBOR, body: '\u0001' }, 'SerializationException'],
])('CloudWatch refuses %s', async (_name, request, code) => {
  const answer = await ask({ service: 'monitoring', ...request });
  expect([answer.status, codeOf(answer), faults]).toEqual([400, code, []]);
});

test('a string with brackets is not nested', async () => {
  const input = JSON.stringify({ text: `\\"${'['.repeat(DEPTH)}\\` });
  const answer = await ask(
    json('states', 'AWSStepFunctions.StartExecution', JSON.stringify({ stateMachineArn: ECHO.arn, input })),
  );
  expect([answer.status, codeOf(answer)]).toEqual([200, undefined]);
});

test.each(['GET', 'HEAD'])('%s answers with headers in ISO-8859-1', async (method) => {
  const query = { 'response-content-disposition': 'filename="Größe.csv"' };
  const answer = await ask({ service: 's3', ...at(TRAIN, { method, query }) });
  expect([answer.status, answer.headers['content-disposition']]).toEqual([200, 'filename="Größe.csv"']);
});

/** Description, request, and S3's response, including members of the error body. */
type BadRequest = [string, Partial<Unsigned>, number, string, Record<string, string>?];

const element = (name: string, content: string) => `<${name}>${content}</${name}>`;
const objects = (count: number) => element('Object', '<Key>a</Key>').repeat(count);
const DELETE: Partial<Unsigned> = { method: 'POST', path: `/${BUCKET}`, query: { delete: '' } };
const at = (key: string, more: Partial<Unsigned> = {}): Partial<Unsigned> => ({
  method: 'GET',
  path: `/${BUCKET}/${key}`,
  ...more,
});
const TRAIN = 'input/train.csv';
const complete = (body: string): Partial<Unsigned> =>
  at(TRAIN, { method: 'POST', query: { uploadId: 'x' }, body: element('CompleteMultipartUpload', body) });
const listing = (query: Record<string, string>): Partial<Unsigned> => ({
  method: 'GET',
  path: `/${BUCKET}`,
  query: { 'list-type': '2', ...query },
});

test.each<BadRequest>([
  ['no XML', { ...DELETE, body: 'x' }, 400, 'MalformedXML'],
  ['no document', { ...DELETE, body: '' }, 400, 'MalformedXML'],
  ['XML that does not end', { ...DELETE, body: '<Delete><Object>' }, 400, 'MalformedXML'],
  ['another document', { ...DELETE, body: '<Deletion/>' }, 400, 'MalformedXML'],
  ['a document type', { ...DELETE, body: `<!DOCTYPE x><Delete>${objects(1)}</Delete>` }, 400, 'MalformedXML'],
  ['no key', { ...DELETE, body: '<Delete><Object><Key></Key></Object></Delete>' }, 400, 'MalformedXML'],
  [
    'two keys',
    { ...DELETE, body: element('Delete', element('Object', '<Key>a</Key><Key>b</Key>')) },
    400,
    'MalformedXML',
  ],
  ['text in it', { ...DELETE, body: `<Delete>x${objects(1)}</Delete>` }, 400, 'MalformedXML'],
  ['an unknown element', { ...DELETE, body: `<Delete>${objects(1)}<New/></Delete>` }, 400, 'MalformedXML'],
  [
    'a Quiet that is neither',
    { ...DELETE, body: `<Delete>${objects(1)}<Quiet>1</Quiet></Delete>` },
    400,
    'MalformedXML',
  ],
  ['1,001 keys', { ...DELETE, body: element('Delete', objects(1001)) }, 400, 'MalformedXML'],
  [
    '1,001 keys, written in another way',
    { ...DELETE, body: element('Delete', objects(1001).replaceAll('<Object>', '<Object x="y">')) },
    400,
    'MalformedXML',
  ],
  [
    'XML nested 20,000 deep',
    { ...DELETE, body: `${'<a>'.repeat(DEPTH)}${'</a>'.repeat(DEPTH)}` },
    400,
    'MalformedXML',
  ],
  [
    'a key nested 20,000 deep',
    {
      ...DELETE,
      body: element('Delete', element('Object', `${'<Key>'.repeat(DEPTH)}${'</Key>'.repeat(DEPTH)}`)),
    },
    400,
    'MalformedXML',
  ],
  ...['VersionId', 'LastModifiedTime', 'Size'].map(
    (name): BadRequest => [
      `${name} of an object to be removed`,
      { ...DELETE, body: element('Delete', element('Object', `<Key>a</Key>${element(name, '1')}`)) },
      501,
      'NotImplemented',
    ],
  ),
  ...[
    '<Tags><Tag><Key>a</Key><Value>b</Value></Tag></Tags>',
    '<Bucket><Type>Directory</Type></Bucket>',
    '<Location><Name>x</Name></Location>',
  ].map(
    (body): BadRequest => [
      `a bucket with ${body}`,
      { method: 'PUT', path: '/new-bucket', body: element('CreateBucketConfiguration', body) },
      501,
      'NotImplemented',
    ],
  ),
  [
    'a bucket in an unknown region',
    {
      method: 'PUT',
      path: '/new-bucket',
      body: '<CreateBucketConfiguration><LocationConstraint>moon</LocationConstraint></CreateBucketConfiguration>',
    },
    400,
    'InvalidArgument',
  ],
  [
    'an invalid bucket name',
    { method: 'PUT', path: '/No_Bucket' },
    400,
    'InvalidBucketName',
    { BucketName: 'No_Bucket' },
  ],
  ...['1e3', '0x1', ' 1', '1.0', '+1', '', 'x', '99999999999'].flatMap((value): BadRequest[] => [
    [
      `partNumber=${value} read`,
      at(TRAIN, { query: { partNumber: value } }),
      400,
      'InvalidArgument',
      { ArgumentName: 'partNumber', ArgumentValue: value },
    ],
    [
      `partNumber=${value} written`,
      at(TRAIN, { method: 'PUT', query: { uploadId: 'x', partNumber: value }, body: 'x' }),
      400,
      'InvalidArgument',
      { ArgumentName: 'partNumber' },
    ],
    [
      `max-keys=${value}`,
      listing({ 'max-keys': value }),
      400,
      'InvalidArgument',
      { ArgumentName: 'max-keys' },
    ],
    [
      `<PartNumber>${value}</PartNumber>`,
      complete(element('Part', `${element('PartNumber', value)}<ETag>x</ETag>`)),
      400,
      'MalformedXML',
    ],
  ]),
  ['part 0', at(TRAIN, { query: { partNumber: '0' } }), 400, 'InvalidArgument'],
  [
    'part 2 of an object with one part',
    at(TRAIN, { query: { partNumber: '2' } }),
    416,
    'InvalidPartNumber',
    { ActualPartCount: '1' },
  ],
  [
    'a part and a range',
    at(TRAIN, { query: { partNumber: '1' }, headers: { range: 'bytes=0-1' } }),
    400,
    'InvalidRequest',
  ],
  [
    'fetch-owner=maybe',
    listing({ 'fetch-owner': 'maybe' }),
    400,
    'InvalidArgument',
    { ArgumentName: 'fetch-owner' },
  ],
  ['encoding-type=base64', listing({ 'encoding-type': 'base64' }), 400, 'InvalidArgument'],
  [
    'another list type',
    listing({ 'list-type': '3' }),
    400,
    'InvalidArgument',
    { ArgumentName: 'list-type', ArgumentValue: '3' },
  ],
  ...['', 'x', 'aW5wdXQvdHJhaW4uY3N2'].flatMap((token): BadRequest[] => [
    [
      `the token "${token}" for objects`,
      listing({ 'continuation-token': token }),
      400,
      'InvalidArgument',
      { ArgumentName: 'continuation-token' },
    ],
    [
      `the token "${token}" for buckets`,
      { method: 'GET', query: { 'continuation-token': token } },
      400,
      'InvalidArgument',
      { ArgumentName: 'continuation-token' },
    ],
  ]),
  ...['a\r\nset-cookie: b', 'a\u0000b', '\u4e2d', '\u007f'].map(
    (value): BadRequest => [
      `response-content-disposition=${JSON.stringify(value)}`,
      at(TRAIN, { query: { 'response-content-disposition': value } }),
      400,
      'InvalidArgument',
      { ArgumentName: 'response-content-disposition' },
    ],
  ),
  [
    'a missing key',
    at('none'),
    404,
    'NoSuchKey',
    { Key: 'none', Resource: `/${BUCKET}/none`, HostId: 'local-mode' },
  ],
  [
    'a missing bucket',
    { method: 'GET', path: '/nowhere' },
    404,
    'NoSuchBucket',
    { BucketName: 'nowhere', Resource: '/nowhere' },
  ],
  ['a missing upload', at(TRAIN, { query: { uploadId: 'none' } }), 404, 'NoSuchUpload', { UploadId: 'none' }],
  [
    'missing bytes',
    at(TRAIN, { headers: { range: 'bytes=10-' } }),
    416,
    'InvalidRange',
    { RangeRequested: 'bytes=10-', ActualObjectSize: '4' },
  ],
  [
    'an ETag that the object does not have',
    at(TRAIN, { headers: { 'if-match': '"x"' } }),
    412,
    'PreconditionFailed',
    { Condition: 'If-Match' },
  ],
  [
    'an invalid copy source',
    at('copy', { method: 'PUT', headers: { 'x-amz-copy-source': 'x' } }),
    400,
    'InvalidArgument',
    { ArgumentName: 'x-amz-copy-source' },
  ],
  [
    'a key that is too long',
    at('x'.repeat(1025)),
    400,
    'KeyTooLongError',
    { Size: '1025', MaxSizeAllowed: '1024' },
  ],
  ['a key with NUL', at('a%00b'), 404, 'NoSuchKey'],
  ['a key that is not UTF-8', at('a%ffb'), 400, 'InvalidURI'],
  [
    'a bucket that is not empty',
    { method: 'DELETE', path: `/${BUCKET}` },
    409,
    'BucketNotEmpty',
    { BucketName: BUCKET },
  ],
  [
    'the MD5 of other content',
    at('new', { method: 'PUT', body: 'x', headers: { 'content-md5': 'AAAAAAAAAAAAAAAAAAAAAA==' } }),
    400,
    'BadDigest',
    { ExpectedDigest: 'AAAAAAAAAAAAAAAAAAAAAA==', CalculatedDigest: 'ndTkYSaMgDT1yFZOFVxnpg==' },
  ],
  [
    'a KMS key without KMS encryption',
    at('new', { method: 'PUT', body: 'x', headers: { 'x-amz-server-side-encryption-aws-kms-key-id': 'x' } }),
    400,
    'InvalidArgument',
    { ArgumentName: 'x-amz-server-side-encryption' },
  ],
  [
    'an archive',
    at('new', { method: 'PUT', body: 'x', headers: { 'x-amz-storage-class': 'GLACIER' } }),
    501,
    'NotImplemented',
    { Header: 'x-amz-storage-class' },
  ],
  [
    'a body of unknown length',
    at('new', { method: 'PUT', body: 'x', headers: { 'transfer-encoding': 'chunked' } }),
    501,
    'NotImplemented',
    { Header: 'Transfer-Encoding' },
  ],
  ['a folder with content', at('folder/', { method: 'PUT', body: 'x' }), 400, 'InvalidRequest'],
])('%s', async (_name, request, status, code, members = {}) => {
  const answer = await ask({ service: 's3', ...request });
  expect([answer.status, codeOf(answer), faults]).toEqual([status, code, []]);
  const id = answer.headers['x-amz-request-id'];
  for (const [name, value] of Object.entries({ ...members, RequestId: String(id) })) {
    expect(answer.body).toContain(element(name, value.replace('"', '&quot;')));
  }
});
