import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';

import validate = require('asl-validator');

import {
  Algorithm,
  ContainerImage,
  DataLocation,
  Framework,
  type FurtherDefinition,
  InputData,
  Objective,
  ParameterRange,
  ScriptSource,
  type TuningFragmentProps,
  TuningIntegration,
  TuningStrategy,
  WarmStart,
  XGBoostVersion,
} from '../lib';
import { evaluateJsonata } from './evaluate-jsonata';
import { EVALUATED, ALL as REGISTERED } from './evaluation/fixtures';
import {
  definitionIn,
  definitionOf,
  fragment,
  type Json,
  problemsIn,
  stackOf,
  statementsIn,
  statesOf,
  TUNING,
  workflow,
} from './fixtures';

const CODE = mkdtempSync(join(tmpdir(), 'several-'));
writeFileSync(join(CODE, 'train.py'), 'print(1)');
afterAll(() => rmSync(CODE, { recursive: true }));

const RMSE = Objective.minimize('validation:rmse');
const METRICS = [{ name: 'validation:rmse', regex: 'rmse=(.*)' }];
const OWN_DATA = InputData.of(DataLocation.fromUri('s3://other/own/'));

/** A definition with a script, to combine with the XGBoost definition of the fixtures. */
const FOREST: FurtherDefinition = {
  name: 'forest',
  algorithm: Algorithm.script({
    source: ScriptSource.fromFolder(CODE),
    entryPoint: 'train.py',
    framework: Framework.scikitLearn('1.4-2'),
    metrics: METRICS,
  }),
  objective: RMSE,
  hyperparameters: { depth: '3' },
  parameterRanges: [ParameterRange.integer('trees', { min: 10, max: 100 })],
};

/** A definition with a custom container and its own training data. */
const NET: FurtherDefinition = {
  name: 'my-net',
  algorithm: Algorithm.container({
    image: ContainerImage.fromRegistry('123456789012.dkr.ecr.eu-west-1.amazonaws.com/net:1'),
    metrics: METRICS,
  }),
  objective: RMSE,
  parameterRanges: [ParameterRange.categorical('layers', ['1', '2', '3'])],
  train: OWN_DATA,
  validation: InputData.of(DataLocation.fromUri('s3://other/check/')),
  resources: { instanceType: 'ml.g5.xlarge' },
  finalHyperparameters: { epochs: '100' },
};

const SEVERAL = { definitionName: 'xgboost', furtherDefinitions: [FOREST, NET] };

/** The definition for the most common props, cached because synthesis is slow. */
let several: Json;

function definition(props?: Partial<TuningFragmentProps>, stack?: Stack): Json {
  if (props || stack) return newDefinition(props, stack);
  several ??= newDefinition();
  return several;
}

function newDefinition(props: Partial<TuningFragmentProps> = {}, stack = stackOf()): Json {
  const found = definitionIn(fragment({ ...SEVERAL, ...props }, stack), stack);
  const { isValid, errors } = validate(JSON.parse(JSON.stringify(found).replace(/<AWS::Partition>/g, 'aws')));
  expect({ isValid, errors }).toEqual({ isValid: true, errors: [] });
  return found;
}

function problemsOf(props: Partial<TuningFragmentProps>): string[] {
  return problemsIn(() => fragment({ ...SEVERAL, ...props }));
}

async function configure(input: unknown, props?: Partial<TuningFragmentProps>): Promise<Json> {
  return evaluateJsonata(definition(props).States.Configure.Output, { input });
}

