import { execFile, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { boto3Python } from '../../local/test/boto3';
import { type ServeProcess, serveIn } from '../../local/test/end-to-end/serve-process';
import { environments } from '../../local/test/training/support';
import { COMMANDS, ruleOf, wordsOf } from './commands';
import { PROJECT } from './pages';

/*
 * Runs the documented commands that need neither AWS nor much time. Like a reader, runs them in a shell, in the
 * project's folder. All commands of local mode share one root, so they can refer to each other's executions.
 */

const root = mkdtempSync(join(tmpdir(), 'commands-'));
/** Stands in for the browser of `report --open`. */
const programs = mkdtempSync(join(tmpdir(), 'programs-'));
for (const name of ['open', 'xdg-open']) {
  writeFileSync(join(programs, name), '#!/bin/sh\n');
  chmodSync(join(programs, name), 0o755);
}
afterAll(() => {
  for (const folder of [root, programs]) rmSync(folder, { recursive: true, force: true });
});

/** The commands of this test that match a pattern, without duplicates. */
const commandsLike = (pattern: RegExp): string[] => [
  ...new Set(
    COMMANDS.map(({ command }) => command).filter(
      (command) => ruleOf(command)?.runs === 'here' && pattern.test(command),
    ),
  ),
];

interface Result {
  readonly code: number;
  readonly output: string;
}

async function runInShell(command: string): Promise<Result> {
  const env = { ...process.env, PATH: `${programs}${delimiter}${process.env['PATH']}` };
  const running = promisify(execFile)('/bin/sh', ['-c', command], { cwd: PROJECT, env });
  running.child.stdin?.end();
  return running.then(
    ({ stdout, stderr }) => ({ code: 0, output: stdout + stderr }),
    ({ code, stdout, stderr }) => ({ code, output: stdout + stderr }),
  );
}

/** Names of the executions or jobs that are stored in a subfolder of the root folder. */
const namesIn = (folder: string): string[] =>
  readdirSync(join(root, folder))
    .map((file) => file.replace('.json', ''))
    .sort();

/** A command of local mode, with placeholders such as `<execution>` and `<job>` replaced by stored names. */
function inRoot(command: string): string {
  const executions = namesIn('executions');
  return `${command
    .replace(/<execution>|<name or ARN>/g, () => String(executions.pop()))
    .replace('<job>', String(namesIn('sagemaker/training-jobs')[0]))
    .replace('<tuning job>', String(namesIn('sagemaker/tuning-jobs')[0]))
    .replace(/ \[[^\]"]+\]/g, '')} --root ${root}`;
}

async function expectSuccess(command: string): Promise<void> {
  const { code, output } = await runInShell(command);
  expect({ command, code, output }).toEqual({ command, code: 0, output: expect.any(String) });
}

beforeAll(async () => {
  await expectSuccess(`npm run local -- --root ${root}`);
  const [warmStart = ''] = commandsLike(/warmStartFrom/);
  await expectSuccess(inRoot(warmStart).replace("]}'", `], "maxTrainingJobs": 1}'`));
});

describe('local mode', () => {
  const stored = commandsLike(/^npm run local -- (?:list|show|report|logs|resume)\b/);

  test('has stored the executions and jobs that the commands need', () => {
    expect(namesIn('executions')).toHaveLength(2);
    expect(stored.length).toBeGreaterThan(8);
  });

  test.each(stored)('%s', async (command) => {
    const { code, output } = await runInShell(inRoot(command));
    // The executions are complete, so none of them can be resumed by name.
    const isNamed = command.includes('resume <');
    expect({ code, output }).toEqual({ code: isNamed ? 1 : 0, output: expect.any(String) });
    if (isNamed) expect(output).toMatch(/No interrupted execution/);
  });

  test.each(commandsLike(/^npm run local -- --help/))('%s', expectSuccess);
});

test.each(commandsLike(/^npm run (?:choose|compare-api)/))('%s', expectSuccess);

describe('commands for the AWS CLI', () => {
  let serving: ServeProcess;
  let python: string;

  /**
   * Local mode's responses to AWS CLI commands. Placeholders such as `<execution>` are replaced by stored names.
   */
  async function answers(commands: readonly string[], ...options: string[]): Promise<object[]> {
    const words = commands.map((command) => wordsOf(withArns(command)).slice(1));
    const child = spawn(python, [join(__dirname, 'aws_commands.py'), ...options], {
      env: serving.variables,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    child.stdin.end(JSON.stringify(words));
    return JSON.parse(await text(child.stdout));
  }

  beforeAll(async () => {
    python = await boto3Python(environments);
    serving = await serveIn(root);
  });
  afterAll(async () => {
    serving.child.kill('SIGINT');
    await serving.ended;
  });

  test('use operations and options that exist in AWS', async () => {
    const services = /^aws (?:cloudwatch|logs|sagemaker|stepfunctions|sts) \S+ --/;
    const commands = [...new Set(COMMANDS.map(({ command }) => command))].filter((command) =>
      services.test(command),
    );
    const found = await answers(commands, '--check');
    expect(commands.length).toBeGreaterThan(8);
    expect(found.map((answer, i) => [commands[i], answer])).toEqual(
      commands.map((command) => [command, { answer: {} }]),
    );
  });

  test('are answered by local mode', async () => {
    const commands = commandsLike(/^aws /);
    const found = await answers(commands);
    expect(commands.length).toBeGreaterThan(5);
    expect(found.map((answer, i) => [commands[i], answer])).toEqual(
      commands.map((command) => [command, { answer: expect.any(Object) }]),
    );
  });
});

function withArns(command: string): string {
  const [name = ''] = namesIn('executions');
  const record = JSON.parse(readFileSync(join(root, 'executions', name, 'execution.json'), 'utf8'));
  const minutesAgo = (minutes: number) =>
    new Date(Date.now() - minutes * 60_000).toISOString().replace(/\.\d+/, '');
  return command
    .replace(' > models/lightgbm.json', '')
    .replace(' > model.json', '')
    .replace('<execution>', record.arn)
    .replace(/<arn>|<state machine>/g, record.stateMachineArn)
    .replace('<role-arn>', 'arn:aws:iam::123456789012:role/model')
    .replace('<job>', String(namesIn('sagemaker/training-jobs')[0]))
    .replace(/(?<=--start-time )\S+/, minutesAgo(10))
    .replace(/(?<=--end-time )\S+/, minutesAgo(0));
}

// This command runs last, because it removes the executions and jobs that the other commands need.
test.each(commandsLike(/^npm run local -- clean/))('%s', async (command) => {
  const { code, output } = await runInShell(inRoot(command));
  expect(code).toBe(1);
  expect(output).toMatch(/Would delete from [\s\S]*use --yes/);
  await expectSuccess(`${inRoot(command)} --yes`);
});
