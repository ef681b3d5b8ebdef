import { Duration } from 'aws-cdk-lib';
import { TuningStrategy } from '../../lib';
import { autoMlFragment } from '../automl/fixtures';
import { evaluateJsonata } from '../evaluate-jsonata';
import { definitionIn, type Json, stackOf, statesOf, TUNING } from '../fixtures';

// Errors as Step Functions reports them. The comments in lib/private/quota.ts name the sources.
const BUSY =
  "The account-level service limit 'ml.p3.8xlarge for training job usage' is 2 Instances, with current utilization of 3 Instances and a request delta of 1 Instances. Please contact AWS support to request an increase for this limit. (Service: AmazonSageMaker; Status Code: 400; Error Code: ResourceLimitExceeded; Request ID: 1; Proxy: null)";
const ZERO =
  "The account-level service limit 'ml.m5.xlarge for training job usage' is 0 Instances, with current utilization of 0 Instances and a request delta of 1 Instances. Please use AWS Service Quotas to request an increase for this quota.";

/** The result of a state's catcher for a quota error. */
async function caught(state: Json, Cause: string | undefined, input: Json): Promise<Json> {
  const [{ ErrorEquals, Output }] = state.Catch;
  expect(ErrorEquals).toEqual(['SageMaker.ResourceLimitExceededException']);
  const errorOutput = { Error: 'SageMaker.ResourceLimitExceededException', Cause };
  const states = { input, errorOutput };
  return evaluateJsonata(Output, states);
}

describe('a quota that is lower than what the job needs fails immediately, and the error names the quota', () => {
  test.each([
    ['of 0', ZERO, '"ml.m5.xlarge for training job usage" of Amazon SageMaker is 0', 'needs 1'],
    [
      'a quota lower than one job needs',
      "The account-level service limit 'Number of instances across all training jobs' is 4 Instances, with current utilization of 0 Instances and a request delta of 11 Instances. Please contact AWS support.",
      '"Number of instances across all training jobs" of Amazon SageMaker is 4',
      'needs 11',
    ],
    [
      'in the words of 2017',
      'The account-level service limit for training-job/ml.p2.xlarge is 0 Instances, with current utilization of 0 Instances and a request delta of 2 Instances.',
      'The quota of Amazon SageMaker is 0',
      'needs 2',
    ],
  ])('%s', async (_name, message, quota, needs) => {
    const { failure, quota: wait } = await caught(statesOf().TuneHyperparameters, message, { settings: {} });
    expect(wait.wait).toBe(0);
    expect(failure.Error).toBe('QuotaTooLow');
    for (const part of [quota, needs, 'Service Quotas console', message])
      expect(failure.Cause).toContain(part);
  });
});

test("an instance type that the region does not have fails immediately, with SageMaker's message", async () => {
  const message = 'The requested resource training-job/ml.p2.xlarge is not available in this region';
  const { failure, quota } = await caught(statesOf().TuneHyperparameters, message, { settings: {} });
  expect(quota.wait).toBe(0);
  expect(failure).toEqual({ Error: 'SageMaker.ResourceLimitExceededException', Cause: message });
});

describe('a quota that other jobs use up', () => {
  test.each<[string, Duration | undefined, number[]]>([
    ['for an hour', undefined, [300, 450, 675, 1012, 1163]],
    ['for the given time', Duration.minutes(7), [300, 120]],
    ['at most half an hour at a time', Duration.hours(2), [300, 450, 675, 1012, 1518, 1800, 1445]],
    ['not at all', Duration.seconds(0), []],
  ])('is waited for %s', async (_name, maxQuotaWait, waits) => {
    const { TuneHyperparameters } = statesOf({ maxQuotaWait });
    let data: Json = { settings: { maxTrainingJobs: 3 } };
    const waited: number[] = [];
    do {
      data = await caught(TuneHyperparameters, BUSY, data);
      if (data.quota.wait > 0) waited.push(data.quota.wait);
    } while (data.quota.wait > 0);
    expect(waited).toEqual(waits);
    expect(data.settings).toEqual({ maxTrainingJobs: 3 });
    const minutes = waits.reduce((sum, wait) => sum + wait, 0) / 60;
    expect(data.failure).toEqual({
      Error: 'QuotaExceeded',
      Cause: expect.stringMatching(
        minutes === 0
          ? /^A quota of Amazon SageMaker is used up, and the execution does not wait for it \(maxQuotaWait\)\./
          : `^A quota of Amazon SageMaker was still used up after ${minutes} minutes \\(maxQuotaWait\\)\\.`,
      ),
    });
    expect(data.failure.Cause).toContain(BUSY);
  });

  test('can have another message or no message', async () => {
    for (const message of ['Too many jobs', undefined]) {
      const { quota } = await caught(statesOf().TuneHyperparameters, message, { settings: {} });
      expect(quota).toEqual({ wait: 300, waited: 300 });
    }
  });
});

test.each<[string, () => Json, string[]]>([
  [
    'of the optimized integration',
    () => statesOf(),
    ['TuneHyperparameters', 'TuneWithWarmStart', 'TrainFinalModel'],
  ],
  [
    'without a report',
    () => statesOf({ report: false }),
    ['TuneHyperparameters', 'TuneWithWarmStart', 'TrainFinalModel'],
  ],
  [
    'of the AWS SDK integration',
    () => statesOf({ strategy: TuningStrategy.hyperband({ maxResource: 9 }) }),
    ['TuneHyperparameters', 'TuneWithWarmStart', 'TrainFinalModel'],
  ],
  [
    'of AutoML',
    () => {
      const stack = stackOf();
      return definitionIn(autoMlFragment({}, stack), stack).States;
    },
    ['CreateAutoMlJob'],
  ],
])('every state that creates a job has its own waiting states: %s', (_name, states, creating) => {
  const all = states();
  const others = Object.values(all).filter((state: Json) => /:create\w+(V2)?(\.sync)?$/.test(state.Resource));
  expect(others).toHaveLength(creating.length);
  for (const id of creating) {
    const [{ Next }] = all[id].Catch;
    const [{ Next: wait }] = all[Next].Choices;
    expect(all[wait]).toMatchObject({ Type: 'Wait', Next: id });
    // The execution writes the report of the search before it fails.
    const isReported = id === 'TrainFinalModel' && 'WriteReport' in all;
    expect(all[Next].Default).toBe(isReported ? 'WriteReport' : 'QuotaExceeded');
    // A job that starts at once does not enter the quota states.
    expect(all[id].Next).not.toMatch(/Quota/);
  }
});

test('if the quota does not allow the final training, the error gives the result of the search', async () => {
  const bestTrainingJob = { name: 'churn-1-007', modelArtifacts: 's3://models/7/model.tar.gz' };
  const input = { result: { bestTrainingJob } };
  for (const message of [ZERO, BUSY]) {
    const { failure } = await caught(
      statesOf({ maxQuotaWait: Duration.seconds(0) }).TrainFinalModel,
      message,
      input,
    );
    expect(failure.Cause).toMatch(
      /Best training job of the search: churn-1-007, model s3:\/\/models\/7\/model/,
    );
  }
});

test('state names are valid even for the longest definition names', () => {
  const { algorithm, objective, parameterRanges, hyperparameters } = TUNING;
  const name = 'd'.repeat(64);
  const states = statesOf({
    definitionName: name,
    furtherDefinitions: [{ algorithm, objective, parameterRanges, hyperparameters, name: 'other' }],
  });
  for (const id of Object.keys(states)) expect(id.length).toBeLessThanOrEqual(80);
});