describe('the request', () => {
  test('has one definition for each algorithm, and no objective or ranges at the top level', () => {
    const request = definition().States.TuneHyperparameters.Arguments;
    expect(Object.keys(request)).toEqual([
      'HyperParameterTuningJobName',
      'HyperParameterTuningJobConfig',
      'TrainingJobDefinitions',
      'Tags',
    ]);
    expect(Object.keys(request.HyperParameterTuningJobConfig).sort()).toEqual([
      'ResourceLimits',
      'Strategy',
      'TrainingJobEarlyStoppingType',
    ]);
    const objective = { Type: 'Minimize', MetricName: 'validation:rmse' };
    expect(request.TrainingJobDefinitions).toMatchObject([
      {
        DefinitionName: 'xgboost',
        TuningObjective: objective,
        HyperParameterRanges: {
          IntegerParameterRanges: expect.stringMatching('max_depth'),
          ContinuousParameterRanges: expect.stringMatching('eta'),
          CategoricalParameterRanges: [],
        },
        ResourceConfig: { InstanceType: 'ml.m5.xlarge', InstanceCount: 1, VolumeSizeInGB: 30 },
      },
      {
        DefinitionName: 'forest',
        TuningObjective: objective,
        HyperParameterRanges: { IntegerParameterRanges: expect.stringMatching('trees') },
        AlgorithmSpecification: { MetricDefinitions: [{ Name: 'validation:rmse', Regex: 'rmse=(.*)' }] },
      },
      {
        DefinitionName: 'my-net',
        TuningObjective: objective,
        AlgorithmSpecification: { TrainingImage: '123456789012.dkr.ecr.eu-west-1.amazonaws.com/net:1' },
        ResourceConfig: { InstanceType: 'ml.g5.xlarge' },
      },
    ]);
    expect(request.TrainingJobDefinitions[0].AlgorithmSpecification).not.toHaveProperty('MetricDefinitions');
    const roles = request.TrainingJobDefinitions.map(({ RoleArn }: Json) => RoleArn);
    expect(new Set(roles).size).toBe(1);
  });

  test('uses the SDK integration unless OPTIMIZED is given', () => {
    expect(definition().States.TuneHyperparameters.Resource).toMatch(
      /aws-sdk:sagemaker:createHyperParameterTuningJob$/,
    );
    const forced = definition({ integration: TuningIntegration.OPTIMIZED }).States.TuneHyperparameters;
    expect(forced.Resource).toMatch(/:sagemaker:createHyperParameterTuningJob\.sync$/);
    expect(forced.Arguments.TrainingJobDefinitions).toHaveLength(3);
  });

  test('with an empty list of further definitions has the format for one definition', () => {
    const { States } = definition({ furtherDefinitions: [] });
    expect(States.TuneHyperparameters.Resource).toMatch(/\.sync$/);
    expect(States.TuneHyperparameters.Arguments).toHaveProperty('TrainingJobDefinition');
  });

  test.each<[string, object, Json, Json]>([
    ['none', {}, { depth: '3' }, {}],
    [
      'others of its own',
      { forest: { depth: '5', seed: '1' }, 'my-net': { depth: '9' } },
      { depth: '5', seed: '1' },
      { depth: '9' },
    ],
  ])(
    'has the right hyperparameters for each definition if the input has %s',
    async (_name, hyperparameters, forest, net) => {
      const states = { input: { settings: { hyperparameters } } };
      const all = definition().States.TuneHyperparameters.Arguments.TrainingJobDefinitions;
      const [xgboost, ...others] = await Promise.all(
        all.map(({ StaticHyperParameters }: Json) => evaluateJsonata(StaticHyperParameters, states)),
      );
      expect(xgboost).toEqual({ num_round: '100', objective: 'reg:squarederror', eval_metric: 'rmse' });
      expect(others).toMatchObject([{ ...forest, sagemaker_program: 'train.py' }, net]);
      expect(others[1]).toEqual(net);
    },
  );

  test('does not tune a hyperparameter that the input sets, but only in the definition for which it is set', async () => {
    const settings = { hyperparameters: { xgboost: { max_depth: '4' }, forest: { layers: '2' } } };
    const all = definition().States.TuneHyperparameters.Arguments.TrainingJobDefinitions;
    const ranges = await Promise.all(
      all.flatMap(({ HyperParameterRanges }: Json) =>
        Object.values<Json>(HyperParameterRanges)
          .filter((kind) => typeof kind === 'string')
          .map((kind) => evaluateJsonata(kind, { input: { settings } })),
      ),
    );
    expect(ranges.map((kind) => kind.map(({ Name }: Json) => Name))).toEqual([
      [],
      ['eta'],
      ['trees'],
      ['layers'],
    ]);
  });
});

