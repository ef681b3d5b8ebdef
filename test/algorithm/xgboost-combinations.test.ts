import { Algorithm, Objective, ParameterRange, type TuningFragmentProps, XGBoostVersion } from '../../lib';
import { configureExpression } from '../../lib/private/configure-expression';
import { fixedHyperparameters } from '../../lib/private/settle-hyperparameters';
import { definitionsOf, type TuningInput } from '../../lib/private/tuning-definitions';
import { evaluateJsonata } from '../evaluate-jsonata';
import { fragment, stackOf, TUNING } from '../fixtures';

type Values = Record<string, string>;

/** The problems that synth reports for the given hyperparameters. `metric` is the objective metric. */
function atSynth(values: Values, metric = 'rmse', version = '3.2-0'): string[] {
  const props: Partial<TuningFragmentProps> = {
    algorithm: Algorithm.xgboost({ version: XGBoostVersion.of(version) }),
    objective: objectiveOf(metric, version),
    hyperparameters: { num_round: '10', ...values },
    parameterRanges: [ParameterRange.continuous('eta', { min: 0.1, max: 0.3 })],
  };
  try {
    fragment(props, stackOf());
    return [];
  } catch (error) {
    return (error as Error).message
      .split('\n  - ')
      .slice(1)
      .map((line) => line.trim());
  }
}

function objectiveOf(metric: string, version: string): Objective {
  const { rules } = Algorithm.xgboost({ version: XGBoostVersion.of(version) })._definition;
  const name = `validation:${metric}`;
  const direction = rules?.objectiveMetrics.find((rule) => rule.name === name)?.direction;
  return direction === 'Maximize' ? Objective.maximize(name) : Objective.minimize(name);
}

/** The problems that the first state reports if an execution's input sets the given hyperparameters. */
async function atInput(values: Values, metric = 'rmse', version = '3.2-0'): Promise<string[]> {
  const algorithm = Algorithm.xgboost({ version: XGBoostVersion.of(version) });
  const objective = objectiveOf(metric, version);
  const [definition] = definitionsOf({ ...TUNING, algorithm, objective } as TuningInput);
  const expression = configureExpression({
    input: '$states.input',
    maxParallelTrainingJobs: 1,
    locations: {},
    allowedInputLocations: [],
    definitions: [
      {
        name: 'first',
        parameterRanges: [ParameterRange.continuous('gamma', { min: 0, max: 1 })],
        fixed: fixedHyperparameters(definition),
        rules: algorithm._definition.rules,
      },
    ],
  });
  const input = { hyperparameters: values };
  const { problems = [] } = await evaluateJsonata(expression, { input });
  return problems;
}

const MULTI = { objective: 'multi:softprob', num_class: '3' };
const SOFTMAX = { objective: 'multi:softmax', num_class: '3' };
const BINARY = { objective: 'binary:logistic' };

/**
 * A rule, hyperparameters that it accepts, hyperparameters that it rejects, the error message, and the objective metric
 * if the rule depends on it.
 */
interface Case {
  readonly rule: string;
  readonly accepted: Values;
  readonly refused: Values;
  readonly problem: string | RegExp;
  readonly metric?: string;
}

