import { createHash } from 'node:crypto';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { parseEvent } from '../../lambda/stop-jobs/event';
import { EXECUTION_TAG } from '../../lambda/stop-jobs/execution-tag';
import { readConfiguration, stopJobs } from '../../lambda/stop-jobs/stop-jobs';
import * as constructs from '../../lib/private/execution-tag';
import {
  ENVIRONMENT,
  invokeBundle,
  startSageMaker,
  type Wire,
  WireError,
  type WireServer,
} from './wire-server';

const EXECUTION = 'arn:aws:states:eu-west-1:111122223333:execution:Tuning:run-1';
const STOPPED_AT = Date.parse('2026-01-01T12:00:00Z');
const ALL = ['HyperParameterTuningJob', 'AutoMLJob', 'TrainingJob'];

/** A job of the fake service. */
interface Job {
  readonly name: string;
  readonly kind: string;
  readonly tag?: string;
  readonly status?: string;
  /** Creation time, in seconds after the end of the execution. */
  readonly created?: number;
  /** A member to leave out of the summary. */
  readonly lacks?: string;
  /** The error response to a request to stop the job. */
  readonly refuses?: WireError;
}

const arnOf = ({ kind, name }: Job) =>
  `arn:aws:sagemaker:eu-west-1:111122223333:${kind.toLowerCase()}/${name}`;

function start(jobs: readonly Job[]): Promise<WireServer> {
  const list =
    (kind: string) =>
    ({ NameContains, StatusEquals, NextToken }: Wire): Wire => {
      const found = jobs.filter(
        (job) =>
          job.kind === kind &&
          job.name.includes(String(NameContains)) &&
          (job.status ?? 'InProgress') === StatusEquals,
      );
      // Pages of two jobs, so that a list spans several pages.
      const from = Number(NextToken ?? 0);
      return {
        [`${kind}Summaries`]: found.slice(from, from + 2).map((job) => ({
          [`${kind}Name`]: job.name,
          [`${kind}Arn`]: arnOf(job),
          CreationTime: STOPPED_AT / 1000 + (job.created ?? -3600),
          ...(job.lacks && { [`${kind}${job.lacks}`]: undefined }),
        })),
        ...(from + 2 < found.length && { NextToken: String(from + 2) }),
      };
    };
  const stop =
    (kind: string) =>
    (input: Wire): Wire => {
      const job = jobs.find(({ name }) => name === input[`${kind}Name`]);
      if (!job) throw new WireError('ResourceNotFound', 'not there');
      if (job.refuses) throw job.refuses;
      return {};
    };
  return startSageMaker({
    ...Object.fromEntries(
      ALL.flatMap((kind) => [
        [`List${kind}s`, list(kind)],
        [`Stop${kind}`, stop(kind)],
      ]),
    ),
    ListTags: ({ ResourceArn, NextToken }) => {
      const job = jobs.find((candidate) => arnOf(candidate) === ResourceArn);
      if (!NextToken) return { Tags: [{ Key: 'team', Value: EXECUTION }], NextToken: 'more' };
      return { Tags: job?.tag ? [{ Key: EXECUTION_TAG, Value: job.tag }] : [] };
    },
  });
}

async function run(jobs: readonly Job[], { kinds = ALL, executionArn = EXECUTION, detail = {} } = {}) {
  const server = await start(jobs);
  Object.assign(process.env, ENVIRONMENT);
  const client = new SageMakerClient({ endpoint: server.endpoint, maxAttempts: 1 });
  const stopped = () =>
    server.calls
      .filter(({ operation }) => operation.startsWith('Stop'))
      .map(({ input }) => Object.values(input)[0]);
  try {
    const result = await stopJobs(
      client,
      { jobNamePrefix: 'churn-', kinds },
      parseEvent(event(executionArn, detail)),
    );
    return { result, stopped: stopped(), calls: server.calls };
  } catch (error) {
    return { error: error as Error, stopped: stopped(), calls: server.calls };
  } finally {
    client.destroy();
    await server.close();
  }
}

function event(executionArn = EXECUTION, detail: Wire = {}): Wire {
  return {
    source: 'aws.states',
    'detail-type': 'Step Functions Execution Status Change',
    detail: { executionArn, status: 'ABORTED', stopDate: STOPPED_AT, ...detail },
  };
}

const tuning = (name: string, more: Partial<Job> = {}): Job => ({
  name,
  kind: 'HyperParameterTuningJob',
  tag: EXECUTION,
  ...more,
});

test('stops all jobs of the execution, of every kind, and no other jobs', async () => {
  const { result, stopped } = await run([
    tuning('churn-1', { tag: `${EXECUTION}0` }),
    tuning('churn-2', { tag: undefined }),
    tuning('churn-3'),
    tuning('churn-4', { status: 'Completed' }),
    tuning('other-churn-5'),
    { name: 'churn-6', kind: 'AutoMLJob', tag: EXECUTION },
    { name: 'churn-7', kind: 'TrainingJob', tag: EXECUTION },
  ]);
  expect(result).toEqual({ stopped: ['churn-3', 'churn-6', 'churn-7'], ended: [] });
  expect(stopped).toEqual(['churn-3', 'churn-6', 'churn-7']);
});

test('does not stop training jobs that another job started', async () => {
  const { stopped, calls } = await run([
    tuning('churn-1'),
    { name: 'churn-1-001-aaaa', kind: 'TrainingJob', tag: EXECUTION },
    { name: 'churn-1-002-bbbb', kind: 'TrainingJob', tag: EXECUTION },
    { name: 'churn-10', kind: 'TrainingJob', tag: EXECUTION },
  ]);
  expect(stopped).toEqual(['churn-1', 'churn-10']);
  expect(calls.filter(({ operation }) => operation === 'ListTags')).toHaveLength(4);
});

