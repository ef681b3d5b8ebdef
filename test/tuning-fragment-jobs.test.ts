import { Duration } from 'aws-cdk-lib';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { DataLocation, ParameterRange, TuningStrategy, WarmStart } from '../lib';
import { evaluateJsonata } from './evaluate-jsonata';
import { fragment, type Json, stackOf } from './fixtures';
import { CONTEXT, definitionOf, deployed, HYPERBAND } from './fragment-definition';

const BEST_RESULT = { bestTrainingJob: { name: 'trial-7', modelArtifacts: 's3://trial-7' } };

describe('job names', () => {
  const longest = { jobNamePrefix: 'a-prefix-of-16-c' };

  async function nameOf(change: Json = {}): Promise<string> {
    const { Arguments } = definitionOf(longest).States.TuneHyperparameters;
    const context = {
      Execution: { ...CONTEXT.Execution, ...change.Execution },
      State: { ...CONTEXT.State, ...change.State },
      ...(change.Map && { Map: change.Map }),
    };
    return evaluateJsonata(Arguments.HyperParameterTuningJobName, { context });
  }

  test('of tuning jobs are valid, and the same for the same attempt', async () => {
    expect(await nameOf()).toMatch(/^a-prefix-of-16-c-[0-9a-f]{15}$/);
    expect(await nameOf()).toHaveLength(32);
    expect(await nameOf()).toBe(await nameOf());
  });

  test('of tuning jobs differ between attempts', async () => {
    const names = await Promise.all(
      [
        {},
        { Execution: { Id: 'another' } },
        { Execution: { RedriveCount: 1 } },
        { State: { Name: 'TuneWithWarmStart' } },
        { State: { EnteredTime: '2026-01-01T00:00:01Z' } },
        { State: { RetryCount: 1 } },
        { Map: { Item: { Index: 0 } } },
        { Map: { Item: { Index: 1 } } },
      ].map(nameOf),
    );
    expect(new Set(names).size).toBe(names.length);
  });

  test('of final training jobs begin with the name of the tuning job', async () => {
    const { Arguments } = definitionOf(longest).States.TrainFinalModel;
    const name = `a-prefix-of-16-c-${'0'.repeat(15)}`;
    const final = await evaluateJsonata(Arguments.TrainingJobName, {
      context: CONTEXT,
      input: { result: { tuningJob: { name } } },
    });
    expect(final).toMatch(new RegExp(`^${name}-final-[0-9a-f]{8}$`));
    expect(final.length).toBeLessThanOrEqual(63);
  });

  test('derive from the construct path and the deployed stack, unless a prefix is given', () => {
    const prefixOf = (id: string) => {
      const stack = stackOf();
      const prefix = stack.resolve(fragment({ jobNamePrefix: undefined }, stack, id).jobNamePrefix);
      return deployed(prefix, '5f1c2a9e-1d2c-11ef-8b0e-0a58a9feac02');
    };
    const prefixes = [
      'Tuning',
      'Other',
      'A very long name of a construct',
      'A very long name of another',
    ].map(prefixOf);
    for (const prefix of prefixes) expect(prefix).toMatch(/^[0-9a-f]{7}-5f1c2a9e$/);
    expect(new Set(prefixes).size).toBe(4);
    expect(fragment().jobNamePrefix).toBe('churn');
  });
});

