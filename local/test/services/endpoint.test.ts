import * as http from 'node:http';
import { Sha256 } from '@aws-crypto/sha256-js';
import {
  DescribeTrainingJobCommand,
  ListEndpointsCommand,
  ListTagsCommand,
  SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import { SignatureV4 } from '@smithy/signature-v4';
import type { RunningServices } from '../../src/services';
import { closeServices, ENVIRONMENT, sagemakerClient, start } from './helpers';

let services: RunningServices;

beforeAll(async () => {
  services = await start();
});
afterAll(closeServices);

interface Answer {
  readonly status: number | undefined;
  readonly body: string;
}

/** Sends a signed request, changed after it was signed. */
async function send(
  change: { headers?: Record<string, string>; body?: string; signingDate?: Date } = {},
): Promise<Answer> {
  const { host, port } = new URL(services.url);
  const signer = new SignatureV4({
    credentials: services.credentialsFor(services.user),
    region: ENVIRONMENT.region,
    service: 'sagemaker',
    sha256: Sha256,
  });
  const body = JSON.stringify({ TrainingJobName: 'none' });
  const signed = await signer.sign(
    {
      method: 'POST',
      protocol: 'http:',
      hostname: '127.0.0.1',
      path: '/',
      headers: {
        host,
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': 'SageMaker.DescribeTrainingJob',
      },
      body,
    },
    change.signingDate === undefined ? {} : { signingDate: change.signingDate },
  );
  return new Promise((resolve, reject) => {
    const request = http.request(
      {
        host: '127.0.0.1',
        port,
        method: 'POST',
        path: '/',
        headers: { ...signed.headers, ...change.headers },
      },
      (response) => {
        let text = '';
        response.on('data', (chunk) => {
          text += chunk;
        });
        response.on('end', () => resolve({ status: response.statusCode, body: text }));
      },
    );
    request.on('error', reject).end(change.body ?? body);
  });
}

test('a well signed request reaches the service', async () => {
  const answer = await send();
  expect(answer).toEqual({
    status: 400,
    body: JSON.stringify({ __type: 'ValidationException', message: 'Requested resource not found.' }),
  });
});

test.each([
  ['a changed body', { body: '{"TrainingJobName":"other"}' }, 403, 'InvalidSignatureException'],
  [
    'a changed signed header',
    { headers: { 'x-amz-target': 'SageMaker.StopTrainingJob' } },
    403,
    'InvalidSignatureException',
  ],
  [
    'another session token',
    { headers: { 'x-amz-security-token': 'other' } },
    403,
    'UnrecognizedClientException',
  ],
  ['no signature', { headers: { authorization: '' } }, 403, 'MissingAuthenticationTokenException'],
  [
    'a body hash of something else',
    { headers: { 'x-amz-content-sha256': 'f'.repeat(64) } },
    403,
    'InvalidSignatureException',
  ],
  ['an old date', { signingDate: new Date(Date.now() - 16 * 60_000) }, 403, 'RequestExpired'],
  ['a date in the future', { signingDate: new Date(Date.now() + 16 * 60_000) }, 403, 'RequestExpired'],
  ['another host (DNS rebinding)', { headers: { host: 'evil.example' } }, 403, 'AccessDeniedException'],
  ['an Origin (a web page)', { headers: { origin: 'http://evil.example' } }, 403, 'AccessDeniedException'],
] as const)('%s is refused', async (_name, change, status, code) => {
  const answer = await send(change);
  expect(answer.status).toBe(status);
  expect(JSON.parse(answer.body)).toMatchObject({ __type: code });
});

test('keys of nobody are refused', async () => {
  const client = new SageMakerClient({
    endpoint: services.url,
    region: ENVIRONMENT.region,
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
    maxAttempts: 1,
  });
  await expect(client.send(new DescribeTrainingJobCommand({ TrainingJobName: 'a' }))).rejects.toMatchObject({
    name: 'UnrecognizedClientException',
  });
});

test('an operation that local mode does not have says so', async () => {
  await expect(sagemakerClient(services).send(new ListEndpointsCommand({}))).rejects.toMatchObject({
    name: 'UnknownOperationException',
    message: expect.stringMatching(/does not have sagemaker:ListEndpoints: it has CreateTrainingJob, /),
  });
});

test('an error of the service has its name in the SDK', async () => {
  const call = sagemakerClient(services).send(
    new ListTagsCommand({ ResourceArn: 'arn:aws:sagemaker:us-east-1:123456789012:training-job/none' }),
  );
  await expect(call).rejects.toMatchObject({ name: 'ResourceNotFound' });
});
