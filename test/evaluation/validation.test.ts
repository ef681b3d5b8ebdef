import { join } from 'node:path';
import * as iam from 'aws-cdk-lib/aws-iam';
import {
  Algorithm,
  BuiltInAlgorithm,
  ContainerImage,
  DataLocation,
  EvaluationProblem,
  FinalTrainingData,
  Framework,
  InputData,
  ModelApproval,
  ModelRegistry,
  Objective,
  ParameterRange,
  QualityGate,
  ScriptSource,
  type TuningFragmentProps,
} from '../../lib';
import { fragment, problemsOf, stackOf, TUNING, workflow } from '../fixtures';
import { errorOf, js } from '../malformed/fixtures';

const at = (uri: string) => InputData.csv(DataLocation.fromUri(uri));
const TEST = at('s3://data/test/');
const EVALUATED: Partial<TuningFragmentProps> = { evaluation: {}, test: TEST };
const XGBOOST = { ...TUNING.hyperparameters };
const METRICS = [{ name: 'validation:rmse', regex: 'rmse=([-+0-9.eE]+)' }];
const CONTAINER: Partial<TuningFragmentProps> = {
  algorithm: Algorithm.container({
    image: ContainerImage.fromRegistry('111122223333.dkr.ecr.eu-west-1.amazonaws.com/mine:1'),
    metrics: METRICS,
  }),
  hyperparameters: {},
};

const SCRIPT: Partial<TuningFragmentProps> = {
  algorithm: Algorithm.script({
    source: ScriptSource.fromFolder(join(__dirname, '../../examples/script/code')),
    entryPoint: 'train_sklearn.py',
    framework: Framework.scikitLearn('1.4-2'),
    metrics: METRICS,
  }),
  hyperparameters: {},
  parameterRanges: [ParameterRange.continuous('learning-rate', { min: 0.01, max: 0.1 })],
};

const tried = (props: Partial<TuningFragmentProps>) => ({ ...EVALUATED, ...props });

