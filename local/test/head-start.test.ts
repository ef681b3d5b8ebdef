import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Deployment } from '../src/assembly';
import { lastDeployment, writeDeployment } from '../src/library/deployment-records';
import { HeadStart } from '../src/library/head-start';
import { isProcessAlive } from '../src/local-folder/process-alive';
import { PROJECT, type RunningCli, startCommand } from './end-to-end/support';
import { defaultEnvironment, fakePython, IMAGE, SETUP_TIMEOUT, temporaryFolder } from './training/support';
import { untilEnded } from './until-ended';

const SCIKIT_LEARN = '683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.4-2-cpu-py3';
const USUAL = ['sampler.py', ...Array<string>(availableParallelism()).fill('xgboost_worker.py')];
const PACKAGES = { optuna: '5.0.0', 'xgboost-cpu': '3.2.0', numpy: '2.0.0', scipy: '1.0.0' };

/** A fake interpreter that records its arguments and runs the real one. */
let python: string;
let log: string;
let started: HeadStart[] = [];

beforeAll(defaultEnvironment, SETUP_TIMEOUT);

beforeEach(async () => {
  log = join(temporaryFolder(), 'processes');
  python = fakePython('3.12.1', PACKAGES, await recorded());
});

afterEach(async () => {
  delete process.env.PYTHON;
  await Promise.all(started.map((start) => start.close()));
  started = [];
});

async function recorded(): Promise<string> {
  return `echo "$$ $1" >> '${log}'; exec '${(await defaultEnvironment()).python}' "$@"`;
}

/** The Python processes that the fake interpreter recorded. */
function processes(): { readonly id: number; readonly script: string }[] {
  if (!existsSync(log)) return [];
  const lines = readFileSync(log, 'utf8').trim().split('\n');
  return lines.map((line) => ({ id: Number.parseInt(line, 10), script: line.replace(/.*\//, '') }));
}

function scripts(): string[] {
  return processes()
    .map(({ script }) => script)
    .sort();
}

function allEnded(): Promise<void> {
  return untilEnded(...processes().map(({ id }) => id));
}

function alive(): string[] {
  return processes()
    .filter(({ id }) => isProcessAlive(id))
    .map(({ script }) => script)
    .sort();
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(20);
}

function appWith(trainingImage: string, root = '/nowhere'): { readonly deployment: Deployment } {
  const AlgorithmSpecification = { TrainingImage: trainingImage };
  const definition = { States: { Train: { Type: 'Task', Arguments: { AlgorithmSpecification } } } };
  return { deployment: { root, stateMachines: [{ definition }] } as unknown as Deployment };
}

function headStart(root?: string): HeadStart {
  process.env.PYTHON = python;
  const start = new HeadStart({
    ...(root !== undefined && { root }),
    pythonFolder: temporaryFolder(),
    onNotice: () => undefined,
  });
  started.push(start);
  return start;
}

test('a new app trains with the processes that were started in advance', async () => {
  const start = headStart();
  const common = await start.take(appWith(IMAGE));
  await common?.xgboost.prepare?.({ trainingImage: IMAGE, hyperparameters: {} }, availableParallelism());
  await common?.sampler?.ready;
  expect(alive()).toEqual(USUAL);
  await start.close();
  expect(alive()).toEqual([]);
  expect(scripts()).toEqual(USUAL);
});

test.each<[string, string]>([
  ['another algorithm', SCIKIT_LEARN],
  ['another release', IMAGE.replace('3.2-0', '1.7-1')],
])('the processes that were started in advance are ended for an app with %s', async (_, image) => {
  const start = headStart();
  await until(() => processes().length === USUAL.length);
  expect(await start.take(appWith(image))).toBeUndefined();
  expect(alive()).toEqual([]);
});

test('starts the processes that the last deployment below the root needed', async () => {
  const root = temporaryFolder();
  const hourAgo = new Date(Date.now() - 3_600_000);
  const age = () =>
    readdirSync(join(root, 'stacks')).forEach(
      (name) => void utimesSync(join(root, 'stacks', name), hourAgo, hourAgo),
    );
  const keep = (image: string) => writeDeployment({ imageCommands: new Map(), ...appWith(image, root) });
  keep(SCIKIT_LEARN);
  age();
  keep(IMAGE);
  age();
  keep(SCIKIT_LEARN);
  expect(lastDeployment(root)).toMatchObject(appWith(SCIKIT_LEARN, root));
  const start = headStart(root);
  const common = await start.take(appWith(SCIKIT_LEARN));
  await common?.sampler?.ready;
  expect(scripts()).toEqual(['sampler.py']);
});

describe('the command', () => {
  let project: string;
  let cli: RunningCli;

  beforeEach(() => {
    // The test app is in this project's folder, so that the project's `cdk` is found.
    const cache = join(PROJECT, 'node_modules/.cache');
    mkdirSync(cache, { recursive: true });
    project = mkdtempSync(join(cache, 'head-start-'));
    writeFileSync(join(project, 'cdk.json'), JSON.stringify({ app: 'node app.cjs' }));
  });

  /** Starts the `run` command on an app whose last statement is `end`. */
  function run(end: string, ...args: string[]): void {
    writeFileSync(join(project, 'app.cjs'), `require('fs').writeFileSync('started', ''); ${end}`);
    cli = startCommand(['run', '--project', project, ...args], { PYTHON: python });
  }

  const forever = 'setInterval(() => {}, 1000)';

  test('leaves no process running when the app cannot be synthesized', async () => {
    run('setTimeout(() => process.exit(1), 1500)');
    const { exitCode, output } = await cli.ended;
    expect([exitCode, output]).toEqual([1, expect.stringContaining('cdk synth failed with exit status 1')]);
    expect(scripts()).toEqual(USUAL);
    await allEnded();
    await cli.allEnded();
  });

  test.each<[string, () => void]>([
    ['Ctrl-C', () => cli.interrupt()],
    ['kill -9', () => cli.kill()],
  ])('leaves no process running after %s during the synthesis', async (name, end) => {
    run(forever);
    await until(() => processes().length === USUAL.length);
    end();
    await allEnded();
    if (name === 'kill -9') cli.interrupt(); // After kill -9 of the command, the app keeps running.
    await cli.ended;
  });

  test.each([
    ['--help'],
    ['--no-such-option'],
    ['--input', '{'],
    ['--stub-task', 'x'],
    ['--file-system', 'x'],
  ])('starts nothing for %s %s', async (...args) => {
    python = fakePython('3.12.1', PACKAGES, `echo "$$ $1" >> '${log}'`);
    run('', ...args);
    await cli.ended;
    expect([scripts(), existsSync(join(project, 'started'))]).toEqual([[], false]);
  });
});
