import * as fs from 'node:fs';
import * as net from 'node:net';
import * as path from 'node:path';
import type { ExecutionRunner } from '../../src/executions/execution-runner';
import type { RunningServices } from '../../src/services';
import { ECHO, functionIn, startWithExecutions } from './execution-support';
import { BUCKET, closeServices, deploymentIn, start, temporaryRoot, trainingRequest, until } from './helpers';
import { codeOf, type RawRequest, type Signing, send, sign, type Unsigned } from './signed-request';

/*
 * Requests that were not signed with a valid access key, or that a web page could send. Each of them would start or
 * write something if local mode accepted it, as the last test shows.
 */

let root: string;
let services: RunningServices;
let runner: ExecutionRunner;

beforeAll(async () => {
  root = temporaryRoot();
  const functions = [functionIn(root, 'exports.handler = async () => 1;')];
  ({ services, runner } = await startWithExecutions({
    ...deploymentIn(root, { functions }),
    stateMachines: [ECHO],
  }));
});
afterAll(async () => {
  await runner.close();
  await services.close();
  await closeServices();
});

const json = (service: string, version: string, target: string, body: unknown): Unsigned => ({
  service,
  headers: { 'content-type': `application/x-amz-json-${version}`, 'x-amz-target': target },
  body: JSON.stringify(body),
});

/** Requests that, if accepted, start an execution, a job or a function, or write an object. */
const STARTING: Readonly<Record<string, Unsigned>> = {
  StartExecution: json('states', '1.0', 'AWSStepFunctions.StartExecution', { stateMachineArn: ECHO.arn }),
  CreateTrainingJob: json('sagemaker', '1.1', 'SageMaker.CreateTrainingJob', trainingRequest('job')),
  Invoke: { service: 'lambda', path: '/2015-03-31/functions/fn/invocations', body: '{"a":1}' },
  PutObject: { service: 's3', method: 'PUT', path: `/${BUCKET}/new`, body: 'content' },
};

/** The executions and jobs that were started, and the files that were written. */
function started(): string[] {
  const files = (folder: string): string[] =>
    fs.existsSync(folder)
      ? fs
          .readdirSync(folder, { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile())
          .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)))
      : [];
  return [
    ...runner.store.list().map(({ arn }) => arn),
    ...services.jobs.training.list().map(({ name }) => name),
    ...services.jobs.tuning.list().map(({ name }) => name),
    ...['s3', 'executions', 'sagemaker', 'logs'].flatMap((folder) => files(path.join(root, folder))),
  ].filter((each) => each !== `s3/${BUCKET}/input/train.csv`);
}

/** The error codes of a refusal: the code for JSON services and Lambda, and the code for S3. */
type Codes = readonly [json: string, s3: string];
type Prepare = (request: Unsigned) => Promise<RawRequest>;

const MISMATCH: Codes = ['InvalidSignatureException', 'SignatureDoesNotMatch'];
const UNKNOWN_KEY: Codes = ['UnrecognizedClientException', 'InvalidAccessKeyId'];
const WRONG_TOKEN: Codes = ['UnrecognizedClientException', 'InvalidToken'];
const UNSIGNED: Codes = ['MissingAuthenticationTokenException', 'AccessDenied'];
const UNREADABLE: Codes = ['IncompleteSignatureException', 'AuthorizationHeaderMalformed'];
const SKEWED: Codes = ['InvalidSignatureException', 'RequestTimeTooSkewed'];

const signed =
  (signing: Signing, headers: Record<string, string> = {}): Prepare =>
  (request) =>
    sign(services, { ...request, headers: { ...request.headers, ...headers } }, signing);

/** Changes a request after signing it. */
const changed =
  (change: (request: RawRequest) => Partial<RawRequest>, headers?: Record<string, string>): Prepare =>
  async (request) => {
    const before = await signed({}, headers)(request);
    return { ...before, ...change(before) };
  };

const withHeaders = (headers: RawRequest['headers']): Prepare =>
  changed((request) => ({ headers: { ...request.headers, ...headers } }));

const editedAuthorization = (edit: (authorization: string) => string): Prepare =>
  changed(({ headers }) => ({
    headers: { ...headers, authorization: edit(String(headers['authorization'])) },
  }));

/** A different body of the same length, which is valid, too. */
function otherBody({ body = '' }: RawRequest): { body: string } {
  return { body: String(body).replace(/[a-z](?=[^a-z]*$)/, (letter) => (letter === 'x' ? 'y' : 'x')) };
}

