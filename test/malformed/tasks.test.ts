import { CfnParameter, Duration } from 'aws-cdk-lib';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import {
  CreateHyperParameterTuningJobTask,
  CreateTrainingJobTask,
  FindBestTrainingJobFunction,
  Objective,
  ParameterRange,
  StopAbandonedJobs,
  TuningStrategy,
  WarmStart,
} from '../../lib';
import { definitionIn, someRole, stackOf } from '../fixtures';
import { js, many, type Row, refused } from './fixtures';

const CHANNEL = { channelName: 'train', s3Uri: 's3://data/train/' };

function job(change: object = {}, stack = stackOf()) {
  return {
    trainingImage: 'image:1',
    role: someRole(stack),
    channels: [CHANNEL],
    outputPath: 's3://models/x/',
    ...change,
  };
}

const train = (what: string, change: object, message: string): Row => [
  what,
  () =>
    CreateTrainingJobTask.jsonata(
      stackOf(),
      'T',
      js({ trainingJobName: 'a', trainingJobDefinition: job(), ...change }),
    ),
  message,
];

const ofJob = (what: string, change: object, message: string): Row =>
  train(what, { trainingJobDefinition: job(change) }, `trainingJobDefinition.${message}`);

const RATE = ParameterRange.continuous('rate', { min: 0.1, max: 1 });
const tune = (what: string, change: object, message: string): Row => [
  what,
  () =>
    CreateHyperParameterTuningJobTask.jsonata(
      stackOf(),
      'T',
      js({
        tuningJobName: 'a',
        objective: Objective.minimize('loss'),
        parameterRanges: [RATE],
        trainingJobDefinition: job(),
        ...change,
      }),
    ),
  message,
];

describe('CreateTrainingJobTask', () => {
  refused([
    ['no props', () => js(CreateTrainingJobTask).jsonata(stackOf(), 'T', {}), 'trainingJobName: is required'],
    train(
      'no definition',
      { trainingJobDefinition: undefined },
      'trainingJobDefinition: is required: give an object',
    ),
    train(
      'a name with an underscore',
      { trainingJobName: 'a_b' },
      'trainingJobName: must be 1 to 63 letters',
    ),
    train('51 tags', { tags: many(51) }, 'tags: must have 0 to 50 elements, got 51'),
    train(
      'a tag with angle brackets',
      { tags: { 'a<b>': 'x' } },
      'tags.a<b>: the key must consist of letters',
    ),
    train(
      'a task token',
      { integrationPattern: sfn.IntegrationPattern.WAIT_FOR_TASK_TOKEN },
      'integrationPattern: SageMaker',
    ),
    ofJob('no image', { trainingImage: undefined }, 'trainingImage: is required: give a string'),
    ofJob('an empty image', { trainingImage: '' }, 'trainingImage: must have 1 to 255 characters, got 0'),
    ofJob('no role', { role: undefined }, 'role: is required: give an IAM role'),
    ofJob('a role by ARN', { role: 'arn:aws:iam::1:role/x' }, 'role: must be an IAM role'),
    ofJob('no channels', { channels: undefined }, 'channels: is required: give a list'),
    ofJob('an empty list of channels', { channels: [] }, 'channels: must have 1 to 20 elements, got 0'),
    ofJob('a channel twice', { channels: [CHANNEL, CHANNEL] }, 'channels.train: is given twice'),
    ofJob(
      'a channel with a bad name',
      { channels: [{ ...CHANNEL, channelName: 'a b' }] },
      'channels.a b: the name of a channel',
    ),
    ofJob(
      'a channel that is nowhere',
      { channels: [{ channelName: 'train' }] },
      'channels.train: give exactly one of s3Uri and fileSystem',
    ),
    ofJob(
      'a manifest without its location',
      { channels: [{ channelName: 'train', manifest: true }] },
      'channels.train: manifest needs s3Uri',
    ),
    ofJob(
      'a channel on the web',
      { channels: [{ channelName: 'train', s3Uri: 'https://a/b' }] },
      'channels.train.s3Uri: must be s3://bucket/key',
    ),
    ofJob(
      'an unknown input mode',
      { channels: [{ ...CHANNEL, inputMode: 'Tape' }] },
      'channels[0].inputMode: must be one of File',
    ),
    ofJob(
      'a relative output',
      { outputPath: 'models/' },
      'outputPath: must be s3://bucket/key, got "models/"',
    ),
    ofJob(
      'a relative checkpoint path',
      { checkpointPath: '/tmp' },
      'checkpointPath: must be s3://bucket/key',
    ),
    ofJob(
      'an EC2 instance type',
      { instanceType: 'm5.large' },
      'instanceType: must be an instance type of SageMaker',
    ),
    ofJob('no instances', { instanceCount: 0 }, 'instanceCount: must be a whole number of at least 1'),
    ofJob(
      '29 days',
      { maxRuntime: Duration.days(29) },
      'maxRuntime: must be a whole number from 1 to 2419200',
    ),
    ofJob('a wait without spot', { maxWait: Duration.hours(2) }, 'maxWait: requires managed spot training'),
    ofJob(
      'a wait shorter than the run',
      { managedSpotTraining: true, maxWait: Duration.minutes(1) },
      'maxWait: must be a whole number of at least 3600, got 60',
    ),
    ofJob(
      'a warm pool of spot instances',
      { managedSpotTraining: true, keepAlive: Duration.hours(1) },
      'keepAlive: cannot be combined with spot instances',
    ),
    ofJob(
      'subnets alone',
      { subnets: [{ subnetId: 'subnet-1' }] },
      'securityGroups: is required: give subnets and securityGroups together',
    ),
    ofJob('101 variables', { environment: many(101) }, 'environment: must have 0 to 100 elements, got 101'),
    ofJob(
      'a variable with a hyphen',
      { environment: { 'A-B': 'x' } },
      'environment.A-B: the name must be letters',
    ),
    ofJob(
      'a map in place of a TaskInput',
      { hyperparameters: { a: '1' } },
      'hyperparameters: must be a TaskInput',
    ),
    ofJob(
      'a number as a hyperparameter',
      { hyperparameters: sfn.TaskInput.fromObject({ a: 1 }) },
      'hyperparameters.a: must be a string, got 1',
    ),
    ofJob(
      '101 hyperparameters',
      { hyperparameters: sfn.TaskInput.fromObject(many(101)) },
      'hyperparameters: must have 0 to 100 elements',
    ),
    ofJob(
      '41 metrics',
      { metricDefinitions: Array(41).fill({ name: 'a', regex: '(a)' }) },
      'metricDefinitions: must have 0 to 40 elements',
    ),
    ofJob(
      'a metric without a name',
      { metricDefinitions: [{ name: '', regex: '(a)' }] },
      'metricDefinitions.: must have 1 to 255 characters',
    ),
    ofJob(
      'a command in one string',
      { containerEntrypoint: 'python train.py' },
      'containerEntrypoint: must be a list',
    ),
    ofJob('an empty command', { containerArguments: [] }, 'containerArguments: must have 1 to 100 elements'),
    ofJob(
      'a word of 257 characters',
      { containerArguments: ['x'.repeat(257)] },
      'containerArguments: must have 0 to 256 characters',
    ),
    [
      'JSONPath in a state that uses JSONata',
      () => {
        const stack = stackOf();
        const definition = job({ instanceType: sfn.JsonPath.stringAt('$.type') }, stack);
        const props = { trainingJobName: 'a', trainingJobDefinition: definition };
        return definitionIn(CreateTrainingJobTask.jsonata(stack, 'T', props), stack);
      },
      'createTrainingJob: a state that uses JSONata does not evaluate JSONPath, got $.type',
    ],
  ]);
});

