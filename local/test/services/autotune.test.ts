import {
  CreateHyperParameterTuningJobCommand,
  DescribeHyperParameterTuningJobCommand,
} from '@aws-sdk/client-sagemaker';
import {
  closeServices,
  IMAGE,
  printX,
  sagemakerClient,
  samplerOf,
  start,
  trainerOf,
  tuningRequest,
} from './helpers';

afterEach(closeServices);

type Json = Record<string, unknown>;

const XGBOOST = '683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.2-0';
const HYPERBAND = { Strategy: 'Hyperband', StrategyConfig: { HyperbandStrategyConfig: { MaxResource: 9 } } };

interface Given {
  readonly image?: string;
  readonly ranges?: Json;
  readonly statics?: Record<string, string>;
  readonly config?: Json;
  readonly definition?: Json;
  readonly change?: Json;
}

function request({ image = XGBOOST, ranges, statics = {}, config, definition, change }: Given) {
  const base = tuningRequest('Tune', { ResourceLimits: { MaxParallelTrainingJobs: 2 }, ...config });
  const { ParameterRanges: _ranges, ...baseConfig } = base.HyperParameterTuningJobConfig;
  const { AlgorithmSpecification: algorithm, ...others } = base.TrainingJobDefinition;
  return {
    ...base,
    HyperParameterTuningJobConfig: { ...baseConfig, ...(ranges && { ParameterRanges: ranges }) },
    TrainingJobDefinition: {
      ...others,
      AlgorithmSpecification: { ...algorithm, TrainingImage: image },
      StaticHyperParameters: statics,
      ...definition,
    },
    Autotune: { Mode: 'Enabled' },
    ...change,
  };
}

/** Creates a tuning job and returns its description. */
async function describeJob(given: Given) {
  const services = await start({
    trainer: { ...trainerOf(printX), accepts: () => true },
    sampler: samplerOf([]),
  });
  const client = sagemakerClient(services);
  await client.send(new CreateHyperParameterTuningJobCommand(request(given) as never));
  const job = await client.send(
    new DescribeHyperParameterTuningJobCommand({ HyperParameterTuningJobName: 'Tune' }),
  );
  return {
    job,
    config: job.HyperParameterTuningJobConfig,
    ranges: job.HyperParameterTuningJobConfig?.ParameterRanges,
  };
}

const auto = (...pairs: readonly [string, string][]) => ({
  AutoParameters: pairs.map(([Name, ValueHint]) => ({ Name, ValueHint })),
});

test('each range is the recommended range, widened to the ValueHint; hyperparameters that cannot be tuned stay static', async () => {
  const { job, ranges } = await describeJob({
    ranges: auto(['eta', '0.02'], ['max_depth', '6'], ['objective', 'reg:squarederror']),
    statics: { num_round: '50' },
  });
  expect(ranges).toMatchObject({
    ContinuousParameterRanges: [{ Name: 'eta', MinValue: '0.02', MaxValue: '0.5' }],
    IntegerParameterRanges: [{ Name: 'max_depth', MinValue: '0', MaxValue: '10' }],
    AutoParameters: [{ Name: 'eta' }, { Name: 'max_depth' }, { Name: 'objective' }],
  });
  expect(job.TrainingJobDefinition?.StaticHyperParameters).toEqual({
    num_round: '50',
    objective: 'reg:squarederror',
    _tuning_objective_metric: 'loss',
  });
  expect(job.Autotune).toEqual({ Mode: 'Enabled' });
});

test('without names, tunes all tunable hyperparameters that are not static', async () => {
  const { ranges } = await describeJob({ statics: { num_round: '50', alpha: '1' } });
  const names = [...(ranges?.IntegerParameterRanges ?? []), ...(ranges?.ContinuousParameterRanges ?? [])].map(
    ({ Name }) => Name,
  );
  expect(names.sort()).toEqual(
    'colsample_bylevel colsample_bynode colsample_bytree eta gamma lambda max_delta_step max_depth min_child_weight subsample'.split(
      ' ',
    ),
  );
});

