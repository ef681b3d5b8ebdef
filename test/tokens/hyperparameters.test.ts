import { join } from 'node:path';
import { Lazy } from 'aws-cdk-lib';
import {
  Algorithm,
  BuiltInAlgorithm,
  DataLocation,
  InputData,
  Objective,
  ParameterRange,
  type TuningFragmentProps,
} from '../../lib';
import { evaluateJsonata } from '../evaluate-jsonata';
import { definitionIn, fragment, stackOf } from '../fixtures';
import { inFragment, type Tokens, testTokens, type Working } from './fixtures';

const ETA = { parameterRanges: [ParameterRange.continuous('eta', { min: 0.1, max: 0.3 })] };
const VERBOSITY = ParameterRange.integer('verbosity', { min: 0, max: 4 });

/** Hyperparameters with tokens. The library would reject them if it mistook a token for a literal value. */
const ofXGBoost = (
  what: string,
  values: (text: string) => Record<string, string>,
  metric = 'rmse',
): Working => [
  what,
  inFragment(({ text }) => ({
    ...ETA,
    objective: Objective.minimize(`validation:${metric}`),
    hyperparameters: { num_round: '9', ...values(text) },
  })),
];

const tabular = (modelId: string, tuned: ParameterRange, values: (tokens: Tokens) => object): Working => [
  modelId,
  inFragment((tokens) => ({
    algorithm: Algorithm.jumpStart({
      document: join(__dirname, '../algorithm/fixtures/minimal-tabular-model.json'),
      modelId,
      metrics: [{ name: 'own', regex: 'own=(.*)' }],
    }),
    objective: Objective.minimize('own'),
    parameterRanges: [tuned],
    hyperparameters: values(tokens),
    networkIsolation: false,
  })),
];

testTokens([
  ofXGBoost('objective next to num_class', (text) => ({ objective: text, num_class: '3' })),
  ofXGBoost('objective without num_class', (text) => ({ objective: text })),
  ofXGBoost('num_class of a regression', (text) => ({ num_class: text })),
  ofXGBoost(
    'num_class of several classes',
    (text) => ({ objective: 'multi:softprob', num_class: text }),
    'merror',
  ),
  ofXGBoost('an objective together with a metric for classes', (text) => ({ objective: text }), 'mlogloss'),
  ofXGBoost('tree_method next to constraints', (text) => ({
    tree_method: text,
    monotone_constraints: '(1,0)',
  })),
  ofXGBoost('constraints without a tree method', (text) => ({ monotone_constraints: text })),
  ofXGBoost('booster next to an updater', (text) => ({ booster: text, updater: 'shotgun' })),
  ofXGBoost('a part of updaters', (text) => ({ updater: `prune,${text}` })),
  ofXGBoost('process_type next to an updater', (text) => ({ process_type: text, updater: 'grow_histmaker' })),
  ofXGBoost('base_score of a probability', (text) => ({ objective: 'reg:logistic', base_score: text })),
  ofXGBoost('max_depth of exact trees', (text) => ({ tree_method: 'exact', max_depth: text })),
  [
    'a token at the final training',
    inFragment(({ text }) => ({
      ...ETA,
      finalTraining: { hyperparameters: { objective: text, num_class: '3' } },
    })),
  ],
  [
    'factorization machines: init_method of a tuned hyperparameter',
    inFragment(({ text }) => ({
      algorithm: Algorithm.builtIn(BuiltInAlgorithm.FACTORIZATION_MACHINES),
      objective: Objective.minimize('test:rmse'),
      hyperparameters: {
        feature_dim: '10',
        num_factors: '4',
        predictor_type: 'regressor',
        bias_init_method: text,
      },
      parameterRanges: [ParameterRange.continuous('bias_init_scale', { min: 0.1, max: 1 })],
      train: InputData.recordIoProtobuf(DataLocation.fromUri('s3://data/train/')),
      validation: InputData.recordIoProtobuf(DataLocation.fromUri('s3://data/validation/')),
    })),
  ],
  tabular(
    'lightgbm-classification-model',
    ParameterRange.continuous('learning_rate', { min: 0.1, max: 0.2 }),
    ({ text }) => ({
      is_unbalance: 'True',
      scale_pos_weight: text,
    }),
  ),
  tabular('autogluon-classification-ensemble', VERBOSITY, ({ text }) => ({
    num_stack_levels: '1',
    num_bag_folds: text,
  })),
  tabular('autogluon-regression-ensemble', VERBOSITY, ({ text }) => ({
    num_stack_levels: '1',
    num_bag_folds: '0',
    auto_stack: text,
  })),
]);

describe('the first state of an execution checks the value of a token', () => {
  const problemsWith = async (hyperparameters: Record<string, string>, metric: string) => {
    const late = Object.entries(hyperparameters).map(([name, value]) => [
      name,
      Lazy.string({ produce: () => value }),
    ]);
    const props: Partial<TuningFragmentProps> = {
      ...ETA,
      objective: Objective.minimize(`validation:${metric}`),
      hyperparameters: { num_round: '9', ...Object.fromEntries(late) },
    };
    const stack = stackOf();
    const { Configure } = definitionIn(fragment(props, stack), stack).States;
    return (await evaluateJsonata(Configure.Output, { input: {} })).problems;
  };

  test.each<[Record<string, string>, string, string | undefined]>([
    [{ objective: 'multi:softprob', num_class: '3' }, 'merror', undefined],
    [
      { objective: 'reg:gamma', num_class: '3' },
      'rmse',
      'hyperparameters.num_class: is only for objectives multi:softmax and multi:softprob, got objective reg:gamma',
    ],
    [{ tree_method: 'hist', monotone_constraints: '(1,0)' }, 'rmse', undefined],
    [
      { tree_method: 'approx', monotone_constraints: '(1,0)' },
      'rmse',
      'hyperparameters.monotone_constraints: needs tree_method exact or hist, got tree_method approx',
    ],
  ])('%j with %s: %s', async (hyperparameters, metric, problem) => {
    expect(await problemsWith(hyperparameters, metric)).toEqual(problem && [problem]);
  });
});