describe('data', () => {
  const uris = ({ InputDataConfig }: Json) =>
    Object.fromEntries(
      InputDataConfig.map(({ ChannelName, DataSource }: Json) => [
        ChannelName,
        DataSource.S3DataSource.S3Uri,
      ]),
    );

  test('of the search can be replaced by the input, but the data of a definition cannot', () => {
    const { States } = definition();
    const shared = {
      train: '{% $states.input.settings.train %}',
      validation: '{% $states.input.settings.validation %}',
    };
    const own = { train: 's3://other/own/', validation: 's3://other/check/' };
    const [xgboost, forest, net] = States.TuneHyperparameters.Arguments.TrainingJobDefinitions.map(uris);
    expect(xgboost).toEqual(shared);
    expect(forest).toMatchObject(shared);
    expect(net).toEqual(own);
    expect(uris(States['TrainFinalModel-forest'].Arguments)).toMatchObject(shared);
    expect(uris(States['TrainFinalModel-my-net'].Arguments)).toEqual(own);
  });

  test('for a definition excludes the validation data of the first definition', () => {
    const { validation: _, ...net } = NET;
    expect(problemsOf({ furtherDefinitions: [net] })).toEqual([
      'furtherDefinitions.my-net.validation: is required, because the objective is validation:rmse',
    ]);
  });

  test('of a definition must not overlap with the test data in the input, even if the first definition has the same', async () => {
    const locations = { train: 's3://data/train/', validation: 's3://data/validation/' };
    const { train, validation } = locations;
    const props: Partial<TuningFragmentProps> = {
      ...EVALUATED,
      furtherDefinitions: [
        {
          ...TUNING,
          name: 'other',
          train: InputData.csv(DataLocation.fromUri(train)),
          validation: InputData.csv(DataLocation.fromUri(validation)),
        },
      ],
      allowedInputLocations: [DataLocation.fromUri('s3://data/')],
    };
    const input = { train: 's3://data/feb/train/', validation: 's3://data/feb/validation/' };
    for (const test of [train, validation]) {
      expect(await configure({ ...input, test }, props)).toEqual({
        problems: [`test: must not overlap with the data of a definition, got ${test} and ${test}`],
      });
    }
    expect((await configure({ ...input, test: 's3://data/feb/test/' }, props)).problems).toBeUndefined();
  });

  test('of a definition is not an allowed location in the input', async () => {
    const { problems } = await configure({ train: 's3://other/own/' });
    expect(problems).toEqual([
      'train: must be within s3://data/train/ or s3://data/validation/, got s3://other/own/',
    ]);
  });
});