/** Sends lines to the endpoint and returns the status of the response. */
function statusOf(text: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(Number(new URL(services.url).port), '127.0.0.1', () => socket.write(text));
    socket.once('error', reject).once('data', (data) => {
      socket.destroy();
      resolve(Number(/^HTTP\/1\.1 (\d+)/.exec(data.toString('latin1'))?.[1]));
    });
  });
}

const credentials = () => services.credentialsFor(services.user);
const minutes = (count: number): Date => new Date(Date.now() + count * 60_000);

describe.each(Object.entries(STARTING))('%s', (_name, request) => {
  afterEach(() => expect(started()).toEqual([]));

  const codeFor = ([ofJson, ofS3]: Codes): string => (request.service === 's3' ? ofS3 : ofJson);
  const statusFor = (code: string): number =>
    request.service === 'lambda'
      ? 403
      : request.service !== 's3' || /Malformed|InvalidToken|ContentSHA256|InvalidArg/.test(code)
        ? 400
        : 403;

  test.each<[string, Codes, Prepare]>([
    ['no signature', UNSIGNED, changed(({ headers: { authorization: _, ...headers } }) => ({ headers }))],
    ['an empty signature', UNSIGNED, withHeaders({ authorization: '' })],
    ['a password', UNREADABLE, withHeaders({ authorization: 'Basic YTpi' })],
    ['a Signature Version 2', UNREADABLE, withHeaders({ authorization: 'AWS AKIDEXAMPLE:c2lnbmF0dXJl' })],
    [
      'an asymmetric signature',
      UNREADABLE,
      editedAuthorization((it) => it.replace('HMAC-SHA256', 'ECDSA-P256-SHA256')),
    ],
    [
      'a wrong signature',
      MISMATCH,
      editedAuthorization((it) => it.replace(/.$/, (digit) => (digit === '0' ? '1' : '0'))),
    ],
    [
      'another secret key',
      MISMATCH,
      (it) => signed({ credentials: { ...credentials(), secretAccessKey: 'other' } })(it),
    ],
    [
      'another session token',
      WRONG_TOKEN,
      (it) => signed({ credentials: { ...credentials(), sessionToken: 'other' } })(it),
    ],
    [
      'no session token',
      WRONG_TOKEN,
      (it) => signed({ credentials: { ...credentials(), sessionToken: '' } })(it),
    ],
    [
      'access keys of an earlier run',
      UNKNOWN_KEY,
      async (it) => {
        const earlier = await start();
        return signed({ credentials: earlier.credentialsFor(earlier.user) })(it);
      },
    ],
    ['a date that is too old', SKEWED, signed({ date: minutes(-16) })],
    ['a date that is in the future', SKEWED, signed({ date: minutes(16) })],
    [
      'a different day than its date',
      UNREADABLE,
      editedAuthorization((it) => it.replace(/\/\d{8}\//, '/20200101/')),
    ],
    ['another body', ['InvalidSignatureException', 'XAmzContentSHA256Mismatch'], changed(otherBody)],
    [
      'another body and the hash of that body',
      MISMATCH,
      async (it) => {
        const before = await signed({})(it);
        const { body } = otherBody(before);
        const other = await signed({})({ ...it, body });
        return {
          ...before,
          ...other,
          headers: { ...other.headers, authorization: before.headers['authorization'] ?? '' },
        };
      },
    ],
    ['another query', MISMATCH, changed(({ path: before }) => ({ path: `${before}?x=1` }))],
    [
      'another path',
      MISMATCH,
      changed(({ path: before }) => ({ path: before.replace(/\/[^/]*$/, '/other') })),
    ],
    ['another method', MISMATCH, changed(({ method }) => ({ method: method === 'PUT' ? 'POST' : 'PUT' }))],
    [
      'another header',
      MISMATCH,
      changed(({ headers }) => ({ headers: { ...headers, 'x-amz-meta-a': '2' } }), { 'x-amz-meta-a': '1' }),
    ],
    [
      'a removed header',
      MISMATCH,
      changed(({ headers: { 'x-amz-meta-a': _, ...headers } }) => ({ headers }), { 'x-amz-meta-a': '1' }),
    ],
    [
      'a signed header twice',
      MISMATCH,
      changed(({ headers }) => ({ headers: { ...headers, 'x-amz-meta-a': ['1', '1'] } }), {
        'x-amz-meta-a': '1',
      }),
    ],
    [
      'two dates',
      UNREADABLE,
      changed(({ headers }) => ({
        headers: { ...headers, 'x-amz-date': [String(headers['x-amz-date']), '20200101T000000Z'] },
      })),
    ],
    [
      'a second signature',
      UNREADABLE,
      changed(({ headers }) => ({
        headers: { ...headers, authorization: [String(headers['authorization']), 'AWS4-HMAC-SHA256 x'] },
      })),
    ],
    [
      'an unsigned header of AWS',
      ['InvalidSignatureException', 'AccessDenied'],
      withHeaders({ 'x-amz-acl': 'private' }),
    ],
    [
      'a date that is not signed',
      UNREADABLE,
      editedAuthorization((it) => it.replace('x-amz-date', 'x-amz-other')),
    ],
    ['a host that is not signed', UNREADABLE, editedAuthorization((it) => it.replace('host;', ''))],
    [
      'another region',
      ['InvalidSignatureException', 'AuthorizationHeaderMalformed'],
      signed({ region: 'eu-west-1' }),
    ],
  ])('with %s is refused', async (_case, codes, prepare) => {
    const answer = await send(services, await prepare(request));
    const code = codeFor(codes);
    expect([codeOf(answer), answer.status]).toEqual([code, statusFor(code)]);
    expect(answer.headers['x-amzn-requestid']).toMatch(/^[\da-f-]{36}$/);
  });

  test.each(
    ['states', 'sagemaker', 'lambda', 's3', 'sts', 'dynamodb'].filter((it) => it !== request.service),
  )('signed for %s is refused', async (service) => {
    const answer = await send(services, await sign(services, request, { service }));
    expect([answer.status >= 400, answer.status < 500 || answer.status === 501]).toEqual([true, true]);
  });

  const { port } = { port: () => new URL(services.url).port };
  test.each<[string, () => RawRequest['headers']]>([
    ['another host (DNS rebinding)', () => ({ host: 'evil.example' })],
    ['another host, and the port', () => ({ host: `evil.example:${port()}` })],
    ['a name below localhost as host', () => ({ host: `evil.localhost:${port()}` })],
    ['the IPv6 loopback as host', () => ({ host: `[::1]:${port()}` })],
    ['the loopback address in IPv6 notation as host', () => ({ host: `[::ffff:127.0.0.1]:${port()}` })],
    ['another host in capitals', () => ({ host: `EVIL.EXAMPLE:${port()}` })],
    ['another loopback address as host', () => ({ host: `127.0.0.2:${port()}` })],
    ['a host without the port', () => ({ host: '127.0.0.1' })],
    ['a host with another port', () => ({ host: '127.0.0.1:1' })],
    ['an empty host', () => ({ host: '' })],
    ['the Origin of a web page', () => ({ origin: 'http://evil.example' })],
    ['the Origin of a file', () => ({ origin: 'null' })],
    ['the local endpoint itself as Origin', () => ({ origin: services.url })],
  ])('with %s is refused', async (_case, headers) => {
    const changedHost = headers();
    const before = await sign(services, {
      ...request,
      // A web page that knows the access keys could sign this request, including the changed host.
      headers: {
        ...request.headers,
        ...(typeof changedHost['host'] === 'string' && { host: changedHost['host'] }),
      },
    });
    const answer = await send(services, { ...before, headers: { ...before.headers, ...changedHost } });
    expect([answer.status, codeOf(answer)]).toEqual([
      403,
      request.service === 's3' ? 'AccessDenied' : 'AccessDeniedException',
    ]);
  });

  test('without a Host header, or with two, is refused', async () => {
    const { headers, body = '', ...line } = await sign(services, request);
    const { host, ...others } = headers;
    const lines = Object.entries({ ...others, 'content-length': body.length }).map(
      ([header, value]) => `${header}: ${String(value)}\r\n`,
    );
    for (const [version, hosts, status] of [
      ['1.1', [], 400],
      ['1.0', [], 403],
      ['1.1', [host, 'evil.example'], 403],
      ['1.1', ['evil.example', host], 403],
    ] as const) {
      const head = [
        `${line.method} ${line.path} HTTP/${version}\r\n`,
        ...hosts.map((it) => `host: ${it}\r\n`),
      ];
      expect(await statusOf(`${[...head, ...lines].join('')}\r\n${body}`)).toBe(status);
    }
  });

  test('with an absolute URL, as sent to a proxy, is refused', async () => {
    const before = await sign(services, request);
    const answer = await send(services, { ...before, path: `http://evil.example${before.path}` });
    expect(answer.status).toBe(403);
  });
});

test.each(Object.entries(STARTING))('%s with a valid signature starts something', async (name, request) => {
  const before = started();
  const answer = await send(services, await sign(services, request));
  expect([name, answer.status, answer.body]).toEqual([name, 200, expect.any(String)]);
  await until(
    () => started().filter((each) => !before.includes(each)),
    (found) => found.length > 0,
  );
});
