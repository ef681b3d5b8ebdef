import * as net from 'node:net';
import { DescribeTrainingJobCommand, ListEndpointsCommand, ListTagsCommand } from '@aws-sdk/client-sagemaker';
import type { RunningServices } from '../../src/services';
import { BUCKET, closeServices, sagemakerClient, start } from './helpers';
import { type Answer, codeOf, type Signing, send, sign, type Unsigned } from './signed-request';

let services: RunningServices;

beforeAll(async () => {
  services = await start();
});
afterAll(closeServices);

const DESCRIBE: Unsigned = {
  service: 'sagemaker',
  headers: {
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-target': 'SageMaker.DescribeTrainingJob',
  },
  body: JSON.stringify({ TrainingJobName: 'none' }),
};

async function call(request: Unsigned, signing: Signing = {}): Promise<Answer> {
  return send(services, await sign(services, request, signing));
}

test('a correctly signed request reaches the service', async () => {
  // The SDK for JavaScript sends the hash of the body in a header; boto3 does not.
  for (const namesHash of [true, false]) {
    const answer = await call(DESCRIBE, { namesHash });
    expect(answer).toMatchObject({
      status: 400,
      body: JSON.stringify({ __type: 'ValidationException', message: 'Requested resource not found.' }),
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'content-length': '74',
        'x-amzn-requestid': expect.stringMatching(/^[\da-f-]{36}$/),
        'x-amzn-errortype': 'ValidationException',
        date: expect.any(String),
      },
    });
  }
});

test('a body is signed even if the request does not state its hash', async () => {
  const signed = await sign(services, DESCRIBE, { namesHash: false });
  const answer = await send(services, { ...signed, body: JSON.stringify({ TrainingJobName: 'else' }) });
  expect(codeOf(answer)).toBe('InvalidSignatureException');
});

test.each<[string, string, Unsigned, number, string]>([
  ['SageMaker', 'json', DESCRIBE, 400, 'InvalidSignatureException'],
  [
    'Lambda',
    'json',
    { service: 'lambda', path: '/2015-03-31/functions/f/invocations' },
    403,
    'InvalidSignatureException',
  ],
  [
    'STS',
    'xml',
    {
      service: 'sts',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'Action=GetCallerIdentity&Version=2011-06-15',
    },
    403,
    'SignatureDoesNotMatch',
  ],
  ['S3', 'xml', { service: 's3', method: 'GET', path: `/${BUCKET}` }, 403, 'SignatureDoesNotMatch'],
])('%s explains in %s what is wrong with a signature', async (_name, format, request, status, code) => {
  const credentials = { ...services.credentialsFor(services.user), secretAccessKey: 'other' };
  const answer = await call(request, { credentials });
  expect([codeOf(answer), answer.status]).toEqual([code, status]);
  expect(answer.headers['content-type']).toContain(format);
  expect(answer.body).toContain('Check your AWS Secret Access Key');
});

test('the error for a wrong date contains both times and the allowed difference, as on AWS', async () => {
  const old = await call(DESCRIBE, { date: new Date(Date.now() - 6 * 60_000) });
  expect(JSON.parse(old.body).message).toMatch(
    /^Signature expired: \d{8}T\d{6}Z is now earlier than \d{8}T\d{6}Z \(\d{8}T\d{6}Z - 5 min\.\)$/,
  );
  const early = await call(DESCRIBE, { date: new Date(Date.now() + 6 * 60_000) });
  expect(JSON.parse(early.body).message).toMatch(/^Signature not yet current: .* \+ 5 min\.\)$/);
  // S3 allows a larger clock skew and has a different error message.
  const s3: Unsigned = { service: 's3', method: 'GET', path: `/${BUCKET}` };
  expect((await call(s3, { date: new Date(Date.now() - 14 * 60_000) })).status).toBe(200);
  expect((await call(s3, { date: new Date(Date.now() - 16 * 60_000) })).body).toMatch(
    /<Code>RequestTimeTooSkewed<.*<RequestTime>\d{8}T\d{6}Z<.*<ServerTime>.*<MaxAllowedSkewMilliseconds>900000</,
  );
});

test('S3 returns its region', async () => {
  const answer = await call({ service: 's3', method: 'GET', path: `/${BUCKET}` }, { region: 'eu-west-1' });
  expect(answer.body).toMatch(
    /the region &apos;eu-west-1&apos; is wrong; expecting &apos;us-east-1&apos;.*<Region>us-east-1</,
  );
});

test.each<[string, Unsigned, string]>([
  [
    'JSON',
    { ...DESCRIBE, service: 'dynamodb', headers: { 'x-amz-target': 'DynamoDB_20120810.ListTables' } },
    '"__type":',
  ],
  ['JSON', { service: 'kinesis', headers: { 'x-amz-target': 'Kinesis_20131202.ListStreams' } }, '"__type":'],
  [
    'XML',
    {
      service: 'ec2',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'Action=DescribeVpcs',
    },
    '<ErrorResponse',
  ],
  ['JSON', { service: 'batch', path: '/v1/describejobqueues', body: '{}' }, '"message":'],
  [
    'CBOR',
    {
      service: 'sqs',
      path: '/service/AmazonSQS/operation/ListQueues',
      headers: { 'smithy-protocol': 'rpc-v2-cbor' },
    },
    'message',
  ],
])('an unsupported service is reported in %s', async (_format, request, part) => {
  const answer = await call(request);
  expect(answer.body).toContain(part);
  expect(codeOf(answer)).toBe('UnknownOperationException');
  expect(answer.body).toMatch(/does not support the service \w+ \(.+\)\. It supports sagemaker, /);
});