const CASES: Case[] = [
  {
    rule: 'num_class is required for objectives with several classes',
    accepted: MULTI,
    refused: { objective: 'multi:softprob' },
    problem: 'num_class: is required with objective multi:softprob',
    metric: 'merror',
  },
  {
    rule: 'num_class is for several classes',
    accepted: {},
    refused: { num_class: '3' },
    problem:
      'num_class: is only for objectives multi:softmax and multi:softprob, got objective reg:squarederror',
  },
  {
    rule: 'auc needs an order',
    accepted: { objective: 'rank:pairwise' },
    refused: { objective: 'reg:gamma' },
    problem: 'objective: metric auc needs an objective binary:* or rank:*, got reg:gamma',
    metric: 'auc',
  },
  {
    rule: 'metrics that need label bounds are rejected, because labels cannot have bounds',
    accepted: { eval_metric: 'cox-nloglik' },
    refused: { eval_metric: 'aft-nloglik,mae' },
    problem: /^eval_metric: aft-nloglik needs labels with a lower and an upper bound/,
  },
  {
    rule: 'AFT needs bounds of labels',
    accepted: { objective: 'survival:cox' },
    refused: { objective: 'survival:aft' },
    problem: /^objective: survival:aft needs labels with a lower and an upper bound/,
  },
  {
    rule: 'tweedie-nloglik needs a power',
    accepted: { objective: 'reg:tweedie', eval_metric: 'poisson-nloglik' },
    refused: { objective: 'reg:tweedie', eval_metric: 'tweedie-nloglik' },
    problem: /^eval_metric: tweedie-nloglik needs a variance power/,
  },
  ...[
    'error',
    'logloss',
    'mape',
    'rmsle',
    'map',
    'ndcg',
    'poisson-nloglik',
    'gamma-nloglik',
    'gamma-deviance',
  ].map(
    (metric): Case => ({
      rule: `${metric} needs a single prediction per row`,
      accepted: { ...MULTI, eval_metric: 'mphe,cox-nloglik' },
      refused: { ...MULTI, eval_metric: metric },
      problem: `objective: metric ${metric} fails with multi:softprob, which predicts a value for each class: use merror or mlogloss`,
      metric: 'merror',
    }),
  ),
  ...['mae', 'mse', 'rmse', 'r2'].map(
    (metric): Case => ({
      rule: `${metric} cannot compare a label with a list of probabilities`,
      accepted: { ...SOFTMAX, eval_metric: metric },
      refused: { ...MULTI, eval_metric: metric },
      problem: `objective: metric ${metric} fails with multi:softprob, which predicts a value for each class: use merror or mlogloss`,
      metric: 'merror',
    }),
  ),
  ...['merror', 'mlogloss'].map(
    (metric): Case => ({
      rule: `${metric} needs several classes`,
      accepted: MULTI,
      refused: BINARY,
      problem: `objective: metric ${metric} needs objective multi:softmax or multi:softprob, got binary:logistic`,
      metric,
    }),
  ),
  {
    rule: 'merror also works for labels between 0 and 1',
    accepted: { objective: 'reg:logistic' },
    refused: { objective: 'survival:cox' },
    problem: 'objective: metric merror needs objective multi:softmax or multi:softprob, got survival:cox',
    metric: 'merror',
  },
  {
    rule: 'a metric of two classes',
    accepted: { ...MULTI, num_class: '2', eval_metric: 'precision' },
    refused: { ...MULTI, eval_metric: 'precision,recall' },
    problem:
      'eval_metric: precision, recall is for two classes, got num_class 3: use f1_macro, precision_macro or recall_macro',
    metric: 'merror',
  },
  {
    rule: 'monotone constraints need a tree method',
    accepted: { monotone_constraints: '(1,0,-1)', tree_method: 'hist' },
    refused: { monotone_constraints: '(1,0,-1)' },
    problem: 'monotone_constraints: needs tree_method exact or hist, got tree_method none',
  },
  {
    rule: 'monotone constraints need a tree method that supports them',
    accepted: { monotone_constraints: '1,0', tree_method: 'exact' },
    refused: { monotone_constraints: '1,0', tree_method: 'approx' },
    problem: 'monotone_constraints: needs tree_method exact or hist, got tree_method approx',
  },
  {
    rule: 'interaction constraints need a tree method',
    accepted: { interaction_constraints: '[[1,2]]', tree_method: 'approx' },
    refused: { interaction_constraints: '[[1,2]]', tree_method: 'auto' },
    problem: 'interaction_constraints: needs tree_method exact, hist or approx, got tree_method auto',
  },
  {
    rule: 'updaters of a linear model',
    accepted: { booster: 'gblinear', updater: 'shotgun' },
    refused: { booster: 'gblinear', updater: 'grow_colmaker' },
    problem: 'updater: must be shotgun or coord_descent with booster gblinear, got grow_colmaker',
  },
  {
    rule: 'one updater of a linear model',
    accepted: { booster: 'gblinear', updater: 'coord_descent' },
    refused: { booster: 'gblinear', updater: 'shotgun,coord_descent' },
    problem:
      'updater: must be one of shotgun and coord_descent with booster gblinear, got shotgun, coord_descent',
  },
  {
    rule: 'updaters of trees',
    accepted: { updater: 'grow_histmaker' },
    refused: { updater: 'shotgun' },
    problem: 'updater: shotgun is only for booster gblinear, got booster none',
  },
  {
    rule: 'one updater that grows trees',
    accepted: { updater: 'grow_colmaker,prune' },
    refused: { updater: 'grow_colmaker,grow_histmaker' },
    problem:
      'updater: may list one of grow_colmaker, distcol and grow_histmaker, got grow_colmaker, grow_histmaker',
  },
  {
    rule: 'an updater that grows trees',
    accepted: { updater: 'grow_histmaker,refresh' },
    refused: { updater: 'refresh' },
    problem: 'updater: refresh only changes trees: list one that grows them first, such as grow_histmaker',
  },
  {
    rule: 'an update needs a model',
    accepted: { process_type: 'default' },
    refused: { process_type: 'update', updater: 'refresh' },
    problem:
      'process_type: update needs a model to start from, and a training job of the built-in algorithm has none',
  },
  {
    rule: 'exact trees have a depth',
    accepted: { tree_method: 'hist', max_depth: '0' },
    refused: { tree_method: 'exact', max_depth: '0' },
    problem: 'max_depth: must be at least 1 with tree_method exact, got 0',
  },
  {
    rule: 'base_score is a probability',
    accepted: { base_score: '10' },
    refused: { ...BINARY, base_score: '10' },
    problem: 'base_score: must be between 0 and 1 with objective binary:logistic, got 10',
  },
];

