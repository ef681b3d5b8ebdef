import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { METRICS } from '../../lambda/shared/metric-names';
import {
  Algorithm,
  DataLocation,
  EvaluationProblem,
  FinalTrainingData,
  InputData,
  ModelRegistry,
  Objective,
  QualityGate,
  type TuningFragmentProps,
  XGBoostVersion,
} from '../../lib';
import { GATE_METRICS } from '../../lib/evaluation/private/gate-metrics';
import { evaluateJsonata } from '../evaluate-jsonata';
import { type Json, pathFrom, stackOf, statementsIn, statesOf, TUNING, vpcIn } from '../fixtures';
import { ALL, at, EVALUATED, EVALUATION, ONLY_SEARCH, REUSE } from './fixtures';

test.each<[what: string, props: Partial<TuningFragmentProps>, from: string, states: string[]]>([
  [
    'evaluation, gate and registration',
    ALL,
    'DescribeFinalTrainingJob',
    [
      'HasFinalModel',
      ...EVALUATION,
      'RegisterModel',
      'WriteReport',
      'IsFinalModelTrained',
      'IsQualityGatePassed',
      'Result',
    ],
  ],
  [
    'a gate that only reports',
    { ...ALL, failOnQualityGate: false },
    'DescribeFinalTrainingJob',
    ['HasFinalModel', ...EVALUATION, 'RegisterModel', 'WriteReport', 'IsFinalModelTrained', 'Result'],
  ],
  [
    'evaluation alone',
    EVALUATED,
    'DescribeFinalTrainingJob',
    ['HasFinalModel', ...EVALUATION, 'WriteReport', 'IsFinalModelTrained', 'Result'],
  ],
  [
    'registration alone',
    { registry: ModelRegistry.group() },
    'DescribeFinalTrainingJob',
    ['HasFinalModel', 'RegisterModel', 'WriteReport', 'IsFinalModelTrained', 'Result'],
  ],
  [
    'no report',
    { ...ALL, report: false },
    'DescribeFinalTrainingJob',
    ['IsFinalModelTrained', ...EVALUATION, 'RegisterModel', 'IsQualityGatePassed', 'Result'],
  ],
  [
    'the model of the best training job',
    { ...ALL, finalTraining: REUSE },
    'FindBestTrainingJob',
    [
      'HasFinalModel',
      ...EVALUATION,
      'RegisterModel',
      'WriteReport',
      'IsBestModelFound',
      'IsQualityGatePassed',
      'Result',
    ],
  ],
  [
    'only a search, without a report',
    { ...EVALUATED, finalTraining: ONLY_SEARCH, report: false },
    'FindBestTrainingJob',
    ['IsBestModelFound', ...EVALUATION, 'Result'],
  ],
])('states: %s', (_what, props, from, states) => {
  expect(pathFrom(statesOf(props), from)).toEqual([from, ...states]);
});

test('after an error, the execution writes the report and fails with an error name, the final model and the report', async () => {
  const States = statesOf(ALL);
  const finalTrainingJob = { name: 'job-final', modelArtifacts: 's3://models/m.tar.gz' };
  const input = { settings: {}, result: {}, finalTrainingJob, quota: { waited: 1 }, status: 'Completed' };
  const causes: Record<string, string> = {
    CreateModel: 'Could not access model data',
    TransformTestData: JSON.stringify({
      FailureReason: 'AlgorithmError: bad row',
      TransformJobStatus: 'Failed',
    }),
    EvaluateModel: JSON.stringify({ errorType: 'InvalidRowError', errorMessage: 'row 3 of a.csv.out' }),
    RegisterModel: 'Rate exceeded',
  };
  const caught = await Promise.all(
    Object.entries(causes).map(async ([name, Cause]) => {
      const { Next, Output } = States[name].Catch.at(-1);
      expect(Next).toBe('WriteReport');
      const output = await evaluateJsonata(Output, { input, errorOutput: { Error: 'E', Cause } });
      expect(output).toMatchObject({ finalTrainingJob, failure: { Error: expect.any(String) } });
      expect(output).not.toHaveProperty('quota');
      return `${output.failure.Error}: ${output.failure.Cause}`;
    }),
  );
  const model = '. Training job of the final model: job-final, model s3://models/m.tar.gz';
  expect(caught).toEqual([
    `EvaluationFailed: The model for the evaluation could not be created: E: Could not access model data${model}`,
    `EvaluationFailed: The transform job on the test data failed: E: AlgorithmError: bad row${model}`,
    `EvaluationFailed: The metrics of the test data could not be computed: E: row 3 of a.csv.out${model}`,
    `ModelRegistrationFailed: The final model could not be registered: E: Rate exceeded${model}`,
  ]);
  const [found, failed] = States.IsFinalModelTrained.Choices;
  const failing = { input: { ...input, failure: {}, written: {} } };
  expect(await evaluateJsonata(found.Condition, failing)).toBe(false);
  expect(await evaluateJsonata(failed.Condition, failing)).toBe(true);
  expect(failed.Next).toBe('SearchFailed');
  expect(statesOf({ ...ALL, report: false }).RegisterModel.Catch[0].Next).toBe('SearchFailed');
});

