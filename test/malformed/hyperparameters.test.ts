import { Algorithm, ContainerImage, Objective, ParameterRange } from '../../lib';
import { fragment, TUNING } from '../fixtures';
import { type Row, refused } from './fixtures';

type Values = Record<string, string>;

const ETA = ParameterRange.continuous('eta', { min: 0.1, max: 0.3 });

const row = (what: string, props: object, message: string): Row => [what, () => fragment(props), message];

/** Three rows: the same invalid value in the search, in the final training and in a further definition. */
const anywhere = (what: string, values: Values, message: string, objective?: Objective): Row[] => {
  const settings = {
    ...TUNING,
    ...(objective && { objective }),
    hyperparameters: { num_round: '9' },
    parameterRanges: [ETA],
  };
  const broken = { ...settings.hyperparameters, ...values };
  return [
    row(what, { ...settings, hyperparameters: broken }, `- hyperparameters.${message}`),
    row(
      `${what}, at the final training`,
      { ...settings, finalTraining: { hyperparameters: values } },
      `- finalTraining.hyperparameters.${message}`,
    ),
    row(
      `${what}, in a further definition`,
      { ...settings, furtherDefinitions: [{ ...settings, name: 'b', hyperparameters: broken }] },
      `- furtherDefinitions.b.hyperparameters.${message}`,
    ),
  ];
};

describe('hyperparameters of XGBoost that contradict each other', () => {
  const auc = Objective.maximize('validation:auc');
  refused([
    ...anywhere('no classes', { objective: 'multi:softprob' }, 'num_class: is required with objective multi'),
    ...anywhere('classes of a regression', { num_class: '3' }, 'num_class: is only for objectives multi'),
    ...anywhere(
      'auc of a regression',
      { objective: 'reg:gamma' },
      'objective: metric auc needs an objective binary:* or rank:*, got reg:gamma',
      auc,
    ),
    ...anywhere(
      'bounds of labels',
      { objective: 'survival:aft' },
      'objective: survival:aft needs labels with',
    ),
    ...anywhere(
      'no power',
      { eval_metric: 'tweedie-nloglik' },
      'eval_metric: tweedie-nloglik needs a variance',
    ),
    ...anywhere(
      'classes for a metric of probabilities',
      { objective: 'binary:logistic', eval_metric: 'merror' },
      'objective: metric merror needs objective multi:softmax or multi:softprob',
    ),
    ...anywhere(
      'a metric of one value',
      { objective: 'multi:softprob', num_class: '3', eval_metric: 'mae' },
      'objective: metric mae, rmse fails with multi:softprob',
    ),
    ...anywhere(
      'constraints without a tree method',
      { monotone_constraints: '(1,0)' },
      'monotone_constraints: needs tree_method exact or hist, got tree_method none',
    ),
    ...anywhere(
      'interactions of another tree method',
      { interaction_constraints: '[[1,2]]', tree_method: 'auto' },
      'interaction_constraints: needs tree_method exact, hist or approx, got tree_method auto',
    ),
    ...anywhere(
      'an updater for trees with a linear booster',
      { booster: 'gblinear', updater: 'prune' },
      'updater: must be shotgun or coord_descent with booster gblinear, got prune',
    ),
    ...anywhere('an updater that grows nothing', { updater: 'prune' }, 'updater: prune only changes trees'),
    ...anywhere(
      'an update',
      { process_type: 'update', updater: 'prune' },
      'process_type: update needs a model',
    ),
    ...anywhere(
      'exact trees without a depth',
      { tree_method: 'exact', max_depth: '0' },
      'max_depth: must be at least 1 with tree_method exact, got 0',
    ),
    ...anywhere(
      'a base score of 2',
      { objective: 'reg:logistic', base_score: '2' },
      'base_score: must be between 0 and 1 with objective reg:logistic, got 2',
    ),
  ]);
});

describe('regular expressions of metrics', () => {
  const regex = (what: string, text: string, message: string): Row =>
    row(
      what,
      {
        algorithm: Algorithm.container({
          image: ContainerImage.fromRegistry('123456789012.dkr.ecr.eu-west-1.amazonaws.com/a:1'),
          metrics: [{ name: 'loss', regex: text }],
        }),
        objective: Objective.minimize('loss'),
        hyperparameters: {},
      },
      `algorithm.metrics.loss.regex: ${message}`,
    );
  refused([
    regex('empty', '', 'must have 1 to 500 characters, got 0'),
    regex('501 characters', `(${'x'.repeat(499)})`, 'must have 1 to 500 characters, got 501'),
    regex('no group', 'loss=.*', 'needs a group, ( … ), around the value, got "loss=.*"'),
    regex('a group that captures nothing', 'loss=(?:.*)', 'needs a group, ( … ), around the value'),
    regex('an escaped group', 'loss=\\(.*\\)', 'needs a group, ( … ), around the value'),
    regex('a group in brackets', 'loss=[(.)]+', 'needs a group, ( … ), around the value'),
    regex('a group that does not end', 'loss=([0-9.]+', 'must be a regular expression, got "loss=([0-9.]+"'),
    regex('a group that does not begin', 'loss=.*)', 'must be a regular expression, got "loss=.*)"'),
    regex('a bracket that does not end', 'loss=([0-9.+)', 'must be a regular expression'),
    regex('nothing to repeat', 'loss=(*)', 'must be a regular expression'),
  ]);
});
