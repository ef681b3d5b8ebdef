import { Duration } from 'aws-cdk-lib';
import {
  Algorithm,
  AutoMlWorkflow,
  Objective,
  ParameterRange,
  TuningIntegration,
  TuningWorkflow,
  type TuningWorkflowProps,
  XGBoostVersion,
} from '../../lib';
import { LocalMode, type StubTask, type StubTasks } from '../src';
import { synthesize } from './end-to-end/support';

const ZERO =
  "The account-level service limit 'ml.m5.xlarge for training job usage' is 0 Instances, with current utilization of 0 Instances and a request delta of 1 Instances. Please use AWS Service Quotas to request an increase for this quota.";
const BUSY =
  "The account-level service limit 'ml.m5.xlarge for training job usage' is 2 Instances, with current utilization of 2 Instances and a request delta of 1 Instances. Please use AWS Service Quotas to request an increase for this quota.";

function tuning(props: Partial<TuningWorkflowProps>): string {
  return synthesize((scope) => {
    new TuningWorkflow(scope, 'Workflow', {
      algorithm: Algorithm.xgboost({ version: XGBoostVersion.V3_2_0 }),
      objective: Objective.minimize('validation:rmse'),
      hyperparameters: { num_round: '10' },
      parameterRanges: [ParameterRange.integer('max_depth', { min: 2, max: 5 })],
      maxTrainingJobs: 2,
      ...props,
    });
  });
}

/** Stubs a quota that rejects a job `times` times, then accepts it. @returns the stub and the requested job names */
function refusing(times: number, message: string, answer: object = {}): { stub: StubTask; names: string[] } {
  const names: string[] = [];
  const stub: StubTask = ({ arguments: given }) => {
    const { HyperParameterTuningJobName, TrainingJobName, AutoMLJobName } = given as Record<string, string>;
    names.push(HyperParameterTuningJobName ?? TrainingJobName ?? AutoMLJobName ?? '');
    if (names.length > times) return answer;
    throw Object.assign(new Error(message), { name: 'SageMaker.ResourceLimitExceededException' });
  };
  return { stub, names };
}

/** Runs an execution with stubbed tasks and short waits. */
async function run(assembly: string, stubTasks: StubTasks) {
  const stack = await LocalMode.deploy({
    assembly,
    stubTasks,
    stubTraining: () => ({ 'validation:rmse': 1 }),
    waitTimeScale: 0.0001,
  });
  try {
    const execution = stack.startExecution();
    const record = await execution.ended;
    return { record, states: execution.states(), history: execution.history() };
  } finally {
    await stack.close();
  }
}

const BEST = { name: 'job-007', hyperparameters: {}, modelArtifacts: 's3://models/7/model.tar.gz' };
const FOUND: StubTask = () => ({ Payload: { tuningJob: { name: 'job' }, bestTrainingJob: BEST } });
const CREATED = {
  HyperParameterTuningJobName: 'job',
  HyperParameterTuningJobArn: 'arn:aws:sagemaker:us-east-1:123456789012:hyper-parameter-tuning-job/job',
};

describe.each([[TuningIntegration.OPTIMIZED], [TuningIntegration.SDK]])(
  'with integration %s',
  (integration) => {
    const polling: StubTasks =
      integration === TuningIntegration.SDK
        ? { DescribeTuningJob: () => ({ HyperParameterTuningJobStatus: 'Completed' }) }
        : {};

    test('a quota of 0 ends the execution at once, and the error names the quota', async () => {
      const { stub, names } = refusing(99, ZERO);
      const { record, states } = await run(tuning({ integration }), { TuneHyperparameters: stub });
      expect(record).toMatchObject({
        status: 'FAILED',
        error: 'QuotaTooLow',
        cause: expect.stringContaining('"ml.m5.xlarge for training job usage" of Amazon SageMaker is 0'),
      });
      expect(states).toEqual([
        'Configure',
        'IsInputValid',
        'TuneHyperparameters',
        'CanWaitForQuota',
        'QuotaExceeded',
      ]);
      expect(names).toHaveLength(1);
    });

    test('retries with a new job name until the quota allows the job', async () => {
      const { stub, names } = refusing(3, BUSY, CREATED);
      const final = refusing(1, BUSY, { TrainingJobName: 'job-final' });
      const { record, states } = await run(tuning({ integration }), {
        TuneHyperparameters: stub,
        ...polling,
        FindBestTrainingJob: FOUND,
        TrainFinalModel: final.stub,
        DescribeFinalTrainingJob: () => ({
          TrainingJobName: 'job-final',
          TrainingJobArn: 'arn',
          TrainingJobStatus: 'Completed',
          FinalMetricDataList: [],
          HyperParameters: {},
          ModelArtifacts: { S3ModelArtifacts: 's3://models/final' },
        }),
      });
      expect(record).toMatchObject({ status: 'SUCCEEDED' });
      expect(states.filter((name) => name.startsWith('WaitForQuota'))).toEqual([
        ...Array(3).fill('WaitForQuota'),
        'WaitForQuota-FinalTraining',
      ]);
      expect(new Set(names).size).toBe(4);
      expect(new Set(final.names).size).toBe(2);
    });

    test('a quota that stays used up ends the execution after maxQuotaWait', async () => {
      const { stub, names } = refusing(99, BUSY);
      const { record } = await run(tuning({ integration, maxQuotaWait: Duration.minutes(10) }), {
        TuneHyperparameters: stub,
      });
      expect(record).toMatchObject({
        status: 'FAILED',
        error: 'QuotaExceeded',
        cause: expect.stringMatching(/still used up after 10 minutes[\s\S]*is 2 Instances/),
      });
      // The state machine requests the job at once, after 5 minutes, and after another 5 minutes.
      expect(names).toHaveLength(3);
    });

    test('if the quota for the final training is 0, the error gives the best training job of the search', async () => {
      const { record } = await run(tuning({ integration }), {
        TuneHyperparameters: () => CREATED,
        ...polling,
        FindBestTrainingJob: FOUND,
        TrainFinalModel: refusing(99, ZERO).stub,
      });
      expect(record).toMatchObject({
        error: 'QuotaTooLow',
        cause: expect.stringMatching(
          /Best training job of the search: job-007, model s3:\/\/models\/7\/model/,
        ),
      });
    });
  },
);

test('an AutoML job waits while its quota is used up, and fails if its quota is 0', async () => {
  const assembly = synthesize((scope) => new AutoMlWorkflow(scope, 'Workflow', { target: 'price' }));
  const created = { AutoMLJobArn: 'arn:aws:sagemaker:us-east-1:123456789012:automl-job/job' };
  const others: StubTasks = {
    CheckData: () => ({ Payload: {} }),
    DescribeAutoMlJob: () => ({ AutoMLJobStatus: 'Completed' }),
    FindBestCandidate: () => ({ Payload: { bestCandidate: {} } }),
  };
  const { stub, names } = refusing(2, BUSY, created);
  const waited = await run(assembly, { ...others, CreateAutoMlJob: stub });
  expect(waited.record).toMatchObject({ status: 'SUCCEEDED' });
  expect(new Set(names).size).toBe(3);
  const none = await run(assembly, { ...others, CreateAutoMlJob: refusing(99, ZERO).stub });
  expect(none.record).toMatchObject({ status: 'FAILED', error: 'QuotaTooLow' });
});
