import type { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { parseEvent } from '../../lambda/find-best-training-job/event';
import { findBestTrainingJob } from '../../lambda/find-best-training-job/find-best-training-job';
import { job, tuningJob } from './tuning-job-fixtures';

type Input = Record<string, unknown>;

interface Job {
  readonly TrainingJobName: string;
  readonly FinalHyperParameterTuningJobObjectiveMetric: { readonly Value: number };
}

const ACCOUNT = 'arn:aws:sagemaker:eu-west-1:123456789012';

/** Objective values of the training jobs, by tuning job. The objective is minimized. */
const VALUES: Readonly<Record<string, readonly number[]>> = { a: [5, 3], b: [2, 4], c: [6], empty: [] };

function trainingJobs(name: string): Input[] {
  return (VALUES[name] ?? []).map((value, index) => ({
    ...job(index + 1, value),
    TrainingJobName: `${name}-${index + 1}`,
    TrainingJobArn: `${ACCOUNT}:training-job/${name}-${index + 1}`,
  }));
}

/** Finds the best training job of the tuning jobs in `VALUES`. */
async function findBest(event: Input, last: Input = {}) {
  const responses: Record<string, (input: Input) => unknown> = {
    DescribeHyperParameterTuningJob: ({ HyperParameterTuningJobName: name }) => {
      const jobs = trainingJobs(String(name));
      if (!(String(name) in VALUES)) {
        throw Object.assign(new Error('not found'), { name: 'ResourceNotFound' });
      }
      return {
        ...tuningJob({
          HyperParameterTuningJobName: name,
          HyperParameterTuningJobArn: `${ACCOUNT}:hyper-parameter-tuning-job/${name}`,
          TrainingJobStatusCounters: { Completed: jobs.length, Stopped: 1, NonRetryableError: 2 },
          BestTrainingJob: jobs[0],
        }),
        ...(name === event['tuningJobName'] && last),
      };
    },
    ListTrainingJobsForHyperParameterTuningJob: ({ HyperParameterTuningJobName: name }) => ({
      TrainingJobSummaries: trainingJobs(String(name)).sort(
        (one, other) => objectiveOf(one) - objectiveOf(other),
      ),
    }),
    DescribeTrainingJob: ({ TrainingJobName: name }) => ({
      TrainingJobName: name,
      HyperParameters: { eta: '0.1' },
      ModelArtifacts: { S3ModelArtifacts: `s3://models/${name}` },
    }),
  };
  const send = async (command: { readonly input: Input }) =>
    responses[command.constructor.name.replace(/Command$/, '')]?.(command.input);
  return findBestTrainingJob({ send } as unknown as SageMakerClient, parseEvent(event));
}

function objectiveOf(summary: Input): number {
  return (summary as unknown as Job).FinalHyperParameterTuningJobObjectiveMetric.Value;
}

const SEVERAL = { tuningJobName: 'c', earlierTuningJobNames: ['a', 'b'] };

test('the best training job of several tuning jobs can belong to any of them', async () => {
  const { bestTrainingJob, topTrainingJobs, tuningJob: search } = await findBest(SEVERAL);
  expect(bestTrainingJob).toMatchObject({
    name: 'b-1',
    objective: { value: 2 },
    modelArtifacts: 's3://models/b-1',
  });
  expect(topTrainingJobs.map(({ name }) => name)).toEqual(['b-1', 'a-2', 'b-2', 'a-1', 'c-1']);
  expect(search).toEqual({
    name: 'c',
    arn: `${ACCOUNT}:hyper-parameter-tuning-job/c`,
    status: 'Completed',
    trainingJobs: { completed: 5, stopped: 3, failed: 6 },
    earlierTuningJobNames: ['a', 'b'],
  });
});

test('the list of the best training jobs can be shorter than requested', async () => {
  const { topTrainingJobs } = await findBest({ ...SEVERAL, topTrainingJobs: 2 });
  expect(topTrainingJobs.map(({ name }) => name)).toEqual(['b-1', 'a-2']);
});

test('a deleted tuning job is left out', async () => {
  const { bestTrainingJob } = await findBest({ ...SEVERAL, earlierTuningJobNames: ['a', 'deleted'] });
  expect(bestTrainingJob.name).toBe('a-2');
});

test.each([
  [
    'its last tuning job failed',
    { HyperParameterTuningJobStatus: 'Failed', FailureReason: 'no data' },
    'no data',
  ],
  [
    'a tuning job did not start',
    {},
    'The next tuning job did not run to its end: Step Functions reported SageMaker.X: denied',
  ],
])('the result of a search says why the search is incomplete: %s', async (_name, last, failureReason) => {
  const failure = { Error: 'SageMaker.X', Cause: 'denied' };
  const { tuningJob: search, bestTrainingJob } = await findBest(
    { ...SEVERAL, tuningJobName: 'empty', failure },
    last,
  );
  expect(search.failureReason).toBe(failureReason);
  expect(bestTrainingJob.name).toBe('b-1');
});

test.each([
  ['earlierTuningJobNames must be a list, got "a"', 'a'],
  ['earlierTuningJobNames must be 1 to 32 letters, digits and inner hyphens, got "-"', ['a', '-']],
])('an invalid event is refused: %s', (message, earlierTuningJobNames) => {
  expect(() => parseEvent({ tuningJobName: 'c', earlierTuningJobNames })).toThrow(message);
});
