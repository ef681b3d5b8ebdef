import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { parseEvent } from '../../lambda/find-best-candidate/event';
import { findBestCandidate } from '../../lambda/find-best-candidate/find-best-candidate';
import type { FindBestCandidateResult } from '../../lambda/find-best-candidate/types';
import { RESULT_BUDGET_BYTES } from '../../lambda/shared/result-budget';
import { REASON_PAIRS, reasonOf } from '../../local/test/failure-reasons/failure-cases';
import {
  ENVIRONMENT,
  invokeBundle,
  startSageMaker,
  type Wire,
  WireError,
  type WireServer,
} from './wire-server';

const JOB = 'churn-0123456789abcde';
const ARN = `arn:aws:sagemaker:eu-west-1:111122223333:automl-job/${JOB}`;

describe('findBestCandidate', () => {
  test('returns the best candidate and the leaderboard', async () => {
    const best = candidate(2, 0.91, {
      InferenceContainers: [
        container('features', { AUTOML_TRANSFORM_MODE: 'feature-transform' }),
        container('model', { SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT: 'text/csv' }),
        container('labels', { AUTOML_TRANSFORM_MODE: 'inverse-label-transform' }),
      ],
      CandidateProperties: {
        CandidateMetrics: [
          { MetricName: 'F1', StandardMetricName: 'F1', Set: 'Validation', Value: 0.91 },
          { StandardMetricName: 'LogLoss', Set: 'Validation', Value: 0.2 },
          { MetricName: 'Accuracy', Set: 'Train', Value: 0.95 },
          { MetricName: 'AUC', Value: 0.97 },
          { MetricName: 'Recall', Set: 'Train', Value: 'NaN' },
        ],
      },
    });
    const { result, calls } = await run({
      job: {
        BestCandidate: best,
        ResolvedAttributes: {
          AutoMLProblemTypeResolvedAttributes: {
            TabularResolvedAttributes: { ProblemType: 'BinaryClassification' },
          },
        },
      },
      candidates: [candidate(1, 0.88), best, candidate(3, 0.9), failed(4, 'no'), candidate(5, undefined)],
    });
    expect(result).toEqual({
      autoMlJob: {
        name: JOB,
        arn: ARN,
        status: 'Completed',
        problemType: 'BinaryClassification',
        candidates: { completed: 4, stopped: 0, failed: 1 },
      },
      bestCandidate: {
        name: 'candidate-2',
        objective: { metric: 'F1', type: 'Maximize', value: 0.91 },
        metrics: { 'validation:F1': 0.91, 'validation:LogLoss': 0.2, 'train:Accuracy': 0.95, AUC: 0.97 },
        inferenceContainers: [
          {
            image: 'registry/features',
            modelArtifacts: 's3://models/features.tar.gz',
            environment: { AUTOML_TRANSFORM_MODE: 'feature-transform' },
          },
          {
            image: 'registry/model',
            modelArtifacts: 's3://models/model.tar.gz',
            environment: { SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT: 'text/csv' },
          },
          {
            image: 'registry/labels',
            modelArtifacts: 's3://models/labels.tar.gz',
            environment: { AUTOML_TRANSFORM_MODE: 'inverse-label-transform' },
          },
        ],
        modelArtifacts: 's3://models/model.tar.gz',
        steps: [{ type: 'TrainingJob', name: 'step-2', arn: `${ARN}/step-2` }],
      },
      leaderboard: [
        {
          name: 'candidate-2',
          status: 'Completed',
          objectiveValue: 0.91,
          modelArtifacts: 's3://models/model.tar.gz',
        },
        {
          name: 'candidate-3',
          status: 'Completed',
          objectiveValue: 0.9,
          modelArtifacts: 's3://models/c3.tar.gz',
        },
        {
          name: 'candidate-1',
          status: 'Completed',
          objectiveValue: 0.88,
          modelArtifacts: 's3://models/c1.tar.gz',
        },
      ],
    });
    expect(calls.map(({ operation }) => operation)).toEqual([
      'DescribeAutoMLJobV2',
      'ListCandidatesForAutoMLJob',
    ]);
  });

  test.each([
    ...['MAE', 'MSE', 'RMSE', 'LogLoss', 'MAPE', 'MASE', 'WAPE', 'AverageWeightedQuantileLoss'].map(
      (metric): [string, Wire] => [`${metric}, which is always minimized`, objective(metric, undefined)],
    ),
    ['a metric whose direction SageMaker tells', objective('F1', 'Minimize')],
    [
      'a metric whose standard name is minimized',
      { MetricName: 'validation:mse', StandardMetricName: 'MSE' },
    ],
  ])('ranks from low to high for %s', async (_name, metric) => {
    const at = (index: number, value: number) =>
      candidate(index, value, { FinalAutoMLJobObjectiveMetric: { ...metric, Value: value } });
    const { result } = await run({ job: {}, candidates: [at(1, 3), at(2, 1), at(3, 2)] });
    expect(result.leaderboard.map(({ objectiveValue }) => objectiveValue)).toEqual([1, 2, 3]);
    expect(result.bestCandidate).toMatchObject({
      name: 'candidate-2',
      objective: { type: 'Minimize', value: 1 },
    });
  });

  test.each([
    ['CandidateName', { CandidateName: undefined }],
    ['CandidateStatus', { CandidateStatus: undefined }],
    ['metric', { FinalAutoMLJobObjectiveMetric: { Value: 0.99 } }],
    ['value', { FinalAutoMLJobObjectiveMetric: { MetricName: 'F1' } }],
    ['number for a value', { FinalAutoMLJobObjectiveMetric: { MetricName: 'F1', Value: 'NaN' } }],
  ])('ranks no candidate without its %s', async (_, override) => {
    const candidates = [candidate(1, 0.5), candidate(2, 0.99, override)];
    const { result } = await run({ job: { BestCandidate: candidates[1] }, candidates });
    expect(result.bestCandidate.name).toBe('candidate-1');
    expect(result.leaderboard.map(({ name }) => name)).toEqual(['candidate-1']);
  });

  test('leaves out steps, containers and metrics that lack required members', async () => {
    const best = candidate(1, 0.5, {
      CandidateSteps: [
        { CandidateStepType: 'AWS::SageMaker::TrainingJob', CandidateStepName: 'no-arn' },
        { CandidateStepType: 'AWS::SageMaker::TrainingJob', CandidateStepArn: ARN },
        { CandidateStepName: 'no-type', CandidateStepArn: ARN },
      ],
      InferenceContainers: [{ Image: 'no-model' }, { ModelDataUrl: 's3://no/image' }],
      CandidateProperties: { CandidateMetrics: [{ MetricName: 'F1' }, { Value: 1 }] },
    });
    const { result } = await run({ job: { BestCandidate: best }, candidates: [best] });
    expect(result.bestCandidate).toMatchObject({
      steps: [],
      inferenceContainers: [],
      modelArtifacts: null,
      metrics: {},
    });
  });

  test('accepts candidates without optional fields', async () => {
    const best = { ...candidate(1, 0.5), CandidateSteps: undefined, InferenceContainers: undefined };
    const { result } = await run({ job: { BestCandidate: best }, candidates: [best] });
    expect(result.bestCandidate).toMatchObject({ steps: [], inferenceContainers: [], metrics: {} });
    expect(result.autoMlJob.problemType).toBeNull();
  });

  test.each(['AutoMLJobName', 'AutoMLJobArn', 'AutoMLJobStatus'])(
    "reports that SageMaker's description lacks %s",
    async (member) => {
      const error = await failure({ job: {}, candidates: [], lacks: member });
      expect(error).toMatchObject({
        name: 'UnexpectedResponseError',
        message: "SageMaker's description of the AutoML job lacks its name, ARN or status",
      });
    },
  );

  test('returns the best completed candidate, not a stopped one, if SageMaker does not name the best', async () => {
    const { result } = await run({
      job: { AutoMLJobStatus: 'Stopped' },
      candidates: [candidate(1, 0.8), candidate(2, 0.99, { CandidateStatus: 'Stopped' })],
    });
    expect(result.bestCandidate.name).toBe('candidate-1');
    expect(result.autoMlJob).toMatchObject({ status: 'Stopped', candidates: { completed: 1, stopped: 1 } });
  });

  test('returns the containers for CPUs if there are several sets of containers', async () => {
    const best = candidate(1, 0.8, {
      InferenceContainers: undefined,
      InferenceContainerDefinitions: { GPU: [container('gpu', {})], CPU: [container('cpu', {})] },
    });
    const { result } = await run({ job: { BestCandidate: best }, candidates: [best] });
    expect(result.bestCandidate.modelArtifacts).toBe('s3://models/cpu.tar.gz');
  });

  test('reads all pages of candidates, and limits the leaderboard to the requested size', async () => {
    const candidates = Array.from({ length: 750 }, (_, index) => candidate(index, index / 1000));
    const { result, calls } = await run({ job: {}, candidates }, { leaderboardSize: 3 });
    expect(result.autoMlJob.candidates.completed).toBe(750);
    expect(result.leaderboard.map(({ name }) => name)).toEqual([
      'candidate-749',
      'candidate-748',
      'candidate-747',
    ]);
    expect(calls).toHaveLength(4);
  });

  test('limits the leaderboard to the payload limit of Step Functions', async () => {
    const long = 'x'.repeat(4000);
    const candidates = Array.from({ length: 50 }, (_, index) =>
      candidate(index, index, {
        InferenceContainers: [{ Image: 'i', ModelDataUrl: `s3://b/${long}`, Environment: {} }],
      }),
    );
    const { result } = await run({ job: {}, candidates }, { leaderboardSize: 50 });
    expect(Buffer.byteLength(JSON.stringify(result))).toBeLessThanOrEqual(RESULT_BUDGET_BYTES);
    expect(result.leaderboard.length).toBeGreaterThan(20);
    expect(result.leaderboard.length).toBeLessThan(50);
  });

  test('fails with all known reasons if no candidate completed', async () => {
    const error = await failure({
      job: {
        AutoMLJobStatus: 'Failed',
        AutoMLJobSecondaryStatus: 'AnalyzingData',
        FailureReason: 'The target column has too few values.',
        PartialFailureReasons: [{ PartialFailureMessage: 'The report was not made.' }],
      },
      candidates: [
        failed(1, 'no memory'),
        failed(2, 'candidate-2 ran out of time.'),
        failed(3, 'candidate-3 ran out of time.'),
      ],
    });
    expect(error.name).toBe('NoCompletedCandidateError');
    expect(error.message).toBe(
      `AutoML job ${JOB} (Failed, AnalyzingData) has no completed candidate with a value of its objective metric: 0 completed, 0 stopped, 3 failed. ` +
        'Its failure reason: The target column has too few values. Partial failure: The report was not made. ' +
        'Most common reason for failure (2 failed candidates, for example candidate-2): candidate-2 ran out of time. ' +
        'Logs: CloudWatch log groups /aws/sagemaker/ProcessingJobs and /aws/sagemaker/TrainingJobs',
    );
  });

  test.each(REASON_PAIRS)(
    'counts reasons that differ in $difference as one reason: $isOneReason',
    async ({ one, other, isOneReason }) => {
      const candidates = [one, other].map((text, i) => failed(i, reasonOf(`candidate-${i}`, text)));
      const { message } = await failure({ job: {}, candidates });
      expect(message).toContain(`Most common reason for failure (${isOneReason ? 2 : 1} failed candidates`);
    },
  );

  test('reports only what is known if no candidate completed', async () => {
    const job = {
      AutoMLJobStatus: 'Stopped',
      AutoMLJobSecondaryStatus: 'Stopped',
      PartialFailureReasons: [{}],
    };
    const noReason = candidate(1, undefined, { CandidateStatus: 'Failed' });
    const { message } = await failure({
      job,
      candidates: [noReason, { ...failed(2, 'r'), CandidateName: undefined }],
    });
    expect(message).toBe(
      `AutoML job ${JOB} (Stopped) has no completed candidate with a value of its objective metric: 0 completed, 0 stopped, 2 failed. ` +
        'Logs: CloudWatch log groups /aws/sagemaker/ProcessingJobs and /aws/sagemaker/TrainingJobs',
    );
  });

  test('does not hide an error of SageMaker', async () => {
    const error = await failure({
      job: {},
      candidates: [],
      refuses: new WireError('ValidationException', 'no'),
    });
    expect(error).toMatchObject({ name: 'ValidationException', message: 'no' });
  });

  test('fails if the AutoML job does not exist', async () => {
    const error = await failure({ job: { AutoMLJobName: 'another' }, candidates: [] });
    expect(error).toMatchObject({
      name: 'AutoMlJobNotFoundError',
      message: `AutoML job ${JOB} does not exist`,
    });
  });
});

