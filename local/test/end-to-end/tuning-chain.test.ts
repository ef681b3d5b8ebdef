import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { workflow } from '../../../test/fixtures';
import { LocalMode, type StubTrainingJob, type TuningOutput } from '../../src';
import { TRIES_ALL } from './fault-table';
import { redrive } from './redrive';
import { editTemplate, synthesize } from './support';

jest.setTimeout(240_000);

let stack: LocalMode;

afterEach(() => stack.close());

const JOBS = TRIES_ALL ? { trainingJobs: 1600, tuningJobs: 20 } : { trainingJobs: 60, tuningJobs: 10 };

const INPUT = { maxTrainingJobs: JOBS.trainingJobs };

/** The `maxTrainingJobs` of an execution, and the number of tuning jobs that the execution needs. */
const MOST = { trainingJobs: TRIES_ALL ? 10_000 : 121, tuningJobs: 121 };

/** Time limit of the test with the maximum number of tuning jobs. */
const LONGEST_MS = TRIES_ALL ? 900_000 : 300_000;

const assembly = synthesizeWorkflow(6);

/**
 * A workflow that runs several tuning jobs. Each training job takes about 15 ms of CPU time. To save time, each tuning
 * job in the regular suite runs at most `size` training jobs.
 */
function synthesizeWorkflow(size: number): string {
  const folder = synthesize((scope) => {
    workflow(
      { maxTrainingJobs: 1600, maxParallelTrainingJobs: 20, finalTraining: { enabled: false } },
      scope,
    );
  });
  if (TRIES_ALL) return folder;
  editTemplate(folder, (text) =>
    text
      .replaceAll('$trainingJobs > 750', '$trainingJobs > 20')
      .replaceAll('$trainingJobs / 83', `$trainingJobs / ${size}`),
  );
  return folder;
}

/** Name of the tuning job that a training job belongs to. */
const tuningJobOf = (trainingJob: string) => trainingJob.replace(/-\d+-\w+$/, '');

/**
 * Deploys a workflow with stubbed training. Returns a map from the name of each training job to its metric value.
 * `onTraining` receives the number of the tuning job, counted from 1.
 */
async function deploy(
  onTraining: (tuningJob: number, job: StubTrainingJob) => void | Promise<void> = () => undefined,
  workflowFolder = assembly,
): Promise<Map<string, number>> {
  const log = new Map<string, number>();
  const tuningJobs: string[] = [];
  stack = await LocalMode.deploy({
    assembly: workflowFolder,
    waitTimeScale: 0.001,
    stubTraining: async (job) => {
      const tuningJob = tuningJobOf(job.name);
      if (!tuningJobs.includes(tuningJob)) tuningJobs.push(tuningJob);
      await onTraining(tuningJobs.indexOf(tuningJob) + 1, job);
      const value = Number(job.hyperparameters.eta) * Number(job.hyperparameters.max_depth);
      log.set(job.name, value);
      return { 'validation:rmse': value };
    },
  });
  for (const channel of ['train', 'validation']) {
    await stack.bucket('Tuning/Bucket').put(`input/${channel}/a.csv`, '1,2\n');
  }
  return log;
}

const lowest = (log: ReadonlyMap<string, number>) =>
  [...log].reduce((best, each) => (each[1] < best[1] ? each : best))[0];

