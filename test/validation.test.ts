import { CfnParameter, Duration, Fn, Lazy, Size, Token } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import {
  Algorithm,
  DataLocation,
  InputData,
  Objective,
  ParameterRange,
  ScalingType,
  type TuningFragmentProps,
  TuningStrategy,
  WarmStart,
  XGBoostVersion,
} from '../lib';
import { definitionIn, fragment, stackOf, vpcIn } from './fixtures';

type Props = Partial<TuningFragmentProps>;

/** The problems reported about a tuning, one per line. */
function problemsOf(props: Props, stack = stackOf()): string[] {
  try {
    fragment(props, stack);
    return [];
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'TuningValidationError') throw error;
    const [title, ...lines] = error.message.split('\n');
    expect(title).toMatch(/^Stack\/Tuning: (1 problem|\d+ problems) found:$/);
    return lines.map((line) => line.replace(/^ {2}- /, ''));
  }
}

const ETA = ParameterRange.continuous('eta', { min: 0.1, max: 0.5 });
const DEPTH = ParameterRange.categorical('max_depth', ['3', '5']);
const ranges = (...parameterRanges: ParameterRange[]): Props => ({ parameterRanges });
const int = (name: string, min: number, max: number, scaling?: ScalingType) =>
  ParameterRange.integer(name, { min, max, scaling });
const real = (name: string, min: number, max: number, scaling?: ScalingType) =>
  ParameterRange.continuous(name, { min, max, scaling });
const choice = (name: string, ...values: string[]) => ParameterRange.categorical(name, values);
const fixed = (values: Record<string, string>): Props => ({
  hyperparameters: { num_round: '100', ...values },
});
const many = (count: number, make: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => make(i));

/** XGBoost without the algorithm's rules, so that only SageMaker's limits are checked. */
const UNKNOWN = {
  algorithm: Algorithm.xgboost({ version: XGBoostVersion.of('9.9-9'), registryAccount: '123456789012' }),
};

test('the minimum of properties is valid', () => {
  expect(problemsOf({})).toEqual([]);
});

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
      'a nameless range',
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
      'no end',
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
      'reverse logarithmic scaling of whole numbers',
      ranges(int('max_depth', 1, 30, ScalingType.REVERSE_LOGARITHMIC)),
      'parameterRanges.max_depth: reverse logarithmic scaling is for continuous ranges only',
    ],
    [
      'reverse logarithmic scaling up to 1',
      ranges(real('eta', 0.5, 1, ScalingType.REVERSE_LOGARITHMIC)),
      'parameterRanges.eta: reverse logarithmic scaling needs 0 <= value < 1, got min 0.5 and max 1',
    ],
    [
      'what XGBoost does not know',
      ranges(real('shrinkage', 0.1, 0.5)),
      /^parameterRanges.shrinkage: is not a hyperparameter of XGBoost 3.2-0: the tunable hyperparameters are num_round, eta, gamma,/,
    ],
    [
      'what SageMaker does not tune',
      ranges(ETA, int('max_bin', 10, 300)),
      /^parameterRanges.max_bin: cannot be tuned: the tunable hyperparameters are num_round, eta,/,
    ],
    [
      'a continuous range of a whole number',
      ranges(real('max_depth', 1, 9)),
      'parameterRanges.max_depth: must be a whole number: use ParameterRange.integer',
    ],
    [
      'min beyond what XGBoost takes',
      ranges(int('num_round', 0, 100)),
      'parameterRanges.num_round: min must be at least 1 and at most 2147483647, got 0, the limit of XGBoost 3.2-0',
    ],
    [
      'max beyond what XGBoost takes',
      ranges(real('eta', 0.5, 1.5)),
      'parameterRanges.eta: max must be at least 0 and at most 1, got 1.5, the limit of XGBoost 3.2-0',
    ],
    [
      'a category that XGBoost does not take',
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
      'a grid over numbers',
      { ...grid, ...ranges(DEPTH, ETA) },
      'parameterRanges: a grid search supports only categorical ranges, got numeric ranges for eta',
    ],
    [
      'a grid with another number of training jobs',
      { ...grid, ...ranges(DEPTH), maxTrainingJobs: 3 },
      'maxTrainingJobs: leave it out for a grid search, which runs each of the 2 combinations; got 3',
    ],
    [
      'a grid that is too large',
      {
        ...grid,
        ...ranges(choice('max_depth', ...many(28, String)), choice('eta', ...many(27, (i) => `0.${i + 1}`))),
      },
      'parameterRanges: a grid search can have at most 750 combinations, got 756',
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
      'Hyperband without its largest resource',
      hyperband({}),
      /^strategy.maxResource: is required: SageMaker infers it only from a hyperparameter called epochs/,
    ],
    [
      'a least resource of 0',
      hyperband({ minResource: 0, maxResource: 9 }),
      'strategy.minResource: must be a whole number from 1 to 20000, got 0',
    ],
    [
      'too large a resource',
      hyperband({ maxResource: 20_001 }),
      'strategy.maxResource: must be a whole number from 1 to 20000, got 20001',
    ],
    [
      'resources the wrong way round',
      hyperband({ minResource: 9, maxResource: 3 }),
      'strategy: minResource must not be more than maxResource, got 9 and 3',
    ],
  ])('%s', (_name, props, problem) => {
    expect(problemsOf(props)).toEqual([problem instanceof RegExp ? expect.stringMatching(problem) : problem]);
  });

  test.each<[string, Props]>([
    ['a grid', { ...grid, ...ranges(DEPTH) }],
    ['a grid with the number of its combinations', { ...grid, ...ranges(DEPTH), maxTrainingJobs: 2 }],
    ['as many training jobs as combinations', { ...ranges(DEPTH), maxTrainingJobs: 2 }],
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
      'AUC of a regression',
      { objective: Objective.maximize('validation:auc') },
      ['hyperparameters.objective: metric auc needs an objective binary:* or rank:*, got reg:squarederror'],
    ],
  ])('%s', (_name, props, problems) => {
    expect(problemsOf(props)).toEqual(
      problems.map((problem) => (problem instanceof RegExp ? expect.stringMatching(problem) : problem)),
    );
  });

  test('AUC of a classification is valid', () => {
    const objective = Objective.maximize('validation:auc');
    expect(problemsOf({ objective, ...fixed({ objective: 'binary:logistic' }) })).toEqual([]);
  });
});

