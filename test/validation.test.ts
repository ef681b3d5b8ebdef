import { CfnParameter, Duration, Fn, Lazy, Size, Token } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import {
  Algorithm,
  DataLocation,
  InputData,
  Objective,
  ParameterRange,
  ScalingType,
  TuningStrategy,
  WarmStart,
  XGBoostVersion,
} from '../lib';
import { stackOf, vpcIn } from './fixtures';
import { choice, int, many, type Props, problemsOf, real } from './search-props';

test('the required props alone are valid', () => {
  expect(problemsOf({})).toEqual([]);
});

describe('limits', () => {
  const seconds = (prop: string, min: number, max: number, got: number) =>
    `${prop}: must be a whole number from ${min} to ${max}, got ${got} (seconds)`;
  const quota = (prop: string, max: number, got: number) =>
    `${prop}: must be a whole number from 1 to ${max}, got ${got} (quota of SageMaker)`;
  const own = (prop: string, max: number, got: number) =>
    `${prop}: must be a whole number from 1 to ${max}, got ${got} (limit of this library)`;

  test.each<[string, Props, string]>([
    ['no training job', { maxTrainingJobs: 0 }, own('maxTrainingJobs', 10_000, 0)],
    ['10,001 training jobs', { maxTrainingJobs: 10_001 }, own('maxTrainingJobs', 10_000, 10_001)],
    [
      '10,001 training jobs at random',
      { strategy: TuningStrategy.random(), maxTrainingJobs: 10_001 },
      quota('maxTrainingJobs', 10_000, 10_001),
    ],
    ['half a training job', { maxTrainingJobs: 1.5 }, own('maxTrainingJobs', 10_000, 1.5)],
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
      'a quota wait of half a second',
      { maxQuotaWait: Duration.millis(500) },
      seconds('maxQuotaWait', 0, 86_400, 0.5),
    ],
    [
      'a quota wait that is known only when the stack is deployed',
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
      'less than one instance for the final training',
      { finalTraining: { resources: { instanceCount: 0.5 } } },
      'finalTraining.resources.instanceCount: must be a whole number of at least 1, got 0.5',
    ],
    [
      'a maximum wait for spot instances that is too short',
      { spot: { maxWait: Duration.minutes(59) }, finalTraining: { spot: {} } },
      'spot.maxWait: must be a whole number of seconds and at least the maximum run time of the training job, 3600 seconds, got 3540',
    ],
    [
      'a maximum wait for spot instances that is too short for the final training',
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
      'an earlier tuning job with an invalid name',
      { warmStart: WarmStart.identicalDataAndAlgorithm(['my_job']) },
      'warmStart: must name tuning jobs: 1 to 32 letters, digits and inner hyphens, got "my_job"',
    ],
    [
      'an earlier tuning job with a name that is too long',
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
      'a job name prefix that is known only when the stack is deployed',
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

describe('data and output', () => {
  const at = (uri: string) => InputData.csv(DataLocation.fromUri(uri));
  const out = (uri: string): Props => ({ output: DataLocation.fromUri(uri) });

  test.each<[string, Props, RegExp[]]>([
    [
      'an output that is not an S3 URI',
      out('nonsense'),
      [/^output: must be s3:\/\/bucket\/key, got "nonsense"$/],
    ],
    ['an output without a bucket', out('s3://'), [/^output: must be s3:\/\/bucket\/key, got "s3:\/\/"$/]],
    ['an output of another protocol', out('https://b/x/'), [/^output: must be s3:\/\/bucket\/key/]],
    ['a bucket with an invalid name', out('s3://a b/x/'), [/^output: must be s3:\/\/bucket\/key/]],
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
      'train and validation in the same location',
      { train: at('s3://data/all/'), validation: at('s3://data/all/') },
      [/^train: must not contain validation/, /^validation: must not contain train/],
    ],
    [
      'validation below train',
      { train: at('s3://data/all/'), validation: at('s3://data/all/validation/') },
      [/^train: must not contain validation/],
    ],
    [
      'a train prefix without a slash, which also matches validation',
      { train: at('s3://data/train'), validation: at('s3://data/train-validation/') },
      [/^train: must not contain validation, .* \(end a folder with a slash\)$/],
    ],
  ])('%s', (_name, props, problems) => {
    expect(problemsOf(props)).toEqual(problems.map((problem) => expect.stringMatching(problem)));
  });

  test('can be in different folders of one bucket', () => {
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

  test('is parsed as JSONata 2.0.6, the version in Step Functions, which does not have the operator ??', () => {
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
