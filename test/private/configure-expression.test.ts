import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import jsonata from 'jsonata';
import {
  Algorithm,
  DataLocation,
  InputData,
  Objective,
  ParameterRange,
  type TuningFragmentProps,
  TuningStrategy,
  WarmStart,
  XGBoostVersion,
} from '../../lib';
import { evaluateJsonata } from '../evaluate-jsonata';
import { definitionIn, fragment, type Json, stackOf, statesOf } from '../fixtures';

/** The output of the state `Configure` for an execution input. */
async function configure(input: unknown, props: Partial<TuningFragmentProps> = {}): Promise<Json> {
  return evaluateJsonata(statesOf(props).Configure.Output, { input });
}

async function problemsOf(input: unknown, props: Partial<TuningFragmentProps> = {}): Promise<string[]> {
  const { problems, settings } = await configure(input, props);
  expect(settings === undefined).toBe(problems !== undefined);
  return problems ?? [];
}

const DEFAULTS = {
  maxTrainingJobs: 20,
  maxParallelTrainingJobs: 2,
  train: 's3://data/train/',
  validation: 's3://data/validation/',
  hyperparameters: {},
  warmStartFrom: [],
};

const GRID = {
  strategy: TuningStrategy.grid(),
  parameterRanges: [
    ParameterRange.categorical('max_depth', ['3', '5']),
    ParameterRange.categorical('eta', ['0.1', '0.2', '0.3']),
  ],
};

describe('settings', () => {
  test('default to the defaults of the construct', async () => {
    expect(await configure({})).toEqual({ settings: DEFAULTS });
  });

  test('default to the props of the construct', async () => {
    const props = {
      maxTrainingJobs: 7,
      maxParallelTrainingJobs: 3,
      train: InputData.csv(DataLocation.fromUri('s3://mine/a/')),
    };
    expect(await configure({}, props)).toEqual({
      settings: { ...DEFAULTS, maxTrainingJobs: 7, maxParallelTrainingJobs: 3, train: 's3://mine/a/' },
    });
  });

  test.each<[string, object]>([
    ['maxTrainingJobs', { maxTrainingJobs: 1 }],
    ['the highest maxTrainingJobs', { maxTrainingJobs: 750 }],
    ['maxParallelTrainingJobs', { maxParallelTrainingJobs: 100 }],
    ['train', { train: 's3://data/train/2024/' }],
    ['train, in another allowed location', { train: 's3://data/validation/more.csv' }],
    ['validation', { validation: 's3://data/validation/2024/' }],
    ['one hyperparameter', { hyperparameters: { gamma: '0.1' } }],
    ['several hyperparameters', { hyperparameters: { gamma: '0.1', objective: 'reg:tweedie', seed: '-3' } }],
    ['no hyperparameters', { hyperparameters: {} }],
    ['a hyperparameter that is tuned', { hyperparameters: { max_depth: '4' } }],
    ['one earlier tuning job', { warmStartFrom: ['churn-1'] }],
    ['five earlier tuning jobs', { warmStartFrom: ['a', 'b', 'C', 'd--e', 'f'.repeat(32)] }],
  ])('take %s from the input', async (_name, input) => {
    expect(await configure(input)).toEqual({ settings: { ...DEFAULTS, ...input } });
  });

  test('can all come from the input', async () => {
    const input = {
      maxTrainingJobs: 5,
      maxParallelTrainingJobs: 5,
      train: 's3://data/train/a',
      validation: 's3://data/validation/b',
      hyperparameters: { max_depth: '4' },
      warmStartFrom: ['before'],
    };
    expect(await configure(input)).toEqual({ settings: input });
  });

  test('of a random search allow as many training jobs as its quota, if the property exceeds 750', async () => {
    const strategy = TuningStrategy.random();
    const large = { strategy, maxTrainingJobs: 751 };
    expect(await problemsOf({ maxTrainingJobs: 10_000 }, large)).toEqual([]);
    expect(await problemsOf({ maxTrainingJobs: 10_001 }, large)).toEqual([
      'maxTrainingJobs: must be a whole number from 1 to 10000, got 10001',
    ]);
    expect(await problemsOf({ maxTrainingJobs: 751 }, { strategy, maxTrainingJobs: 750 })).toEqual([
      'maxTrainingJobs: must be a whole number from 1 to 750, got 751',
    ]);
  });

  test('of a grid search do not include the number of training jobs', async () => {
    const { maxTrainingJobs: _, ...settings } = DEFAULTS;
    expect(await configure({}, GRID)).toEqual({ settings });
    expect(await problemsOf({ maxTrainingJobs: 6 }, GRID)).toEqual([
      'maxTrainingJobs: is not a field of the input; the fields are maxParallelTrainingJobs, train, validation, hyperparameters, warmStartFrom',
    ]);
  });

  test('include no validation data if the construct has none', async () => {
    const props = { validation: undefined, algorithm: xgboostOfUnknownVersion(), objective: TRAIN_RMSE };
    const { validation: _, ...settings } = DEFAULTS;
    expect(await configure({}, props)).toEqual({ settings });
    expect(await problemsOf({ validation: 's3://data/train/' }, props)).toEqual([
      'validation: is not a field of the input; the fields are maxTrainingJobs, maxParallelTrainingJobs, train, hyperparameters, warmStartFrom',
    ]);
  });

  test('come from the expression in the prop input', async () => {
    const stack = stackOf();
    const chain = fragment({ input: '{% $states.input.tuning %}' }, stack);
    const { Configure } = definitionIn(chain, stack, sfn.QueryLanguage.JSONATA).States;
    const input = { tuning: { maxTrainingJobs: 3 }, other: 1 };
    expect(await evaluateJsonata(Configure.Output, { input })).toMatchObject({
      settings: { maxTrainingJobs: 3 },
    });
  });
});