test('the description shows the other choices of Autotune; values from the request are kept', async () => {
  const ranges = auto(['eta', '0.3']);
  const { config, job } = await describeJob({ ranges });
  expect(config).toMatchObject({
    Strategy: 'Bayesian',
    ResourceLimits: { MaxNumberOfTrainingJobs: 50, MaxParallelTrainingJobs: 2 },
    TrainingJobEarlyStoppingType: 'Auto',
    TuningJobCompletionCriteria: { ConvergenceDetected: { CompleteOnConvergence: 'Enabled' } },
  });
  expect(job.TrainingJobDefinition?.RetryStrategy).toEqual({ MaximumRetryAttempts: 3 });

  const given = await describeJob({
    ranges,
    config: {
      ResourceLimits: { MaxNumberOfTrainingJobs: 7, MaxParallelTrainingJobs: 1 },
      TrainingJobEarlyStoppingType: 'Off',
      TuningJobCompletionCriteria: { ConvergenceDetected: { CompleteOnConvergence: 'Disabled' } },
    },
    definition: { RetryStrategy: { MaximumRetryAttempts: 1 } },
  });
  expect(given.config).toMatchObject({
    ResourceLimits: { MaxNumberOfTrainingJobs: 7, MaxParallelTrainingJobs: 1 },
    TrainingJobEarlyStoppingType: 'Off',
    TuningJobCompletionCriteria: { ConvergenceDetected: { CompleteOnConvergence: 'Disabled' } },
  });
  expect(given.job.TrainingJobDefinition?.RetryStrategy).toEqual({ MaximumRetryAttempts: 1 });

  // Hyperband has built-in early stopping.
  expect((await describeJob({ ranges, config: HYPERBAND })).config?.TrainingJobEarlyStoppingType).toBe('Off');
  const few = { CategoricalParameterRanges: [{ Name: 'x', Values: ['1', '2', '3'] }] };
  const { config: small } = await describeJob({ image: IMAGE, ranges: few });
  expect(small?.ResourceLimits?.MaxNumberOfTrainingJobs).toBe(3);
});

test('LightGBM and CatBoost have their own ranges, and each of several definitions gets the ranges of its algorithm', async () => {
  const base = request({ image: IMAGE });
  const { TrainingJobDefinition, HyperParameterTuningJobConfig: config } = base;
  const { HyperParameterTuningJobObjective: TuningObjective, ...shared } = config;
  const definition = (library: string, learningRate: string) => ({
    ...TrainingJobDefinition,
    DefinitionName: library,
    TuningObjective,
    HyperParameterRanges: auto(['learning_rate', learningRate]),
    StaticHyperParameters: {
      sagemaker_program: 'transfer_learning.py',
      sagemaker_submit_directory: `s3://jumpstart-cache-prod-us-east-1/source-directory-tarballs/${library}/transfer_learning/regression/v1/sourcedir.tar.gz`,
    },
  });
  const { job } = await describeJob({
    change: {
      TrainingJobDefinition: undefined,
      TrainingJobDefinitions: [definition('lightgbm', '0.005'), definition('catboost', '"0.05"')],
      HyperParameterTuningJobConfig: shared,
    },
  });
  expect(job.TrainingJobDefinitions).toMatchObject([
    {
      HyperParameterRanges: {
        ContinuousParameterRanges: [{ Name: 'learning_rate', MinValue: '0.001', MaxValue: '0.01' }],
      },
      RetryStrategy: { MaximumRetryAttempts: 3 },
    },
    {
      HyperParameterRanges: {
        ContinuousParameterRanges: [{ Name: 'learning_rate', MinValue: '0.001', MaxValue: '0.05' }],
      },
    },
  ]);
});

test.each<[string, Given, RegExp]>([
  [
    'an unknown algorithm',
    { image: IMAGE, ranges: auto(['x', '1']) },
    /^Autotune cannot choose the range of "x": local mode knows ranges for .*, not for the image ".*test-algorithm:1"\. Set them in /,
  ],
  [
    'an unknown algorithm without hyperparameter names',
    { image: IMAGE },
    /^Autotune cannot choose the range of any hyperparameter/,
  ],
  [
    'a script in the XGBoost image',
    { ranges: auto(['eta', '1']), statics: { sagemaker_program: 'train.py' } },
    /^Autotune cannot choose the range of "eta"/,
  ],
  [
    'a ValueHint that the algorithm does not accept',
    { ranges: auto(['eta', '1.5']) },
    /ValueHint of "eta" must be a value that the algorithm accepts \(continuous\), got "1.5"/,
  ],
  [
    'half a tree',
    { ranges: auto(['max_depth', '2.5']) },
    /ValueHint of "max_depth" .*\(integer\), got "2.5"/,
  ],
  [
    'nothing that can be tuned',
    { ranges: auto(['objective', 'x']) },
    /expected 1 to 30 hyperparameters to tune, got 0/,
  ],
  [
    'a name that is static too',
    { ranges: auto(['eta', '0.1']), statics: { eta: '0.2' } },
    /"eta" is both an AutoParameter and a static hyperparameter: remove one/,
  ],
  [
    'AutoParameters without Autotune',
    { ranges: auto(['eta', '0.1']), change: { Autotune: undefined } },
    /AutoParameters require Autotune/,
  ],
])('%s is refused', async (_name, given, message) => {
  await expect(describeJob(given)).rejects.toMatchObject({
    name: 'ValidationException',
    message: expect.stringMatching(message),
  });
});
