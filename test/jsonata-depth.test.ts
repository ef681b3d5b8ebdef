import { Duration } from 'aws-cdk-lib';
import {
  Algorithm,
  ContainerImage,
  DataLocation,
  EvaluationProblem,
  FinalTrainingData,
  InputData,
  ModelRegistry,
  Objective,
  ParameterRange,
  QualityGate,
  TuningFleet,
  type TuningFragmentProps,
  type TuningOptions,
} from '../lib';
import { autoMlFragment } from './automl/fixtures';
import { evaluateAll, evaluateJsonata } from './evaluate-jsonata';
import { definitionIn, definitionOf, type Json, stackOf, statesOf } from './fixtures';
import { CONTEXT } from './fragment-definition';
import { depthOf, expressionsIn } from './jsonata-depth';
import { many, UNKNOWN } from './search-props';

/** Step Functions allows about 100 levels. The rest is a reserve, because AWS does not document the limit. */
const DEEPEST = 80;

const at = (uri: string) => InputData.csv(DataLocation.fromUri(uri));
const mapOf = (count: number, name: string, value: string) =>
  Object.fromEntries(many(count, (i) => `${name}_${i}`).map((each) => [each, value]));

const integers = many(30, (i) => `tuned_${i}`).map((name) =>
  ParameterRange.integer(name, { min: 1, max: 9 }),
);
const reals = many(30, (i) => `tuned_${i}`).map((name) =>
  ParameterRange.continuous(name, { min: 0.5, max: 0.9 }),
);
const choices = many(30, (i) => `tuned_${i}`).map((name) =>
  ParameterRange.categorical(
    name,
    many(30, (i) => `"${i}"\\`),
  ),
);

const FINAL_DATA = FinalTrainingData.of(at('s3://data/final-train/'), at('s3://data/final-validation/'));

/** A search whose first state checks as much as possible, with as many values as SageMaker allows. */
const WIDE: TuningOptions & Pick<TuningFragmentProps, 'test'> = {
  ...UNKNOWN,
  objective: Objective.minimize('validation:rmse'),
  parameterRanges: choices,
  hyperparameters: mapOf(67, 'fixed', '"1"\\'),
  maxTrainingJobs: 10_000,
  maxParallelTrainingJobs: 10,
  maxTuningRuntime: Duration.days(20),
  allowedInputLocations: many(150, (i) => `s3://data-${i}/`).map(DataLocation.fromUri),
  test: at('s3://data/test/'),
  finalTraining: {
    data: FINAL_DATA,
    crossValidation: { folds: 5 },
    hyperparameters: mapOf(67, 'fixed', '2'),
  },
  evaluation: { problem: EvaluationProblem.regression() },
  qualityGate: QualityGate.all(QualityGate.betterThanBaseline(), QualityGate.noWorseThanApproved()),
  registry: ModelRegistry.group(),
  cost: { pricePerHour: { 'ml.m5.xlarge': 0.23 }, maxCost: 1e9, maxInstanceHours: 1e9 },
};

/** A search with ten definitions, with as many values as SageMaker allows. */
function severalDefinitions(): TuningOptions {
  const definition = (index: number) => ({
    algorithm: Algorithm.container({
      image: ContainerImage.fromRegistry(`123456789012.dkr.ecr.eu-west-1.amazonaws.com/image-${index}`),
      metrics: many(40, (i) => `metric-${i}`).map((name) => ({ name, regex: `${name}=(.*)` })),
    }),
    objective: Objective.minimize('metric-0'),
    parameterRanges: choices,
    hyperparameters: mapOf(69, 'fixed', '1'),
    resources: {
      instanceGroups: many(5, (i) => `ml.c${i}.${index + 2}xlarge`).map((instanceType, i) => ({
        name: `group-${i}`,
        instanceType,
        instanceCount: 1,
      })),
    },
    inferenceContainer: { environment: mapOf(100, `MODEL_${index}`, 'value') },
  });
  return {
    ...definition(0),
    furtherDefinitions: Array.from({ length: 9 }, (_, index) => ({
      ...definition(index + 1),
      name: `definition-${index + 1}`,
      train: at(`s3://data-${index}/train/`),
      validation: at(`s3://data-${index}/validation/`),
      finalHyperparameters: mapOf(69, 'fixed', '2'),
    })),
    spot: {},
    finalTraining: {
      data: FinalTrainingData.trainAndValidation(),
      hyperparameters: mapOf(69, 'fixed', '2'),
    },
    registry: ModelRegistry.group(),
  };
}

function fleetStates(props: TuningOptions): Json {
  const stack = stackOf();
  new TuningFleet(stack, 'Fleet', {
    ...props,
    jobNamePrefix: 'stores',
    checkQuotas: true,
    skipUnchanged: true,
  });
  return definitionOf(stack).States;
}

function autoMlStates(): Json {
  const stack = stackOf();
  const { allowedInputLocations } = WIDE;
  return definitionIn(autoMlFragment({ allowedInputLocations }, stack), stack).States;
}

