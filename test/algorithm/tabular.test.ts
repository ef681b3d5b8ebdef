import { join } from 'node:path';
import {
  Algorithm,
  DataLocation,
  InputData,
  type JumpStartOptions,
  Objective,
  ParameterRange,
  type TuningOptions,
} from '../../lib';
import type { AlgorithmUse } from '../../lib/algorithm/algorithm-definition';
import { checkValue } from '../../lib/algorithm/algorithm-rules';
import { AUTOGLUON } from '../../lib/algorithm/tabular/autogluon';
import { CATBOOST } from '../../lib/algorithm/tabular/catboost';
import { LIGHTGBM } from '../../lib/algorithm/tabular/lightgbm';
import { TABTRANSFORMER } from '../../lib/algorithm/tabular/tabtransformer';
import { tabularModel } from '../../lib/algorithm/tabular/tabular-model';
import { definitionOf, type Json, stackOf, workflow } from '../fixtures';

// A minimal document for the model `modelId`.
const MINIMAL = join(__dirname, 'fixtures', 'minimal-tabular-model.json');
const DOCUMENT = join(__dirname, 'fixtures', 'lightgbm-classification-model.json');

function definition(modelId: string, options: Partial<JumpStartOptions> = {}) {
  return Algorithm.jumpStart({ document: MINIMAL, modelId, ...options })._definition;
}

function problemWith(modelId: string, name: string, value: string): string | undefined {
  const rule = definition(modelId).rules?.hyperparameters.find((candidate) => candidate.name === name);
  if (!rule) throw new Error(`${modelId} has no rule for ${name}`);
  return checkValue(rule, value);
}

const metricsOf = (modelId: string) =>
  definition(modelId).rules?.objectiveMetrics.map(({ name, direction }) => `${direction} ${name}`);

describe('the algorithms', () => {
  test.each([
    ['lightgbm-classification-model', LIGHTGBM],
    ['lightgbm-regression-model', LIGHTGBM],
    ['catboost-classification-model', CATBOOST],
    ['catboost-regression-model', CATBOOST],
    ['pytorch-tabtransformerclassification-model', TABTRANSFORMER],
    ['pytorch-tabtransformerregression-model', TABTRANSFORMER],
    ['autogluon-classification-ensemble', AUTOGLUON],
    ['autogluon-regression-ensemble', AUTOGLUON],
  ])('are recognized by JumpStart ID %s', (modelId, algorithm) => {
    expect(tabularModel(modelId)?.algorithm).toBe(algorithm);
  });

  test('are distinguished from other models', () => {
    expect(tabularModel('lightgbm-classification-model-2')).toBeUndefined();
    expect(tabularModel(undefined)).toBeUndefined();
  });

  test.each<[string, string, string, string | undefined]>([
    ['lightgbm-classification-model', 'learning_rate', '0.01', undefined],
    ['lightgbm-classification-model', 'learning_rate', '0', 'must be more than 0 and at most 1, got "0"'],
    ['lightgbm-classification-model', 'num_leaves', '131072', undefined],
    ['lightgbm-classification-model', 'num_leaves', '1', 'must be more than 1 and at most 131072, got "1"'],
    ['lightgbm-classification-model', 'max_depth', '-1', undefined],
    ['lightgbm-classification-model', 'boosting', 'dart', undefined],
    ['lightgbm-classification-model', 'boosting', 'tree', 'must be one of gbdt, rf, dart, goss, got "tree"'],
    [
      'lightgbm-regression-model',
      'tweedie_variance_power',
      '2',
      'must be at least 1 and less than 2, got "2"',
    ],
    ['catboost-regression-model', 'depth', '16', undefined],
    ['catboost-regression-model', 'depth', '17', 'must be at least 1 and at most 16, got "17"'],
    ['catboost-regression-model', 'l2_leaf_reg', '2.5', 'must be a whole number, got "2.5"'],
    ['pytorch-tabtransformerregression-model', 'n_blocks', '12', undefined],
    [
      'pytorch-tabtransformerregression-model',
      'n_blocks',
      '13',
      'must be at least 1 and at most 12, got "13"',
    ],
    [
      'pytorch-tabtransformerclassification-model',
      'input_dim',
      '48',
      'must be one of 16, 32, 64, 128, 256, 512, got "48"',
    ],
    [
      'autogluon-regression-ensemble',
      'num_bag_folds',
      '1',
      expect.stringMatching(/^must be one of 0, 2, 3, /),
    ],
    ['autogluon-regression-ensemble', 'num_stack_levels', '3', undefined],
    ['autogluon-regression-ensemble', 'verbosity', '5', 'must be at least 0 and at most 4, got "5"'],
  ])('%s takes %s=%j: %s', (modelId, name, value, problem) => {
    expect(problemWith(modelId, name, value)).toEqual(problem);
  });

  test('have the metrics of their task, with the direction that fits each metric', () => {
    expect(metricsOf('lightgbm-regression-model')).toEqual([
      'Minimize rmse',
      'Minimize l1',
      'Minimize l2',
      'Minimize huber',
      'Minimize fair',
    ]);
    expect(metricsOf('lightgbm-classification-model')).toContain('Minimize binary_logloss');
    expect(metricsOf('catboost-classification-model')).toContain('Maximize AUC');
    expect(metricsOf('catboost-regression-model')).toContain('Maximize R2');
    expect(metricsOf('pytorch-tabtransformerregression-model')).toEqual(['Maximize r2']);
    expect(metricsOf('autogluon-regression-ensemble')).toEqual([]);
  });

  // Lines as the libraries print them. The last line is from SageMaker's guide for TabTransformer.
  test.each([
    [
      'lightgbm-regression-model',
      'rmse',
      "[12]\ttraining's rmse: 0.51\tvalid_0's rmse: 0.62",
      ['0.51', '0.62'],
    ],
    ['lightgbm-classification-model', 'auc', "[3]\tvalid_0's auc_mu: 0.5\tvalid_0's auc: 0.93", ['0.93']],
    ['catboost-classification-model', 'AUC', 'bestTest = 0.9312\nbestIteration = 77', ['0.9312']],
    ['pytorch-tabtransformerregression-model', 'r2', "valid: loss=1.2, metrics={'r2': 0.71}", ['0.71']],
  ])('%s: %s is found in the log', (modelId, metric, log, values) => {
    const found = definition(modelId).metricDefinitions?.find(({ name }) => name === metric);
    const matches = [...log.matchAll(new RegExp(found?.regex ?? '(?!)', 'g'))];
    expect(matches.map((match) => match[1])).toEqual(values);
  });
});

