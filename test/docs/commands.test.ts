import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as logs from '@aws-sdk/client-cloudwatch-logs';
import * as sagemaker from '@aws-sdk/client-sagemaker';
import * as sfn from '@aws-sdk/client-sfn';
import * as sts from '@aws-sdk/client-sts';
import { type Command, CommanderError } from 'commander';
import { QUESTIONS } from '../../bin/training-advice';
import { cleanCommand } from '../../local/src/commands/clean';
import { listCommand } from '../../local/src/commands/list';
import { logsCommand } from '../../local/src/commands/logs';
import { predictCommand } from '../../local/src/commands/predict';
import { reportCommand } from '../../local/src/commands/report';
import { resumeCommand } from '../../local/src/commands/resume';
import { runCommand } from '../../local/src/commands/run';
import { serveCommand } from '../../local/src/commands/serve';
import { showCommand } from '../../local/src/commands/show';
import { scripts } from '../../package.json';
import { COMMANDS, RULES, ruleOf, wordsOf } from './commands';
import { PROJECT } from './pages';

const LOCAL_COMMANDS: Readonly<Record<string, () => Command>> = {
  clean: cleanCommand,
  list: listCommand,
  logs: logsCommand,
  predict: predictCommand,
  report: reportCommand,
  resume: resumeCommand,
  run: runCommand,
  serve: serveCommand,
  show: showCommand,
};

const CLIENTS: Readonly<Record<string, object>> = { logs, sagemaker, stepfunctions: sfn, sts };

/** The problem with the arguments of local mode, if any. */
function problemOfLocalMode(args: readonly string[]): string | undefined {
  const [first = ''] = args;
  if (first === '--help') return undefined;
  const isRun = first === '' || first.startsWith('-');
  const make = LOCAL_COMMANDS[isRun ? 'run' : first];
  if (make === undefined) return `no command ${first}`;
  const silent = { writeOut: () => undefined, writeErr: () => undefined };
  const command = make()
    .exitOverride()
    .configureOutput(silent)
    .action(() => undefined);
  try {
    command.parse(isRun ? [...args] : args.slice(1), { from: 'user' });
    return undefined;
  } catch (error) {
    if (error instanceof CommanderError && error.code === 'commander.helpDisplayed') return undefined;
    return String(error);
  }
}

function problemOfChoose(args: readonly string[]): string | undefined {
  for (let index = 0; index < args.length; index++) {
    const option = String(args[index]).replace('--', '');
    if (['json', 'table'].includes(option)) continue;
    const question = QUESTIONS[option as keyof typeof QUESTIONS];
    index += 1;
    if (!question || !Object.hasOwn(question.answers, String(args[index]))) return `choose: ${option}`;
  }
  return undefined;
}

/**
 * The problem with the arguments of `npm run package`, if any. `--targets` accepts the targets of jsii-pacmak.
 */
function problemOfPackage([option, targets = '']: readonly string[]): string | undefined {
  const known = ['js', 'python', 'java', 'go', 'dotnet'];
  if (option === undefined) return undefined;
  return option === '--targets' && targets.split(',').every((target) => known.includes(target))
    ? undefined
    : `package: ${option} ${targets}`;
}

function problemOfScript(script: string, args: readonly string[]): string | undefined {
  if (!Object.hasOwn(scripts, script)) return `no script ${script} in package.json`;
  if (script === 'local') return problemOfLocalMode(args);
  if (script === 'choose') return problemOfChoose(args);
  if (script === 'package') return problemOfPackage(args);
  return args.length === 0 ? undefined : `arguments of ${script} are not checked`;
}

const TESTS = ['test', 'local/test', 'examples'].flatMap((folder) =>
  readdirSync(join(PROJECT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts') && !file.includes('node_modules'))
    .map((file) => `${folder}/${file}`),
);

function problemOfJest(args: readonly string[]): string | undefined {
  const valued = ['-t'];
  const paths = args.filter(
    (arg, index) => !arg.startsWith('-') && !valued.includes(String(args[index - 1])),
  );
  const missing = paths.filter((path) => !path.startsWith('<') && !TESTS.some((file) => file.includes(path)));
  return missing.length === 0 ? undefined : `no test ${missing.join(', ')}`;
}

/**
 * Checks that the service's client has the command: `list-state-machines` → `ListStateMachinesCommand`, and
 * `wait transform-job-…` → `waitUntilTransformJob…`.
 */
function problemOfAws([service = '', operation = '', waiter = '']: readonly string[]): string | undefined {
  const camelCase = (words: string) =>
    words.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());
  const name = operation === 'wait' ? `waitUntil${camelCase(waiter)}` : `${camelCase(operation)}Command`;
  const client = CLIENTS[service];
  if (client === undefined) return `no client of ${service}`;
  return Object.hasOwn(client, name) ? undefined : `${service} has no ${operation} ${waiter}`;
}

/** The problem with a command, if any. Only commands of this project and of AWS are parsed. */
function problemOf(command: string): string | undefined {
  const [first, second, third, ...others] = wordsOf(
    command.replace(/^[A-Z]+=\S+ /, '').replace(/ > \S+$/, ''),
  );
  const args = [third, ...others].filter((word) => word !== undefined);
  if (first === 'npm' && second === 'run') return problemOfScript(String(third), others.slice(1));
  if (first === 'npx' && second === 'cdk-sagemaker-tuning-local') return problemOfLocalMode(args);
  if (first === 'npx' && second === 'jest') return problemOfJest(args);
  if (first === 'aws' && Object.hasOwn(CLIENTS, String(second))) {
    return problemOfAws([String(second), String(third), ...others]);
  }
  return undefined;
}

test('every command in the documentation can be parsed', () => {
  expect(COMMANDS.length).toBeGreaterThan(60);
  const problems = COMMANDS.map(({ page, command }) => [page, command, problemOf(command)]);
  expect(problems.filter(([, , problem]) => problem !== undefined)).toEqual([]);
});

test('every command in the documentation has a rule that says how it is tested', () => {
  expect(COMMANDS.filter(({ command }) => ruleOf(command) === undefined)).toEqual([]);
  const used = new Set(COMMANDS.map(({ command }) => ruleOf(command)));
  expect(RULES.filter((rule) => !used.has(rule))).toEqual([]);
});

test.each(RULES.filter(({ runs }) => runs === 'elsewhere').map(({ where }) => [where]))(
  'the test that runs a command exists: %s',
  (where) => {
    const [, file = '', mark = ''] = /^([^:]+):(.*)$/.exec(where) ?? [];
    expect(readFileSync(join(PROJECT, file), 'utf8')).toContain(mark);
  },
);

test.each([
  ['npm run locl', /no script locl/],
  ['npm run local -- shwo x', /no command shwo/],
  ['npm run local -- --imput {}', /unknown option/],
  ['npm run choose -- --code notebook', /choose: code/],
  ['npx jest test/no-such.test.ts', /no test test\/no-such/],
  ['aws stepfunctions list-machines', /no list-machines/],
])('a mistake in “%s” would be found', (command, problem) => {
  expect(problemOf(command)).toMatch(problem);
});

test('the projects in the documented commands exist', () => {
  const projects = COMMANDS.flatMap(({ command }) => /--project (examples\/\S+)/.exec(command)?.[1] ?? []);
  expect(projects.length).toBeGreaterThan(5);
  expect(projects.filter((project) => !existsSync(join(PROJECT, project, 'cdk.json')))).toEqual([]);
});