describe('the transform job', () => {
  const parts = ({ TransformTestData, EvaluateModel }: Json) => {
    const { InputFilter, OutputFilter } = TransformTestData.Arguments.DataProcessing;
    const { columns, problem } = EvaluateModel.Arguments.Payload;
    return { InputFilter, OutputFilter, columns, problem };
  };
  const objective = (name: string, more = {}) => ({
    ...(name === 'multi:softprob' && { objective: Objective.minimize('validation:mlogloss') }),
    hyperparameters: { ...TUNING.hyperparameters, objective: name, ...more },
  });

  test.each<[what: string, props: Partial<TuningFragmentProps>, expected: Json]>([
    ['regression', {}, ['$[1:]', '$[0,-1]', ['label', 'prediction'], { type: 'Regression' }]],
    [
      'weights',
      objective('count:poisson', { csv_weights: '1' }),
      ['$[2:]', '$[0,1,-1]', ['label', 'weight', 'prediction'], { type: 'Regression' }],
    ],
    [
      'two classes',
      objective('binary:logistic'),
      ['$[1:]', '$[0,-1]', ['label', 'prediction'], { type: 'BinaryClassification', threshold: 0.5 }],
    ],
    [
      'classes',
      objective('multi:softmax', { num_class: '3' }),
      ['$[1:]', '$[0,-1]', ['label', 'prediction'], { type: 'MulticlassClassification', classes: 3 }],
    ],
    [
      'probabilities',
      objective('multi:softprob', { num_class: '3' }),
      ['$[1:]', '$[0,-3,-2,-1]', ['label', 'prediction'], { type: 'MulticlassClassification', classes: 3 }],
    ],
    [
      'more probabilities than the 63 characters of a filter can list',
      objective('multi:softprob', { num_class: '18' }),
      ['$[1:]', '$', ['label', 'prediction'], { type: 'MulticlassClassification', classes: 18 }],
    ],
    [
      'ranking',
      objective('rank:ndcg'),
      ['$[2:]', '$[0,1,-1]', ['label', 'group', 'prediction'], { type: 'Ranking' }],
    ],
    [
      'a given problem',
      { evaluation: { problem: EvaluationProblem.binaryClassification({ threshold: 0.1 }) } },
      ['$[1:]', '$[0,-1]', ['label', 'prediction'], { type: 'BinaryClassification', threshold: 0.1 }],
    ],
    [
      'an objective that is set for the final training',
      { finalTraining: { hyperparameters: { objective: 'binary:logistic' } } },
      ['$[1:]', '$[0,-1]', ['label', 'prediction'], { type: 'BinaryClassification', threshold: 0.5 }],
    ],
  ])(
    'keeps label and predictions together: %s',
    (_what, props, [InputFilter, OutputFilter, columns, problem]) => {
      const tried = parts(statesOf({ ...EVALUATED, objective: TUNING.objective, ...props }));
      expect(tried).toEqual({ InputFilter, OutputFilter, columns, problem });
      expect(tried.OutputFilter.length).toBeLessThanOrEqual(63);
    },
  );

  test('depends on the definition of the best training job', async () => {
    const States = statesOf({
      ...ALL,
      definitionName: 'older',
      furtherDefinitions: [
        {
          name: 'weighted',
          ...TUNING,
          algorithm: Algorithm.xgboost({ version: XGBoostVersion.V1_7_1 }),
          hyperparameters: { ...TUNING.hyperparameters, csv_weights: '1' },
          inferenceContainer: { environment: { SAGEMAKER_NUM_MODEL_WORKERS: '1' } },
        },
      ],
    });
    const of = async (definitionName: string) => {
      const input = { result: { bestTrainingJob: { definitionName } } };
      const { CreateModel, RegisterModel } = States;
      const { PrimaryContainer } = CreateModel.Arguments;
      const { Containers } = RegisterModel.Arguments.InferenceSpecification;
      expect(Containers[0]).toMatchObject({
        Image: PrimaryContainer.Image,
        Environment: PrimaryContainer.Environment,
      });
      const { InputFilter, columns, problem } = parts(States);
      expect(problem).toEqual({ type: 'Regression' });
      const values = [PrimaryContainer.Image, PrimaryContainer.Environment, InputFilter, columns];
      return Promise.all(values.map((value) => evaluateJsonata(value, { input })));
    };
    expect(await of('older')).toEqual([
      expect.stringMatching(/:3[.]2-0$/),
      {},
      '$[1:]',
      ['label', 'prediction'],
    ]);
    expect(await of('weighted')).toEqual([
      expect.stringMatching(/:1[.]7-1$/),
      { SAGEMAKER_NUM_MODEL_WORKERS: '1' },
      '$[2:]',
      ['label', 'weight', 'prediction'],
    ]);
  });

  test('has the same encryption, network isolation, VPC and tags as the training jobs', () => {
    const stack = stackOf();
    const encryptionKey = new kms.Key(stack, 'Key');
    const { CreateModel, TransformTestData, EvaluateModel } = statesOf(
      {
        ...EVALUATED,
        evaluation: { resources: { instanceType: 'ml.c5.xlarge', instanceCount: 2 } },
        encryptionKey,
        vpc: vpcIn(stack),
        tags: { team: 'a' },
      },
      stack,
    );
    const key = '<Key961B73FD.Arn>';
    const Tags = [{ Key: 'team', Value: 'a' }];
    expect(CreateModel.Arguments).toMatchObject({
      EnableNetworkIsolation: true,
      VpcConfig: {
        Subnets: [expect.any(String), expect.any(String)],
        SecurityGroupIds: [expect.any(String)],
      },
      Tags,
    });
    expect(TransformTestData.Arguments).toMatchObject({
      TransformResources: { InstanceType: 'ml.c5.xlarge', InstanceCount: 2, VolumeKmsKeyId: key },
      TransformOutput: { KmsKeyId: key, Accept: 'text/csv', AssembleWith: 'Line' },
      Tags,
    });
    expect(EvaluateModel.Arguments.Payload.encryptionKey).toBe(key);
  });

  test('waits for a quota, and then removes the quota error from the output', async () => {
    const { TransformTestData, 'WaitForQuota-Evaluation': wait } = statesOf(ALL);
    expect(TransformTestData.Catch[0].Next).toBe('CanWaitForQuota-Evaluation');
    expect(wait.Next).toBe('TransformTestData');
    const input = { quota: {}, failure: {}, settings: {} };
    const result = { TransformJobName: 'a', TransformJobArn: 'b' };
    expect(await evaluateJsonata(TransformTestData.Output, { input, result })).toEqual({
      settings: {},
      transformJob: { name: 'a', arn: 'b' },
    });
  });
});