describe('a document', () => {
  const { rules, defaultHyperparameters } = Algorithm.jumpStart({ document: DOCUMENT })._definition;
  const rule = (name: string) => rules?.hyperparameters.find((candidate) => candidate.name === name);

  test('decides which hyperparameters exist', () => {
    expect(rules?.hyperparameters.map(({ name }) => name)).toEqual([
      'num_boost_round',
      'early_stopping_rounds',
      'metric',
      'learning_rate',
      'num_leaves',
      'feature_fraction',
      'boosting',
      'is_unbalance',
      'scale_pos_weight',
    ]);
  });

  test("takes precedence over SageMaker's guide for the bounds of hyperparameters", () => {
    expect(rule('feature_fraction')).toEqual({
      name: 'feature_fraction',
      type: 'continuous',
      min: 0,
      max: 1,
      tunable: true,
    });
    expect(rule('learning_rate')).toEqual({
      name: 'learning_rate',
      type: 'continuous',
      minExclusive: 0,
      max: 1,
      tunable: true,
    });
  });

  test('with custom metrics accepts any of its metrics as the objective', () => {
    const metrics = [{ name: 'gain', regex: 'gain=(.*)' }];
    const own = Algorithm.jumpStart({ document: DOCUMENT, metrics })._definition;
    expect(own.metricDefinitions).toContainEqual(metrics[0]);
    expect(own.rules?.objectiveMetrics).toEqual([]);
  });

  test('is tuned with a hyperparameter that makes the algorithm evaluate the objective metric', () => {
    expect(defaultHyperparameters('auc')).toMatchObject({ metric: 'auc', num_boost_round: '5000' });
    expect(defaultHyperparameters('something')).toMatchObject({ metric: 'auto' });
  });
});

describe('hyperparameters together', () => {
  const together = (modelId: string, values: Record<string, string>) =>
    definition(modelId).rules?.checkTogether?.(values);

  test('LightGBM rejects a class weight in combination with is_unbalance', () => {
    const modelId = 'lightgbm-classification-model';
    expect(together(modelId, { is_unbalance: 'True', scale_pos_weight: '1' })).toEqual([]);
    expect(together(modelId, { is_unbalance: 'False', scale_pos_weight: '2' })).toEqual([]);
    const problem = ['hyperparameters.scale_pos_weight: cannot be used with is_unbalance True'];
    expect(together(modelId, { is_unbalance: 'True', scale_pos_weight: '2' })).toEqual(problem);
    // `scale_pos_weight` is tuned, so it has no value here.
    expect(together(modelId, { is_unbalance: 'True', scale_pos_weight: '' })).toEqual(problem);
  });

  test('AutoGluon stacks only with bagging', () => {
    const modelId = 'autogluon-classification-ensemble';
    expect(together(modelId, { num_stack_levels: '0', num_bag_folds: '0' })).toEqual([]);
    expect(together(modelId, { num_stack_levels: '1', num_bag_folds: '5' })).toEqual([]);
    expect(together(modelId, { num_stack_levels: '1', num_bag_folds: '0', auto_stack: 'True' })).toEqual([]);
    expect(together(modelId, { num_stack_levels: '1', num_bag_folds: '0' })).toEqual([
      expect.stringMatching(/^hyperparameters\.num_stack_levels: needs num_bag_folds of at least 2 /),
    ]);
  });
});

