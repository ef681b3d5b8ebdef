import { Objective, ScalingType, TuningStrategy } from '../lib';
import { definitionIn, fragment, stackOf } from './fixtures';
import {
  choice,
  DEPTH,
  ETA,
  fixed,
  int,
  many,
  type Props,
  problemsOf,
  ranges,
  real,
  UNKNOWN,
} from './search-props';

describe('the search space', () => {
  test.each<[string, Props, string | RegExp]>([
    ['no range', ranges(), 'parameterRanges: must have 1 to 30 elements, got 0'],
    [
      '31 ranges',
      { ...UNKNOWN, ...ranges(...many(31, (i) => `p${i}`).map((name) => real(name, 0, 1))) },
      'parameterRanges: must have 1 to 30 elements, got 31',
    ],
    ['a range given twice', ranges(ETA, ETA), 'parameterRanges.eta: is given twice'],
    [
      'a hyperparameter both tuned and fixed',
      fixed({ eta: '0.3' }),
      'parameterRanges.eta: is also in hyperparameters: a hyperparameter is either tuned or fixed',
    ],
    [
      'a range without a name',
      { ...UNKNOWN, ...ranges(real('', 0, 1)) },
      'parameterRanges.: must have 1 to 256 characters, got 0: ""',
    ],
    [
      'a name too long',
      { ...UNKNOWN, ...ranges(real('x'.repeat(257), 0, 1)) },
      /: must have 1 to 256 characters, got 257: "x{60}…"$/,
    ],
    [
      'a category alone',
      { maxTrainingJobs: 1, ...ranges(choice('max_depth', '3')) },
      'parameterRanges.max_depth: has only one value, "3": SageMaker rejects that; set it in hyperparameters',
    ],
    [
      'too many categories',
      { ...ranges(choice('max_depth', ...many(31, String))) },
      'parameterRanges.max_depth: must have 1 to 30 elements, got 31',
    ],
    [
      'categories given twice',
      { maxTrainingJobs: 2, ...ranges(choice('max_depth', '3', '4', '3')) },
      'parameterRanges.max_depth: has duplicate values: 3',
    ],
    [
      'an empty category',
      { ...UNKNOWN, maxTrainingJobs: 2, ...ranges(choice('mode', 'a', '')) },
      'parameterRanges.mode: must have 1 to 256 characters, got 0: ""',
    ],
    [
      'a category too long',
      { ...UNKNOWN, maxTrainingJobs: 2, ...ranges(choice('mode', 'a', 'b'.repeat(257))) },
      /^parameterRanges.mode: must have 1 to 256 characters, got 257: /,
    ],
    [
      'min above max',
      ranges(real('eta', 0.5, 0.1)),
      'parameterRanges.eta: min must be less than max, got min 0.5 and max 0.1',
    ],
    [
      'min equal to max',
      ranges(real('eta', 0.5, 0.5)),
      'parameterRanges.eta: min must be less than max, got min 0.5 and max 0.5; SageMaker rejects a range of one value: set it in hyperparameters',
    ],
    [
      'an infinite bound',
      ranges(real('gamma', 0, Number.POSITIVE_INFINITY)),
      'parameterRanges.gamma: needs finite bounds, got min 0 and max Infinity',
    ],
    [
      'no number',
      ranges(real('gamma', Number.NaN, 1)),
      /^parameterRanges.gamma: needs finite bounds, got min NaN/,
    ],
    [
      'an integer range with decimals',
      { maxTrainingJobs: 1, ...ranges(int('max_depth', 1.5, 9)) },
      'parameterRanges.max_depth: is an integer range and needs whole numbers as bounds, got min 1.5 and max 9',
    ],
    [
      'logarithmic scaling from 0',
      ranges(real('gamma', 0, 1, ScalingType.LOGARITHMIC)),
      'parameterRanges.gamma: logarithmic scaling needs values greater than 0, got min 0 and max 1',
    ],
    [
      'reverse logarithmic scaling of an integer range',
      ranges(int('max_depth', 1, 30, ScalingType.REVERSE_LOGARITHMIC)),
      'parameterRanges.max_depth: reverse logarithmic scaling is for continuous ranges only',
    ],
    [
      'reverse logarithmic scaling up to 1',
      ranges(real('eta', 0.5, 1, ScalingType.REVERSE_LOGARITHMIC)),
      'parameterRanges.eta: reverse logarithmic scaling needs 0 <= value < 1, got min 0.5 and max 1',
    ],
    [
      'a hyperparameter that XGBoost does not have',
      ranges(real('shrinkage', 0.1, 0.5)),
      /^parameterRanges.shrinkage: is not a hyperparameter of XGBoost 3.2-0: the tunable hyperparameters are num_round, eta, gamma,/,
    ],
    [
      'a hyperparameter that SageMaker does not tune',
      ranges(ETA, int('max_bin', 10, 300)),
      /^parameterRanges.max_bin: cannot be tuned: the tunable hyperparameters are num_round, eta,/,
    ],
    [
      'a continuous range for a whole-number hyperparameter',
      ranges(real('max_depth', 1, 9)),
      'parameterRanges.max_depth: must be a whole number: use ParameterRange.integer',
    ],
    [
      'a min below the limit of XGBoost',
      ranges(int('num_round', 0, 100)),
      'parameterRanges.num_round: min must be at least 1 and at most 2147483647 (the limit of XGBoost 3.2-0), got 0',
    ],
    [
      'a max above the limit of XGBoost',
      ranges(real('eta', 0.5, 1.5)),
      'parameterRanges.eta: max must be at least 0 and at most 1 (the limit of XGBoost 3.2-0), got 1.5',
    ],
    [
      'a category that XGBoost does not accept',
      { maxTrainingJobs: 2, ...ranges(choice('eta', '0.1', 'fast')) },
      'parameterRanges.eta: must be a number, got "fast"',
    ],
  ])('%s', (_name, props, problem) => {
    const hyperparameters = props.hyperparameters ?? numRoundUnlessTuned(props);
    expect(problemsOf({ ...props, hyperparameters })).toContainEqual(
      problem instanceof RegExp ? expect.stringMatching(problem) : problem,
    );
  });

  function numRoundUnlessTuned({ parameterRanges }: Props): Record<string, string> {
    return parameterRanges?.some(({ name }) => name === 'num_round') ? {} : { num_round: '100' };
  }

  test('accepts values at the limits', () => {
    expect(
      problemsOf({
        ...UNKNOWN,
        ...ranges(
          real('x'.repeat(256), 0, 1),
          choice('mode', ...many(29, String), 'y'.repeat(256)),
          real('log', 0.0001, 1, ScalingType.LOGARITHMIC),
          real('reverse', 0, 0.999, ScalingType.REVERSE_LOGARITHMIC),
          ...many(26, (i) => `p${i}`).map((name) => real(name, 0, 1)),
        ),
      }),
    ).toEqual([]);
  });
});

