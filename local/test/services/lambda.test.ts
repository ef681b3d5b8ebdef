import * as fs from 'node:fs';
import * as path from 'node:path';
import type { FunctionResource } from '../../src/assembly';
import { ECHO, functionIn } from './execution-support';
import { closeServices, deploymentIn, start, temporaryRoot, until } from './helpers';
import { send, sign } from './signed-request';

afterEach(closeServices);

const ROLE = 'arn:aws:iam::123456789012:role/function';

async function deployFunction(code: string, change: Partial<FunctionResource> = {}, file = 'index.js') {
  const root = temporaryRoot();
  const folder = path.join(root, 'functions', 'Fn');
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, file), code);
  const definition: FunctionResource = {
    logicalId: 'Fn',
    name: 'my-function',
    arn: 'arn:aws:lambda:us-east-1:123456789012:function:my-function',
    roleArn: ROLE,
    folder,
    handler: 'index.handler',
    runtime: 'nodejs22.x',
    environment: { GREETING: 'hello' },
    timeoutSeconds: 10,
    memoryMegabytes: 128,
    ...change,
  };
  const services = await start({ deployment: deploymentIn(root, { functions: [definition] }) });
  const invoke = async (event: unknown = {}, name = 'my-function') => {
    const output = (await services.router.call(
      'lambda',
      'Invoke',
      { FunctionName: name, Payload: JSON.stringify(event) },
      services.user,
    )) as { Payload: string; FunctionError?: string };
    return { error: output.FunctionError, payload: JSON.parse(output.Payload) };
  };
  return { services, root, invoke };
}