test.each<[what: string, props: Partial<TuningFragmentProps>, problem: string]>([
  [
    'test data alone',
    { test: TEST },
    'test: has no effect without evaluation: give evaluation, too (it can be empty)',
  ],
  [
    'a gate alone',
    { qualityGate: QualityGate.betterThanBaseline() },
    'qualityGate: needs evaluation: give evaluation and test too',
  ],
  [
    'an effect of no gate',
    tried({ failOnQualityGate: false }),
    'failOnQualityGate: has no effect without qualityGate',
  ],
  [
    'no test data',
    { evaluation: {} },
    'test: is required with evaluation: give data that neither the search nor the final training uses',
  ],
  [
    'test data in LIBSVM',
    tried({ test: InputData.libsvm(DataLocation.fromUri('s3://data/test/')) }),
    'test: must be InputData.csv(location) with the label in the first column, got text/libsvm: a transform job joins predictions only with rows of CSV',
  ],
  [
    'test data in Parquet',
    tried({ test: InputData.parquet(DataLocation.fromUri('s3://data/test/')) }),
    'got application/x-parquet: a transform job joins',
  ],
  [
    'test data without labels',
    tried({ test: InputData.csv(DataLocation.fromUri('s3://data/test/'), { labeled: false }) }),
    'got text/csv;label_size=0',
  ],
  [
    'test data of an unknown type',
    tried({ test: InputData.of(DataLocation.fromUri('s3://data/test/')) }),
    'got data without a content type',
  ],
  [
    'compressed test data',
    tried({ test: InputData.csv(DataLocation.fromUri('s3://data/test/'), { gzip: true }) }),
    'test: must not have the option gzip, which transform jobs do not support',
  ],
  [
    'test data in a file system',
    tried({
      test: InputData.efs({ fileSystemId: 'fs-01234567', directoryPath: '/test', contentType: 'text/csv' }),
    }),
    'test: must be in Amazon S3: a transform job cannot read file systems',
  ],
  [
    'the training data',
    tried({ test: at('s3://data/train/') }),
    'test: must not overlap with train, got "s3://data/train/" and "s3://data/train/": a score on data that the model learned from means nothing',
  ],
  [
    'a part of the validation data',
    tried({ test: at('s3://data/validation/part/') }),
    'test: must not overlap with validation, got',
  ],
  [
    'a prefix of the training data',
    tried({ test: at('s3://data/') }),
    'test: must not overlap with train, got',
  ],
  [
    'the data of the final training',
    tried({ test: at('s3://all/rows/'), finalTraining: { data: FinalTrainingData.of(at('s3://all/')) } }),
    'test: must not overlap with finalTraining.data.train, got',
  ],
  ['a folder with the output', tried({ test: at('s3://models/') }), 'test: must not contain output, got'],
  [
    'an unknown instance',
    tried({ evaluation: { resources: { instanceType: 'm5.large', instanceCount: 0 } } }),
    'evaluation.resources.instanceType: must be an instance type of SageMaker such as ml.m5.xlarge, got "m5.large"',
  ],
  [
    'no instances',
    tried({ evaluation: { resources: { instanceCount: 0 } } }),
    'evaluation.resources.instanceCount: must be a whole number of at least 1, got 0',
  ],
  [
    'survival analysis',
    tried({ hyperparameters: { ...XGBOOST, objective: 'survival:cox' } }),
    'evaluation.problem: is required for XGBoost 3.2-0, because the predictions of survival:cox are not in the unit of the label: give an EvaluationProblem, such as EvaluationProblem.regression()',
  ],
  [
    'an objective whose predictions are margins instead of probabilities',
    tried({ hyperparameters: { ...XGBOOST, objective: 'binary:logitraw' } }),
    'because the predictions of binary:logitraw are not in the unit of the label',
  ],
  [
    'a container',
    tried({ ...CONTAINER, inferenceContainer: {} }),
    'evaluation.problem: is required for the container mine, because the library does not know what its models predict',
  ],
  [
    'a container whose image possibly cannot serve models',
    tried({ ...CONTAINER, evaluation: { problem: EvaluationProblem.regression() } }),
    'inferenceContainer: is required for the container mine: the library does not know whether the image serves models. If it does, give an empty InferenceContainer',
  ],
  [
    'a container without use',
    { inferenceContainer: {} },
    'inferenceContainer: has no effect without evaluation or registry',
  ],
  [
    'an invalid variable of the container',
    tried({ inferenceContainer: { environment: { 'a-b': '1' } } }),
    'inferenceContainer.environment.a-b: the name must be letters',
  ],
  [
    'a variable of the container with too many characters',
    tried({ inferenceContainer: { environment: { A: 'a'.repeat(1025) } } }),
    'inferenceContainer.environment.A: must have 0 to 1024 characters, got 1025',
  ],
  [
    'a built-in algorithm whose models return JSON',
    tried({
      algorithm: Algorithm.builtIn(BuiltInAlgorithm.LINEAR_LEARNER),
      hyperparameters: { predictor_type: 'regressor' },
      objective: Objective.minimize('validation:rmse'),
    }),
    'evaluation: is not available for Linear Learner: its models answer in JSON or RecordIO-protobuf, which a transform job cannot join with the labels',
  ],
  [
    'training data in LIBSVM',
    tried({ train: InputData.libsvm(DataLocation.fromUri('s3://data/train/')) }),
    'evaluation: needs training data (train) in CSV or Parquet for XGBoost 3.2-0, got text/libsvm',
  ],
  [
    'a ranking with weights',
    tried({
      evaluation: { problem: EvaluationProblem.ranking() },
      hyperparameters: { ...XGBOOST, csv_weights: '1' },
    }),
    'evaluation: does not support ranking with weights (csv_weights is 1)',
  ],
  [
    'a threshold that is no probability',
    tried({ evaluation: { problem: EvaluationProblem.binaryClassification({ threshold: 2 }) } }),
    'evaluation.problem: threshold must be from 0 to 1, got 2',
  ],
  [
    'one class',
    tried({ evaluation: { problem: EvaluationProblem.multiclassClassification({ classes: 1 }) } }),
    'evaluation.problem: must be a whole number from 2 to 1000, got 1 (classes)',
  ],
  [
    'a metric of another problem',
    tried({ qualityGate: QualityGate.all(QualityGate.atLeast('auc', 0.9)) }),
    'qualityGate: "auc" is not a metric of Regression: use one of rmse, mse, mae, r2',
  ],
  [
    'a comparison without a registry',
    tried({ qualityGate: QualityGate.noWorseThanApproved() }),
    'qualityGate: noWorseThanApproved() needs registry, which has the approved models',
  ],
  [
    'a negative tolerance',
    tried({
      qualityGate: QualityGate.noWorseThanApproved({ tolerance: -1 }),
      registry: ModelRegistry.group(),
    }),
    'qualityGate: tolerance must be at least 0, got -1',
  ],
  [
    'an approval by no gate',
    { registry: ModelRegistry.group({ approval: ModelApproval.BY_GATE }) },
    'registry: ModelApproval.BY_GATE needs qualityGate: give one, or use ModelApproval.MANUAL',
  ],
  [
    'a name of a new group with a capital letter',
    { registry: ModelRegistry.group({ name: 'Churn' }) },
    'registry: the name of the group must be 1 to 63 lowercase letters, digits and inner hyphens, got "Churn"',
  ],
  [
    'a name of an existing group with an underscore',
    { registry: ModelRegistry.existingGroup('a_b') },
    'registry: the name of the group must be 1 to 63 letters, digits and inner hyphens, got "a_b"',
  ],
])('refused: %s', (_what, props, problem) => {
  expect(problemsOf(props)).toContainEqual(expect.stringContaining(problem));
});