describe('the strategy', () => {
  const grid = { strategy: TuningStrategy.grid() };
  const hyperband = (options: Parameters<typeof TuningStrategy.hyperband>[0]) => ({
    strategy: TuningStrategy.hyperband(options),
  });

  test.each<[string, Props, string | RegExp]>([
    [
      'a grid search over numeric ranges',
      { ...grid, ...ranges(DEPTH, ETA) },
      'parameterRanges: a grid search supports only categorical ranges, got numeric ranges for eta',
    ],
    [
      'a grid search with a different number of training jobs',
      { ...grid, ...ranges(DEPTH), maxTrainingJobs: 3 },
      'maxTrainingJobs: leave it out for a grid search, which runs each of the 2 combinations; got 3',
    ],
    [
      'a grid with too many combinations',
      {
        ...grid,
        ...ranges(choice('max_depth', ...many(28, String)), choice('eta', ...many(27, (i) => `0.${i + 1}`))),
      },
      'parameterRanges: a grid search can have at most 750 combinations, got 756: more than 750 need several tuning jobs with a warm start, which SageMaker documents only for Bayesian and random searches',
    ],
    [
      'more training jobs than combinations',
      { ...ranges(DEPTH), maxTrainingJobs: 3 },
      'maxTrainingJobs: must not be more than the 2 combinations of the ranges, got 3: SageMaker rejects more',
    ],
    [
      'a negative seed',
      { strategy: TuningStrategy.random({ seed: -1 }) },
      'strategy.seed: must be a whole number from 0 to 2147483647, got -1',
    ],
    [
      'a seed with decimals',
      hyperband({ maxResource: 9, seed: 0.5 }),
      'strategy.seed: must be a whole number from 0 to 2147483647, got 0.5',
    ],
    [
      'early stopping together with Hyperband',
      { ...hyperband({ maxResource: 9 }), earlyStopping: true },
      'earlyStopping: must be false for Hyperband, which has its own early stopping',
    ],
    [
      'Hyperband without maxResource',
      hyperband({}),
      /^strategy.maxResource: is required: SageMaker infers it only from a hyperparameter called epochs/,
    ],
    [
      'a minResource of 0',
      hyperband({ minResource: 0, maxResource: 9 }),
      'strategy.minResource: must be a whole number from 1 to 20000, got 0',
    ],
    [
      'a maxResource above 20,000',
      hyperband({ maxResource: 20_001 }),
      'strategy.maxResource: must be a whole number from 1 to 20000, got 20001',
    ],
    [
      'a minResource above maxResource',
      hyperband({ minResource: 9, maxResource: 3 }),
      'strategy: minResource must not be more than maxResource, got 9 and 3',
    ],
  ])('%s', (_name, props, problem) => {
    expect(problemsOf(props)).toEqual([problem instanceof RegExp ? expect.stringMatching(problem) : problem]);
  });

  test.each<[string, Props]>([
    ['a grid', { ...grid, ...ranges(DEPTH) }],
    [
      'a grid search whose number of training jobs equals its combinations',
      { ...grid, ...ranges(DEPTH), maxTrainingJobs: 2 },
    ],
    ['a search with as many training jobs as combinations', { ...ranges(DEPTH), maxTrainingJobs: 2 }],
    ['Hyperband', hyperband({ minResource: 1, maxResource: 20_000, seed: 0 })],
    [
      'Hyperband with a number of epochs',
      { ...UNKNOWN, ...hyperband({}), hyperparameters: { epochs: '20' } },
    ],
    ['10,000 training jobs at random', { strategy: TuningStrategy.random(), maxTrainingJobs: 10_000 }],
  ])('%s is valid', (_name, props) => {
    expect(problemsOf(props)).toEqual([]);
  });
});

