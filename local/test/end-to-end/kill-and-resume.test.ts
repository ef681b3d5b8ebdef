import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { BucketDeployment, Source } from 'aws-cdk-lib/aws-s3-deployment';
import { Algorithm, Objective, ParameterRange, TuningWorkflow, XGBoostVersion } from '../../../lib';
import {
  executionsIn,
  filesIn,
  onlyExecutionIn,
  PROJECT,
  runInShell,
  startLocalMode,
  startResume,
  synthesize,
  temporaryFolder,
  trainingJobsIn,
  tuningJobsIn,
  writeTrainingData,
} from './support';

/** How often local mode is killed; `KILLS=20 npx jest kill-and-resume` for more than the suite has time for. */
const KILLS = Number(process.env['KILLS'] ?? 3);
const TRAINING_JOBS = 12;
const LONGEST_RUN_MILLISECONDS = 60_000;

jest.setTimeout(LONGEST_RUN_MILLISECONDS * 5);

let assembly: string;
/** From the start of an execution to its end when nothing happens. */
let milliseconds: number;

beforeAll(async () => {
  const data = writeTrainingData();
  assembly = synthesize((stack) => {
    const workflow = new TuningWorkflow(stack, 'Tuning', {
      algorithm: Algorithm.xgboost({ version: XGBoostVersion.V3_2_0 }),
      objective: Objective.minimize('validation:rmse'),
      hyperparameters: { objective: 'reg:squarederror' },
      parameterRanges: [
        ParameterRange.integer('num_round', { min: 100, max: 400 }),
        ParameterRange.continuous('eta', { min: 0.01, max: 0.5 }),
        ParameterRange.integer('max_depth', { min: 3, max: 8 }),
      ],
      maxTrainingJobs: TRAINING_JOBS,
      maxParallelTrainingJobs: 2,
      jobNamePrefix: 'killed',
    });
    new BucketDeployment(stack, 'Data', {
      sources: [Source.asset(data)],
      destinationBucket: workflow.bucket,
      destinationKeyPrefix: 'input/',
    });
  });
  const root = temporaryFolder();
  const run = startLocalMode(assembly, root);
  await executionIn(root);
  const started = Date.now();
  expect(await run.ended).toMatchObject({ exitCode: 0 });
  milliseconds = Date.now() - started;
});

/** Resolves when there is an execution. */
async function executionIn(root: string): Promise<void> {
  const giveUp = Date.now() + LONGEST_RUN_MILLISECONDS;
  while (!filesIn(join(root, 'executions')).some((name) => !name.startsWith('.'))) {
    if (Date.now() > giveUp) throw new Error('no execution was started');
    await wait(5);
  }
}

function wait(time: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, time));
}

/** How often each training job that had completed was trained, as its log tells. */
function timesTrained(root: string): Record<string, number> {
  const completed = trainingJobsIn(root).filter(({ description }) => {
    return description.TrainingJobStatus === 'Completed';
  });
  return Object.fromEntries(
    completed.map(({ name }) => {
      const log = readFileSync(join(root, 'logs', `${name}.log`), 'utf8');
      return [name, log.match(/Training took/g)?.length ?? 0];
    }),
  );
}