test('looks only for the given kinds of jobs', async () => {
  const { calls } = await run([tuning('churn-1')], { kinds: ['AutoMLJob'] });
  expect(calls.map(({ operation }) => operation)).toEqual(['ListAutoMLJobs']);
});

test('does not stop jobs of a redrive, but stops a job that was being created when the execution ended', async () => {
  const { stopped } = await run([tuning('churn-1', { created: 5 }), tuning('churn-2', { created: 3600 })]);
  expect(stopped).toEqual(['churn-1']);
});

test('stops a job that was created up to a minute after the execution ended', async () => {
  const { stopped } = await run([tuning('churn-1', { created: 60 }), tuning('churn-2', { created: 61 })]);
  expect(stopped).toEqual(['churn-1']);
});

test('stops jobs of any age if the event does not say when the execution ended', async () => {
  const { stopped } = await run([tuning('churn-1', { created: 3600 })], { detail: { stopDate: undefined } });
  expect(stopped).toEqual(['churn-1']);
});

test.each(['Name', 'Arn'])('skips a job that SageMaker lists without its %s', async (member) => {
  const { stopped } = await run([tuning('churn-1', { lacks: member }), tuning('churn-2')]);
  expect(stopped).toEqual(['churn-2']);
});

test('recognizes an execution by the hash of its ARN if the ARN is not a valid tag value', async () => {
  const executionArn = `${EXECUTION}(2)`;
  const tag = createHash('sha256').update(executionArn).digest('hex');
  const { stopped } = await run([tuning('churn-1'), tuning('churn-2', { tag })], { executionArn });
  expect(stopped).toEqual(['churn-2']);
});

test('reports a job that has already ended as ended', async () => {
  const refuses = new WireError(
    'ValidationException',
    'The request was rejected because the tuning job is in status Completed.',
  );
  const { result } = await run([tuning('churn-1', { refuses }), tuning('churn-2')]);
  expect(result).toEqual({ stopped: ['churn-2'], ended: ['churn-1'] });
});

test('stops as many jobs as it can before it fails', async () => {
  const refuses = new WireError('AccessDeniedException', 'not authorized');
  const jobs = [tuning('churn-1', { refuses }), tuning('churn-2'), tuning('churn-3', { refuses })];
  const { error, stopped } = await run(jobs);
  expect(stopped).toEqual(['churn-1', 'churn-2', 'churn-3']);
  expect(error).toMatchObject({
    name: 'JobsNotStoppedError',
    message: `2 jobs of ${EXECUTION} could not be stopped (1 were stopped): churn-1: AccessDeniedException: not authorized; churn-3: AccessDeniedException: not authorized`,
  });
});

test.each([
  [undefined, 'got nothing'],
  [{}, 'detail.executionArn'],
  [{ detail: { status: 'FAILED' } }, 'detail.executionArn'],
  [{ detail: { executionArn: EXECUTION } }, 'detail.status'],
  [
    event(EXECUTION, { status: 'RUNNING' }),
    'detail.status must be ABORTED, TIMED_OUT or FAILED, got RUNNING',
  ],
  [event(EXECUTION, { status: 'SUCCEEDED' }), 'got SUCCEEDED'],
])('rejects the event %j', (refused, message) => {
  expect(() => parseEvent(refused)).toThrow(
    expect.objectContaining({ name: 'InvalidEventError', message: expect.stringContaining(message) }),
  );
});

test.each(['ABORTED', 'TIMED_OUT', 'FAILED'])('reads the end time of an execution that has %s', (status) => {
  expect(parseEvent(event(EXECUTION, { status }))).toEqual({
    executionArn: EXECUTION,
    status,
    stopDate: new Date(STOPPED_AT),
  });
});

test('reads the environment', () => {
  expect(readConfiguration({ JOB_NAME_PREFIX: 'churn-', JOB_KINDS: 'TrainingJob,AutoMLJob' })).toEqual({
    jobNamePrefix: 'churn-',
    kinds: ['TrainingJob', 'AutoMLJob'],
  });
});

test.each([
  [{}, '{}'],
  [{ JOB_NAME_PREFIX: 'churn-' }, '{"jobNamePrefix":"churn-"}'],
  [{ JOB_NAME_PREFIX: '', JOB_KINDS: 'TrainingJob' }, '{"jobNamePrefix":"","names":"TrainingJob"}'],
  [
    { JOB_NAME_PREFIX: 'churn-', JOB_KINDS: 'TrainingJob,TransformJob' },
    '{"jobNamePrefix":"churn-","names":"TrainingJob,TransformJob"}',
  ],
])('rejects the environment %j', (environment, given) => {
  expect(() => readConfiguration(environment)).toThrow(
    expect.objectContaining({
      name: 'InvalidConfigurationError',
      message: `the environment must have JOB_NAME_PREFIX and JOB_KINDS (one or more of HyperParameterTuningJob, AutoMLJob, TrainingJob), got ${given}`,
    }),
  );
});

test('the tag is the same as the tag that the constructs set', () => {
  expect(EXECUTION_TAG).toBe(constructs.EXECUTION_TAG);
});

test('the bundle behaves like the source', async () => {
  const server = await start([tuning('churn-1')]);
  try {
    const environment = {
      AWS_ENDPOINT_URL: server.endpoint,
      JOB_NAME_PREFIX: 'churn-',
      JOB_KINDS: ALL.join(','),
    };
    const { result } = await invokeBundle('stop-jobs', event(), environment);
    expect(result).toEqual({ stopped: ['churn-1'], ended: [] });
    expect((await invokeBundle('stop-jobs', {}, environment)).type).toBe('InvalidEventError');
  } finally {
    await server.close();
  }
});