describe.each(CASES)('$rule', ({ accepted, refused, problem, metric }) => {
  const expected = expect.stringMatching(
    typeof problem === 'string'
      ? `^hyperparameters\\.${escaped(problem)}$`
      : problem.source.replace('^', '^hyperparameters\\.'),
  );

  test('at synth', () => {
    expect(atSynth(accepted, metric)).toEqual([]);
    expect(atSynth(refused, metric)).toContainEqual(expected);
  });

  test("in an execution's input", async () => {
    expect(await atInput(accepted, metric)).toEqual([]);
    expect(await atInput(refused, metric)).toContainEqual(expected);
  });
});

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

describe('values', () => {
  test.each<[string, string, RegExp | undefined]>([
    ['eval_metric', 'rmse,mae', undefined],
    ['eval_metric', 'error@0.7,ndcg@5,map@1e1', undefined],
    ['eval_metric', 'RMSE', /^hyperparameters\.eval_metric: may only list accuracy, .*got "RMSE"$/],
    ['eval_metric', 'rmse, mae', /separated by commas without spaces, got "rmse, mae"$/],
    ['eval_metric', 'rmse;mae', /eval_metric: may only list/],
    ['eval_metric', '["rmse","mae"]', /eval_metric: may only list/],
    ['eval_metric', '', /eval_metric: may only list/],
    ['eval_metric', 'error@x', /\(error, ndcg, map with a threshold, as in error@0\.7\)/],
    ['eval_metric', 'logloss@0.3', /eval_metric: may only list/],
    ['eval_metric', 'error@0.3@0.4', /eval_metric: may only list/],
    ['updater', 'sync,refresh', undefined],
    ['updater', 'bogus', /updater: may only list/],
    ['updater', 'grow_skmaker', /updater: may only list/],
    ['tree_method', 'hist', undefined],
    ['tree_method', 'gpu_hist', /tree_method: must be one of auto, exact, approx, hist, got "gpu_hist"$/],
    ['max_depth', '2147483647', undefined],
    ['max_depth', '2147483648', /max_depth: must be at least 0 and at most 2147483647, got "2147483648"$/],
    ['num_parallel_tree', '4294967297', /num_parallel_tree: must be .*at most 2147483647/],
    ['max_bin', '1', /max_bin: must be at least 2 /],
  ])('%s %j: %s', async (name, value, problem) => {
    const expected = problem ? [expect.stringMatching(problem)] : [];
    expect(atSynth({ [name]: value })).toEqual(expected);
    expect(await atInput({ [name]: value })).toEqual(expected);
  });

  test.each<[string, string, RegExp | undefined]>([
    ['monotone_constraints', '( 1 , 0 )', undefined],
    ['monotone_constraints', '(2,0)', /must be a tuple of -1, 0 and 1 such as \(1,0,-1\), got "\(2,0\)"$/],
    ['monotone_constraints', 'x', /must be a tuple/],
    ['monotone_constraints', '[1,0]', /must be a tuple/],
    ['interaction_constraints', '[[1,2],[3,4]]', undefined],
    ['interaction_constraints', '[[0,1]]', /must be a list of lists of feature numbers of at least 1/],
    ['interaction_constraints', 'x', /must be a list of lists/],
  ])('%s %j, with tree_method hist: %s', async (name, value, problem) => {
    const values = { tree_method: 'hist', [name]: value };
    const expected = problem ? [expect.stringMatching(problem)] : [];
    expect(atSynth(values)).toEqual(expected);
    expect(await atInput(values)).toEqual(expected);
  });
});

describe('versions', () => {
  test.each<[string, Values, string | undefined, string]>([
    ['1.7-1', { tree_method: 'gpu_hist' }, undefined, 'rmse'],
    ['1.7-1', { max_bin: '1' }, undefined, 'rmse'],
    ['1.7-1', { updater: 'refresh' }, undefined, 'rmse'],
    ['1.7-1', { ...MULTI, eval_metric: 'error' }, undefined, 'merror'],
    ['3.0-5', { ...MULTI, eval_metric: 'error' }, 'objective: metric error fails', 'merror'],
    ['1.7-1', { updater: 'shotgun' }, 'updater: shotgun is only for booster gblinear', 'rmse'],
    ['1.7-1', { process_type: 'update', updater: 'refresh' }, undefined, 'rmse'],
    [
      '1.7-1',
      { process_type: 'update', updater: 'sync' },
      'updater: may list only refresh and prune',
      'rmse',
    ],
  ])('%s with %j: %s', async (version, values, problem, metric) => {
    const expected = problem ? [expect.stringContaining(problem)] : [];
    expect(atSynth(values, metric, version)).toEqual(expected);
    expect(await atInput(values, metric, version)).toEqual(expected);
  });
});