test.each(Array.from({ length: KILLS }, (_, i) => i + 1))(
  'kill -9, number %i, and resume',
  async (number) => {
    const root = temporaryFolder();
    const run = startLocalMode(assembly, root);
    await executionIn(root);
    const delay = Math.random() * milliseconds;
    await wait(delay);
    run.kill();
    await run.ended;
    const trainedBefore = timesTrained(root);
    const wasOver = executionsIn(root)[0]?.status === 'SUCCEEDED';

    // Every second time, what resumes is killed as well.
    if (number % 2 === 0 && !wasOver) {
      const resumed = startResume(root);
      await wait(Math.random() * milliseconds * 2);
      resumed.kill();
      await resumed.ended;
      Object.assign(trainedBefore, timesTrained(root));
    }
    const { exitCode, output } = await startResume(root).ended;
    const context = `killed after ${delay.toFixed(0)} ms of ${milliseconds}, in ${root}\n${output}`;
    expect({ exitCode, context }).toEqual({ exitCode: 0, context });
    expect(output).toMatch(/there is nothing to resume|^Execution \S+: SUCCEEDED$/m);
    const execution = onlyExecutionIn(root);
    expect(execution).toMatchObject({
      status: 'SUCCEEDED',
      output: { tuningJob: { status: 'Completed', trainingJobs: { completed: TRAINING_JOBS, failed: 0 } } },
    });
    // One tuning job and one final training job: nothing was begun anew.
    expect(tuningJobsIn(root)).toHaveLength(1);
    const jobs = trainingJobsIn(root);
    expect(jobs.map(({ description }) => description.TrainingJobStatus)).toEqual(
      Array.from({ length: TRAINING_JOBS + 1 }, () => 'Completed'),
    );
    const trainedAfter = timesTrained(root);
    for (const [name, times] of Object.entries(trainedBefore)) {
      expect({ name, times: trainedAfter[name], context }).toEqual({ name, times, context });
      expect(times).toBe(1);
    }
    for (const { description } of jobs) {
      const archive = description.ModelArtifacts.S3ModelArtifacts.replace('s3:/', join(root, 's3'));
      expect(existsSync(archive)).toBe(true);
      expect(execFileSync('tar', ['-tzf', archive], { encoding: 'utf8' })).toBe('xgboost-model\n');
    }
    const events = readFileSync(join(root, 'executions', execution.name, 'history.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { id: number; type: string });
    expect(events.filter(({ type }) => type === 'ExecutionSucceeded')).toHaveLength(1);
    expect(events.filter(({ type }) => type === 'ExecutionStarted')).toHaveLength(1);
  },
);

test('Ctrl-C keeps what has finished, and resume goes on', async () => {
  const root = temporaryFolder();
  const run = startLocalMode(assembly, root);
  await executionIn(root);
  while (Object.keys(timesTrained(root)).length < 3) await wait(20);
  run.interrupt();
  const { exitCode, output } = await run.ended;
  expect(exitCode).toBe(130);
  expect(output).toMatch(/resume" goes on/);
  const trainedBefore = timesTrained(root);

  expect(await startResume(root, '--json').ended).toMatchObject({ exitCode: 0 });
  expect(onlyExecutionIn(root)).toMatchObject({ status: 'SUCCEEDED' });
  expect(tuningJobsIn(root)).toHaveLength(1);
  expect(trainingJobsIn(root)).toHaveLength(TRAINING_JOBS + 1);
  expect(timesTrained(root)).toMatchObject(trainedBefore);
});

/** Starts local mode under a parent that never asks for its exit status, as PID 1 of a container without an init. */
async function startUnderCarelessParent(root: string): Promise<{ processId: number; endParent(): void }> {
  const command = ['--require', 'ts-node/register', 'local/src/cli.ts', 'run', '--root', root];
  const parent = spawn(
    'python3',
    [
      '-c',
      'import subprocess, sys, time; print(subprocess.Popen(sys.argv[1:], start_new_session=True, stdout=subprocess.DEVNULL).pid, flush=True); time.sleep(600)',
      process.execPath,
      ...command,
      '--assembly',
      assembly,
    ],
    { cwd: PROJECT, stdio: ['ignore', 'pipe', 'ignore'] },
  );
  const [text] = (await once(parent.stdout, 'data')) as [Buffer];
  return { processId: Number(text.toString()), endParent: () => void parent.kill('SIGKILL') };
}

test('a killed process that its parent never reaps is dead: resume finds what it ran, at once', async () => {
  const root = temporaryFolder();
  const { processId, endParent } = await startUnderCarelessParent(root);
  try {
    await executionIn(root);
    while (Object.keys(timesTrained(root)).length < 2) await wait(20);
    process.kill(-processId, 'SIGKILL');
    const { exitCode, output } = await startResume(root).ended;
    expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
    expect(output).toMatch(/^Execution \S+: SUCCEEDED$/m);
  } finally {
    endParent();
  }
});

test('resume names the process that runs an execution, and does not report success', async () => {
  const root = temporaryFolder();
  const run = startLocalMode(assembly, root);
  await executionIn(root);
  const { exitCode, output } = await startResume(root).ended;
  run.interrupt();
  await run.ended;
  expect(exitCode).toBe(1);
  expect(output).toMatch(/is running in another process \(\d+\): wait for it to end/);
});

test('a folder that was renamed, or is reached by a symbolic link, can be resumed', async () => {
  const root = temporaryFolder();
  const run = startLocalMode(assembly, root);
  await executionIn(root);
  while (Object.keys(timesTrained(root)).length < 2) await wait(20);
  run.interrupt();
  await run.ended;
  const link = join(temporaryFolder(), 'link');
  renameSync(root, `${root}-renamed`);
  symlinkSync(`${root}-renamed`, link);
  const { exitCode, output } = await startResume(link).ended;
  expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
  expect(output).toMatch(/^Execution \S+: SUCCEEDED$/m);
  expect(existsSync(root)).toBe(false);
});

test('an execution whose deployment is gone cannot be resumed, and resume says so', async () => {
  const root = temporaryFolder();
  const run = startLocalMode(assembly, root);
  await executionIn(root);
  run.interrupt();
  await run.ended;
  const { name } = onlyExecutionIn(root);
  for (const file of filesIn(join(root, 'stacks'))) rmSync(join(root, 'stacks', file));
  const { exitCode, output } = await startResume(root).ended;
  expect(exitCode).toBe(1);
  expect(output).toMatch(/stacks.* cannot be read/);
  expect(onlyExecutionIn(root)).toMatchObject({ name, isInterrupted: true });
});

test('a reader that stops reading, such as head, does not end a run', async () => {
  const root = temporaryFolder();
  const command = `${process.execPath} --require ts-node/register local/src/cli.ts run --root ${root} --assembly ${assembly}`;
  const { output } = await runInShell(
    `( ${command} 2>/dev/null; echo "status $?" >&2 ) | head -1 >/dev/null`,
  );
  expect(output).toBe('status 0\n');
  expect(onlyExecutionIn(root)).toMatchObject({ status: 'SUCCEEDED' });
});