describe('CreateHyperParameterTuningJobTask', () => {
  const definition = {
    definitionName: 'a',
    objective: Objective.minimize('loss'),
    parameterRanges: [RATE],
    trainingJobDefinition: job(),
  };
  const several = (
    what: string,
    change: object,
    message: string,
    definitions: readonly object[] = [{ ...definition, ...change }],
  ) =>
    tune(
      what,
      {
        objective: undefined,
        parameterRanges: undefined,
        trainingJobDefinition: undefined,
        trainingJobDefinitions: definitions,
      },
      message,
    );
  refused([
    tune('no name', { tuningJobName: undefined }, 'tuningJobName: is required'),
    tune(
      'a name of 33 characters',
      { tuningJobName: 'x'.repeat(33) },
      'tuningJobName: must be 1 to 32 letters',
    ),
    tune('no objective', { objective: undefined }, 'objective: is required with trainingJobDefinition'),
    tune(
      'an objective without a name',
      { objective: Objective.minimize('') },
      'objective: must have 1 to 255 characters',
    ),
    tune(
      'no search space',
      { parameterRanges: undefined },
      'parameterRanges: give exactly one of parameterRanges and parameterRangesInput',
    ),
    tune(
      'an empty search space',
      { parameterRanges: [] },
      'parameterRanges: must have 1 to 30 elements, got 0',
    ),
    tune('a range twice', { parameterRanges: [RATE, RATE] }, 'parameterRanges.rate: is given twice'),
    tune(
      'a range upside down',
      { parameterRanges: [ParameterRange.integer('a', { min: 9, max: 1 })] },
      'parameterRanges.a: min must be less than max',
    ),
    tune(
      'one category',
      { parameterRanges: [RATE, ParameterRange.categorical('a', ['x'])] },
      'parameterRanges.a: has only one value',
    ),
    tune('no training jobs', { maxTrainingJobs: 0 }, 'maxTrainingJobs: must be a whole number from 1 to 750'),
    tune(
      'training jobs in words',
      { maxTrainingJobs: 'all' },
      'maxTrainingJobs: must be a number, got "all"',
    ),
    tune(
      'more training jobs than combinations',
      { maxTrainingJobs: 5, parameterRanges: [ParameterRange.integer('a', { min: 1, max: 2 })] },
      'maxTrainingJobs: must not be more than the 2 combinations',
    ),
    tune(
      '101 at once',
      { maxParallelTrainingJobs: 101 },
      'maxParallelTrainingJobs: must be a whole number from 1 to 100',
    ),
    tune(
      'a minute in all',
      { maxRuntime: Duration.minutes(1) },
      'maxRuntime: must be a whole number from 120',
    ),
    tune(
      'early stopping with Hyperband',
      { earlyStopping: true, strategy: TuningStrategy.hyperband({ maxResource: 9 }) },
      'earlyStopping: must be false for Hyperband',
    ),
    tune(
      'a grid of numbers',
      { strategy: TuningStrategy.grid() },
      'parameterRanges: a grid search supports only categorical ranges',
    ),
    tune(
      'a warm start from nothing',
      { warmStart: WarmStart.transferLearning() },
      'warmStart: must have 1 to 5 elements, got 0',
    ),
    tune(
      '49 variables',
      { trainingJobDefinition: job({ environment: many(49) }) },
      'trainingJobDefinition.environment: must have 0 to 48 elements, got 49',
    ),
    several(
      '50 variables in two definitions',
      {},
      'trainingJobDefinitions: can have at most 48 environment variables in all definitions together, got 50',
      ['a', 'b'].map((definitionName) => ({
        ...definition,
        definitionName,
        trainingJobDefinition: job({ environment: many(25) }),
      })),
    ),
    tune(
      'no training job',
      { trainingJobDefinition: undefined },
      'trainingJobDefinition: give exactly one of',
    ),
    tune(
      'a command in a tuning job',
      { trainingJobDefinition: job({ containerEntrypoint: ['a'] }) },
      'trainingJobDefinition.containerEntrypoint: is only for CreateTrainingJobTask',
    ),
    tune(
      'no definitions',
      {
        objective: undefined,
        parameterRanges: undefined,
        trainingJobDefinition: undefined,
        trainingJobDefinitions: [],
      },
      'trainingJobDefinitions: must have 1 to 10 elements',
    ),
    several(
      'a definition without a name',
      { definitionName: undefined },
      'trainingJobDefinitions[0].definitionName: is required',
    ),
    several(
      'a definition with a bad name',
      { definitionName: 'a_b' },
      'trainingJobDefinitions[0].definitionName: must be 1 to 64 letters',
    ),
    several(
      'a definition without an objective',
      { objective: undefined },
      'trainingJobDefinitions[0].objective: is required',
    ),
    several(
      'a definition without channels',
      { trainingJobDefinition: job({ channels: [] }) },
      'trainingJobDefinitions[0].trainingJobDefinition.channels: must have 1 to 20',
    ),
  ]);
});