describe('an input', () => {
  const SETTINGS = {
    maxTrainingJobs: 20,
    maxParallelTrainingJobs: 2,
    train: 's3://data/train/',
    validation: 's3://data/validation/',
    hyperparameters: {},
  };

  test.each<[string, object]>([
    ['nothing', {}],
    ['other data', { train: 's3://data/train/2024/' }],
    [
      'hyperparameters by definition',
      { hyperparameters: { forest: { depth: '9' }, xgboost: { gamma: '1' } } },
    ],
    ['an empty object for a definition', { hyperparameters: { 'my-net': {} } }],
  ])('can have %s', async (_name, input) => {
    expect(await configure(input)).toEqual({ settings: { ...SETTINGS, ...input } });
  });

  const SETTING = 'is reserved: the algorithm or SageMaker sets it';
  test.each<[string, object, string[]]>([
    [
      'an unknown definition',
      { hyperparameters: { tree: { depth: '1' }, depth: '1' } },
      ['tree', 'depth'].map(
        (name) => `hyperparameters.${name}: is not a definition; the definitions are xgboost, forest, my-net`,
      ),
    ],
    [
      'a definition that is no object',
      { hyperparameters: { forest: '3' } },
      ['hyperparameters.forest: must be a map of strings, got "3"'],
    ],
    [
      'no object',
      { hyperparameters: 'x' },
      ['hyperparameters: must be an object with a map of strings for each definition, got "x"'],
    ],
    [
      'an unknown hyperparameter of a known algorithm',
      { hyperparameters: { xgboost: { depth: '3' }, forest: { anything: '3' } } },
      ['hyperparameters.xgboost.depth: is not a hyperparameter of the algorithm'],
    ],
    [
      'a value out of bounds',
      { hyperparameters: { xgboost: { max_depth: '-1' } } },
      ['hyperparameters.xgboost.max_depth: must be at least 0 and at most 2147483647, got "-1"'],
    ],
    [
      'a number',
      { hyperparameters: { 'my-net': { epochs: 3 } } },
      ['hyperparameters.my-net.epochs: must be a string such as "3"'],
    ],
    [
      'a setting of the container',
      { hyperparameters: { forest: { sagemaker_program: 'x.py', _tuning_objective_metric: 'x' } } },
      [
        `hyperparameters.forest.sagemaker_program: ${SETTING}`,
        `hyperparameters.forest._tuning_objective_metric: ${SETTING}`,
      ],
    ],
    [
      'every tuned hyperparameter of a definition',
      { hyperparameters: { forest: { trees: '3' }, xgboost: { max_depth: '3' } } },
      ['hyperparameters.forest: sets every tuned hyperparameter; leave at least one to tune'],
    ],
    [
      'a warm start',
      { warmStartFrom: ['earlier'] },
      [
        'warmStartFrom: is not a field of the input; the fields are maxTrainingJobs, maxParallelTrainingJobs, train, validation, hyperparameters',
      ],
    ],
  ])('cannot have %s', async (_name, input, problems) => {
    expect(await configure(input)).toEqual({ problems });
  });

  test('can have as many training jobs as all definitions have combinations', async () => {
    const finite = {
      parameterRanges: [ParameterRange.categorical('max_depth', ['1', '2'])],
      furtherDefinitions: [
        { ...FOREST, parameterRanges: [ParameterRange.integer('trees', { min: 1, max: 3 })] },
        NET,
      ],
      maxTrainingJobs: 8,
    };
    expect(await configure({ maxTrainingJobs: 8 }, finite)).toMatchObject({
      settings: { maxTrainingJobs: 8 },
    });
    const most = 'combinations that are left to tune';
    expect(await configure({ maxTrainingJobs: 9 }, finite)).toEqual({
      problems: [`maxTrainingJobs: must not be more than the 8 ${most}, got 9`],
    });
    expect(problemsOf({ ...finite, maxTrainingJobs: 9 })).toEqual([
      'maxTrainingJobs: must not be more than the 8 combinations of the ranges, got 9: SageMaker rejects more',
    ]);
  });
});