describe('the tuning job', () => {
  const input = (settings: Json) => ({ input: { settings: { hyperparameters: {}, ...settings } } });

  test('does not tune hyperparameters that the input sets', async () => {
    const { Arguments } = definitionOf().States.TuneHyperparameters;
    const ranges = Arguments.HyperParameterTuningJobConfig.ParameterRanges;
    const fixing = (hyperparameters: Json) =>
      Promise.all([
        evaluateJsonata(ranges.IntegerParameterRanges, input({ hyperparameters })),
        evaluateJsonata(ranges.ContinuousParameterRanges, input({ hyperparameters })),
        evaluateJsonata(Arguments.TrainingJobDefinition.StaticHyperParameters, input({ hyperparameters })),
      ]);
    const depth = { Name: 'max_depth', MinValue: '3', MaxValue: '10', ScalingType: 'Auto' };
    const eta = { Name: 'eta', MinValue: '0.01', MaxValue: '0.5', ScalingType: 'Auto' };
    const defaults = { objective: 'reg:squarederror', eval_metric: 'rmse' };
    expect(await fixing({})).toEqual([[depth], [eta], { ...defaults, num_round: '100' }]);
    expect(await fixing({ eta: '0.3', num_round: '7', gamma: '1' })).toEqual([
      [depth],
      [],
      { ...defaults, num_round: '7', eta: '0.3', gamma: '1' },
    ]);
    expect(ranges.CategoricalParameterRanges).toEqual([]);
  });

  test('has a warm start from the tuning jobs in the input', async () => {
    const { States } = definitionOf({ warmStart: WarmStart.identicalDataAndAlgorithm() });
    const { WarmStartType, ParentHyperParameterTuningJobs } =
      States.TuneWithWarmStart.Arguments.WarmStartConfig;
    expect(WarmStartType).toBe('IdenticalDataAndAlgorithm');
    expect(await evaluateJsonata(ParentHyperParameterTuningJobs, input({ warmStartFrom: ['a'] }))).toEqual([
      { HyperParameterTuningJobName: 'a' },
    ]);
    expect(
      await evaluateJsonata(ParentHyperParameterTuningJobs, input({ warmStartFrom: ['a', 'b'] })),
    ).toEqual([{ HyperParameterTuningJobName: 'a' }, { HyperParameterTuningJobName: 'b' }]);
    expect(States.TuneHyperparameters.Arguments).not.toHaveProperty('WarmStartConfig');
    const [, warm] = States.IsInputValid.Choices;
    expect(warm.Next).toBe('TuneWithWarmStart');
    expect(await evaluateJsonata(warm.Condition, input({ warmStartFrom: ['a'] }))).toBe(true);
    expect(await evaluateJsonata(warm.Condition, input({ warmStartFrom: [] }))).toBe(false);
  });

  test('has a warm start from the tuning jobs in the props, unless the input names others', () => {
    const { States } = definitionOf({ warmStart: WarmStart.identicalDataAndAlgorithm(['old']) });
    expect(States.TuneHyperparameters.Arguments.WarmStartConfig).toEqual({
      WarmStartType: 'IdenticalDataAndAlgorithm',
      ParentHyperParameterTuningJobs: [{ HyperParameterTuningJobName: 'old' }],
    });
  });

  test('of a grid search has no number of training jobs', () => {
    const parameterRanges = [ParameterRange.categorical('max_depth', ['3', '5'])];
    const { Arguments } = definitionOf({ strategy: TuningStrategy.grid(), parameterRanges }).States
      .TuneHyperparameters;
    expect(Arguments.HyperParameterTuningJobConfig.ResourceLimits).toEqual({
      MaxParallelTrainingJobs: '{% $states.input.settings.maxParallelTrainingJobs %}',
    });
  });

  test('keeps checkpoints of spot instances separate for each tuning job', async () => {
    const { TrainingJobDefinition: definition, HyperParameterTuningJobName: name } = definitionOf({
      spot: {},
      checkpoints: true,
    }).States.TuneHyperparameters.Arguments;
    expect(definition.EnableManagedSpotTraining).toBe(true);
    expect(await evaluateJsonata(definition.CheckpointConfig.S3Uri, { context: CONTEXT })).toBe(
      `s3://models/churn/checkpoints/${await evaluateJsonata(name, { context: CONTEXT })}/`,
    );
    const without = definitionOf({ spot: {} }).States.TuneHyperparameters.Arguments;
    expect(without.TrainingJobDefinition).not.toHaveProperty('CheckpointConfig');
  });

  test('writes below trials/, encrypted with the KMS key of the bucket', () => {
    const stack = stackOf();
    const bucket = new s3.Bucket(stack, 'Models', { encryption: s3.BucketEncryption.KMS });
    const output = DataLocation.fromBucket(bucket, 'churn');
    const { Arguments } = definitionOf({ output }, stack).States.TuneHyperparameters;
    expect(Arguments.TrainingJobDefinition.OutputDataConfig).toEqual({
      S3OutputPath: expect.stringMatching(/^s3:\/\/<Models.*>\/churn\/trials\/$/),
      KmsKeyId: expect.stringMatching(/^<ModelsKey.*\.Arn>$/),
    });
  });

  test('is retried only if it was not started, each time with a new name', () => {
    const { Retry } = definitionOf().States.TuneHyperparameters;
    expect(Retry.flatMap((retrier: Json) => retrier.ErrorEquals)).toEqual([
      'SageMaker.AmazonSageMakerException',
      'SageMaker.SageMakerException',
    ]);
  });
});