test('a model that does not pass the gate fails the execution with the reasons, the version and the report', async () => {
  const { QualityGateFailed } = statesOf(ALL);
  const input = {
    gate: { passed: false, reason: 'rmse is 2, the baseline has 1' },
    finalTrainingJob: { name: 'job', modelArtifacts: 's3://m' },
    modelPackage: { group: 'churn', version: 3 },
    written: { report: 's3://r' },
  };
  expect(QualityGateFailed.Error).toBe('QualityGateFailed');
  expect(await evaluateJsonata(QualityGateFailed.Cause, { input })).toBe(
    'The final model does not pass the quality gate: rmse is 2, the baseline has 1. Training job of the final model: job, model s3://m. Version 3 of churn is rejected. Report: s3://r',
  );
});

test('gates support exactly the metrics that the function computes', () => {
  expect(GATE_METRICS).toEqual(METRICS);
});

describe('permissions', () => {
  const bucketOf = (stack = stackOf()) => new s3.Bucket(stack, 'Data', { bucketName: 'data' });

  test('the training role cannot read the test data, and the model role can read only the test data and the models', () => {
    const stack = stackOf();
    const bucket = bucketOf(stack);
    statesOf({ ...ALL, test: InputData.csv(DataLocation.fromBucket(bucket, 'test/')) }, stack);
    const read = (role: RegExp) =>
      statementsIn(stack, role)
        .filter(({ Action }) => [Action].flat().includes('s3:GetObject'))
        .flatMap(({ Resource }) => Resource);
    expect(read(/TrainingRole/).join()).not.toContain('test/');
    expect(read(/ModelRole/)).toEqual([
      '<Data666C94C7.Arn>/test/*',
      'arn:<AWS::Partition>:s3:::models/churn/models/*',
    ]);
    expect(read(/EvaluateModelFunctionRole/)).toEqual([
      'arn:<AWS::Partition>:s3:::models/churn/evaluations/*',
    ]);
  });

  test.each<[what: string, gate: QualityGate, lists: boolean]>([
    ['compares with the approved version', QualityGate.any(QualityGate.noWorseThanApproved()), true],
    ['does not', QualityGate.betterThanBaseline(), false],
  ])('the function reads the registry if the gate %s', (_what, qualityGate, lists) => {
    const stack = stackOf();
    statesOf({ ...ALL, qualityGate }, stack);
    const actions = statementsIn(stack, /EvaluateModelFunctionRole/).flatMap(({ Action }) => Action);
    expect(actions.includes('sagemaker:ListModelPackages')).toBe(lists);
    expect(actions.includes('sagemaker:DescribeModelPackage')).toBe(lists);
  });
});