describe('hyperparameters', () => {
  test.each<[string, Props, string | RegExp]>([
    [
      'one that is required is missing',
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
      'of no list',
      fixed({ updater: 'sync,swim' }),
      /^hyperparameters.updater: may only list grow_colmaker,.*, got "sync,swim"$/,
    ],
    [
      'classes are missing',
      fixed({ objective: 'multi:softmax' }),
      'hyperparameters.num_class: is required with objective multi:softmax',
    ],
    [
      'classes of a regression',
      fixed({ num_class: '3' }),
      'hyperparameters.num_class: is only for objectives multi:softmax and multi:softprob, got objective reg:squarederror',
    ],
    [
      'AFT of a regression',
      fixed({ eval_metric: 'rmse,aft-nloglik' }),
      'hyperparameters.eval_metric: aft-nloglik needs labels with a lower and an upper bound, which the container cannot read: use another metric',
    ],
    [
      'unknown, in the final training',
      { finalTraining: { hyperparameters: { n_estimators: '3' } } },
      /^finalTraining.hyperparameters.n_estimators: is not a hyperparameter of XGBoost/,
    ],
    [
      'out of bounds, in the final training',
      { finalTraining: { hyperparameters: { num_round: '0' } } },
      'finalTraining.hyperparameters.num_round: must be at least 1 and at most 2147483647, got "0"',
    ],
    [
      'too many',
      { ...UNKNOWN, hyperparameters: Object.fromEntries(many(96, (i) => `p${i}`).map((name) => [name, ''])) },
      "hyperparameters: may be 100 in all, tuned ones, those that the algorithm adds and SageMaker's own _tuning_objective_metric included, got 101",
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

  test('95, in addition to two tuned ones and the default objective and eval_metric, are valid', () => {
    const hyperparameters = Object.fromEntries(many(95, (i) => `p${i}`).map((name) => [name, '']));
    expect(problemsOf({ ...UNKNOWN, hyperparameters })).toEqual([]);
  });
});

describe('limits', () => {
  const seconds = (prop: string, min: number, max: number, got: number) =>
    `${prop}: must be a whole number from ${min} to ${max}, got ${got} (seconds)`;
  const quota = (prop: string, max: number, got: number) =>
    `${prop}: must be a whole number from 1 to ${max}, got ${got} (quota of SageMaker)`;

  test.each<[string, Props, string]>([
    ['no training job', { maxTrainingJobs: 0 }, quota('maxTrainingJobs', 750, 0)],
    ['751 training jobs', { maxTrainingJobs: 751 }, quota('maxTrainingJobs', 750, 751)],
    [
      '10,001 training jobs at random',
      { strategy: TuningStrategy.random(), maxTrainingJobs: 10_001 },
      quota('maxTrainingJobs', 10_000, 10_001),
    ],
    ['half a training job', { maxTrainingJobs: 1.5 }, quota('maxTrainingJobs', 750, 1.5)],
    ['nothing at once', { maxParallelTrainingJobs: 0 }, quota('maxParallelTrainingJobs', 100, 0)],
    ['101 at once', { maxParallelTrainingJobs: 101 }, quota('maxParallelTrainingJobs', 100, 101)],
    [
      'a minute of tuning',
      { maxTuningRuntime: Duration.minutes(1) },
      seconds('maxTuningRuntime', 120, 15_768_000, 60),
    ],
    [
      '200 days of tuning',
      { maxTuningRuntime: Duration.days(200) },
      seconds('maxTuningRuntime', 120, 15_768_000, 17_280_000),
    ],
    [
      '29 days of training',
      { maxTrainingRuntime: Duration.days(29) },
      seconds('maxTrainingRuntime', 1, 2_419_200, 2_505_600),
    ],
    [
      'no second of training',
      { maxTrainingRuntime: Duration.seconds(0) },
      seconds('maxTrainingRuntime', 1, 2_419_200, 0),
    ],
    [
      'a second and a half of training',
      { maxTrainingRuntime: Duration.millis(1500) },
      seconds('maxTrainingRuntime', 1, 2_419_200, 1.5),
    ],
    [
      '29 days of final training',
      { finalTraining: { maxRuntime: Duration.days(29) } },
      seconds('finalTraining.maxRuntime', 1, 2_419_200, 2_505_600),
    ],
    [
      '2 days of waiting for a quota',
      { maxQuotaWait: Duration.days(2) },
      seconds('maxQuotaWait', 0, 86_400, 172_800),
    ],
    [
      'half a second of waiting for a quota',
      { maxQuotaWait: Duration.millis(500) },
      seconds('maxQuotaWait', 0, 86_400, 0.5),
    ],
    [
      'a wait for a quota that is known when the stack is deployed',
      { maxQuotaWait: Duration.seconds(Lazy.number({ produce: () => 60 })) },
      'maxQuotaWait: must be known at synth, got a token: the library computes other values from it',
    ],
  ])('%s', (_name, props, problem) => {
    expect(problemsOf(props)).toEqual([problem]);
  });
});

describe('data', () => {
  const at = (uri: string) => InputData.csv(DataLocation.fromUri(uri));

  test.each<[string, Props, string | RegExp]>([
    ['train', { train: at('data/train') }, 'train: must be s3://bucket/key, got "data/train"'],
    ['validation', { validation: at('s3:///x') }, 'validation: must be s3://bucket/key, got "s3:///x"'],
    [
      'another place',
      { allowedInputLocations: [DataLocation.fromUri('https://bucket/x')] },
      'allowedInputLocations: must be s3://bucket/key, got "https://bucket/x"',
    ],
    [
      'too long a URI',
      { train: at(`s3://bucket/${'x'.repeat(1013)}`) },
      /^train: must have 1 to 1024 characters, got 1025: /,
    ],
    [
      'input that is no JSONata',
      { input: '$.tuning' },
      'input: must be a JSONata string, {% … %}, got "$.tuning"',
    ],
  ])('%s', (_name, props, problem) => {
    expect(problemsOf(props)).toEqual([problem instanceof RegExp ? expect.stringMatching(problem) : problem]);
  });
});

describe('resources', () => {
  const groups =
    (count: number) =>
    (stack = stackOf()) =>
      many(count, (i) => `sg-0123456789abcde${i}`).map((id) =>
        ec2.SecurityGroup.fromSecurityGroupId(stack, id, id),
      );

  test.each<[string, Props, string]>([
    [
      'instance type of EC2',
      { resources: { instanceType: 'm5.xlarge' } },
      'resources.instanceType: must be an instance type of SageMaker such as ml.m5.xlarge, got "m5.xlarge"',
    ],
    [
      'no instance',
      { resources: { instanceCount: 0 } },
      'resources.instanceCount: must be a whole number of at least 1, got 0',
    ],
    [
      'half a gibibyte',
      { resources: { volumeSize: Size.mebibytes(512) } },
      'resources.volumeSize: must be a whole number of at least 1, got 0.5 (GiB)',
    ],
    [
      'no instance for the final training',
      { finalTraining: { resources: { instanceCount: 0.5 } } },
      'finalTraining.resources.instanceCount: must be a whole number of at least 1, got 0.5',
    ],
    [
      'spot instances that wait too short',
      { spot: { maxWait: Duration.minutes(59) }, finalTraining: { spot: {} } },
      'spot.maxWait: must be a whole number of seconds and at least the maximum run time of the training job, 3600 seconds, got 3540',
    ],
    [
      'spot instances that wait too short for the final training',
      { finalTraining: { spot: { maxWait: Duration.hours(2) }, maxRuntime: Duration.hours(3) } },
      'finalTraining.spot.maxWait: must be a whole number of seconds and at least the maximum run time of the training job, 10800 seconds, got 7200',
    ],
    [
      'security groups without a VPC',
      { securityGroups: groups(1)() },
      'securityGroups: requires a VPC: give vpc too',
    ],
    [
      'subnets without a VPC',
      { vpcSubnets: { subnetType: ec2.SubnetType.PUBLIC } },
      'vpcSubnets: requires a VPC: give vpc too',
    ],
  ])('%s', (_name, props, problem) => {
    expect(problemsOf(props)).toEqual([problem]);
  });

  test('security groups in a VPC', () => {
    const count = (number: number) => {
      const stack = stackOf();
      return problemsOf({ vpc: vpcIn(stack), securityGroups: groups(number)(stack) }, stack);
    };
    expect(count(6)).toEqual(['securityGroups: must have 1 to 5 elements, got 6']);
    expect(count(0)).toEqual(['securityGroups: must have 1 to 5 elements, got 0']);
    expect(count(5)).toEqual([]);
  });

  test('subnets in a VPC', () => {
    const stack = stackOf();
    const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Wide', {
      vpcId: 'vpc-0123456789abcdef0',
      availabilityZones: ['eu-west-1a'],
      privateSubnetIds: many(17, (i) => `subnet-${i}`),
    });
    expect(problemsOf({ vpc }, stack)).toEqual(['vpcSubnets: must have 1 to 16 elements, got 17']);
  });
});

describe('names and tags', () => {
  test.each<[string, Props, string | RegExp]>([
    [
      'six earlier tuning jobs',
      { warmStart: WarmStart.transferLearning(many(6, (i) => `job-${i}`)) },
      'warmStart: must have 0 to 5 elements, got 6',
    ],
    [
      'an earlier tuning job of no valid name',
      { warmStart: WarmStart.identicalDataAndAlgorithm(['my_job']) },
      'warmStart: must name tuning jobs: 1 to 32 letters, digits and inner hyphens, got "my_job"',
    ],
    [
      'an earlier tuning job of too long a name',
      { warmStart: WarmStart.identicalDataAndAlgorithm(['x'.repeat(33)]) },
      /^warmStart: must name tuning jobs: /,
    ],
    [
      '51 tags',
      { tags: Object.fromEntries(many(51, (i) => `t${i}`).map((key) => [key, ''])) },
      'tags: must have 0 to 50 elements, got 51',
    ],
    ['a tag without a key', { tags: { '': 'x' } }, 'tags: must have 1 to 128 characters, got 0: ""'],
    ['a key too long', { tags: { ['k'.repeat(129)]: '' } }, /^tags: must have 1 to 128 characters, got 129/],
    ['a value too long', { tags: { k: 'v'.repeat(257) } }, /^tags.k: must have 0 to 256 characters, got 257/],
    ['a tag of AWS', { tags: { 'AWS:x': '' } }, 'tags.AWS:x: must not begin with aws:, which AWS reserves'],
    ...['', 'Churn', 'churn_1', '-churn', 'churn-', 'x'.repeat(17)].map((prefix): [string, Props, string] => [
      `job name prefix "${prefix}"`,
      { jobNamePrefix: prefix },
      `jobNamePrefix: must be 1 to 16 lowercase letters, digits and inner hyphens, got "${prefix}" (names of jobs have at most 32 characters)`,
    ]),
    [
      'a job name prefix that is known when the stack is deployed',
      { jobNamePrefix: Lazy.string({ produce: () => 'x' }) },
      'jobNamePrefix: must be known at synth, because the library checks its characters; leave it out to derive it from the deployed stack',
    ],
  ])('%s', (_name, props, problem) => {
    expect(problemsOf(props)).toEqual([problem instanceof RegExp ? expect.stringMatching(problem) : problem]);
  });

  test.each(['c', '1', 'a-b', 'a--b', 'x'.repeat(16)])('job name prefix "%s" is valid', (jobNamePrefix) => {
    expect(problemsOf({ jobNamePrefix })).toEqual([]);
  });
});

test('all problems are reported at once', () => {
  expect(
    problemsOf({
      objective: Objective.maximize('validation:rmse'),
      hyperparameters: { max_bin: 'x' },
      maxTrainingJobs: 0,
      maxParallelTrainingJobs: 0,
      jobNamePrefix: 'No',
      tags: { 'aws:x': '' },
    }).map((problem) => problem.slice(0, problem.indexOf(':'))),
  ).toEqual([
    'objective',
    'hyperparameters.max_bin',
    'hyperparameters',
    'maxTrainingJobs',
    'maxParallelTrainingJobs',
    'tags.aws',
    'jobNamePrefix',
  ]);
});

test('values that are known only at deploy time are accepted', () => {
  const stack = stackOf();
  const textOf = (name: string) => new CfnParameter(stack, name).valueAsString;
  const numberOf = (name: string) => new CfnParameter(stack, name, { type: 'Number' }).valueAsNumber;
  const props: Props = {
    algorithm: Algorithm.xgboost({
      version: XGBoostVersion.of(textOf('Version')),
      registryAccount: textOf('Account'),
    }),
    objective: Objective.minimize(textOf('Metric')),
    parameterRanges: [
      real('eta', numberOf('EtaMin'), numberOf('EtaMax'), ScalingType.LOGARITHMIC),
      int('max_depth', numberOf('DepthMin'), 9),
      ParameterRange.categorical('booster', [textOf('Booster'), 'dart']),
      real(textOf('Name'), 0, 1),
    ],
    hyperparameters: { num_round: textOf('Rounds') },
    strategy: TuningStrategy.hyperband({ maxResource: numberOf('MaxResource'), seed: numberOf('Seed') }),
    maxTrainingJobs: numberOf('Jobs'),
    maxParallelTrainingJobs: numberOf('Parallel'),
    maxTuningRuntime: Duration.seconds(numberOf('TuningRuntime')),
    maxTrainingRuntime: Duration.seconds(numberOf('TrainingRuntime')),
    spot: { maxWait: Duration.seconds(numberOf('Wait')) },
    train: InputData.csv(DataLocation.fromUri(textOf('Train'))),
    resources: {
      instanceType: textOf('InstanceType'),
      instanceCount: numberOf('InstanceCount'),
      volumeSize: Size.gibibytes(numberOf('VolumeSize')),
    },
    warmStart: WarmStart.transferLearning([textOf('Parent')]),
    tags: { owner: textOf('Owner') },
  };
  expect(Token.isUnresolved(props.tags?.['owner'])).toBe(true);
  expect(problemsOf(props, stack)).toEqual([]);
});

test('a list that is itself a token is rejected', () => {
  const stack = stackOf();
  const list = Fn.split(',', new CfnParameter(stack, 'List').valueAsString);
  const message = 'must be a list that is known at synth; its elements may be tokens';
  expect(() => WarmStart.transferLearning(list)).toThrow(`tuningJobNames: ${message}`);
  expect(() => ParameterRange.categorical('eta', list)).toThrow(`values: ${message}`);
});

describe('the number of training jobs', () => {
  const mostOf = (props: Props): string | undefined => {
    const stack = stackOf();
    const { Configure } = definitionIn(fragment(props, stack), stack).States;
    return /: \$min\(\[(\d+), \$most\]\)/.exec(Configure.Output)?.[1];
  };

  test.each<[string, Props, string]>([
    ['20', ranges(ETA), '20'],
    ['as many as there are combinations', ranges(int('max_depth', 3, 16)), '14'],
    ['20 of many combinations', ranges(DEPTH, int('max_bin', 1, 1000)), '20'],
    ['what is given', { ...ranges(ETA), maxTrainingJobs: 50 }, '50'],
  ])('is %s', (_name, props, count) => {
    expect(mostOf({ ...UNKNOWN, ...props })).toBe(count);
  });

  test('counts the combinations of all definitions', () => {
    const { algorithm } = UNKNOWN;
    const objective = Objective.minimize('validation:rmse');
    const further = { name: 'second', algorithm, objective, parameterRanges: [int('max_depth', 1, 4)] };
    expect(mostOf({ ...UNKNOWN, ...ranges(DEPTH), furtherDefinitions: [further] })).toBe('6');
  });

  test('is not reported if the bounds are wrong', () => {
    expect(problemsOf({ ...ranges(int('max_depth', 9, 2)) })).toEqual([
      'parameterRanges.max_depth: min must be less than max, got min 9 and max 2',
    ]);
  });
});

describe('data and output', () => {
  const at = (uri: string) => InputData.csv(DataLocation.fromUri(uri));
  const out = (uri: string): Props => ({ output: DataLocation.fromUri(uri) });

  test.each<[string, Props, RegExp[]]>([
    ['an output that is no URI', out('nonsense'), [/^output: must be s3:\/\/bucket\/key, got "nonsense"$/]],
    ['an output without a bucket', out('s3://'), [/^output: must be s3:\/\/bucket\/key, got "s3:\/\/"$/]],
    ['an output of another protocol', out('https://b/x/'), [/^output: must be s3:\/\/bucket\/key/]],
    ['a bucket with a name that is none', out('s3://a b/x/'), [/^output: must be s3:\/\/bucket\/key/]],
    ['a whole bucket as output', out('s3://models/'), [/^output: must be a folder, not a whole bucket/]],
    [
      'output within the training data',
      { ...out('s3://data/train/models/') },
      [/^train: must not contain output, got "s3:\/\/data\/train\/" and "s3:\/\/data\/train\/models\/"/],
    ],
    [
      'output within another channel',
      { ...out('s3://data/more/models/'), channels: { more: at('s3://data/more/') } },
      [/^channels.more: must not contain output/],
    ],
    [
      'train and validation in one place',
      { train: at('s3://data/all/'), validation: at('s3://data/all/') },
      [/^train: must not contain validation/, /^validation: must not contain train/],
    ],
    [
      'validation below train',
      { train: at('s3://data/all/'), validation: at('s3://data/all/validation/') },
      [/^train: must not contain validation/],
    ],
    [
      'a train without its slash that reads validation too',
      { train: at('s3://data/train'), validation: at('s3://data/train-validation/') },
      [/^train: must not contain validation, .* \(end a folder with a slash\)$/],
    ],
  ])('%s', (_name, props, problems) => {
    expect(problemsOf(props)).toEqual(problems.map((problem) => expect.stringMatching(problem)));
  });

  test('can be in one bucket, in different folders', () => {
    expect(
      problemsOf({ ...out('s3://data/models/'), train: at('s3://data/a/'), validation: at('s3://data/b/') }),
    ).toEqual([]);
  });
});

describe('the input of the chain', () => {
  test.each([
    ['{% $states.input.x %}', []],
    [
      '{% %}',
      [
        'input: must be valid JSONata, got "{% %}": Unexpected end of expression (position 0 of the expression)',
      ],
    ],
    ['{% $merge([ %}', [expect.stringMatching(/^input: must be valid JSONata, got .* \(position \d+ of/)]],
    ['$.x', ['input: must be a JSONata string, {% … %}, got "$.x"']],
  ])('%s', (input, problems) => {
    expect(problemsOf({ input })).toEqual(problems);
  });

  test('is parsed as JSONata 2.0.6, the version of Step Functions, which has no ?? operator', () => {
    expect(problemsOf({ input: '{% $states.input.x ?? {} %}' })).toEqual([
      expect.stringMatching(/^input: must be valid JSONata/),
    ]);
  });
});

test('tokens are accepted for hyperparameters with rules', () => {
  const stack = stackOf();
  const value = new CfnParameter(stack, 'Value').valueAsString;
  const number = new CfnParameter(stack, 'Number', { type: 'Number' }).valueAsNumber;
  expect(
    problemsOf(
      {
        objective: Objective.minimize(value),
        parameterRanges: [real('eta', number, 1), choice('max_depth', value, '3'), real(value, 0, 1)],
        hyperparameters: { num_round: value },
        maxTrainingJobs: number,
      },
      stack,
    ),
  ).toEqual([]);
});