describe('a tuning job that fails', () => {
  const catcher = () => definitionOf().States.TuneHyperparameters.Catch[1];
  const named = (errorOutput: Json) =>
    evaluateJsonata(catcher().Output.tuningJobName, { errorOutput, context: CONTEXT, input: {} });

  test('is passed to the function, with the name in the cause', async () => {
    expect(catcher().ErrorEquals).toEqual(['States.TaskFailed']);
    const Cause = '{"HyperParameterTuningJobName":"churn-1","FailureReason":"x"}';
    expect(await named({ Error: 'States.TaskFailed', Cause })).toBe('churn-1');
  });

  test('is passed to the function with the name in the request if the cause has no name', async () => {
    const { Arguments } = definitionOf().States.TuneHyperparameters;
    const own = await evaluateJsonata(Arguments.HyperParameterTuningJobName, { context: CONTEXT });
    expect(await named({ Error: 'States.TaskFailed', Cause: 'no JSON' })).toBe(own);
    expect(await named({ Error: 'States.TaskFailed' })).toBe(own);
  });

  test('fails the execution with its own error if it did not start', async () => {
    const { States } = definitionOf();
    const [{ Condition }] = States.TuningJobStarted.Choices;
    const failed = (failure: Json) => ({ input: { failure } });
    expect(
      await evaluateJsonata(Condition, failed({ Error: 'SageMaker.ResourceLimitExceededException' })),
    ).toBe(true);
    expect(await evaluateJsonata(Condition, failed({ Error: 'States.TaskFailed' }))).toBe(false);
    const { Error: error, Cause: cause } = States.TuningJobNotStarted;
    const failure = { Error: 'SageMaker.SomeException', Cause: 'why' };
    expect(await evaluateJsonata(error, failed(failure))).toBe('SageMaker.SomeException');
    expect(await evaluateJsonata(cause, failed(failure))).toBe('why');
    expect(await evaluateJsonata(cause, failed({ Error: 'x' }))).toBe('');
  });

  test('is stopped if it can no longer be described', async () => {
    const { States } = definitionOf(HYPERBAND);
    expect(States.DescribeTuningJob.Catch).toEqual([
      {
        ErrorEquals: ['States.ALL'],
        Next: 'StopTuningJob',
        Output: {
          tuningJobName: '{% $states.input.tuningJobName %}',
          failure: '{% $states.errorOutput %}',
        },
      },
    ]);
    expect(States.StopTuningJob).toMatchObject({
      Resource: 'arn:<AWS::Partition>:states:::aws-sdk:sagemaker:stopHyperParameterTuningJob',
      Arguments: { HyperParameterTuningJobName: '{% $states.input.tuningJobName %}' },
      Output: '{% $states.input %}',
    });
  });
});

describe('the loop that waits', () => {
  test('takes the name from the ARN, and polls at growing intervals', async () => {
    const { States } = definitionOf(HYPERBAND);
    const { tuningJobName, polls } = States.TuneHyperparameters.Output;
    const HyperParameterTuningJobArn = 'arn:aws:sagemaker:eu-west-1:1:hyper-parameter-tuning-job/churn-1';
    expect(await evaluateJsonata(tuningJobName, { result: { HyperParameterTuningJobArn } })).toBe('churn-1');
    const waits = [polls, 2, 240, 241, 5000].map((count) =>
      evaluateJsonata(States.WaitForTuningJob.Seconds, { input: { polls: count } }),
    );
    expect(await Promise.all(waits)).toEqual([5, 10, 1200, 1200, 1200]);
  });

  test.each([
    ['InProgress', true],
    ['Stopping', true],
    ['Completed', false],
    ['Failed', false],
    ['Stopped', false],
  ])('continues while the tuning job is %s: %s', async (status, goesOn) => {
    const [{ Condition }] = definitionOf(HYPERBAND).States.HasTuningJobEnded.Choices;
    expect(await evaluateJsonata(Condition, { input: { status } })).toBe(goesOn);
  });
});