test("the names and values of a container's variables can have 1,024 characters", () => {
  const environment = { ['a'.repeat(1024)]: 'a'.repeat(1024) };
  expect(problemsOf(tried({ inferenceContainer: { environment } }))).toEqual([]);
});

test.each<[what: string, make: () => unknown, message: string]>([
  ['a gate of nothing', () => QualityGate.all(), 'gates: must have at least 1 elements, got 0'],
  ['a gate of something else', () => QualityGate.any(js({})), 'gates[0]: must be a QualityGate'],
  [
    'a limit that is not a number',
    () => QualityGate.atMost('rmse', Number.NaN),
    'value: must be a number, got NaN',
  ],
  [
    'classes that are not a number',
    () => EvaluationProblem.multiclassClassification(js({})),
    'options.classes: is required: give a number',
  ],
  [
    'an approval that is not a member of ModelApproval',
    () => ModelRegistry.group({ approval: js('me') }),
    'options.approval: must be one of BY_GATE, MANUAL, got "me"',
  ],
  [
    'a script without an inference container',
    () => fragment({ ...SCRIPT, registry: ModelRegistry.group() }),
    'inferenceContainer: is required for the script train_sklearn.py: the container must know the script that loads the model',
  ],
  [
    'a prefix without an evaluation',
    () => workflow({ testPrefix: 'holdout/' }),
    'testPrefix: has no effect without evaluation',
  ],
  [
    'a role of another account',
    () => {
      const stack = stackOf({ env: { account: '111122223333', region: 'eu-west-1' } });
      const role = iam.Role.fromRoleArn(stack, 'Role', 'arn:aws:iam::444455556666:role/mine');
      fragment({ ...EVALUATED, evaluation: { role } }, stack);
    },
    'evaluation.role: must be a role of account 111122223333',
  ],
])('refused: %s', (_what, make, message) => {
  expect(errorOf(make)).toEqual({ name: 'TuningValidationError', message: expect.stringContaining(message) });
});