test.each([
  [undefined, 'the event must be an object, got nothing'],
  [{}, 'autoMlJobName must be 1 to 32 letters'],
  [{ autoMlJobName: 'a', leaderboardSize: 51 }, 'from 1 to 50, got 51'],
  [{ autoMlJobName: 'a', leaderboardSize: 0 }, 'leaderboardSize must be an integer from 1 to 50, got 0'],
  [{ autoMlJobName: 'a', size: 1 }, 'unknown field "size"'],
])('rejects the event %j', (event, message) => {
  expect(() => parseEvent(event)).toThrow(
    expect.objectContaining({ name: 'InvalidEventError', message: expect.stringContaining(message) }),
  );
});

describe('the bundle', () => {
  test('returns the same results as the source', async () => {
    const data = { job: {}, candidates: [candidate(1, 0.5)] };
    const server = await start(data);
    try {
      const { result } = await invokeBundle(
        'find-best-candidate',
        { autoMlJobName: JOB },
        { AWS_ENDPOINT_URL: server.endpoint },
      );
      expect(result).toEqual((await run(data)).result);
    } finally {
      await server.close();
    }
  });

  test('throws errors by their names', async () => {
    const server = await start({ job: {}, candidates: [] });
    try {
      const { type } = await invokeBundle(
        'find-best-candidate',
        { autoMlJobName: JOB },
        { AWS_ENDPOINT_URL: server.endpoint },
      );
      expect(type).toBe('NoCompletedCandidateError');
    } finally {
      await server.close();
    }
  });
});

