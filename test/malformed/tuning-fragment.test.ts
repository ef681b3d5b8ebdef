import { Duration, Size } from 'aws-cdk-lib';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import {
  Algorithm,
  DataLocation,
  FinalTrainingData,
  InputData,
  Objective,
  ParameterRange,
  TuningFragment,
  type TuningFragmentProps,
  TuningStrategy,
} from '../../lib';
import { fragment, stackOf, TUNING, vpcIn } from '../fixtures';
import { js, many, type Row, refused } from './fixtures';

const inFragment = (what: string, props: object, message: string): Row => [
  what,
  () => fragment(props as Partial<TuningFragmentProps>),
  message,
];
const at = (uri: string) => InputData.csv(DataLocation.fromUri(uri));
const ETA = ParameterRange.continuous('eta', { min: 0.1, max: 0.5 });

describe('TuningFragment', () => {
  refused([
    [
      'no props',
      () => new TuningFragment(stackOf(), 'T', js(undefined)),
      'props: is required: give an object',
    ],
    [
      'props that are null',
      () => new TuningFragment(stackOf(), 'T', js(null)),
      'props: must be an object, got null',
    ],
    [
      'props that are a string',
      () => new TuningFragment(stackOf(), 'T', js('x')),
      'props: must be an object, got "x"',
    ],
    [
      'empty props',
      () => new TuningFragment(stackOf(), 'T', js({})),
      'algorithm: is required: give an Algorithm',
    ],
    inFragment('no train', { train: undefined }, 'train: is required: give an InputData'),
    inFragment('no output', { output: undefined }, 'output: is required: give a DataLocation'),
    inFragment('no objective', { objective: undefined }, 'objective: is required: give an Objective'),
    inFragment('no ranges', { parameterRanges: undefined }, 'parameterRanges: is required: give a list'),
    inFragment(
      'an algorithm as a string',
      { algorithm: 'xgboost' },
      'algorithm: must be an Algorithm, such as Algorithm.xgboost(…), got "xgboost"',
    ),
    inFragment('an algorithm class', { algorithm: Algorithm }, 'algorithm: must be an Algorithm'),
    inFragment(
      'an objective as a string',
      { objective: 'validation:rmse' },
      'objective: must be an Objective',
    ),
    inFragment(
      'ranges as a map',
      { parameterRanges: { eta: [0, 1] } },
      'parameterRanges: must be a list, got',
    ),
    inFragment(
      'a range as an object',
      { parameterRanges: [{ name: 'eta', min: 0, max: 1 }] },
      'parameterRanges[0]: must be a ParameterRange',
    ),
    inFragment(
      'a range that is missing',
      { parameterRanges: [ETA, undefined] },
      'parameterRanges[1]: is required',
    ),
    inFragment(
      'a number as a hyperparameter',
      { hyperparameters: { num_round: 100 } },
      'hyperparameters.num_round: must be a string, got 100: write it as a string, "100"',
    ),
    inFragment(
      'a flag as a hyperparameter',
      { hyperparameters: { num_round: '1', refresh_leaf: true } },
      'hyperparameters.refresh_leaf: must be a string, got true',
    ),
    inFragment(
      'null as a hyperparameter',
      { hyperparameters: { num_round: null } },
      'hyperparameters.num_round: must be a string, got null',
    ),
    inFragment(
      'hyperparameters as a list',
      { hyperparameters: ['num_round=1'] },
      'hyperparameters: must be a map, got',
    ),
    inFragment(
      'hyperparameters as a Map',
      { hyperparameters: new Map([['num_round', '1']]) },
      'hyperparameters: must be a map, got',
    ),
    inFragment(
      'hyperparameters that are null',
      { hyperparameters: null },
      'hyperparameters: must be a map, got null',
    ),
    inFragment(
      'a URI as data',
      { train: 's3://data/train/' },
      'train: must be an InputData, such as InputData.csv(location), got "s3://data/train/"',
    ),
    inFragment(
      'a location as data',
      { train: DataLocation.fromUri('s3://data/train/') },
      'train: must be an InputData',
    ),
    inFragment(
      'a location as a channel',
      { channels: { more: DataLocation.fromUri('s3://data/more/') } },
      'channels.more: must be an InputData',
    ),
    inFragment(
      'a channel with a bad name',
      { channels: { 'my data': at('s3://data/more/') } },
      'channels.my data: the name of a channel must be',
    ),
    inFragment(
      'a channel in place of train',
      { channels: { train: at('s3://data/more/') } },
      'channels.train: is the channel of train',
    ),
    inFragment(
      'a bucket name as output',
      { output: 'models' },
      'output: must be a DataLocation: use DataLocation.fromBucket or DataLocation.fromUri, got "models"',
    ),
    inFragment(
      'nonsense as output',
      { output: DataLocation.fromUri('nonsense') },
      'output: must be s3://bucket/key, got "nonsense"',
    ),
    inFragment(
      'a web address as output',
      { output: DataLocation.fromUri('https://models/x/') },
      'output: must be s3://bucket/key',
    ),
    inFragment(
      'a whole bucket as output',
      { output: DataLocation.fromUri('s3://models') },
      'output: must be a folder, not a whole bucket',
    ),
    inFragment(
      'a wildcard in output, which would grant access to the whole bucket',
      { output: DataLocation.fromUri('s3://models/*/') },
      'output: must not contain *, ? or ${, got "s3://models/*/": IAM policies read them as wildcards and variables',
    ),
    inFragment(
      'a wildcard in train',
      { train: at('s3://data/tr?in/') },
      'train: must not contain *, ? or ${',
    ),
    inFragment(
      'a policy variable in allowedInputLocations',
      { allowedInputLocations: [DataLocation.fromUri('s3://data/$' + '{aws:username}/')] },
      'allowedInputLocations: must not contain *, ? or ${',
    ),
    inFragment(
      'output within train',
      { output: DataLocation.fromUri('s3://data/train/out/') },
      'train: must not contain output',
    ),
    inFragment(
      'validation within train',
      { validation: at('s3://data/train/v/') },
      'train: must not contain validation',
    ),
    inFragment(
      'train within validation',
      { train: at('s3://data/validation/t/') },
      'validation: must not contain train',
    ),
    inFragment(
      'an output of 1,025 characters',
      { output: DataLocation.fromUri(`s3://b/${'x'.repeat(1018)}`) },
      'output: must have 1 to 1024 characters, got 1025',
    ),
    inFragment('input that is JSONPath', { input: '$.x' }, 'input: must be a JSONata string'),
    inFragment('input that does not parse', { input: '{% { %}' }, 'input: must be valid JSONata'),
    inFragment('input as an object', { input: {} }, 'input: must be a string, got {}'),
    inFragment(
      'no training jobs',
      { maxTrainingJobs: 0 },
      'maxTrainingJobs: must be a whole number from 1 to 10000, got 0',
    ),
    inFragment('half a training job', { maxTrainingJobs: 1.5 }, 'maxTrainingJobs: must be a whole number'),
    inFragment(
      "more training jobs than SageMaker's limit",
      { maxTrainingJobs: 10_001 },
      'maxTrainingJobs: must be a whole number from 1 to 10000',
    ),
    inFragment(
      'a string as a number',
      { maxTrainingJobs: '20' },
      'maxTrainingJobs: must be a number, got "20"',
    ),
    inFragment(
      'NaN training jobs',
      { maxTrainingJobs: Number.NaN },
      'maxTrainingJobs: must be a whole number from 1 to 10000, got NaN',
    ),
    inFragment(
      'more parallel training jobs than the quota',
      { maxParallelTrainingJobs: 101 },
      'maxParallelTrainingJobs: must be a whole number from 1 to 100',
    ),
    inFragment(
      'none at once',
      { maxParallelTrainingJobs: 0 },
      'maxParallelTrainingJobs: must be a whole number from 1 to 100',
    ),
    inFragment(
      'seconds as a duration',
      { maxTrainingRuntime: 3600 },
      'maxTrainingRuntime: must be a Duration, such as Duration.hours(1), got 3600',
    ),
    inFragment(
      '29 days of training',
      { maxTrainingRuntime: Duration.days(29) },
      'maxTrainingRuntime: must be a whole number from 1 to 2419200',
    ),
    inFragment(
      'no time to train',
      { maxTrainingRuntime: Duration.seconds(0) },
      'maxTrainingRuntime: must be a whole number from 1',
    ),
    inFragment(
      'part of a second',
      { maxTrainingRuntime: Duration.millis(1500) },
      'maxTrainingRuntime: must be a whole number',
    ),
    inFragment(
      'a tuning of a minute',
      { maxTuningRuntime: Duration.minutes(1) },
      'maxTuningRuntime: must be a whole number from 120',
    ),
    inFragment(
      'a tuning of a year',
      { maxTuningRuntime: Duration.days(365) },
      'maxTuningRuntime: must be a whole number from 120 to 15768000',
    ),
    inFragment(
      'a flag as a string',
      { earlyStopping: 'Auto' },
      'earlyStopping: must be true or false, got "Auto"',
    ),
    inFragment(
      'network isolation as a number',
      { networkIsolation: 1 },
      'networkIsolation: must be true or false, got 1',
    ),
    inFragment('spot as a flag', { spot: true }, 'spot: must be an object, got true'),
    inFragment(
      'a wait shorter than the training',
      { spot: { maxWait: Duration.minutes(5) } },
      'spot.maxWait: must be a whole number of seconds and at least',
    ),
    inFragment('a wait in seconds', { spot: { maxWait: 7200 } }, 'spot.maxWait: must be a Duration'),
    inFragment(
      'resources as a string',
      { resources: 'ml.m5.large' },
      'resources: must be an object, got "ml.m5.large"',
    ),
    inFragment(
      'an EC2 instance type',
      { resources: { instanceType: 'm5.large' } },
      'resources.instanceType: must be an instance type of SageMaker',
    ),
    inFragment(
      'a JSONPath as instance type',
      { resources: { instanceType: sfn.JsonPath.stringAt('$.type') } },
      'resources.instanceType: must not be a JSONPath reference, got $.type',
    ),
    inFragment(
      'a JSONPath within a string',
      { tags: { a: `x${sfn.JsonPath.stringAt('$.x')}` } },
      'tags.a: must not be a JSONPath reference, got $.x',
    ),
    inFragment(
      'a JSONPath as a number',
      { maxTrainingJobs: sfn.JsonPath.numberAt('$.n') },
      'maxTrainingJobs: must not be a JSONPath reference, got $.n',
    ),
    inFragment(
      'a JSONPath as a duration',
      { maxTuningRuntime: Duration.seconds(sfn.JsonPath.numberAt('$.n')) },
      'maxTuningRuntime: must not be a JSONPath reference',
    ),
    inFragment(
      'a JSONPath as a size',
      { resources: { volumeSize: Size.gibibytes(sfn.JsonPath.numberAt('$.n')) } },
      'resources.volumeSize: must not be a JSONPath reference',
    ),
    inFragment(
      'no instances',
      { resources: { instanceCount: 0 } },
      'resources.instanceCount: must be a whole number of at least 1',
    ),
    inFragment(
      'a volume as a number',
      { resources: { volumeSize: 30 } },
      'resources.volumeSize: must be a Size, such as Size.gibibytes(30), got 30',
    ),
    inFragment(
      'a volume of half a GiB',
      { resources: { volumeSize: Size.mebibytes(512) } },
      'resources.volumeSize: must be a whole number of at least 1, got 0.5',
    ),
    inFragment(
      'a warm pool of 7 hours',
      { resources: { keepAlive: Duration.hours(7) } },
      'resources.keepAlive: must be a whole number from 1 to 21600',
    ),
    inFragment(
      'a warm pool of spot instances',
      { spot: {}, resources: { keepAlive: Duration.hours(1) } },
      'resources.keepAlive: cannot be combined with spot instances',
    ),
    inFragment(
      'no instance group',
      { resources: { instanceGroups: [] } },
      'resources.instanceGroups: must have 1 to 5 elements',
    ),
    inFragment(
      'a group without instances',
      { resources: { instanceGroups: [{ name: 'a', instanceType: 'ml.m5.large' }] } },
      'resources.instanceGroups[0].instanceCount: is required: give a number',
    ),
    inFragment('a strategy as a string', { strategy: 'Bayesian' }, 'strategy: must be a TuningStrategy'),
    inFragment(
      'Hyperband without its end',
      { strategy: TuningStrategy.hyperband() },
      'strategy.maxResource: is required',
    ),
    inFragment(
      'Hyperband upside down',
      { strategy: TuningStrategy.hyperband({ minResource: 9, maxResource: 3 }) },
      'strategy: minResource must not be more than maxResource, got 9 and 3',
    ),
    inFragment(
      'a grid of numbers',
      { strategy: TuningStrategy.grid() },
      'parameterRanges: a grid search supports only categorical ranges',
    ),
    inFragment('a warm start as a list', { warmStart: ['job-1'] }, 'warmStart: must be a WarmStart'),
    inFragment(
      'final training as a flag',
      { finalTraining: false },
      'finalTraining: must be an object, got false',
    ),
    inFragment(
      'a number at the final training',
      { finalTraining: { hyperparameters: { num_round: 500 } } },
      'finalTraining.hyperparameters.num_round: must be a string, got 500',
    ),
    inFragment(
      '29 days of final training',
      { finalTraining: { maxRuntime: Duration.days(29) } },
      'finalTraining.maxRuntime: must be a whole number',
    ),
    inFragment(
      'a DataLocation as the data of the final training',
      { finalTraining: { data: DataLocation.fromUri('s3://data/all/') } },
      'finalTraining.data: must be a FinalTrainingData, such as FinalTrainingData.trainAndValidation(), got',
    ),
    inFragment(
      'the name of a training job as reuseBest',
      { finalTraining: { reuseBest: 'job-1' } },
      'finalTraining.reuseBest: must be true or false, got "job-1"',
    ),
    inFragment(
      'data of the final training without a bucket',
      { finalTraining: { data: FinalTrainingData.of(at('data/all')) } },
      'finalTraining.data.train: must be s3://bucket/key, got "data/all"',
    ),
    [
      'a string as the data of the final training',
      () => FinalTrainingData.of(js('s3://data/all/')),
      'FinalTrainingData.of: 1 problem found:\n  - train: must be an InputData',
    ],
    inFragment(
      'a role by ARN',
      { trainingRole: 'arn:aws:iam::123456789012:role/x' },
      'trainingRole: must be an IAM role, got "arn:',
    ),
    inFragment(
      'a key by ARN',
      { encryptionKey: 'arn:aws:kms:x' },
      'encryptionKey: must be a KMS key, got "arn:aws:kms:x"',
    ),
    inFragment('a VPC by ID', { vpc: 'vpc-1' }, 'vpc: must be a VPC, got "vpc-1"'),
    inFragment(
      'a security group by ID',
      { securityGroups: ['sg-1'] },
      'securityGroups[0]: must be a security group, got "sg-1"',
    ),
    inFragment(
      'a security group alone',
      { securityGroups: 'sg-1' },
      'securityGroups: must be a list, got "sg-1"',
    ),
    [
      'six security groups',
      () => {
        const stack = stackOf();
        return fragment(
          { vpc: vpcIn(stack), securityGroups: js(Array(6).fill({ securityGroupId: 'sg' })) },
          stack,
        );
      },
      'securityGroups: must have 1 to 5 elements, got 6',
    ],
    inFragment('subnets without a VPC', { vpcSubnets: {} }, 'vpcSubnets: requires a VPC'),
    inFragment('51 tags', { tags: many(51) }, 'tags: must have 0 to'),
    inFragment(
      'a tag with angle brackets',
      { tags: { 'a<b>': 'c' } },
      'tags.a<b>: the key must consist of letters',
    ),
    inFragment(
      'a tag value with a quote',
      { tags: { a: 'it\'s "so"' } },
      'tags.a: the value must consist of letters',
    ),
    inFragment('a tag of AWS', { tags: { 'aws:team': 'x' } }, 'tags.aws:team: must not begin with aws:'),
    inFragment('a tag that is a number', { tags: { cost: 12 } }, 'tags.cost: must be a string, got 12'),
    inFragment('tags as a list', { tags: [{ Key: 'a', Value: 'b' }] }, 'tags: must be a map, got'),
    inFragment(
      'a prefix with capitals',
      { jobNamePrefix: 'Churn' },
      'jobNamePrefix: must be 1 to 16 lowercase letters',
    ),
    inFragment('a prefix that is a number', { jobNamePrefix: 7 }, 'jobNamePrefix: must be a string, got 7'),
    inFragment(
      'an unknown integration',
      { integration: 'sync' },
      'integration: must be one of AUTO, OPTIMIZED, SDK, got "sync"',
    ),
    inFragment(
      'a location as a string',
      { allowedInputLocations: ['s3://lake/'] },
      'allowedInputLocations[0]: must be a DataLocation',
    ),
    inFragment(
      'one location',
      { allowedInputLocations: DataLocation.fromUri('s3://lake/') },
      'allowedInputLocations: must be a list',
    ),
    inFragment(
      'a definition without a name',
      { furtherDefinitions: [{ ...TUNING }] },
      'furtherDefinitions[0].name: is required: give a string',
    ),
    inFragment(
      'a definition without an algorithm',
      { furtherDefinitions: [{ name: 'b', objective: TUNING.objective, parameterRanges: [ETA] }] },
      'furtherDefinitions[0].algorithm: is required',
    ),
    inFragment(
      'definitions of one name',
      { furtherDefinitions: [{ ...TUNING, name: 'first' }] },
      'furtherDefinitions: has duplicate names: first',
    ),
    inFragment(
      'an objective of 256 characters',
      { objective: Objective.minimize('x'.repeat(256)) },
      'objective: must have 1 to 255 characters, got 256',
    ),
    inFragment(
      'a range upside down',
      { parameterRanges: [ParameterRange.integer('max_depth', { min: 9, max: 3 })] },
      'parameterRanges.max_depth: min must be less than max, got min 9 and max 3',
    ),
  ]);
});