test.each<[string, () => Json]>([
  ['a search with several tuning jobs', () => statesOf(WIDE)],
  ['a search with several definitions', () => statesOf(severalDefinitions())],
  ['a fleet', () => fleetStates(WIDE)],
  ['a fleet with several definitions', () => fleetStates(severalDefinitions())],
  ['AutoML', autoMlStates],
])('no expression of %s exceeds the evaluation depth of Step Functions', (_name, states) => {
  const depths = expressionsIn(states()).map(([path, text]) => [path, depthOf(text)] as const);
  expect(depths.length).toBeGreaterThan(20);
  expect(depths.filter(([, depth]) => depth > DEEPEST)).toEqual([]);
});

describe('the first state with all checks', () => {
  const { Output } = statesOf(WIDE).Configure;
  const configure = (input: Json) => evaluateJsonata(Output, { input }, DEEPEST);

  test('accepts an input with all fields', async () => {
    const input = {
      maxTrainingJobs: 700,
      maxParallelTrainingJobs: 9,
      train: 's3://data-149/train/',
      validation: 's3://data-148/validation/',
      finalTrain: 's3://data-1/train/',
      finalValidation: 's3://data-1/validation/',
      test: 's3://data/test/today/',
      hyperparameters: { tuned_0: '3', ...mapOf(67, 'fixed', '3') },
      warmStartFrom: ['churn-1', 'churn-2'],
    };
    expect(await configure(input)).toMatchObject({ settings: input });
  });

  test('lists the problems of all fields', async () => {
    const fields = [
      'maxTrainingJobs',
      'maxParallelTrainingJobs',
      'train',
      'validation',
      'finalTrain',
      'finalValidation',
      'test',
      'hyperparameters',
      'warmStartFrom',
    ];
    const { problems } = await configure(
      Object.fromEntries(['other', ...fields].map((name) => [name, true])),
    );
    const named = problems.map((problem: string) => problem.replace(/:.*/, ''));
    expect([...new Set(named)]).toEqual(['other', ...fields]);
  });
});

describe('the requests of a search', () => {
  const input = {
    settings: {
      hyperparameters: { fixed_0: 'from the input' },
      tuningJobSizes: [80],
      earlierTuningJobNames: [],
      warmStartFrom: ['churn-1'],
    },
    result: { tuningJob: { name: 'churn-2' } },
    prepared: { hyperparameters: { fixed_1: 'best' } },
  };
  const evaluated = (value: Json) => evaluateAll(value, { input, context: CONTEXT });

  test.each<[string, string, ParameterRange[]]>([
    ['integer', 'IntegerParameterRanges', integers],
    ['continuous', 'ContinuousParameterRanges', reals],
    ['categorical', 'CategoricalParameterRanges', choices],
  ])('have 30 %s ranges', async (_name, kind, parameterRanges) => {
    const { TuneHyperparameters, TuneWithWarmStart } = statesOf({ ...WIDE, parameterRanges });
    for (const { Arguments } of [TuneHyperparameters, TuneWithWarmStart]) {
      const { ParameterRanges } = (await evaluated(Arguments)).HyperParameterTuningJobConfig;
      expect(ParameterRanges[kind]).toEqual(parameterRanges.map((range) => range._render()));
    }
  });

  test('have 96 hyperparameters that are not tuned', async () => {
    const hyperparameters = mapOf(96, 'fixed', '"1"\\');
    const { TuneHyperparameters, CrossValidate, TrainFinalModel } = statesOf({
      ...WIDE,
      parameterRanges: reals.slice(0, 1),
      hyperparameters,
      finalTraining: { ...WIDE.finalTraining, hyperparameters },
    });
    const { StaticHyperParameters } = (await evaluated(TuneHyperparameters.Arguments)).TrainingJobDefinition;
    expect(StaticHyperParameters).toMatchObject({ ...hyperparameters, fixed_0: 'from the input' });
    for (const { Arguments } of [CrossValidate, TrainFinalModel]) {
      expect((await evaluated(Arguments)).HyperParameters).toMatchObject(hyperparameters);
    }
  });
});

test('a registered model has the environment of the definition that won', async () => {
  const { Environment } = statesOf(severalDefinitions()).RegisterModel.Arguments.InferenceSpecification
    .Containers[0];
  const bestTrainingJob = { definitionName: 'definition-9' };
  const environment = await evaluateJsonata(Environment, { input: { result: { bestTrainingJob } } });
  expect(environment).toEqual(mapOf(100, 'MODEL_9', 'value'));
});

describe('the evaluation depth that tests calculate', () => {
  test.each([
    ['1', 1],
    ['$string(1)[0]', 2],
    ['[1, 2, 3]', 4],
    ["{'a': 1, 'b': 2}", 3],
    ['$states.a.b ? [1, 2] : 3', 4],
    ['($a := [1, 2, 3]; $b := [4, 5, 6]; $a)', 6],
    ['$map([1, 2], function($x) { [$x, $x, $x] })', 5],
    ['($f := function($x) { [$x, $x, $x] }; $f(1))', 6],
  ])('of %s is %d', async (text, depth) => {
    const states = { a: { b: true } };
    expect(depthOf(text)).toBe(depth);
    await evaluateJsonata(text, states, depth);
    await expect(evaluateJsonata(text, states, depth - 1)).rejects.toThrow('levels deep');
  });
});