describe('use', () => {
  const location = DataLocation.fromUri('s3://data/train/');
  const check = (modelId: string, more: Partial<AlgorithmUse>) =>
    definition(modelId).check?.({
      train: InputData.csv(location),
      objectiveMetric: 'any',
      hyperparameters: {},
      tuned: [],
      instanceTypes: ['ml.m5.xlarge'],
      instanceTypesOfJobs: [['ml.m5.xlarge']],
      instanceCounts: [1],
      networkIsolation: true,
      ...more,
    });

  test('is limited to one instance', () => {
    expect(check('autogluon-regression-ensemble', { instanceCounts: [1, 2] })).toEqual([
      'resources.instanceCount: must be 1 for JumpStart model autogluon-regression-ensemble, which supports only one instance, got 2',
    ]);
    expect(check('lightgbm-regression-model', { instanceCounts: [2] })).toEqual([]);
  });

  test('is limited to CSV', () => {
    expect(check('catboost-regression-model', { train: InputData.libsvm(location) })).toEqual([
      'train: must be CSV with the label in the first column for JumpStart model catboost-regression-model, got text/libsvm',
    ]);
  });
});

describe.each([
  ['lightgbm-regression-model', Objective.minimize('rmse'), 'num_leaves', [10, 100], [1, 100]],
  ['catboost-classification-model', Objective.maximize('AUC'), 'depth', [4, 10], [4, 17]],
  ['pytorch-tabtransformerregression-model', Objective.maximize('r2'), 'n_blocks', [1, 12], [1, 13]],
  ['autogluon-classification-ensemble', Objective.maximize('score'), 'num_bag_sets', [1, 20], [1, 21]],
])('a workflow of %s', (modelId, objective, name, [min, max], [tooLow, tooHigh]) => {
  const isAutoGluon = modelId.startsWith('autogluon');
  const metrics = isAutoGluon
    ? [{ name: 'score', regex: 'score: ([-+]?[0-9]*\\.?[0-9]+(?:[eE][-+]?[0-9]+)?)' }]
    : undefined;
  const range = (low = 0, high = 0) => [ParameterRange.integer(name, { min: low, max: high })];
  function tuning(props: Partial<TuningOptions> = {}) {
    const stack = stackOf({ env: { region: 'us-east-1' } });
    workflow(
      {
        algorithm: Algorithm.jumpStart({ document: MINIMAL, modelId, metrics }),
        objective,
        parameterRanges: range(min, max),
        hyperparameters: {},
        maxTrainingJobs: 5,
        ...props,
      },
      stack,
    );
    return stack;
  }

  test('asks SageMaker for the image, the script and the metric', () => {
    const { Arguments } = definitionOf(tuning()).States.TuneHyperparameters;
    const job = Arguments.TrainingJobDefinition;
    expect({
      objective: Arguments.HyperParameterTuningJobConfig.HyperParameterTuningJobObjective,
      image: job.AlgorithmSpecification.TrainingImage,
      metric: job.AlgorithmSpecification.MetricDefinitions.find(
        (metric: Json) => metric.Name === objective.metric,
      ),
      hyperparameters: job.StaticHyperParameters,
      channels: job.InputDataConfig.map(({ ChannelName, ContentType, DataSource }: Json) => ({
        name: ChannelName,
        contentType: ContentType,
        uri: DataSource.S3DataSource.S3Uri,
      })),
    }).toMatchSnapshot();
  });

  test('rejects an unknown hyperparameter', () => {
    expect(() => tuning({ hyperparameters: { max_deep: '3' } })).toThrow(
      new RegExp(`hyperparameters\\.max_deep: is not a hyperparameter of JumpStart model ${modelId}`),
    );
    expect(() =>
      tuning({ parameterRanges: [ParameterRange.integer('max_deep', { min: 1, max: 9 })] }),
    ).toThrow(
      new RegExp(`parameterRanges\\.max_deep: is not a hyperparameter of JumpStart model ${modelId}`),
    );
  });

  test('rejects values and ranges outside the bounds', () => {
    expect(() => tuning({ parameterRanges: range(tooLow, tooHigh) })).toThrow(
      new RegExp(`parameterRanges\\.${name}: m(in|ax) must be .*, got (${tooLow}|${tooHigh})`),
    );
  });

  test('rejects an objective metric that the algorithm does not print', () => {
    expect(() => tuning({ objective: Objective.maximize('mood') })).toThrow(
      new RegExp(`objective: must be .*JumpStart model ${modelId}.*, got "mood"; its metrics are `),
    );
  });

  test('rejects the wrong direction if the right one is known', () => {
    const turned =
      objective.type === 'Maximize'
        ? Objective.minimize(objective.metric)
        : Objective.maximize(objective.metric);
    const attempt = () => tuning({ objective: turned });
    if (isAutoGluon) expect(attempt).not.toThrow();
    else expect(attempt).toThrow(new RegExp(`objective: ${objective.metric} must be (min|max)imized, got `));
  });
});