interface Data {
  readonly job: Wire;
  readonly candidates: readonly Wire[];
  /** A required member to remove from the description. */
  readonly lacks?: string;
  /** The error of DescribeAutoMLJobV2. */
  readonly refuses?: WireError;
}

function start({ job, candidates, lacks, refuses }: Data): Promise<WireServer> {
  const description = {
    AutoMLJobName: JOB,
    AutoMLJobArn: ARN,
    AutoMLJobStatus: 'Completed',
    AutoMLJobSecondaryStatus: 'Completed',
    ...job,
  };
  return startSageMaker({
    DescribeAutoMLJobV2: ({ AutoMLJobName }) => {
      if (AutoMLJobName !== description.AutoMLJobName) throw new WireError('ResourceNotFound', 'not there');
      if (refuses) throw refuses;
      return { ...description, ...(lacks && { [lacks]: undefined }) };
    },
    ListCandidatesForAutoMLJob: ({ NextToken, MaxResults }) => {
      const from = Number(NextToken ?? 0);
      const to = from + Number(MaxResults);
      return {
        Candidates: candidates.slice(from, to),
        ...(to < candidates.length && { NextToken: String(to) }),
      };
    },
  });
}

async function run(data: Data, event: Wire = {}) {
  const server = await start(data);
  Object.assign(process.env, ENVIRONMENT);
  const client = new SageMakerClient({ endpoint: server.endpoint });
  try {
    const result: FindBestCandidateResult = await findBestCandidate(
      client,
      parseEvent({ autoMlJobName: JOB, ...event }),
    );
    // Lambda serializes the result as JSON, and nothing may be lost.
    expect(JSON.parse(JSON.stringify(result))).toEqual(result);
    return { result, calls: server.calls };
  } finally {
    client.destroy();
    await server.close();
  }
}

