import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { Algorithm, ContainerImage, Objective, type TuningFragmentProps, XGBoostVersion } from '../lib';
import { NUMBER_GROUP } from '../lib/private/metric-regex';
import { fragment, stackOf } from './fixtures';

/** The warnings of a search. */
function warningsOf(props: Partial<TuningFragmentProps>): string[] {
  const stack = stackOf({ env: { region: 'eu-west-1', account: '123456789012' } });
  fragment(props, stack);
  return Annotations.fromStack(stack)
    .findWarning('*', Match.anyValue())
    .map(({ entry }) => String(entry.data));
}

const xgboost = (version: string) => Algorithm.xgboost({ version: XGBoostVersion.of(version) });

describe('metrics that XGBoost 3 computes wrongly', () => {
  test.each([
    [
      '3.2-0',
      'binary:logistic',
      'accuracy',
      /metric accuracy never changes with binary:logistic .*as of the public code.*Use logloss/,
    ],
    ['3.0-5', 'reg:logistic', 'f1', /metric f1 never changes with reg:logistic/],
    ['3.2-0', 'binary:logistic', 'recall_macro', /metric recall_macro never changes/],
    ['3.2-0', 'count:poisson', 'precision_micro', /metric precision_micro never changes .*Use rmse or mae/],
    ['3.2-0', 'multi:softmax', 'accuracy', /metric accuracy is wrong with multi:softmax .*multi:softprob/],
    ['1.7-1', 'binary:logistic', 'accuracy', undefined],
    ['3.2-0', 'binary:hinge', 'accuracy', undefined],
    ['3.2-0', 'binary:logitraw', 'f1', undefined],
    ['3.2-0', 'multi:softprob', 'accuracy', undefined],
    ['3.2-0', 'binary:logistic', 'auc', undefined],
  ])('%s, %s, %s: %s', (version, objective, metric, warning) => {
    const classes: Record<string, string> = objective.startsWith('multi:') ? { num_class: '3' } : {};
    const warnings = warningsOf({
      algorithm: xgboost(version),
      objective: Objective.maximize(`validation:${metric}`),
      hyperparameters: { num_round: '10', objective, ...classes },
    });
    expect(warnings).toEqual(warning ? [expect.stringMatching(warning)] : []);
  });

  test('cause a warning if they are evaluated but are not the objective', () => {
    expect(
      warningsOf({ hyperparameters: { num_round: '10', objective: 'reg:logistic', eval_metric: 'f1,mae' } }),
    ).toEqual([
      expect.stringMatching(
        /^hyperparameters\.objective: metric f1 never changes .*\[ack: cdk-sagemaker-tuning:metricNeverChanges\]$/,
      ),
    ]);
  });

  test('cause a warning in the final training', () => {
    expect(
      warningsOf({
        hyperparameters: { num_round: '10', objective: 'reg:logistic' },
        finalTraining: { hyperparameters: { eval_metric: 'f1' } },
      }),
    ).toEqual([expect.stringMatching(/^finalTraining\.hyperparameters\.objective: metric f1 never changes/)]);
  });
});

test('interaction constraints give a warning', () => {
  const hyperparameters = { num_round: '10', tree_method: 'hist', interaction_constraints: '[[1,2]]' };
  expect(warningsOf({ hyperparameters })).toEqual([
    expect.stringMatching(
      /^hyperparameters\.interaction_constraints: XGBoost 3 expects constraints with feature names/,
    ),
  ]);
  expect(warningsOf({ algorithm: xgboost('1.7-1'), hyperparameters })).toEqual([]);
});

test('a regular expression that loses a sign or an exponent causes a warning', () => {
  const containerWith = (regex: string) =>
    Algorithm.container({
      image: ContainerImage.fromRegistry('123456789012.dkr.ecr.eu-west-1.amazonaws.com/mine:1'),
      metrics: [{ name: 'loss', regex }],
    });
  const tuning = { objective: Objective.minimize('loss'), hyperparameters: {} };
  expect(warningsOf({ ...tuning, algorithm: containerWith(`loss=${NUMBER_GROUP}`) })).toEqual([]);
  expect(warningsOf({ ...tuning, algorithm: containerWith('loss=([0-9.]+)') })).toEqual([
    `algorithm.metrics.loss.regex: reads 1.2e-05 as 1.2: use loss=${NUMBER_GROUP} [ack: cdk-sagemaker-tuning:metricRegex]`,
  ]);
});