test("a function gets its event, context and environment, and nothing from the user's environment", async () => {
  process.env['AWS_PROFILE'] = 'of-the-user';
  process.env['SECRET_OF_THE_USER'] = 'x';
  const { services, invoke, root } = await deployFunction(
    'console.log("in the log"); exports.handler = async (event, context) => ({ event, env: process.env, name: context.functionName, left: context.getRemainingTimeInMillis() });',
  );
  const { payload } = await invoke({ a: 1 });
  delete process.env['AWS_PROFILE'];
  delete process.env['SECRET_OF_THE_USER'];
  const keys = services.credentialsFor({ arn: ROLE });
  expect(payload).toMatchObject({
    event: { a: 1 },
    name: 'my-function',
    left: expect.any(Number),
    env: {
      GREETING: 'hello',
      AWS_REGION: 'us-east-1',
      AWS_LAMBDA_FUNCTION_NAME: 'my-function',
      AWS_ENDPOINT_URL: services.url,
      AWS_ACCESS_KEY_ID: keys.accessKeyId,
      AWS_SESSION_TOKEN: keys.sessionToken,
      AWS_CONFIG_FILE: '/dev/null',
    },
  });
  expect(Object.keys(payload.env)).not.toContain('AWS_PROFILE');
  expect(Object.keys(payload.env)).not.toContain('SECRET_OF_THE_USER');
  expect(fs.readFileSync(path.join(root, 'logs', 'my-function.log'), 'utf8')).toContain('in the log');
  for (const entry of fs.readdirSync(root, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    // Access keys are kept only in memory.
    expect(entry.isFile() ? fs.readFileSync(file, 'utf8') : '').not.toContain(keys.secretAccessKey);
  }
});

test('the process stays warm', async () => {
  const { invoke } = await deployFunction(
    'let n = 0; exports.handler = async () => ({ pid: process.pid, n: ++n });',
  );
  const first = (await invoke()).payload;
  expect((await invoke()).payload).toEqual({ pid: first.pid, n: 2 });
});

test.each([
  ['an ES module', 'export const handler = async () => "es";', 'index.mjs', '"es"'],
  ['a callback', 'exports.handler = (event, context, done) => done(null, "called");', 'index.js', '"called"'],
  ['nothing', 'exports.handler = () => undefined;', 'index.js', 'null'],
  ['what JSON does not have', 'exports.handler = () => () => 1;', 'index.js', 'null'],
  ['no channel to the parent', 'exports.handler = () => typeof process.send;', 'index.js', '"undefined"'],
])('%s', async (_name, code, file, expected) => {
  const { invoke } = await deployFunction(code, {}, file);
  expect(JSON.stringify((await invoke()).payload)).toBe(expected);
});

test("errors have Lambda's format", async () => {
  const { invoke } = await deployFunction(
    'class NoJobError extends Error { name = "NoJobError" } exports.handler = async () => { throw new NoJobError("no job"); };',
  );
  expect(await invoke()).toEqual({
    error: 'Unhandled',
    payload: { errorType: 'NoJobError', errorMessage: 'no job', trace: expect.any(Array) },
  });
});

test.each([
  [
    'a missing handler',
    'exports.other = 1',
    {},
    'Runtime.HandlerNotFound',
    /index.handler is undefined or not exported/,
  ],
  [
    'a missing file',
    '',
    { handler: 'main.handler' },
    'Runtime.ImportModuleError',
    /Cannot find module 'main'/,
  ],
  ['a module that is not bundled', 'require("nowhere")', {}, 'Runtime.ImportModuleError', /nowhere/],
  [
    'a time limit',
    'exports.handler = () => new Promise(() => setInterval(() => 0, 1000));',
    { timeoutSeconds: 0.5 },
    'Sandbox.Timedout',
    /Task timed out after 0.50 seconds$/,
  ],
  [
    'a process that ends',
    'exports.handler = () => process.exit(3);',
    {},
    'Runtime.ExitError',
    /exit status 3$/,
  ],
  [
    'a process that exits with 0 but without a response',
    'exports.handler = () => process.exit(0);',
    {},
    'Runtime.ExitError',
    /Runtime exited without providing a reason$/,
  ],
  [
    'an unhandled rejection',
    'exports.handler = () => new Promise(() => { Promise.reject(new Error("lost")); setInterval(() => 0, 1000); });',
    {},
    'Runtime.UnhandledPromiseRejection',
    /^Error: lost$/,
  ],
  [
    'an uncaught exception',
    'exports.handler = () => new Promise(() => { setTimeout(() => { throw new RangeError("late"); }); });',
    {},
    'RangeError',
    /^late$/,
  ],
  [
    'a result that is not JSON',
    'exports.handler = () => { const a = {}; a.a = a; return a; };',
    {},
    'TypeError',
    /circular/,
  ],
])('%s', async (_name, code, change, errorType, message) => {
  const { invoke } = await deployFunction(code, change);
  const { error, payload } = await invoke();
  expect(error).toBe('Unhandled');
  expect(payload).toMatchObject({ errorType, errorMessage: expect.stringMatching(message) });
});

test('after an error that ended the process, the next event goes to a new process', async () => {
  const { invoke } = await deployFunction(
    'exports.handler = async ({ bad }) => { if (bad) { setTimeout(() => { throw new Error("late"); }); await new Promise(() => 0); } return process.pid; };',
  );
  const first = (await invoke()).payload;
  expect(await invoke({ bad: true })).toMatchObject({ payload: { errorMessage: 'late' } });
  const second = (await invoke()).payload;
  expect(second).toEqual(expect.any(Number));
  expect(second).not.toBe(first);
});

test('an event and a result can have several megabytes', async () => {
  const { invoke } = await deployFunction('exports.handler = async ({ text }) => ({ text });');
  const text = 'ü'.repeat(2_500_000);
  expect((await invoke({ text })).payload.text.length).toBe(text.length);
});

test('invoking a function fails if it cannot run locally', async () => {
  const { invoke } = await deployFunction('', { runtime: 'python3.13' });
  await expect(invoke({}, 'other')).rejects.toMatchObject({ code: 'ResourceNotFoundException' });
  await expect(invoke()).rejects.toThrow(/only runs Node.js functions; "Fn" has the runtime python3.13/);
});

describe('Invoke over HTTP', () => {
  const CODE =
    'exports.handler = async (event) => { console.log("said", event); if (event.bad) throw new TypeError("bad"); return event; };';
  const FUNCTION = 'arn:aws:lambda:us-east-1:123456789012:function:my-function';

  async function deployed() {
    const { services } = await deployFunction(CODE);
    return async (body: string, headers: Record<string, string> = {}, name = 'my-function') => {
      const path = `/2015-03-31/functions/${encodeURIComponent(name)}/invocations`;
      const answer = await send(services, await sign(services, { service: 'lambda', path, headers, body }));
      return { ...answer, error: answer.headers['x-amz-function-error'] };
    };
  }

  test('works with every invocation type', async () => {
    const post = await deployed();
    expect(await post('{"a":1}')).toMatchObject({ status: 200, body: '{"a":1}', error: undefined });
    expect(await post('{"a":1}', {}, FUNCTION)).toMatchObject({ body: '{"a":1}' });
    expect(await post('{"bad":1}')).toMatchObject({
      status: 200,
      error: 'Unhandled',
      body: expect.stringContaining('TypeError'),
    });
    expect(await post('', { 'x-amz-invocation-type': 'DryRun' })).toMatchObject({ status: 204, body: '' });
    expect(await post('{}', { 'x-amz-invocation-type': 'Event' })).toMatchObject({ status: 202, body: '' });
  });

  test('the response includes the end of the log if requested', async () => {
    const post = await deployed();
    await post('{"a":1}');
    const { headers } = await post('{"a":2}', { 'x-amz-log-type': 'Tail' });
    const log = Buffer.from(String(headers['x-amz-log-result']), 'base64').toString();
    expect(log).toBe('said { a: 2 }\n');
  });

  test.each<[string, number, string, string, Record<string, string>?, string?]>([
    ['no JSON', 400, 'InvalidRequestContentException', '{"a":'],
    ['too much', 413, 'RequestTooLargeException', `"${'x'.repeat(6 * 1024 * 1024)}"`],
    [
      'too much for an event',
      413,
      'RequestTooLargeException',
      `"${'x'.repeat(1024 * 1024)}"`,
      { 'x-amz-invocation-type': 'Event' },
    ],
    ['a missing function', 404, 'ResourceNotFoundException', '{}', {}, 'other'],
    ['an invalid name', 400, 'ValidationException', '{}', {}, 'my function'],
    ['an unknown invocation type', 400, 'ValidationException', '{}', { 'x-amz-invocation-type': 'Later' }],
    [
      'a parameter that local mode must not ignore',
      400,
      'InvalidParameterValueException',
      '{}',
      { 'x-amz-client-context': 'e30=' },
    ],
  ])('%s is refused', async (_case, status, code, body, ...headersAndName) => {
    const answer = await (await deployed())(body, ...headersAndName);
    expect([answer.status, answer.headers['x-amzn-errortype']]).toEqual([status, code]);
    expect(JSON.parse(answer.body)).toEqual({ Type: 'User', message: expect.any(String) });
  });

  test('other operations are reported as unsupported', async () => {
    const { services } = await deployFunction(CODE);
    const list = { service: 'lambda', method: 'GET', path: '/2015-03-31/functions/' };
    const answer = await send(services, await sign(services, list));
    expect([answer.status, answer.headers['x-amzn-errortype']]).toEqual([404, 'UnknownOperationException']);
  });
});

describe('the function that a state machine invokes next', () => {
  const LOADS = 'console.log("loaded " + process.pid); exports.handler = async () => process.pid;';

  /** Deploys functions, given by state name, and a state machine that invokes them one after the other. */
  async function deployChain(codes: Readonly<Record<string, string>>) {
    const root = temporaryRoot();
    const functions = Object.entries(codes).map(([name, code]) =>
      functionIn(root, code, { logicalId: name, name }),
    );
    const states = functions.map(({ name, arn }) => [
      name,
      {
        Type: 'Task',
        Resource: 'arn:aws:states:::lambda:invoke',
        Arguments: { FunctionName: arn },
        End: true,
      },
    ]);
    const definition = { StartAt: 'One', States: Object.fromEntries(states) };
    const stateMachine = { ...ECHO, definition };
    const services = await start({
      deployment: { ...deploymentIn(root, { functions }), stateMachines: [stateMachine] },
    });
    const log = (name: string) =>
      fs.readFileSync(path.join(root, 'logs', `${name}.log`), { encoding: 'utf8', flag: 'a+' });
    return {
      log,
      invoke: async (name: string) => {
        const input = { FunctionName: name, Payload: '{}' };
        const output = await services.router.call('lambda', 'Invoke', input, services.user);
        return output as { Payload: string; FunctionError?: string };
      },
    };
  }

  test('is loaded while the previous function runs, in the process that will run it', async () => {
    const { invoke, log } = await deployChain({ One: LOADS, Two: LOADS, Three: LOADS });
    await invoke('One');
    const [, loaded] = await until(
      () => /loaded (\d+)/.exec(log('Two')) ?? [],
      ([, processId]) => processId !== undefined,
    );
    expect(log('Three')).toBe('');
    expect((await invoke('Two')).Payload).toBe(loaded);
  });

  test('reports its own error if it cannot be loaded', async () => {
    const { invoke, log } = await deployChain({
      One: LOADS,
      Two: 'console.log("loads"); throw new Error("broken");',
    });
    await invoke('One');
    await until(
      () => log('Two'),
      (text) => text.includes('loads'),
    );
    expect(await invoke('Two')).toMatchObject({
      FunctionError: 'Unhandled',
      Payload: expect.stringContaining('broken'),
    });
  });
});
