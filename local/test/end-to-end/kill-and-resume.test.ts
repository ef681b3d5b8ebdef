import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { TRIES_ALL, testFault } from './fault-table';
import {
  completedIn,
  executionIn,
  expectWhole,
  synthesizeInterruptedWorkflow,
  TRAINING_JOBS,
  timesTrained,
} from './interrupted-workflow';
import {
  executionsIn,
  filesIn,
  onlyExecutionIn,
  PROJECT,
  runInShell,
  startLocalMode,
  startResume,
  temporaryFolder,
  trainingJobsIn,
  tuningJobsIn,
} from './support';

/** How many times local mode is killed. */
const KILLS = TRIES_ALL ? 20 : 3;

jest.setTimeout(300_000 + KILLS * 10_000);

let assembly: string;
/** Duration of an uninterrupted execution. */
let milliseconds: number;

beforeAll(async () => {
  assembly = synthesizeInterruptedWorkflow();
  const root = temporaryFolder();
  const run = startLocalMode(assembly, root);
  await executionIn(root);
  const started = Date.now();
  expect(await run.ended).toMatchObject({ exitCode: 0 });
  milliseconds = Date.now() - started;
});

for (let number = 1; number <= KILLS; number += 1) {
  testFault(`kill -9 while jobs train, ${number} of ${KILLS}`, async () => {
    const root = temporaryFolder();
    const run = startLocalMode(assembly, root);
    await executionIn(root);
    const delay = Math.random() * milliseconds;
    await wait(delay);
    run.kill();
    await run.ended;
    let trainedBefore = timesTrained(root);
    expect(Object.values(trainedBefore)).toEqual(Object.keys(trainedBefore).map(() => 1));
    const completed = Object.keys(trainedBefore).length;
    const wasOver = executionsIn(root)[0]?.status === 'SUCCEEDED';

    // In every second test, the process that resumes is killed too.
    const isResumeKilled = number % 2 === 0 && !wasOver;
    if (isResumeKilled) {
      const resumed = startResume(root);
      await wait(Math.random() * milliseconds * 2);
      resumed.kill();
      await resumed.ended;
      trainedBefore = { ...timesTrained(root), ...trainedBefore };
    }
    const { exitCode, output } = await startResume(root).ended;
    const context = `killed after ${delay.toFixed(0)} ms of ${milliseconds}, in ${root}\n${output}`;
    expect({ exitCode, context }).toEqual({ exitCode: 0, context });
    expect(output).toMatch(/there is nothing to resume|^Execution \S+: SUCCEEDED$/m);
    expectWhole(root, trainedBefore, context);
    return `resume succeeds${isResumeKilled ? ', killed once itself' : ''}: ${completed} jobs had completed, none runs twice`;
  });
}

testFault(`kill -9 while resume starts, ${KILLS} times in a row`, async () => {
  const root = temporaryFolder();
  const run = startLocalMode(assembly, root);
  await executionIn(root);
  await completedIn(root, 2);
  run.kill();
  await run.ended;
  let trainedBefore = timesTrained(root);
  const delays: number[] = [];
  for (let kill = 0; kill < KILLS; kill += 1) {
    const resumed = startResume(root);
    // In its first seconds, `resume` takes over the interrupted records.
    delays.push(Math.round(Math.random() * 2500));
    await wait(delays.at(-1));
    resumed.kill();
    await resumed.ended;
    trainedBefore = { ...timesTrained(root), ...trainedBefore };
  }
  const { exitCode, output } = await startResume(root).ended;
  const context = `killed after ${delays.join(', ')} ms, in ${root}\n${output}`;
  expect({ exitCode, context }).toEqual({ exitCode: 0, context });
  expectWhole(root, trainedBefore, context);
  return `the last resume succeeds: ${Object.keys(trainedBefore).length} jobs had completed, none runs twice`;
});