describe('the final training', () => {
  const choose = async (States: Json, definitionName?: string) => {
    const { Choices, Default } = States.WhichDefinitionWon;
    const input = { result: { bestTrainingJob: { definitionName } } };
    for (const { Condition, Next } of Choices) if (await evaluateJsonata(Condition, { input })) return Next;
    return Default;
  };

  test('uses the definition of the best training job', async () => {
    const { States } = definition();
    expect(States.FindBestTrainingJob.Next).toBe('WhichDefinitionWon');
    for (const [index, name] of ['xgboost', 'forest', 'my-net'].entries()) {
      const number = index + 1;
      expect(await choose(States, name)).toBe(`TrainFinalModel-${name}`);
      expect(States[`TrainFinalModel-${name}`]).toMatchObject({
        Next: 'DescribeFinalTrainingJob',
        Catch: [{ Next: `CanWaitForQuota-FinalTraining-${number}` }, { Next: 'WriteReport' }],
      });
    }
  });

  test('has its own states for each definition, even if a definition has the name of a step', () => {
    const several = (names: readonly string[]) => ({
      _isFleetItem: true,
      ...REGISTERED,
      finalTraining: { crossValidation: { folds: 2 } },
      furtherDefinitions: names.map((name) => ({ ...TUNING, name })),
    });
    const waiting = /^(?:WaitFor|CanWaitFor|Was)[A-Za-z]+-(.+)$/;
    const steps = (names: readonly string[]) => [
      ...new Set(
        Object.keys(statesOf(several(names))).flatMap((state) => waiting.exec(state)?.slice(1) ?? []),
      ),
    ];
    const names = steps(['other', 'another']);
    expect(names).toEqual(
      expect.arrayContaining([
        ...['Evaluation', 'Model', 'Group', 'Registration'],
        ...['CrossValidation-1', 'CrossValidation-2', 'FinalTraining-1', 'FinalTraining-2'],
      ]),
    );
    for (let first = 0; first < names.length; first += 5) {
      const some = names.slice(first, first + 5);
      expect(Object.keys(statesOf(several(some)))).toEqual(
        expect.arrayContaining(some.map((name) => `TrainFinalModel-${name}`)),
      );
    }
  });

  test('has the image, metrics, resources and hyperparameters of that definition', async () => {
    const { States } = definition({ finalTraining: { hyperparameters: { num_round: '500' } } });
    const bestTrainingJob = { hyperparameters: { a: '1' } };
    const hyperparameters = (name: string) =>
      evaluateJsonata(States[`TrainFinalModel-${name}`].Arguments.HyperParameters, {
        input: { result: { bestTrainingJob } },
      });
    expect(await hyperparameters('xgboost')).toEqual({ a: '1', num_round: '500' });
    expect(await hyperparameters('forest')).toEqual({ a: '1' });
    expect(await hyperparameters('my-net')).toEqual({ a: '1', epochs: '100' });
    const [, forest, net] = States.TuneHyperparameters.Arguments.TrainingJobDefinitions;
    for (const [name, trials] of Object.entries<Json>({ forest, 'my-net': net })) {
      const { Arguments } = States[`TrainFinalModel-${name}`];
      expect(Arguments.AlgorithmSpecification).toEqual(trials.AlgorithmSpecification);
      expect(Arguments.ResourceConfig).toEqual(trials.ResourceConfig);
    }
  });

  test('can be disabled', () => {
    const { finalHyperparameters: _, ...net } = NET;
    const { States } = definition({ furtherDefinitions: [net], finalTraining: { enabled: false } });
    expect(Object.keys(States)).not.toContain('WhichDefinitionWon');
    expect(problemsOf({ finalTraining: { enabled: false } })).toEqual([
      'furtherDefinitions.my-net.finalHyperparameters: has no effect, because finalTraining.enabled is false',
    ]);
  });
});