describe('the objective', () => {
  test.each<[string, Props, (string | RegExp)[]]>([
    [
      'a metric that XGBoost does not report',
      { objective: Objective.minimize('validation:loss') },
      [
        /^objective: must be an objective metric of XGBoost 3.2-0, got "validation:loss"; its metrics are validation:accuracy,/,
      ],
    ],
    [
      'the wrong direction',
      { objective: Objective.maximize('validation:rmse') },
      ['objective: validation:rmse must be minimized, got Maximize: XGBoost 3.2-0 declares this direction'],
    ],
    [
      'validation without validation data',
      { validation: undefined },
      ['validation: is required, because the objective is validation:rmse'],
    ],
    [
      'no name',
      { ...UNKNOWN, objective: Objective.minimize('') },
      ['objective: must have 1 to 255 characters, got 0: ""'],
    ],
    [
      'the metric AUC with a regression objective',
      { objective: Objective.maximize('validation:auc') },
      ['hyperparameters.objective: metric auc needs an objective binary:* or rank:*, got reg:squarederror'],
    ],
  ])('%s', (_name, props, problems) => {
    expect(problemsOf(props)).toEqual(
      problems.map((problem) => (problem instanceof RegExp ? expect.stringMatching(problem) : problem)),
    );
  });

  test('the metric AUC is valid with a classification objective', () => {
    const objective = Objective.maximize('validation:auc');
    expect(problemsOf({ objective, ...fixed({ objective: 'binary:logistic' }) })).toEqual([]);
  });
});