describe('the helpers', () => {
  const stateMachine = (stack = stackOf()) =>
    sfn.StateMachine.fromStateMachineArn(stack, 'M', 'arn:aws:states:eu-west-1:123456789012:stateMachine:m');
  const stop = (what: string, props: object, message: string): Row => [
    what,
    () =>
      new StopAbandonedJobs(
        stackOf(),
        'Stop',
        js({ stateMachine: stateMachine(), jobNamePrefix: 'churn', ...props }),
      ),
    message,
  ];
  refused([
    ['no props', () => new StopAbandonedJobs(stackOf(), 'Stop', js(undefined)), 'props: is required'],
    stop(
      'a state machine by ARN',
      { stateMachine: 'arn:aws:states:x' },
      'stateMachine: must be a state machine',
    ),
    stop('no prefix', { jobNamePrefix: undefined }, 'jobNamePrefix: is required'),
    stop(
      'an empty prefix',
      { jobNamePrefix: '' },
      'jobNamePrefix: must be letters, digits and inner hyphens, got ""',
    ),
    stop('a prefix with a wildcard', { jobNamePrefix: '*' }, 'jobNamePrefix: must be letters'),
    stop('no kinds', { kinds: [] }, 'kinds: must have at least 1 elements, got 0'),
    stop('an unknown kind', { kinds: ['ProcessingJob'] }, 'kinds[0]: must be one of HyperParameterTuningJob'),
    [
      'a function without props',
      () => new FindBestTrainingJobFunction(stackOf(), 'F', js(undefined)),
      'Stack/F: 1 problem found:\n  - props: is required',
    ],
    [
      'a function for all jobs',
      () => new FindBestTrainingJobFunction(stackOf(), 'F', { jobNamePrefix: '' }),
      'jobNamePrefix: must be letters',
    ],
  ]);

  test('accept prefixes that are known only when the stack is deployed', () => {
    const stack = stackOf();
    const jobNamePrefix = new CfnParameter(stack, 'Prefix').valueAsString;
    expect(() => new FindBestTrainingJobFunction(stack, 'F', { jobNamePrefix })).not.toThrow();
  });
});
