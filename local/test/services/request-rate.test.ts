import { ListTrainingJobsCommand, SageMakerClient } from '@aws-sdk/client-sagemaker';
import { RequestRate } from '../../src/services/endpoint/request-rate';
import { BUCKET, closeServices, ENVIRONMENT, start } from './helpers';
import { codeOf, send, sign, type Unsigned } from './signed-request';

afterEach(closeServices);

test('each operation allows a burst, and then a rate per second', () => {
  let now = 0;
  const rate = new RequestRate(2, () => now);
  const take = (count: number, operation = 'Describe') =>
    Array.from({ length: count }, () => rate.takes('sagemaker', operation));
  expect(take(3)).toEqual([true, true, false]);
  expect(take(1, 'List')).toEqual([true]);
  now += 400;
  expect(take(1)).toEqual([false]);
  now += 100;
  expect(take(2)).toEqual([true, false]);
  now += 60_000;
  expect(take(3)).toEqual([true, true, false]);
});

test('a rate can be less than one request per second', () => {
  let now = 0;
  const rate = new RequestRate(0.5, () => now);
  expect([rate.takes('s3', 'a'), rate.takes('s3', 'a')]).toEqual([true, false]);
  now += 2000;
  expect(rate.takes('s3', 'a')).toBe(true);
});

// The limit is one request per hour, so a second request exceeds it on any machine.
const HOURLY = 1 / 3600;

test.each<[string, Unsigned, number, string]>([
  [
    'SageMaker',
    { service: 'sagemaker', headers: { 'x-amz-target': 'SageMaker.ListTrainingJobs' }, body: '{}' },
    400,
    'ThrottlingException',
  ],
  [
    'Lambda',
    { service: 'lambda', path: '/2015-03-31/functions/f/invocations' },
    429,
    'TooManyRequestsException',
  ],
  ['S3', { service: 's3', method: 'GET', path: `/${BUCKET}` }, 503, 'SlowDown'],
  [
    'STS',
    {
      service: 'sts',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'Action=GetCallerIdentity&Version=2011-06-15',
    },
    400,
    'Throttling',
  ],
])('%s returns its own throttling error', async (_name, request, status, code) => {
  const services = await start({ requestsPerSecond: HOURLY });
  const call = async () => send(services, await sign(services, request));
  expect(codeOf(await call())).not.toBe(code);
  const throttled = await call();
  expect([throttled.status, codeOf(throttled)]).toEqual([status, code]);
});

test('state machines are not limited', async () => {
  const services = await start({ requestsPerSecond: HOURLY });
  const calls = Array.from({ length: 3 }, () =>
    services.router.call('sagemaker', 'ListTrainingJobs', {}, services.user),
  );
  expect(await Promise.all(calls)).toHaveLength(3);
});

test('a client that retries succeeds', async () => {
  const services = await start({ requestsPerSecond: 1 });
  const client = new SageMakerClient({
    endpoint: services.url,
    region: ENVIRONMENT.region,
    credentials: services.credentialsFor(services.user),
    maxAttempts: 10,
  });
  let attempts = 0;
  for (let call = 0; call < 2; call++) {
    const { $metadata } = await client.send(new ListTrainingJobsCommand({}));
    attempts += $metadata.attempts ?? 0;
  }
  expect(attempts).toBeGreaterThan(2);
});