describe('hyperparameters', () => {
  test.each<[string, Props, string | RegExp]>([
    [
      'a required hyperparameter is missing',
      { hyperparameters: {} },
      'hyperparameters: num_round is required by XGBoost 3.2-0: give it here or tune it with parameterRanges',
    ],
    [
      'unknown',
      fixed({ n_estimators: '3' }),
      /^hyperparameters.n_estimators: is not a hyperparameter of XGBoost 3.2-0, which fails on unknown ones; its hyperparameters are num_round,/,
    ],
    [
      'no whole number',
      fixed({ max_bin: '1.0' }),
      'hyperparameters.max_bin: must be a whole number, got "1.0"',
    ],
    ['no number', fixed({ gamma: '' }), 'hyperparameters.gamma: must be a number, got ""'],
    [
      'a quoted value',
      fixed({ objective: '"reg:tweedie"' }),
      /^hyperparameters.objective: must be one of binary:logistic,/,
    ],
    [
      'out of bounds',
      fixed({ base_score: '-1' }),
      'hyperparameters.base_score: must be at least 0, got "-1"',
    ],
    [
      'a value that is not in the list of allowed values',
      fixed({ updater: 'sync,swim' }),
      /^hyperparameters.updater: may only list grow_colmaker,.*, got "sync,swim"$/,
    ],
    [
      'num_class is missing for a classification',
      fixed({ objective: 'multi:softmax' }),
      'hyperparameters.num_class: is required with objective multi:softmax',
    ],
    [
      'num_class with a regression objective',
      fixed({ num_class: '3' }),
      'hyperparameters.num_class: is only for objectives multi:softmax and multi:softprob, got objective reg:squarederror',
    ],
    [
      'an AFT metric, which needs labels with two bounds',
      fixed({ eval_metric: 'rmse,aft-nloglik' }),
      'hyperparameters.eval_metric: aft-nloglik needs labels with a lower and an upper bound, which the container cannot read: use another metric',
    ],
    [
      'unknown, in the final training',
      { finalTraining: { hyperparameters: { n_estimators: '3' } } },
      /^finalTraining.hyperparameters.n_estimators: is not a hyperparameter of XGBoost/,
    ],
    [
      'a value out of bounds in the final training',
      { finalTraining: { hyperparameters: { num_round: '0' } } },
      'finalTraining.hyperparameters.num_round: must be at least 1 and at most 2147483647, got "0"',
    ],
    [
      'too many',
      { ...UNKNOWN, hyperparameters: Object.fromEntries(many(96, (i) => `p${i}`).map((name) => [name, ''])) },
      "hyperparameters: a training job can have at most 100, got 101. This number includes tuned hyperparameters, those that the algorithm adds, and SageMaker's own _tuning_objective_metric",
    ],
    [
      'a value too long',
      { ...UNKNOWN, hyperparameters: { p: 'x'.repeat(2501) } },
      /^hyperparameters.p: must have 0 to 2500 characters, got 2501: /,
    ],
    [
      'a name too long',
      { ...UNKNOWN, hyperparameters: { ['x'.repeat(257)]: '' } },
      /^hyperparameters: must have 1 to 256 characters, got 257: /,
    ],
  ])('%s', (_name, props, problem) => {
    expect(problemsOf(props)).toEqual([problem instanceof RegExp ? expect.stringMatching(problem) : problem]);
  });

  test('95 are valid, in addition to two tuned ones and the default objective and eval_metric', () => {
    const hyperparameters = Object.fromEntries(many(95, (i) => `p${i}`).map((name) => [name, '']));
    expect(problemsOf({ ...UNKNOWN, hyperparameters })).toEqual([]);
  });
});

describe('the number of training jobs', () => {
  const mostOf = (props: Props): string | undefined => {
    const stack = stackOf();
    const { Configure } = definitionIn(fragment(props, stack), stack).States;
    return /: \$min\(\[(\d+), \$most\]\)/.exec(Configure.Output)?.[1];
  };

  test.each<[string, Props, string]>([
    ['20', ranges(ETA), '20'],
    ['equal to the number of combinations', ranges(int('max_depth', 3, 16)), '14'],
    ['20 of many combinations', ranges(DEPTH, int('max_bin', 1, 1000)), '20'],
    ['the given number', { ...ranges(ETA), maxTrainingJobs: 50 }, '50'],
  ])('is %s', (_name, props, count) => {
    expect(mostOf({ ...UNKNOWN, ...props })).toBe(count);
  });

  test('is limited by the combinations of all definitions', () => {
    const { algorithm } = UNKNOWN;
    const objective = Objective.minimize('validation:rmse');
    const further = { name: 'second', algorithm, objective, parameterRanges: [int('max_depth', 1, 4)] };
    expect(mostOf({ ...UNKNOWN, ...ranges(DEPTH), furtherDefinitions: [further] })).toBe('6');
  });

  test('is not checked if the bounds of a range are wrong', () => {
    expect(problemsOf({ ...ranges(int('max_depth', 9, 2)) })).toEqual([
      'parameterRanges.max_depth: min must be less than max, got min 9 and max 2',
    ]);
  });
});