test.each<[Unsigned, string]>([
  [
    { service: 'sagemaker', path: '/endpoints/mine/invocations', body: '1,2' },
    'the service SageMaker Runtime (InvokeEndpoint)',
  ],
  [
    { service: 'sagemaker', path: '/endpoints/mine/invocations-response-stream', body: '1,2' },
    'the service SageMaker Runtime (InvokeEndpointWithResponseStream)',
  ],
  [
    { service: 'sagemaker', method: 'PUT', path: '/BatchPutMetrics', body: '{}' },
    'the service SageMaker Metrics (BatchPutMetrics)',
  ],
  [
    { service: 'sagemaker', method: 'GET', path: '/FeatureGroup/mine' },
    'the service SageMaker FeatureStore Runtime (GetRecord)',
  ],
  // No AWS service has this path.
  [
    { service: 'sagemaker', method: 'GET', path: '/endpoints//x' },
    'the operation GET /endpoints//x of sagemaker',
  ],
  [{ service: 'states', method: 'GET', path: '/x' }, 'the operation GET /x of states'],
  [{ service: 'bedrock', path: '/model/x/invoke', body: '{}' }, 'the service bedrock (POST /model/x/invoke)'],
  [{ service: 'kinesis', headers: { 'x-amz-target': 'Kinesis_20131202.ListStreams' } }, '(ListStreams)'],
  [{ service: 'ec2', method: 'GET', query: { Action: 'DescribeVpcs' } }, 'the service ec2 (DescribeVpcs)'],
])('%j is refused with its service and operation', async (request, what) => {
  const answer = await call(request);
  expect(codeOf(answer)).toBe('UnknownOperationException');
  expect(answer.body).toContain(`local mode does not support `);
  expect(answer.body).toContain(what);
  expect(answer.body).toContain('set an endpoint URL');
});

test('the error for a call of a model endpoint says where the model is, and how to reach AWS', async () => {
  const answer = await call({ service: 'sagemaker', path: '/endpoints/mine/invocations', body: '1,2' });
  expect(answer.headers['content-type']).toContain('json');
  const { message } = JSON.parse(answer.body) as { message: string };
  expect(message).toMatch(
    /Local mode does not serve models: load model\.tar\.gz from the S3ModelArtifacts of DescribeTrainingJob/,
  );
  expect(message).toContain('AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME');
});

test('an unsupported operation is reported', async () => {
  await expect(sagemakerClient(services).send(new ListEndpointsCommand({}))).rejects.toMatchObject({
    name: 'UnknownOperationException',
    message: expect.stringMatching(
      /does not support sagemaker:ListEndpoints\. It supports CreateTrainingJob, /,
    ),
  });
});

test('the SDK throws an error with the code that the service returned', async () => {
  const tags = sagemakerClient(services).send(
    new ListTagsCommand({ ResourceArn: 'arn:aws:sagemaker:us-east-1:123456789012:training-job/none' }),
  );
  await expect(tags).rejects.toMatchObject({ name: 'ResourceNotFound' });
  const job = sagemakerClient(services).send(new DescribeTrainingJobCommand({ TrainingJobName: '-' }));
  await expect(job).rejects.toMatchObject({
    name: 'ValidationException',
    $metadata: { httpStatusCode: 400, requestId: expect.any(String) },
  });
});

/** Sends lines and returns the response as soon as enough of it has arrived. */
function converse(head: string, isEnough: (answer: string) => boolean, body = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = net.connect(Number(new URL(services.url).port), '127.0.0.1', () => socket.write(head));
    socket.setEncoding('latin1').once('error', reject);
    socket.on('data', (data) => {
      answer += data;
      if (answer.includes('100 Continue') && body !== '') {
        socket.write(body);
      }
      if (isEnough(answer)) {
        socket.destroy();
        resolve(answer);
      }
    });
  });
}

test('a client that sends Expect: 100-continue is asked for the body only if its signature is valid', async () => {
  const request: Unsigned = { service: 's3', method: 'PUT', path: `/${BUCKET}/waiting`, body: 'abc' };
  const headOf = async (signing: Signing): Promise<string> => {
    const { headers } = await sign(services, request, signing);
    const lines = Object.entries({ ...headers, 'content-length': 3, expect: '100-continue' });
    return `PUT ${request.path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${String(value)}\r\n`).join('')}\r\n`;
  };
  const isAnswer = (text: string): boolean => /HTTP\/1.1 (?!100)\d+/.test(text);
  expect(await converse(await headOf({}), isAnswer, 'abc')).toMatch(
    /^HTTP\/1.1 100 Continue\r\n\r\nHTTP\/1.1 200 OK/,
  );
  const refused = await converse(await headOf({ region: 'eu-west-1' }), isAnswer, 'abc');
  expect(refused).toMatch(/^HTTP\/1.1 400 Bad Request\r\n/);
  // The server must not wait for a body that the client never sends.
  expect(refused).toMatch(/\r\nconnection: close\r\n/i);
});

test('a connection is reused, even after an unread body', async () => {
  const refused = await sign(
    services,
    { service: 's3', method: 'PUT', path: `/${BUCKET}/a`, body: 'x'.repeat(100_000) },
    { region: 'eu-west-1' },
  );
  const good = await sign(services, { service: 's3', method: 'GET', path: `/${BUCKET}/input/train.csv` });
  const text = [refused, good]
    .map(({ method, path, headers, body = '' }) => {
      const lines = Object.entries({ ...headers, 'content-length': body.length });
      return `${method} ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${String(value)}\r\n`).join('')}\r\n${body}`;
    })
    .join('');
  const answer = await converse(text, (got) => got.endsWith('1,2\n'));
  expect(answer.match(/HTTP\/1.1 \d+/g)).toEqual(['HTTP/1.1 400', 'HTTP/1.1 200']);
});