test('Ctrl-C keeps finished work, and resume continues', async () => {
  const root = temporaryFolder();
  const run = startLocalMode(assembly, root);
  await executionIn(root);
  await completedIn(root, 3);
  run.interrupt();
  const { exitCode, output } = await run.ended;
  expect(exitCode).toBe(130);
  expect(output).toMatch(/resume --root \S+" continues/);
  const trainedBefore = timesTrained(root);

  expect(await startResume(root, '--json').ended).toMatchObject({ exitCode: 0 });
  expect(onlyExecutionIn(root)).toMatchObject({ status: 'SUCCEEDED' });
  expect(tuningJobsIn(root)).toHaveLength(1);
  expect(trainingJobsIn(root)).toHaveLength(TRAINING_JOBS + 1);
  expect(timesTrained(root)).toMatchObject(trainedBefore);
});

/** Starts local mode under a parent that never collects its exit status, like PID 1 of a container without an init process. */
async function startUnderCarelessParent(root: string): Promise<{ processId: number; endParent(): void }> {
  const command = ['--require', './scripts/typescript.cjs', 'local/src/cli.ts', 'run', '--root', root];
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

test('a killed process counts as dead even if its parent never reaps it: resume takes over its jobs at once', async () => {
  const root = temporaryFolder();
  const { processId, endParent } = await startUnderCarelessParent(root);
  try {
    await executionIn(root);
    await completedIn(root, 2);
    process.kill(-processId, 'SIGKILL');
    const { exitCode, output } = await startResume(root).ended;
    expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
    expect(output).toMatch(/^Execution \S+: SUCCEEDED$/m);
  } finally {
    endParent();
  }
});

test('if another process runs the execution, resume names that process and fails', async () => {
  const root = temporaryFolder();
  const run = startLocalMode(assembly, root);
  await executionIn(root);
  const { exitCode, output } = await startResume(root).ended;
  run.interrupt();
  await run.ended;
  expect(exitCode).toBe(1);
  expect(output).toMatch(/is running in another process \(\d+\): wait for it to end/);
});

test('an execution can be resumed after its folder was renamed, or through a symbolic link to it', async () => {
  const root = temporaryFolder();
  const run = startLocalMode(assembly, root);
  await executionIn(root);
  await completedIn(root, 2);
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

test('resume fails with a clear message if the deployment of the execution was deleted', async () => {
  const root = temporaryFolder();
  const run = startLocalMode(assembly, root);
  await executionIn(root);
  run.interrupt();
  await run.ended;
  const { name } = onlyExecutionIn(root);
  for (const file of filesIn(join(root, 'stacks'))) rmSync(join(root, 'stacks', file));
  const { exitCode, output } = await startResume(root).ended;
  expect({ exitCode, output }).toMatchObject({ exitCode: 1 });
  expect(output).toMatch(/stacks.* cannot be read/);
  expect(onlyExecutionIn(root)).toMatchObject({ name, isInterrupted: true });
});

test('resume reports an execution whose position was lost, and resumes the others', async () => {
  const root = temporaryFolder();
  for (const number of [1, 2]) {
    const run = startLocalMode(assembly, root);
    await executionIn(root, number);
    run.interrupt();
    await run.ended;
  }
  const [lost, other] = executionsIn(root).map(({ name }) => name);
  rmSync(join(root, 'executions', String(lost), 'position.jsonl'));
  const { exitCode, output } = await startResume(root).ended;
  expect(output).toContain(`Cannot resume execution ${lost}: its position was not stored.`);
  expect(output).toContain(`Could not resume ${lost}. Start a new execution with`);
  expect(output).toMatch(new RegExp(`^Execution ${other}: SUCCEEDED$`, 'm'));
  expect(exitCode).toBe(1);
});

test('a run continues if the reader of its output, such as head, stops reading', async () => {
  const root = temporaryFolder();
  const command = `${process.execPath} --require ./scripts/typescript.cjs local/src/cli.ts run --root ${root} --assembly ${assembly}`;
  const { output } = await runInShell(
    `( ${command} 2>/dev/null; echo "status $?" >&2 ) | head -1 >/dev/null`,
  );
  expect(output).toBe('status 0\n');
  expect(onlyExecutionIn(root)).toMatchObject({ status: 'SUCCEEDED' });
});
