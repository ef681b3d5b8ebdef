import { CfnParameter, Duration, Fn, Lazy, Size, type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import {
  Algorithm,
  ContainerImage,
  DataLocation,
  Distribution,
  Framework,
  InputData,
  Objective,
  ParameterRange,
  SageMakerCreateHyperParameterTuningJob,
  SageMakerCreateTrainingJob,
  ScriptSource,
  TuningStrategy,
  WarmStart,
  XGBoostVersion,
} from '../lib';
import { autoMlFragment, autoMlWorkflow } from './automl/fixtures';
import { fragment, type Json, someRole, stackOf, text, vpcIn, workflow } from './fixtures';
import { errorOf, js } from './malformed/fixtures';

/** The same value as a parameter, as an import and as something that is decided late. */
interface Tokens {
  readonly text: string;
  readonly number: number;
}

const KINDS: Record<string, (stack: Stack) => Tokens> = {
  parameter: (stack) => {
    // Made when it is used, as CloudFormation warns of parameters that are not.
    const parameter = (id: string, type: string) =>
      (stack.node.tryFindChild(id) as CfnParameter | undefined) ?? new CfnParameter(stack, id, { type });
    return {
      get text() {
        return parameter('TheToken', 'String').valueAsString;
      },
      get number() {
        return parameter('TheTokenNumber', 'Number').valueAsNumber;
      },
    };
  },
  import: () => {
    const imported = Fn.importValue('TheToken');
    return { text: imported, number: js(Lazy).number({ produce: () => 4711 }) };
  },
  lazy: () => ({
    text: Lazy.string({ produce: () => 'TheToken' }),
    number: Lazy.number({ produce: () => 4711 }),
  }),
};

/** How a template shows the token: a reference or, of what is decided late, its value. */
const REFERENCE = /<TheToken(Number)?>|<Fn::ImportValue>|TheToken|4711/;

type Make = (stack: Stack, tokens: Tokens) => unknown;
type Row = [prop: string, make: Make];

const uri = (value: string) => DataLocation.fromUri(value);
const data = (value: string) => InputData.csv(uri(value));
const inWorkflow =
  (props: (tokens: Tokens) => object): Make =>
  (stack, tokens) =>
    workflow(props(tokens), stack);
const inFragment =
  (props: (tokens: Tokens) => object): Make =>
  (stack, tokens) =>
    machine(stack, fragment(props(tokens), stack));
const inAutoMl =
  (props: (tokens: Tokens) => object): Make =>
  (stack, tokens) =>
    machine(stack, autoMlFragment(props(tokens), stack));

function machine(stack: Stack, chain: sfn.IChainable, queryLanguage?: sfn.QueryLanguage): sfn.StateMachine {
  return new sfn.StateMachine(stack, 'Machine', {
    definitionBody: sfn.DefinitionBody.fromChainable(chain),
    queryLanguage,
  });
}

const CONTAINER = { objective: Objective.minimize('loss'), hyperparameters: {} };
const METRICS = [{ name: 'loss', regex: 'loss=(.*)' }];
const image = ContainerImage.fromRegistry('123456789012.dkr.ecr.eu-west-1.amazonaws.com/a:1');
const further = {
  algorithm: Algorithm.xgboost({ version: XGBoostVersion.V3_2_0 }),
  objective: Objective.minimize('validation:rmse'),
  hyperparameters: { num_round: '9' },
  parameterRanges: [ParameterRange.continuous('eta', { min: 0.1, max: 1 })],
};
const range = (made: ParameterRange) => ({
  parameterRanges: [made, ParameterRange.continuous('alpha', { min: 0, max: 1 })],
});
const inFileSystem =
  (options: object): Make =>
  (stack) =>
    machine(
      stack,
      fragment(
        {
          vpc: vpcIn(stack),
          train: InputData.efs({ fileSystemId: 'fs-01234567', directoryPath: '/a', ...options }),
        },
        stack,
      ),
    );

const trainingTask =
  (change: (tokens: Tokens) => object, other: (tokens: Tokens) => object = () => ({})): Make =>
  (stack, tokens) =>
    machine(
      stack,
      SageMakerCreateTrainingJob.jsonata(stack, 'T', {
        trainingJobName: 'a',
        trainingJobDefinition: {
          trainingImage: 'image:1',
          role: someRole(stack),
          channels: [{ channelName: 'train', s3Uri: 's3://data/train/' }],
          outputPath: 's3://models/x/',
          ...change(tokens),
        },
        ...other(tokens),
      }),
    );

const tuningTask =
  (change: (tokens: Tokens) => object): Make =>
  (stack, tokens) =>
    machine(
      stack,
      SageMakerCreateHyperParameterTuningJob.jsonata(stack, 'T', {
        tuningJobName: 'a',
        objective: Objective.minimize('loss'),
        parameterRanges: [ParameterRange.continuous('rate', { min: 0.1, max: 1 })],
        trainingJobDefinition: {
          trainingImage: 'image:1',
          role: someRole(stack),
          channels: [{ channelName: 'train', s3Uri: 's3://data/train/' }],
          outputPath: 's3://models/x/',
        },
        ...change(tokens),
      }),
    );

/** Props that take a token: the template has to show a reference to it. */
const WORKING: Row[] = [
  ['TuningWorkflow.inputPrefix', inWorkflow(({ text }) => ({ inputPrefix: text }))],
  ['TuningWorkflow.trainPrefix', inWorkflow(({ text }) => ({ trainPrefix: text }))],
  ['TuningWorkflow.validationPrefix', inWorkflow(({ text }) => ({ validationPrefix: text }))],
  ['TuningWorkflow.outputPrefix', inWorkflow(({ text }) => ({ outputPrefix: text }))],
  ['TuningWorkflow.trialRetention', inWorkflow(({ number }) => ({ trialRetention: Duration.days(number) }))],
  ['TuningWorkflow.stateMachineName', inWorkflow(({ text }) => ({ stateMachineName: text }))],
  ['TuningWorkflow.maxTrainingJobs', inWorkflow(({ number }) => ({ maxTrainingJobs: number }))],
  ['bucket', (stack, { text }) => workflow({ bucket: s3.Bucket.fromBucketName(stack, 'B', text) }, stack)],
  ['train', inFragment(({ text }) => ({ train: data(text) }))],
  ['train, in a part', inFragment(({ text }) => ({ train: data(`s3://data/${text}/`) }))],
  ['validation', inFragment(({ text }) => ({ validation: data(text) }))],
  ['output', inFragment(({ text }) => ({ output: uri(text) }))],
  ['allowedInputLocations', inFragment(({ text }) => ({ allowedInputLocations: [uri(text)] }))],
  ['channels', inFragment(({ text }) => ({ channels: { more: data(text) } }))],
  [
    'contentType',
    inFragment(({ text }) => ({
      channels: { more: InputData.of(uri('s3://a-b/c/'), { contentType: text }) },
    })),
  ],
  ['fileSystemId', (stack, tokens) => inFileSystem({ fileSystemId: tokens.text })(stack, tokens)],
  ['directoryPath', (stack, tokens) => inFileSystem({ directoryPath: tokens.text })(stack, tokens)],
  ['objective', inFragment(({ text }) => ({ objective: Objective.minimize(text) }))],
  ['hyperparameters', inFragment(({ text }) => ({ hyperparameters: { num_round: text } }))],
  [
    'parameterRanges, name',
    inFragment(({ text }) => range(ParameterRange.integer(text, { min: 1, max: 9 }))),
  ],
  [
    'parameterRanges, min',
    inFragment(({ number }) => range(ParameterRange.integer('max_depth', { min: number, max: 9 }))),
  ],
  [
    'parameterRanges, max',
    inFragment(({ number }) => range(ParameterRange.continuous('eta', { min: 0, max: number }))),
  ],
  [
    'parameterRanges, values',
    inFragment(({ text }) => range(ParameterRange.categorical('max_depth', ['3', text]))),
  ],
  ['maxTrainingJobs', inFragment(({ number }) => ({ maxTrainingJobs: number }))],
  ['maxParallelTrainingJobs', inFragment(({ number }) => ({ maxParallelTrainingJobs: number }))],
  ['maxTuningRuntime', inFragment(({ number }) => ({ maxTuningRuntime: Duration.seconds(number) }))],
  ['maxTrainingRuntime', inFragment(({ number }) => ({ maxTrainingRuntime: Duration.seconds(number) }))],
  [
    'maxTrainingRuntime of spot instances',
    inFragment(({ number }) => ({
      maxTrainingRuntime: Duration.seconds(number),
      spot: { maxWait: Duration.hours(9) },
    })),
  ],
  ['spot.maxWait', inFragment(({ number }) => ({ spot: { maxWait: Duration.seconds(number) } }))],
  ['resources.instanceType', inFragment(({ text }) => ({ resources: { instanceType: text } }))],
  ['resources.instanceCount', inFragment(({ number }) => ({ resources: { instanceCount: number } }))],
  [
    'resources.volumeSize',
    inFragment(({ number }) => ({ resources: { volumeSize: Size.gibibytes(number) } })),
  ],
  [
    'resources.keepAlive',
    inFragment(({ number }) => ({ resources: { keepAlive: Duration.seconds(number) } })),
  ],
  [
    'resources.instanceGroups',
    inFragment(({ text, number }) => ({
      resources: {
        instanceGroups: [
          { name: 'a', instanceType: text, instanceCount: number },
          { name: 'b', instanceType: 'ml.m5.large', instanceCount: number },
        ],
      },
    })),
  ],
  ['strategy.seed', inFragment(({ number }) => ({ strategy: TuningStrategy.random({ seed: number }) }))],
  [
    'strategy.maxResource',
    inFragment(({ number }) => ({
      strategy: TuningStrategy.hyperband({ minResource: 5, maxResource: number }),
    })),
  ],
  [
    'strategy.minResource',
    inFragment(({ number }) => ({
      strategy: TuningStrategy.hyperband({ minResource: number, maxResource: 9 }),
    })),
  ],
  ['warmStart', inFragment(({ text }) => ({ warmStart: WarmStart.transferLearning(['job-1', text]) }))],
  [
    'finalTraining.hyperparameters',
    inFragment(({ text }) => ({ finalTraining: { hyperparameters: { num_round: text } } })),
  ],
  [
    'finalTraining.maxRuntime',
    inFragment(({ number }) => ({ finalTraining: { maxRuntime: Duration.seconds(number) } })),
  ],
  [
    'finalTraining.spot.maxWait',
    inFragment(({ number }) => ({ finalTraining: { spot: { maxWait: Duration.seconds(number) } } })),
  ],
  [
    'finalTraining.resources',
    inFragment(({ text }) => ({ finalTraining: { resources: { instanceType: text } } })),
  ],
  [
    'furtherDefinitions, hyperparameters',
    inFragment(({ text }) => ({
      furtherDefinitions: [{ ...further, name: 'b', hyperparameters: { num_round: text } }],
    })),
  ],
  ['tags', inFragment(({ text }) => ({ tags: { team: text } }))],
  ['input', inFragment(({ text }) => ({ input: `{% {'train': '${text}'} %}` }))],
  [
    'Algorithm.xgboost, version',
    inFragment(({ text }) => ({ algorithm: Algorithm.xgboost({ version: XGBoostVersion.of(text) }) })),
  ],
  [
    'Algorithm.xgboost, registryAccount',
    inFragment(({ text }) => ({
      algorithm: Algorithm.xgboost({ version: XGBoostVersion.V3_2_0, registryAccount: text }),
    })),
  ],
  [
    'Algorithm.container, environment',
    inFragment(({ text }) => ({
      ...CONTAINER,
      algorithm: Algorithm.container({ image, metrics: METRICS, environment: { A: text } }),
    })),
  ],
  [
    'Algorithm.container, regex',
    inFragment(({ text }) => ({
      ...CONTAINER,
      algorithm: Algorithm.container({ image, metrics: [{ name: 'loss', regex: text }] }),
    })),
  ],
  [
    'ContainerImage.fromRegistry',
    inFragment(({ text }) => ({
      ...CONTAINER,
      algorithm: Algorithm.container({ image: ContainerImage.fromRegistry(text), metrics: METRICS }),
    })),
  ],
  [
    'Algorithm.script, entryPoint',
    inFragment(({ text }) => ({
      ...CONTAINER,
      algorithm: Algorithm.script({
        source: ScriptSource.fromArchive(uri('s3://code/a.tar.gz')),
        entryPoint: text,
        framework: Framework.scikitLearn('1.4-2'),
        metrics: METRICS,
      }),
    })),
  ],
  [
    'Distribution.mpi, processesPerHost',
    inFragment(({ number }) => ({
      ...CONTAINER,
      algorithm: Algorithm.script({
        source: ScriptSource.fromArchive(uri('s3://code/a.tar.gz')),
        entryPoint: 'a.py',
        framework: Framework.pyTorch('2.8.0'),
        metrics: METRICS,
        distribution: Distribution.mpi({ processesPerHost: number }),
      }),
    })),
  ],
  [
    'Distribution.mpi, customOptions',
    inFragment(({ text }) => ({
      ...CONTAINER,
      algorithm: Algorithm.script({
        source: ScriptSource.fromArchive(uri('s3://code/a.tar.gz')),
        entryPoint: 'a.py',
        framework: Framework.pyTorch('2.8.0'),
        metrics: METRICS,
        distribution: Distribution.mpi({ customOptions: text }),
      }),
    })),
  ],
  ['AutoMlWorkflow.outputPrefix', (stack, { text }) => autoMlWorkflow({ outputPrefix: text }, stack)],
  ['AutoMl.target', inAutoMl(({ text }) => ({ target: text }))],
  ['AutoMl.maxCandidates', inAutoMl(({ number }) => ({ maxCandidates: number }))],
  ['AutoMl.maxRuntime', inAutoMl(({ number }) => ({ maxRuntime: Duration.seconds(number) }))],
  [
    'AutoMl.maxRuntimePerTrainingJob',
    inAutoMl(({ number }) => ({ maxRuntimePerTrainingJob: Duration.seconds(number) })),
  ],
  ['AutoMl.validationFraction', inAutoMl(({ number }) => ({ validationFraction: number }))],
  ['AutoMl.sampleWeightColumn', inAutoMl(({ text }) => ({ sampleWeightColumn: text, mode: 'ENSEMBLING' }))],
  ['AutoMl.featureSpecification', inAutoMl(({ text }) => ({ featureSpecification: uri(text) }))],
  ['AutoMl.output', inAutoMl(({ text }) => ({ output: uri(text) }))],
  ['AutoMl.tags', inAutoMl(({ text }) => ({ tags: { team: text } }))],
  ['training task, trainingImage', trainingTask(({ text }) => ({ trainingImage: text }))],
  ['training task, instanceCount', trainingTask(({ number }) => ({ instanceCount: number }))],
  ['training task, volumeSize', trainingTask(({ number }) => ({ volumeSize: Size.gibibytes(number) }))],
  ['training task, maxRuntime', trainingTask(({ number }) => ({ maxRuntime: Duration.seconds(number) }))],
  ['training task, outputPath', trainingTask(({ text }) => ({ outputPath: text }))],
  ['training task, checkpointPath', trainingTask(({ text }) => ({ checkpointPath: text }))],
  ['training task, environment', trainingTask(({ text }) => ({ environment: { A: text } }))],
  ['training task, containerArguments', trainingTask(({ text }) => ({ containerArguments: ['a', text] }))],
  [
    'training task, containerEntrypoint as a list',
    trainingTask(({ text }) => ({ containerEntrypoint: Fn.split(',', text) })),
  ],
  [
    'training task, hyperparameters',
    trainingTask(({ text }) => ({ hyperparameters: sfn.TaskInput.fromObject({ a: text }) })),
  ],
  [
    'training task, trainingJobName',
    trainingTask(
      () => ({}),
      ({ text }) => ({ trainingJobName: text }),
    ),
  ],
  [
    'training task, tags',
    trainingTask(
      () => ({}),
      ({ text }) => ({ tags: { a: text } }),
    ),
  ],
  ['tuning task, maxTrainingJobs', tuningTask(({ number }) => ({ maxTrainingJobs: number }))],
  ['tuning task, maxParallelTrainingJobs', tuningTask(({ number }) => ({ maxParallelTrainingJobs: number }))],
  ['tuning task, maxRuntime', tuningTask(({ number }) => ({ maxRuntime: Duration.seconds(number) }))],
  [
    'tuning task, strategy',
    tuningTask(({ number }) => ({ strategy: TuningStrategy.hyperband({ maxResource: number }) })),
  ],
  ['tuning task, warmStart', tuningTask(({ text }) => ({ warmStart: WarmStart.transferLearning([text]) }))],
];

/** Props that cannot be decided at deployment: the message names the prop. */
const REFUSED: [prop: string, make: Make, message: string][] = [
  [
    'jobNamePrefix',
    inFragment(({ text }) => ({ jobNamePrefix: text })),
    'jobNamePrefix: must be known at synth',
  ],
  [
    'definitionName',
    inFragment(({ text }) => ({ definitionName: text })),
    'definitionName: must be known at synth',
  ],
  [
    'furtherDefinitions, name',
    inFragment(({ text }) => ({ furtherDefinitions: [{ ...further, name: text }] })),
    'furtherDefinitions[0].name: must be known at synth',
  ],
  [
    'channels, name',
    inFragment(({ text }) => ({ channels: { [text]: data('s3://a-b/c/') } })),
    'channels: must have keys that are known at synth',
  ],
  [
    'hyperparameters, name',
    inFragment(({ text }) => ({ hyperparameters: { [text]: '1' } })),
    'hyperparameters: must have keys that are known at synth',
  ],
  [
    'tags, key',
    inFragment(({ text }) => ({ tags: { [text]: '1' } })),
    'tags: must have keys that are known at synth',
  ],
  [
    'hyperparameters as a whole',
    inFragment(() => ({ hyperparameters: Lazy.any({ produce: () => ({}) }) })),
    'hyperparameters: must be a map, got a token',
  ],
  [
    'parameterRanges, a list of values',
    inFragment(({ text }) => range(ParameterRange.categorical('eta', Fn.split(',', text)))),
    'values: must be a list that is known at synth',
  ],
  [
    'warmStart, a list',
    inFragment(({ text }) => ({ warmStart: WarmStart.transferLearning(Fn.split(',', text)) })),
    'tuningJobNames: must be a list that is known',
  ],
  [
    'instanceGroups of data',
    inFragment(({ text }) => ({
      train: InputData.csv(uri('s3://a-b/c/'), { instanceGroups: Fn.split(',', text) }),
    })),
    'options.instanceGroups: must be a list that is known',
  ],
  [
    'maxTrainingRuntime in minutes',
    inFragment(({ number }) => ({ maxTrainingRuntime: Duration.minutes(number) })),
    'maxTrainingRuntime: is known at deployment only, and has to be Duration.seconds(…)',
  ],
  [
    'maxTrainingRuntime of spot instances',
    inFragment(({ number }) => ({ maxTrainingRuntime: Duration.seconds(number), spot: {} })),
    'spot.maxWait: is required, because the longest run time is known at deployment only',
  ],
  [
    'finalTraining.maxRuntime of spot instances',
    inFragment(({ number }) => ({ finalTraining: { maxRuntime: Duration.seconds(number), spot: {} } })),
    'finalTraining.spot.maxWait: is required, because',
  ],
  [
    'volumeSize in mebibytes',
    inFragment(({ number }) => ({ resources: { volumeSize: Size.mebibytes(number) } })),
    'resources.volumeSize: is known at deployment only, and has to be Size.gibibytes(…)',
  ],
  [
    'keepAlive in hours',
    inFragment(({ number }) => ({ resources: { keepAlive: Duration.hours(number) } })),
    'resources.keepAlive: is known at deployment only',
  ],
  [
    'trialRetention in hours',
    inWorkflow(({ number }) => ({ trialRetention: Duration.hours(number) })),
    'trialRetention: is known at deployment only, and has to be Duration.days(…)',
  ],
  [
    'maxRuntime of AutoML in hours',
    inAutoMl(({ number }) => ({ maxRuntime: Duration.hours(number) })),
    'maxRuntime: is known at deployment only',
  ],
  [
    'mode of AutoML',
    inAutoMl(({ text }) => ({ mode: text })),
    'mode: must be one of AUTO, ENSEMBLING, HYPERPARAMETER_TUNING, got a token',
  ],
  [
    'problemType of AutoML',
    inAutoMl(({ text }) => ({ problemType: text })),
    'problemType: must be one of Regression',
  ],
  [
    'earlyStopping',
    inFragment(() => ({ earlyStopping: Lazy.any({ produce: () => true }) })),
    'earlyStopping: must be true or false, got a token',
  ],
  [
    'training task, maxRuntime of spot instances',
    trainingTask(({ number }) => ({ maxRuntime: Duration.seconds(number), managedSpotTraining: true })),
    'maxWait: is required, because the longest run time is known at deployment only',
  ],
  [
    'training task, maxRuntime in hours',
    trainingTask(({ number }) => ({ maxRuntime: Duration.hours(number) })),
    'maxRuntime: is known at deployment only',
  ],
  [
    'training task, environment',
    trainingTask(({ text }) => ({ environment: { [text]: '1' } })),
    'environment: must have keys that are known at synth',
  ],
];

/** The resources of a template as one text, with references written as `<…>`. */
function rendered(stack: Stack): string {
  const walk = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(walk);
    if (typeof value !== 'object' || value === null) return value;
    const keys = Object.keys(value);
    if (keys.length === 1 && /^(Ref|Fn::(Join|ImportValue|GetAtt))$/.test(keys[0] ?? '')) return text(value);
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, walk(inner)]));
  };
  return JSON.stringify(walk(Template.fromStack(stack).toJSON().Resources));
}

describe.each(Object.entries(KINDS))('a token that is a(n) %s', (_kind, tokensOf) => {
  test.each(WORKING)('%s', (_prop, make) => {
    const stack = stackOf();
    make(stack, tokensOf(stack));
    const resources = rendered(stack);
    expect(resources).toMatch(REFERENCE);
    // Neither a token that was not resolved nor the number that stands for one.
    expect(resources).not.toMatch(/Token\[|e\+2\d\d/);
  });

  test.each(REFUSED)('%s is refused', (_prop, make, message) => {
    const stack = stackOf();
    const error = errorOf(() => make(stack, tokensOf(stack)));
    expect(error).toEqual({ name: 'TuningValidationError', message: expect.stringContaining(message) });
    expect(error.message).not.toMatch(/Token\[|e\+2\d\d/);
  });
});