describe('the input of an execution', () => {
  const problemsOf = async (input: Json, props: Partial<TuningFragmentProps> = EVALUATED): Promise<Json> => {
    const { problems, settings } = await evaluateJsonata(statesOf(props).Configure.Output, { input });
    return problems ?? settings;
  };
  const WIDE = { ...EVALUATED, allowedInputLocations: [DataLocation.fromUri('s3://data/')] };

  test('sets the location of the test data', async () => {
    expect(await problemsOf({})).toMatchObject({ test: 's3://data/test/' });
    expect(await problemsOf({ test: 's3://data/test/2/' })).toMatchObject({ test: 's3://data/test/2/' });
    expect(await problemsOf({ test: 's3://data/train/' })).toContain(
      'test: must be within s3://data/test/, got s3://data/train/',
    );
    expect(await problemsOf({ train: 's3://data/test/' })).toContain(
      'train: must be within s3://data/train/ or s3://data/validation/, got s3://data/test/',
    );
  });

  test.each<[input: Json, problem: string]>([
    [
      { test: 's3://data/train/a.csv' },
      'test: must not overlap with train, got s3://data/train/a.csv and s3://data/train/',
    ],
    [
      { test: 's3://data/v' },
      'test: must not overlap with validation, got s3://data/v and s3://data/validation/',
    ],
    [
      { train: 's3://data/test/' },
      'test: must not overlap with train, got s3://data/test/ and s3://data/test/',
    ],
  ])('must not have test data that overlaps with other data: %j', async (input, problem) => {
    expect(await problemsOf(input, WIDE)).toEqual([problem]);
  });

  test('must not have test data that overlaps with the data of the final training', async () => {
    const props = { ...WIDE, finalTraining: { data: FinalTrainingData.of(at('s3://all/')) } };
    expect(await problemsOf({ finalTrain: 's3://data/' }, props)).toEqual([
      'test: must not overlap with finalTrain, got s3://data/test/ and s3://data/',
    ]);
  });

  test('cannot change hyperparameters that the evaluation depends on', async () => {
    const hyperparameters = { objective: 'binary:logistic', csv_weights: '1', num_round: '3' };
    expect(await problemsOf({ hyperparameters })).toEqual([
      'hyperparameters.objective: must be reg:squarederror, because the evaluation depends on it, got "binary:logistic"',
      'hyperparameters.csv_weights: must be left out, because the evaluation depends on it, got "1"',
    ]);
    expect(await problemsOf({ hyperparameters: { objective: 'reg:squarederror' } })).toMatchObject({
      hyperparameters: { objective: 'reg:squarederror' },
    });
  });
});
