import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { testFault, testFaultIfAll } from './fault-table';
import { ITEMS, JOBS_EACH, MOMENTS, type Moment } from './fleet-moments';
import { synthesizeFleet } from './stub-fleet';
import {
  onlyExecutionIn,
  type RunningCli,
  startScript,
  temporaryFolder,
  trainingJobsIn,
  tuningJobsIn,
} from './support';

/** Number of processes to kill. Each is killed at a random moment after the fleet has started or continued. */
const RANDOM_KILLS = 20;
const LONGEST_DELAY_MS = 1000;

let assembly: string;

beforeAll(() => {
  assembly = synthesizeFleet({ maxConcurrency: 2, maxTrainingJobs: JOBS_EACH });
});

function startFleet(root: string, moment?: Moment | number): RunningCli {
  const given = moment === undefined ? [] : [String(moment)];
  return startScript(join(__dirname, 'killed-fleet.ts'), assembly, root, ...given);
}

/** The complete lines of a file; none if it does not exist. */
function linesOf(file: string): string[] {
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : [];
}

/** The changes of the items' states, in chronological order. */
function itemStates(root: string): { readonly status: string; readonly path: { label: string }[] }[] {
  // A killed process may have left an incomplete line.
  return linesOf(join(root, 'executions/fleet/items.jsonl')).flatMap((line) =>
    line.endsWith('}') ? [JSON.parse(line)] : [],
  );
}

/** How often each completed job was trained, and how often each succeeded item was started. */
function finishedIn(root: string): Record<string, number> {
  const trained = linesOf(join(root, 'trained'));
  const labels = (wanted: string) =>
    itemStates(root).flatMap(({ status, path: [item] }) => (status === wanted && item ? [item.label] : []));
  const started = labels('RUNNING');
  const completed = trainingJobsIn(root).filter(
    ({ description }) => description.TrainingJobStatus === 'Completed',
  );
  const times = (all: readonly string[], wanted: string) => all.filter((each) => each === wanted).length;
  return Object.fromEntries([
    ...completed.map(({ name }) => [name, times(trained, name)]),
    ...labels('SUCCEEDED').map((item) => [item, times(started, item)]),
  ]);
}

/**
 * Runs the fleet in several processes, all of which are killed, and then in a process that completes it.
 *
 * @param killed functions, each of which runs a process until the process is killed
 */
async function expectToSurvive(root: string, killed: readonly (() => Promise<void>)[]): Promise<string> {
  let before: Record<string, number> = {};
  const numbers: number[] = [];
  for (const run of killed) {
    await run();
    before = { ...finishedIn(root), ...before };
    numbers.push(Object.keys(before).length);
  }
  const { exitCode, output } = await startFleet(root).ended;
  expect({ exitCode, output }).toEqual({ exitCode: 0, output: '' });
  expect(onlyExecutionIn(root)).toMatchObject({
    status: 'SUCCEEDED',
    output: { fleet: { items: ITEMS.length, succeeded: ITEMS.length } },
  });
  expect(tuningJobsIn(root)).toHaveLength(ITEMS.length);
  expect(trainingJobsIn(root)).toHaveLength(ITEMS.length * JOBS_EACH);
  expect(finishedIn(root)).toMatchObject(before);
  return `the last resume succeeds; ${numbers.join(', ')} jobs and items had finished after each kill, and none runs again`;
}

testFault(`kill -9 of a fleet while ${MOMENTS.join(', while ')}`, () => {
  const root = temporaryFolder();
  const killed = MOMENTS.map((moment) => async () => {
    const { exitCode, output } = await startFleet(root, moment).ended;
    expect({ moment, exitCode, output }).toEqual({ moment, exitCode: Number.NaN, output: '' });
  });
  return expectToSurvive(root, killed);
});

testFaultIfAll(`kill -9 of a fleet at ${RANDOM_KILLS} random moments`, () => {
  const root = temporaryFolder();
  const killed = Array.from({ length: RANDOM_KILLS }, () => async () => {
    await startFleet(root, Math.random() * LONGEST_DELAY_MS).ended;
  });
  return expectToSurvive(root, killed);
});