test('ten XGBoost definitions stay within the evaluation limits of Step Functions', async () => {
  const further = (name: string) => ({
    name,
    algorithm: Algorithm.xgboost({ version: XGBoostVersion.V3_2_0 }),
    objective: Objective.minimize('validation:rmse'),
    hyperparameters: { num_round: '10' },
    parameterRanges: [ParameterRange.continuous('eta', { min: 0.1, max: 0.3 })],
  });
  const furtherDefinitions = Array.from({ length: 9 }, (_, i) => further(`n${i}`));
  const given = { hyperparameters: { n8: { eval_metric: 'auc' } } };
  expect(await configure({}, { furtherDefinitions })).toHaveProperty('settings');
  expect(await problemsOf(given, { furtherDefinitions })).toEqual([
    expect.stringMatching(/^hyperparameters\.n8\.objective: metric auc needs/),
  ]);
});

const TRAIN_RMSE = Objective.minimize('train:rmse');

function xgboostOfUnknownVersion(): Algorithm {
  return Algorithm.xgboost({ version: XGBoostVersion.of('9.9-9'), registryAccount: '123456789012' });
}

describe('problems', () => {
  const whole = (field: string, max: number, got: string) =>
    `${field}: must be a whole number${got.startsWith('(') ? `, got ${got.slice(1)}` : ` from 1 to ${max}, got ${got}`}`;
  const tuned = 'max_depth and eta';

  test.each<[string, unknown, string[]]>([
    ['a text', 'go', ['input: must be an object, got "go"']],
    ['a number', 3, ['input: must be an object, got 3']],
    ['null', null, ['input: must be an object, got null']],
    ['an array', [{}], ['input: must be an object, got [{}]']],
    [
      'an unknown field',
      { maxJobs: 3 },
      [
        'maxJobs: is not a field of the input; the fields are maxTrainingJobs, maxParallelTrainingJobs, train, validation, hyperparameters, warmStartFrom',
      ],
    ],
    ['maxTrainingJobs 0', { maxTrainingJobs: 0 }, [whole('maxTrainingJobs', 750, '0')]],
    ['maxTrainingJobs 751', { maxTrainingJobs: 751 }, [whole('maxTrainingJobs', 750, '751')]],
    ['maxTrainingJobs 1.5', { maxTrainingJobs: 1.5 }, [whole('maxTrainingJobs', 750, '1.5')]],
    ['maxTrainingJobs "5"', { maxTrainingJobs: '5' }, [whole('maxTrainingJobs', 750, '("5"')]],
    ['maxTrainingJobs null', { maxTrainingJobs: null }, [whole('maxTrainingJobs', 750, '(null')]],
    [
      'maxParallelTrainingJobs 0',
      { maxParallelTrainingJobs: 0 },
      [whole('maxParallelTrainingJobs', 100, '0')],
    ],
    [
      'maxParallelTrainingJobs 101',
      { maxParallelTrainingJobs: 101 },
      [whole('maxParallelTrainingJobs', 100, '101')],
    ],
    [
      'maxParallelTrainingJobs true',
      { maxParallelTrainingJobs: true },
      [whole('maxParallelTrainingJobs', 100, '(true')],
    ],
    [
      'train outside the allowed locations',
      { train: 's3://data/test/' },
      ['train: must be within s3://data/train/ or s3://data/validation/, got s3://data/test/'],
    ],
    [
      'train in a folder whose name begins with the same characters',
      { train: 's3://data/train-old/' },
      ['train: must be within s3://data/train/ or s3://data/validation/, got s3://data/train-old/'],
    ],
    ['train 5', { train: 5 }, ['train: must be an S3 URI, got 5']],
    ['train null', { train: null }, ['train: must be an S3 URI, got null']],
    [
      'train too long',
      { train: `s3://data/train/${'x'.repeat(1024)}` },
      ['train: must have at most 1024 characters'],
    ],
    ['validation []', { validation: [] }, ['validation: must be an S3 URI, got []']],
    [
      'validation outside the allowed locations',
      { validation: 'http://data/validation/' },
      ['validation: must be within s3://data/train/ or s3://data/validation/, got http://data/validation/'],
    ],
    ['hyperparameters []', { hyperparameters: [] }, ['hyperparameters: must be a map of strings, got []']],
    [
      'hyperparameters "eta"',
      { hyperparameters: 'eta' },
      ['hyperparameters: must be a map of strings, got "eta"'],
    ],
    [
      'a hyperparameter that is a number',
      { hyperparameters: { gamma: 0.1 } },
      ['hyperparameters.gamma: must be a string such as "0.1"'],
    ],
    [
      'a hyperparameter that is too long',
      { hyperparameters: { eval_metric: 'x'.repeat(2501) } },
      ['hyperparameters.eval_metric: must have at most 2500 characters'],
    ],
    [
      'an unknown hyperparameter',
      { hyperparameters: { shrinkage: '0.1' } },
      ['hyperparameters.shrinkage: is not a hyperparameter of the algorithm'],
    ],
    [
      'a whole number with decimals',
      { hyperparameters: { num_round: '10.0' } },
      ['hyperparameters.num_round: must be a whole number, got "10.0"'],
    ],
    [
      'a whole number that is too small',
      { hyperparameters: { num_round: '0' } },
      ['hyperparameters.num_round: must be at least 1 and at most 2147483647, got "0"'],
    ],
    [
      'a string that is not a number',
      { hyperparameters: { gamma: 'much' } },
      ['hyperparameters.gamma: must be a number, got "much"'],
    ],
    [
      'a number beyond its bounds',
      { hyperparameters: { subsample: '1.01' } },
      ['hyperparameters.subsample: must be more than 0 and at most 1, got "1.01"'],
    ],
    [
      'a number equal to a bound that is excluded',
      { hyperparameters: { subsample: '0' } },
      ['hyperparameters.subsample: must be more than 0 and at most 1, got "0"'],
    ],
    [
      'a number equal to the other excluded bound',
      { hyperparameters: { tweedie_variance_power: '2' } },
      ['hyperparameters.tweedie_variance_power: must be more than 1 and less than 2, got "2"'],
    ],
    [
      'a value that is not among the allowed values',
      { hyperparameters: { booster: 'tree' } },
      ['hyperparameters.booster: must be one of gbtree, gblinear, dart, got "tree"'],
    ],
    [
      `${tuned} fixed`,
      { hyperparameters: { max_depth: '3', eta: '0.1' } },
      ['hyperparameters: sets every tuned hyperparameter; leave at least one to tune'],
    ],
    [
      'more training jobs than combinations that are left to tune',
      { hyperparameters: { eta: '0.1' }, maxTrainingJobs: 9 },
      ['maxTrainingJobs: must not be more than the 8 combinations that are left to tune, got 9'],
    ],
    [
      'warmStartFrom "a"',
      { warmStartFrom: 'a' },
      ['warmStartFrom: must be an array of names of tuning jobs, got "a"'],
    ],
    ['warmStartFrom []', { warmStartFrom: [] }, ['warmStartFrom: must have 1 to 5 names, got 0']],
    [
      'warmStartFrom with six names',
      { warmStartFrom: ['a', 'b', 'c', 'd', 'e', 'f'] },
      ['warmStartFrom: must have 1 to 5 names, got 6'],
    ],
    [
      'warmStartFrom with values that are not valid names',
      { warmStartFrom: ['good', 'not_good', '-bad', 'x'.repeat(33), 5] },
      [
        'warmStartFrom: is not the name of a tuning job: "not_good"',
        'warmStartFrom: is not the name of a tuning job: "-bad"',
        `warmStartFrom: is not the name of a tuning job: "${'x'.repeat(33)}"`,
        'warmStartFrom: must be an array of names of tuning jobs, got 5',
      ],
    ],
    [
      'several problems at once',
      { maxTrainingJobs: 0, train: 1, hyperparameters: { gamma: 'x', booster: 'y' }, other: 1, more: 2 },
      [
        expect.stringMatching(/^other: is not a field/),
        expect.stringMatching(/^more: is not a field/),
        'maxTrainingJobs: must be a whole number from 1 to 750, got 0',
        'train: must be an S3 URI, got 1',
        'hyperparameters.gamma: must be a number, got "x"',
        'hyperparameters.booster: must be one of gbtree, gblinear, dart, got "y"',
      ],
    ],
  ])('%s', async (_name, input, problems) => {
    expect(await problemsOf(input)).toEqual(problems);
  });

  test('an allowed bucket does not allow buckets with longer names', async () => {
    const props = { allowedInputLocations: [DataLocation.fromUri('s3://lake')] };
    expect(await problemsOf({ train: 's3://lake/any/where' }, props)).toEqual([]);
    expect(await problemsOf({ train: 's3://lake-of-others/x' }, props)).toEqual([
      'train: must be within s3://data/train/ or s3://data/validation/ or s3://lake/, got s3://lake-of-others/x',
    ]);
  });

  test('the default number of training jobs is limited by the remaining combinations', async () => {
    const { settings } = await configure({ hyperparameters: { eta: '0.1' } });
    expect(settings.maxTrainingJobs).toBe(8);
  });

  test('maxTrainingJobs is compared with the combinations of the hyperparameters that are still tuned', async () => {
    const props = {
      parameterRanges: [
        ParameterRange.categorical('max_depth', ['3', '5', '7']),
        ParameterRange.integer('num_round', { min: 1, max: 4 }),
      ],
      hyperparameters: {},
      maxTrainingJobs: 12,
    };
    expect(await problemsOf({ maxTrainingJobs: 12 }, props)).toEqual([]);
    expect(await problemsOf({ maxTrainingJobs: 13 }, props)).toHaveLength(1);
    expect(await problemsOf({ maxTrainingJobs: 4, hyperparameters: { max_depth: '3' } }, props)).toEqual([]);
    expect(await problemsOf({ maxTrainingJobs: 5, hyperparameters: { max_depth: '3' } }, props)).toEqual([
      'maxTrainingJobs: must not be more than the 4 combinations that are left to tune, got 5',
    ]);
  });

  test('of hyperparameters are only about their type if the algorithm is unknown', async () => {
    const props = { algorithm: xgboostOfUnknownVersion() };
    expect(await problemsOf({ hyperparameters: { brand_new: 'x', eta: 'y' } }, props)).toEqual([]);
    expect(await problemsOf({ hyperparameters: { brand_new: 1 } }, props)).toEqual([
      'hyperparameters.brand_new: must be a string such as "1"',
    ]);
  });
});