describe('problems', () => {
  const further = (change: Partial<FurtherDefinition>) => ({
    furtherDefinitions: [{ ...FOREST, ...change }],
  });

  test.each<[string, Partial<TuningFragmentProps>, string[]]>([
    [
      'a warm start',
      { warmStart: WarmStart.transferLearning(['earlier']) },
      ['warmStart: cannot be combined with several definitions: SageMaker does not support it'],
    ],
    [
      'early stopping',
      { earlyStopping: true },
      ['earlyStopping: cannot be combined with several definitions: SageMaker does not support it'],
    ],
    ['a name twice', { definitionName: 'forest' }, ['furtherDefinitions: has duplicate names: forest']],
    [
      'a name that is not valid',
      { ...further({ name: 'my_forest' }), definitionName: 'x'.repeat(65) },
      [
        `definitionName: must be 1 to 64 letters, digits and inner hyphens, got "${'x'.repeat(65)}"`,
        'furtherDefinitions.name: must be 1 to 64 letters, digits and inner hyphens, got "my_forest"',
      ],
    ],
    [
      'objectives of two directions',
      further({ objective: Objective.maximize('validation:rmse') }),
      [
        'furtherDefinitions: the objectives of all definitions must have the same direction, got xgboost: Minimize validation:rmse, forest: Maximize validation:rmse',
      ],
    ],
    [
      'eleven definitions',
      { furtherDefinitions: Array.from({ length: 10 }, (_, i) => ({ ...FOREST, name: `f${i}` })) },
      ['furtherDefinitions: must have 0 to 9 elements, got 10'],
    ],
    [
      'what is wrong in each',
      {
        hyperparameters: { num_round: '0' },
        ...further({
          algorithm: Algorithm.xgboost({ version: XGBoostVersion.V3_2_0 }),
          hyperparameters: { depth: '3' },
          parameterRanges: [ParameterRange.integer('max_depth', { min: 9, max: 3 })],
          resources: { instanceType: 'm5.xlarge' },
        }),
      },
      [
        'hyperparameters.num_round: must be at least 1 and at most 2147483647, got "0"',
        'furtherDefinitions.forest.parameterRanges.max_depth: min must be less than max, got min 9 and max 3',
        expect.stringMatching(
          /^furtherDefinitions\.forest\.hyperparameters\.depth: is not a hyperparameter of XGBoost/,
        ),
        expect.stringMatching(/^furtherDefinitions\.forest\.hyperparameters: num_round is required/),
        expect.stringMatching(
          /^furtherDefinitions\.forest\.resources\.instanceType: must be an instance type/,
        ),
      ],
    ],
    [
      'Hyperband if the number of epochs is known for only one definition',
      { strategy: TuningStrategy.hyperband(), ...further({ hyperparameters: { epochs: '9' } }) },
      [expect.stringMatching(/^strategy\.maxResource: is required/)],
    ],
  ])('with %s', (_name, props, problems) => {
    expect(problemsOf(props)).toEqual(problems);
  });

  test('do not include a grid search in all definitions', () => {
    const grid = {
      strategy: TuningStrategy.grid(),
      parameterRanges: [ParameterRange.categorical('max_depth', ['1', '2'])],
      furtherDefinitions: [NET],
    };
    const { ResourceLimits } =
      definition(grid).States.TuneHyperparameters.Arguments.HyperParameterTuningJobConfig;
    expect(ResourceLimits).not.toHaveProperty('MaxNumberOfTrainingJobs');
  });

  test('include a warning if the metrics have different names', () => {
    const stack = stackOf();
    const other = Algorithm.container({
      image: ContainerImage.fromRegistry('123456789012.dkr.ecr.eu-west-1.amazonaws.com/net:1'),
      metrics: [{ name: 'mae', regex: '(.)' }],
    });
    fragment(
      { furtherDefinitions: [{ ...FOREST, algorithm: other, objective: Objective.minimize('mae') }] },
      stack,
    );
    Annotations.fromStack(stack).hasWarning(
      '/Stack/Tuning',
      Match.stringLikeRegexp('different names \\(rmse, mae\\)'),
    );
  });

  test('include no warning if the metrics have the same name', () => {
    const stack = stackOf();
    fragment(SEVERAL, stack);
    Annotations.fromStack(stack).hasNoWarning('*', Match.anyValue());
  });
});

describe('names of states', () => {
  test('are unique and have at most 80 characters, for the longest names of definitions', () => {
    const furtherDefinitions = ['a'.repeat(64), `${'a'.repeat(63)}b`].map((name) => ({ ...FOREST, name }));
    const names = Object.keys(definition({ furtherDefinitions, definitionName: 'c'.repeat(64) }).States);
    expect(names.filter((name) => name.startsWith('TrainFinalModel-'))).toHaveLength(3);
    expect(names.filter((name) => name.length > 80)).toEqual([]);
  });

  test('of two chains in one state machine differ by their prefixes', () => {
    const stack = stackOf();
    const one = fragment(SEVERAL, stack, 'One').prefixStates('One-') as unknown as sfn.Chain;
    const two = fragment({ ...SEVERAL, jobNamePrefix: 'two' }, stack, 'Two').prefixStates('Two-');
    const { States } = definitionIn(one.next(two), stack);
    expect(States['One-WhichDefinitionWon'].Default).toBe('One-TrainFinalModel-xgboost');
    expect(States['Two-WhichDefinitionWon'].Default).toBe('Two-TrainFinalModel-xgboost');
  });
});