test('a search with more than 750 training jobs has one best training job and one report, even after a redrive', async () => {
  let entered = () => undefined as unknown;
  const isInSecond = new Promise<void>((resolve) => {
    entered = resolve;
  });
  const log = await deploy((tuningJob) => {
    if (tuningJob === 2) entered();
  });
  const execution = stack.startExecution({ input: INPUT });
  await isInSecond;
  await execution.stop();
  const record = await redrive(stack, execution);
  const { tuningJob, bestTrainingJob, topTrainingJobs } = record.output as unknown as TuningOutput;

  const names = [...(tuningJob.earlierTuningJobNames ?? []), tuningJob.name];
  const [first, stopped, ...others] = new Set([...log.keys()].map(tuningJobOf));
  expect(names).toEqual([first, ...others]);
  expect(names).toHaveLength(JOBS.tuningJobs);
  const counted = new Map([...log].filter(([name]) => tuningJobOf(name) !== stopped));
  expect(counted.size).toBe(JOBS.trainingJobs);
  // No tuning job repeats the hyperparameters of another.
  expect(new Set(counted.values()).size).toBe(JOBS.trainingJobs);
  expect(tuningJob.trainingJobs).toEqual({ completed: JOBS.trainingJobs, stopped: 0, failed: 0 });
  expect(bestTrainingJob.name).toBe(lowest(counted));
  expect(topTrainingJobs[0]?.name).toBe(bestTrainingJob.name);

  // Two state transitions for each tuning job.
  const states = execution.states().join(' ');
  expect(states.match(/TuneWithWarmStart AreTrainingJobsLeft/g)).toHaveLength(JOBS.tuningJobs - 1);
  expect(states).toMatch(
    /^Configure IsInputValid TuneHyperparameters AreTrainingJobsLeft .* FindBestTrainingJob WriteReport IsBestTrainingJobFound Result$/,
  );

  const folder = join(stack.root, 's3', stack.bucket('Tuning/Bucket').name, 'output/reports', tuningJob.name);
  const report = JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8'));
  expect(report.jobs).toHaveLength(JOBS.trainingJobs);
  expect(report.bestJob).toBe(bestTrainingJob.name);
});

test('a failed tuning job ends the search, which returns the best training job so far', async () => {
  const log = await deploy((tuningJob) => {
    if (tuningJob === 2) throw new Error('out of memory');
  });
  const { tuningJob, bestTrainingJob } = await stack.startExecution<TuningOutput>({ input: INPUT }).output();
  expect(tuningJob).toMatchObject({ status: 'Failed', failureReason: expect.any(String) });
  expect(tuningJob.earlierTuningJobNames).toHaveLength(1);
  expect(bestTrainingJob.name).toBe(lowest(log));
});

test('a tuning job that cannot start ends the search, which returns the best training job so far', async () => {
  // The data is deleted during the last training job of the first tuning job.
  const log = await deploy(async () => {
    if (log.size === JOBS.trainingJobs / JOBS.tuningJobs - 1)
      await stack.bucket('Tuning/Bucket').delete('input/train/a.csv');
  });
  const execution = stack.startExecution<TuningOutput>({ input: INPUT });
  const { tuningJob, bestTrainingJob } = await execution.output();
  expect(tuningJob).toMatchObject({ status: 'Completed' });
  expect(tuningJob.failureReason).toMatch(
    /^The next tuning job did not run to its end: .*No S3 objects found/,
  );
  expect(bestTrainingJob.name).toBe(lowest(log));
});

test(
  `the history of ${MOST.tuningJobs} tuning jobs is within the limits of Step Functions`,
  async () => {
    const log = await deploy(undefined, synthesizeWorkflow(1));
    const execution = stack.startExecution<TuningOutput>({ input: { maxTrainingJobs: MOST.trainingJobs } });
    const { tuningJob, bestTrainingJob } = await execution.output();
    expect(tuningJob.earlierTuningJobNames).toHaveLength(MOST.tuningJobs - 1);
    expect(tuningJob.trainingJobs.completed).toBe(MOST.trainingJobs);
    expect(bestTrainingJob.name).toBe(lowest(log));
    const events = stack.executionStore.history(execution.arn);
    const bytes = Math.max(...events.map((event) => JSON.stringify(event).length));
    // Eight events for each tuning job: its state is entered, scheduled, started, submitted, succeeded and exited, and
    // AreTrainingJobsLeft is entered and exited.
    expect(events.length).toBe(MOST.tuningJobs * 8 + 20);
    expect(bytes).toBeLessThan(20_000);
  },
  LONGEST_MS,
);