describe('the expressions of all states', () => {
  test.each<[string, Partial<TuningFragmentProps>]>([
    ['the defaults', {}],
    ['a grid', GRID],
    [
      'Hyperband, spot and warm start',
      {
        strategy: TuningStrategy.hyperband({ maxResource: 100 }),
        spot: {},
        warmStart: WarmStart.transferLearning(['before']),
      },
    ],
    ['no final training', { finalTraining: { enabled: false } }],
  ])('compile and contain nothing that AWS rejects, with %s', (_name, props) => {
    const stack = stackOf();
    const { States } = definitionIn(fragment(props, stack), stack);
    const expressions = Object.entries<Json>(States).flatMap(([state, definition]) =>
      expressionsIn(definition).map((expression): [string, string] => [state, expression]),
    );
    expect(expressions.length).toBeGreaterThan(10);
    for (const [state, expression] of expressions) {
      expect([state, topLevelNames(jsonata(expression).ast())]).toEqual([state, []]);
    }
  });

  test('are reported by the check above if they use names that AWS rejects', () => {
    const names = (expression: string) => topLevelNames(jsonata(expression).ast());
    expect(names('phone')).toEqual(['phone']);
    expect(names('$states.input ~> $merge([$])')).toEqual(['$']);
    expect(names("{'a': $$.b}")).toEqual(['$$']);
    expect(names('$map([1], function($x) { $x + y })')).toEqual(['y']);
    expect(names('$states.input.a[b = 1].c')).toEqual([]);
    expect(names('( $a := 1; $a[$ = 1] )')).toEqual([]);
  });
});

/** All JSONata expressions in a state, without `{%` and `%}`. */
function expressionsIn(value: Json): string[] {
  if (typeof value === 'string') return /^{%.*%}$/s.test(value) ? [value.slice(2, -2)] : [];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(expressionsIn) : [];
}

/**
 * References to the context item, or to its fields by bare name, at the top level of an expression. At the top level,
 * there is no context item, so AWS rejects such references when the state machine is created.
 */
function topLevelNames(node: Json): string[] {
  if (Array.isArray(node)) return node.flatMap(topLevelNames);
  if (typeof node !== 'object' || node === null) return [];
  switch (node.type) {
    case 'name':
    case 'wildcard':
    case 'descendant':
    case 'parent':
      return [node.value];
    case 'variable':
      return node.value === '' || node.value === '$' ? [`$${node.value}`] : [];
    // In later steps of a path and in predicates, the context item is the result of the preceding step.
    case 'path':
      return topLevelNames(node.steps[0]);
    case 'regex':
      return [];
    default:
      return Object.entries(node)
        .filter(([key]) => key !== 'predicate' && key !== 'stages')
        .flatMap(([, child]) => topLevelNames(child));
  }
}