test('the state machine of ten definitions is smaller than 1 MB', () => {
  const furtherDefinitions = Array.from({ length: 9 }, (_, i) => ({
    name: `xgboost-${i}`,
    algorithm: TUNING.algorithm,
    objective: RMSE,
    hyperparameters: { num_round: '100' },
    parameterRanges: TUNING.parameterRanges,
  }));
  const size = JSON.stringify(definition({ furtherDefinitions })).length;
  expect(size).toBeLessThan(250_000);
});

describe('permissions', () => {
  const stack = stackOf({ env: { account: '123456789012', region: 'eu-west-1' } });
  const resources = (statements: Json[]): string[] => statements.flatMap(({ Resource }) => Resource);
  beforeAll(() => {
    definition({}, stack);
  });

  test('of the training role are limited to the images, data and code of all definitions', () => {
    const statements = statementsIn(stack, /TrainingRole/);
    const of = (action: string) =>
      resources(statements.filter(({ Action }) => [Action].flat().includes(action)));
    const ecr = (account: string, name: string) =>
      `arn:<AWS::Partition>:ecr:eu-west-1:${account}:repository/${name}`;
    expect(of('ecr:BatchGetImage')).toEqual([
      ecr('141502667606', 'sagemaker-xgboost'),
      ecr('141502667606', 'sagemaker-scikit-learn'),
      ecr('123456789012', 'net'),
    ]);
    expect(of('s3:GetObject')).toEqual([
      'arn:<AWS::Partition>:s3:::data/train/*',
      'arn:<AWS::Partition>:s3:::data/validation/*',
      expect.stringMatching(/cdk-hnb659fds-assets-123456789012-eu-west-1\/[0-9a-f]{64}\.gz\*$/),
      'arn:<AWS::Partition>:s3:::other/own/*',
      'arn:<AWS::Partition>:s3:::other/check/*',
    ]);
    expect(of('s3:PutObject')).toEqual(['arn:<AWS::Partition>:s3:::models/churn/*']);
  });

  test('of the state machine are limited to jobs with the prefix, and to one role', () => {
    const statements = statementsIn(stack, /MachineRole/);
    const passed = statements.filter(({ Action }) => Action === 'iam:PassRole');
    expect(new Set(resources(passed)).size).toBe(1);
    const jobs = resources(statements.filter(({ Action }) => JSON.stringify(Action).includes('sagemaker:')));
    expect(
      jobs.filter((resource) => !/:(hyper-parameter-tuning-job|training-job)\/churn-\*$/.test(resource)),
    ).toEqual([]);
  });
});

describe('a workflow', () => {
  const functions = (props: object) => {
    const stack = stackOf();
    workflow(props, stack);
    return Object.values<Json>(Template.fromStack(stack).findResources('AWS::Events::Rule'));
  };

  test('stops abandoned tuning jobs only with the integration for which Step Functions does not', () => {
    expect(functions(SEVERAL)).toHaveLength(1);
    expect(functions({ ...SEVERAL, integration: TuningIntegration.OPTIMIZED })).toHaveLength(0);
    expect(functions({})).toHaveLength(0);
  });

  test('reads data from its bucket for all definitions without data of their own', () => {
    const stack = stackOf();
    workflow(SEVERAL, stack);
    const { States } = definitionOf(stack);
    expect(States.Configure.Output).toMatch(/s3:\/\/<.*Bucket.*>\/input\/train\//);
    expect(States.TuneHyperparameters.Arguments.TrainingJobDefinitions[1].InputDataConfig[0]).toMatchObject({
      DataSource: { S3DataSource: { S3Uri: '{% $states.input.settings.train %}' } },
    });
  });

  test('can share its algorithms with another workflow in the same stack', () => {
    const stack = stackOf();
    workflow(SEVERAL, stack, 'One');
    workflow({ ...SEVERAL, jobNamePrefix: 'two' }, stack, 'Two');
    const machines = Template.fromStack(stack).findResources('AWS::StepFunctions::StateMachine');
    expect(Object.keys(machines)).toHaveLength(2);
    expect(Object.keys(Template.fromStack(stack).findMappings('*'))).toEqual(['SageMakerXGBoostRegistry']);
  });
});
