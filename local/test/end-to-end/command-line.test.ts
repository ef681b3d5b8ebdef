import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DefinitionBody, Pass, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { executionsIn, runInShell, runLocalMode, synthesize, temporaryFolder } from './support';

let assembly: string;

beforeAll(() => {
  assembly = synthesize((stack) => {
    new StateMachine(stack, 'Machine', {
      definitionBody: DefinitionBody.fromChainable(new Pass(stack, 'Pass')),
    });
  });
});

test('a state machine runs', async () => {
  const root = temporaryFolder();
  expect(await runLocalMode(assembly, root, '--input', '{"a":1}')).toMatchObject({ exitCode: 0 });
  expect(executionsIn(root)).toMatchObject([{ status: 'SUCCEEDED', output: { a: 1 } }]);
});

test('an unreadable record, as after a power loss, is reported and does not prevent a run', async () => {
  const root = temporaryFolder();
  const folder = join(root, 'sagemaker', 'tuning-jobs');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'bad.json'), '{');
  const { exitCode, output } = await runLocalMode(assembly, root);
  expect(output).toMatch(/^The record .*bad.json cannot be read .* renamed to .*bad.json.unreadable/m);
  expect(exitCode).toBe(0);
  expect(readdirSync(folder)).toEqual(['bad.json.unreadable']);
});

test('the next run records the end of an execution whose process was killed', async () => {
  const root = temporaryFolder();
  await runLocalMode(assembly, root);
  const [record] = executionsIn(root);
  const file = join(root, 'executions', record?.name ?? '', 'execution.json');
  writeFileSync(file, JSON.stringify({ ...record, status: 'RUNNING' }));
  await runLocalMode(assembly, root);
  expect(executionsIn(root).find(({ name }) => name === record?.name)).toMatchObject({
    status: 'ABORTED',
    cause: `Local mode (process ${record?.processId}) ended while the execution was running.`,
  });
});

test.each<[string, (root: string) => [string, string, ...string[]], RegExp]>([
  ['no assembly', (root) => ['/nowhere', root], /^\/nowhere is not a cloud assembly/],
  ['no such stack', (root) => [assembly, root, '--stack', 'Other'], /no single stack "Other": Test/],
  ['no such state machine', (root) => [assembly, root, '--state-machine', 'Other'], /Available: Machine/],
  [
    'a missing input file',
    (root) => [assembly, root, '--input', '@/nowhere'],
    /^--input @\/nowhere: cannot be read: ENOENT/,
  ],
  ['an input that is not JSON', (root) => [assembly, root, '--input', '{'], /^--input \{: invalid JSON/],
  ['a root that is a file', () => [assembly, join(assembly, 'manifest.json')], /^E.*manifest.json/],
])('%s is reported in one line without a stack trace', async (_name, args, message) => {
  const { exitCode, output } = await runLocalMode(...args(temporaryFolder()));
  expect(output).toMatch(message);
  expect(output).not.toMatch(/^ {4}at /m);
  expect(exitCode).toBe(1);
});

test('a missing project is reported', async () => {
  const { exitCode, output } = await runInShell(
    `${process.execPath} --require ./scripts/typescript.cjs local/src/cli.ts list --project /nowhere`,
  );
  expect(output).toBe('--project /nowhere: folder not found.\n');
  expect(exitCode).toBe(1);
});

test('an app that cannot be synthesized leaves no files', async () => {
  const root = temporaryFolder();
  const { exitCode, output } = await runLocalMode(undefined, root, '--context', 'tuning:data=/nowhere.csv');
  expect(output).toMatch(/cdk synth failed with exit status 1: see its output\.$/m);
  expect(exitCode).toBe(1);
  expect(existsSync(root) ? readdirSync(root) : []).toEqual([]);
});