function failure(data: Data): Promise<Error> {
  return run(data).then(
    () => {
      throw new Error('did not fail');
    },
    (error: Error) => error,
  );
}

function objective(metric: string, type: string | undefined): Wire {
  return { MetricName: metric, ...(type && { Type: type }) };
}

function candidate(index: number, value: number | undefined, override: Wire = {}): Wire {
  return {
    CandidateName: `candidate-${index}`,
    CandidateStatus: 'Completed',
    ObjectiveStatus: 'Succeeded',
    CreationTime: index,
    LastModifiedTime: index,
    CandidateSteps: [
      {
        CandidateStepType: 'AWS::SageMaker::TrainingJob',
        CandidateStepArn: `${ARN}/step-${index}`,
        CandidateStepName: `step-${index}`,
      },
    ],
    InferenceContainers: [container(`c${index}`, {})],
    ...(value !== undefined && {
      FinalAutoMLJobObjectiveMetric: { ...objective('F1', undefined), Value: value },
    }),
    ...override,
  };
}

function container(name: string, environment: Record<string, string>): Wire {
  return { Image: `registry/${name}`, ModelDataUrl: `s3://models/${name}.tar.gz`, Environment: environment };
}

function failed(index: number, reason: string): Wire {
  return candidate(index, undefined, { CandidateStatus: 'Failed', FailureReason: reason });
}