describe('the final training', () => {
  const best = {
    tuningJob: { name: 'churn-1' },
    bestTrainingJob: { hyperparameters: { eta: '0.1', num_round: '9' } },
  };

  test('has the settings of the search’s training jobs and the best hyperparameters', async () => {
    const { TrainFinalModel, TuneHyperparameters } = definitionOf().States;
    const {
      TrainingJobName: _name,
      HyperParameters,
      OutputDataConfig,
      ...request
    } = TrainFinalModel.Arguments;
    const {
      StaticHyperParameters: _static,
      OutputDataConfig: _output,
      ...tuned
    } = TuneHyperparameters.Arguments.TrainingJobDefinition;
    expect(request).toEqual(tuned);
    expect(OutputDataConfig).toEqual({ S3OutputPath: 's3://models/churn/models/' });
    expect(await evaluateJsonata(HyperParameters, { input: { result: best } })).toEqual({
      eta: '0.1',
      num_round: '9',
    });
  });

  test('can have its own hyperparameters, resources, time limit and spot instances', async () => {
    const { Arguments } = definitionOf({
      finalTraining: {
        hyperparameters: { num_round: '500' },
        resources: { instanceType: 'ml.c5.xlarge', instanceCount: 2 },
        maxRuntime: Duration.hours(3),
        spot: { maxWait: Duration.hours(4) },
      },
    }).States.TrainFinalModel;
    expect(await evaluateJsonata(Arguments.HyperParameters, { input: { result: best } })).toEqual({
      eta: '0.1',
      num_round: '500',
    });
    expect(Arguments).toMatchObject({
      ResourceConfig: { InstanceType: 'ml.c5.xlarge', InstanceCount: 2, VolumeSizeInGB: 30 },
      StoppingCondition: { MaxRuntimeInSeconds: 10_800, MaxWaitTimeInSeconds: 14_400 },
      EnableManagedSpotTraining: true,
      EnableInterContainerTrafficEncryption: true,
    });
  });

  test('returns the documented result', async () => {
    const { DescribeFinalTrainingJob, Result } = definitionOf().States;
    const described = {
      TrainingJobName: 'churn-1-final-0',
      TrainingJobArn: 'arn',
      FinalMetricDataList: [
        { MetricName: 'train:rmse', Value: 0.1 },
        { MetricName: 'validation:rmse', Value: 0.2 },
      ],
      HyperParameters: { eta: '0.1' },
      ModelArtifacts: { S3ModelArtifacts: 's3://models/model.tar.gz' },
    };
    const finalTrainingJob = {
      name: 'churn-1-final-0',
      arn: 'arn',
      metrics: { 'train:rmse': 0.1, 'validation:rmse': 0.2 },
      hyperparameters: { eta: '0.1' },
      modelArtifacts: 's3://models/model.tar.gz',
    };
    const output = (result: Json) =>
      evaluateJsonata(DescribeFinalTrainingJob.Output.finalTrainingJob, { result });
    expect(await output(described)).toEqual(finalTrainingJob);
    expect(
      await output({ ...described, FinalMetricDataList: described.FinalMetricDataList.slice(1) }),
    ).toMatchObject({
      metrics: { 'validation:rmse': 0.2 },
    });
    expect(await output({ ...described, FinalMetricDataList: undefined })).toMatchObject({ metrics: {} });
    expect(await evaluateJsonata(Result.Output, { input: { result: best, finalTrainingJob } })).toEqual({
      ...best,
      finalTrainingJob,
    });
  });

  test('fails the execution if its job did not complete', async () => {
    const { DescribeFinalTrainingJob, IsFinalModelTrained, FinalTrainingJobNotCompleted } =
      definitionOf().States;
    const result = {
      TrainingJobName: 'x',
      TrainingJobStatus: 'Stopped',
      SecondaryStatus: 'MaxRuntimeExceeded',
    };
    const { Output } = DescribeFinalTrainingJob;
    const status = await evaluateJsonata(Output.status, { result });
    const reason = await evaluateJsonata(Output.reason, { result });
    expect(await evaluateJsonata(IsFinalModelTrained.Choices[0].Condition, { input: { status } })).toBe(
      false,
    );
    expect(
      await evaluateJsonata(FinalTrainingJobNotCompleted.Cause, { input: { reason, result: BEST_RESULT } }),
    ).toBe(
      'Training job x ended Stopped (MaxRuntimeExceeded). Best training job of the search: trial-7, model s3://trial-7',
    );
  });

  test.each([
    [
      'a job that failed',
      '{"TrainingJobName":"x","FailureReason":"AlgorithmError: out of memory","Tags":{}}',
      'AlgorithmError: out of memory',
    ],
    ['a job that did not start', 'You have reached your quota', 'You have reached your quota'],
  ])('gives the result of the search in its error if it fails: %s', async (_what, Cause, expected) => {
    const { TrainFinalModel } = definitionOf().States;
    const [, { Output, Next }] = TrainFinalModel.Catch;
    const errorOutput = { Error: 'States.TaskFailed', Cause };
    expect(Next).toBe('WriteReport');
    expect(await evaluateJsonata(Output.reason, { errorOutput })).toBe(
      `The final training failed with States.TaskFailed: ${expected}`,
    );
    expect(Output.result).toBe('{% $states.input.result %}');
  });
});

describe('the function gets', () => {
  test('the name of the tuning job, and a failure only if there was one', async () => {
    const { Payload } = definitionOf().States.FindBestTrainingJob.Arguments;
    expect(await evaluateJsonata(Payload, { input: { tuningJobName: 'churn-1' } })).toEqual({
      tuningJobName: 'churn-1',
    });
    const failure = { Error: 'States.TaskFailed', Cause: 'x' };
    expect(await evaluateJsonata(Payload, { input: { tuningJobName: 'churn-1', failure } })).toEqual({
      tuningJobName: 'churn-1',
      failure,
    });
  });
});
