import {
  Algorithm,
  BuiltInAlgorithm,
  DataLocation,
  FinalTrainingData,
  type FinalTrainingOptions,
  InputData,
  Objective,
  ParameterRange,
  type TuningFragmentProps,
  XGBoostVersion,
} from '../lib';
import { evaluateAll, evaluateJsonata } from './evaluate-jsonata';
import { fragment, type Json, pathFrom, problemsOf, statesOf, TUNING } from './fixtures';

const FOLDS: FinalTrainingOptions = { crossValidation: { folds: 5 } };
const at = (uri: string) => InputData.csv(DataLocation.fromUri(uri));

/** The states after the search in an execution whose jobs all complete. */
const path = (States: Json) => pathFrom(States, 'FindBestTrainingJob', ['IsCrossValidated']);

const RESULT = {
  tuningJob: { name: 'churn-0a1b' },
  bestTrainingJob: {
    name: 'churn-0a1b-007',
    hyperparameters: { num_round: '200', eta: '0.1', early_stopping_rounds: '10' },
    modelArtifacts: 's3://models/churn/trials/churn-0a1b-007/model.tar.gz',
  },
};
const PREPARED = { hyperparameters: { num_round: '47', eta: '0.1' }, train: null };
const SETTINGS = { train: 's3://data/train/', validation: 's3://data/validation/' };
const INPUT = { settings: SETTINGS, result: RESULT, prepared: PREPARED };
const CONTEXT = {
  Execution: { Id: 'arn:execution', RedriveCount: 0 },
  State: { Name: 'CrossValidate', EnteredTime: '2030-01-01T00:00:00Z', RetryCount: 0 },
};

test.each<[string, FinalTrainingOptions, string[]]>([
  [
    'before the final training',
    {},
    ['TrainFinalModel', 'DescribeFinalTrainingJob', 'WriteReport', 'IsFinalModelTrained'],
  ],
  ['before the best model of the search is reused', { reuseBest: true }, ['WriteReport', 'IsBestModelFound']],
])('the best hyperparameters are cross-validated %s', (_, options, rest) => {
  expect(path(statesOf({ finalTraining: { ...FOLDS, ...options } }))).toEqual([
    'FindBestTrainingJob',
    'PrepareFinalTraining',
    'CrossValidate',
    'DescribeCrossValidation',
    'IsCrossValidated',
    ...rest,
    'Result',
  ]);
});

test('without cross-validation, the state machine has no states for it', () => {
  expect(path(statesOf({}))).toEqual([
    'FindBestTrainingJob',
    'TrainFinalModel',
    'DescribeFinalTrainingJob',
    'WriteReport',
    'IsFinalModelTrained',
    'Result',
  ]);
});

test('the cross-validation job uses both channels of the search, the best number of rounds and no checkpoints', async () => {
  const States = statesOf({
    finalTraining: {
      crossValidation: { folds: 5, rounds: 2 },
      hyperparameters: { seed: '7' },
      resources: { instanceType: 'ml.m5.4xlarge' },
      checkpoints: true,
      data: FinalTrainingData.trainAndValidation(),
    },
  });
  const request = await evaluateAll(States.CrossValidate.Arguments, { input: INPUT, context: CONTEXT });
  expect(request.TrainingJobName).toMatch(/^churn-0a1b-cross-validation-[0-9a-f]{8}$/);
  expect(request.HyperParameters).toEqual({
    num_round: '47',
    eta: '0.1',
    seed: '7',
    _kfold: '5',
    _num_cv_round: '2',
  });
  const sources = request.InputDataConfig.map(({ ChannelName, DataSource }: Json) => [
    ChannelName,
    DataSource.S3DataSource.S3DataType,
    DataSource.S3DataSource.S3Uri,
  ]);
  expect(sources).toEqual([
    ['train', 'S3Prefix', SETTINGS.train],
    ['validation', 'S3Prefix', SETTINGS.validation],
  ]);
  expect(request.OutputDataConfig.S3OutputPath).toBe('s3://models/churn/cross-validation/');
  expect(request.ResourceConfig.InstanceType).toBe('ml.m5.4xlarge');
  expect(request.CheckpointConfig).toBeUndefined();
});

test('the early stopping of the search is removed for the cross-validation, but not for the final training', async () => {
  const States = statesOf({ finalTraining: FOLDS });
  const payload = States.PrepareFinalTraining.Arguments.Payload;
  expect(await evaluateJsonata(payload.earlyStopping, { input: INPUT })).toEqual({
    patience: 'early_stopping_rounds',
    rounds: 'num_round',
  });
  expect(payload).not.toHaveProperty('manifest');
  const final = await evaluateJsonata(States.TrainFinalModel.Arguments.HyperParameters, { input: INPUT });
  expect(final).toEqual(RESULT.bestTrainingJob.hyperparameters);
});

const JOB = {
  TrainingJobName: 'job',
  TrainingJobArn: 'arn:job',
  TrainingJobStatus: 'Completed',
  SecondaryStatus: 'Completed',
  FinalMetricDataList: [{ MetricName: 'validation:rmse', Value: 0.5 }],
  ModelArtifacts: { S3ModelArtifacts: 's3://m' },
};

test('the result contains the mean metrics of the folds', async () => {
  const States = statesOf({ finalTraining: FOLDS });
  const output = await evaluateJsonata(States.DescribeCrossValidation.Output, {
    input: { ...INPUT, jobName: 'job' },
    result: JOB,
  });
  const crossValidation = {
    name: 'job',
    arn: 'arn:job',
    folds: 5,
    rounds: 1,
    metrics: { 'validation:rmse': 0.5 },
    modelArtifacts: 's3://m',
  };
  expect(output).toEqual({ ...INPUT, result: { ...RESULT, crossValidation } });
});

test.each([
  [true, 'SearchFailed'],
  [false, 'CrossValidationFailed'],
])(
  'the error of a failed cross-validation gives the reason and the best model (report: %s)',
  async (report, end) => {
    const States = statesOf({ finalTraining: FOLDS, report });
    const caught = States.CrossValidate.Catch.at(-1);
    const error = {
      Error: 'States.TaskFailed',
      Cause: '{"TrainingJobName":"job","FailureReason":"ClientError: x"}',
    };
    const told = await evaluateAll(caught.Output, { input: INPUT, errorOutput: error });
    const { failure } = told;
    expect(told.crossValidationJobName).toBe(report ? 'job' : undefined);
    if (report) {
      const { crossValidation, crossValidationJobName } = States.WriteReport.Arguments.Payload;
      const payload = { crossValidation, crossValidationJobName };
      expect(await evaluateAll(payload, { input: told })).toEqual({
        crossValidation: null,
        crossValidationJobName: 'job',
      });
    }
    const best = `Best training job of the search: churn-0a1b-007, model ${RESULT.bestTrainingJob.modelArtifacts}`;
    expect(failure).toEqual({
      Error: 'CrossValidationFailed',
      Cause: `The cross-validation failed: States.TaskFailed: ClientError: x. ${best}`,
    });
    const stopped = { ...JOB, TrainingJobStatus: 'Stopped', SecondaryStatus: 'MaxRuntimeExceeded' };
    const output = await evaluateJsonata(States.DescribeCrossValidation.Output, {
      input: INPUT,
      result: stopped,
    });
    expect(output.failure.Cause).toBe(
      `The cross-validation failed: Training job job ended Stopped (MaxRuntimeExceeded). ${best}`,
    );
    const [isFailed] = States.IsCrossValidated.Choices;
    expect(await evaluateJsonata(isFailed.Condition, { input: output })).toBe(true);
    expect([isFailed.Next, caught.Next]).toEqual(Array(2).fill(report ? 'WriteReport' : end));
    expect(await evaluateAll(States[end], { input: { ...output, written: {} } })).toMatchObject(
      output.failure,
    );
  },
);

test('if the cross-validation fails, the execution fails even if the model of the search is reused', async () => {
  const { IsBestModelFound } = statesOf({ finalTraining: { ...FOLDS, reuseBest: true } });
  const input = { result: RESULT, failure: { Error: 'CrossValidationFailed' } };
  const met = await Promise.all(
    IsBestModelFound.Choices.map(({ Condition }: Json) => evaluateJsonata(Condition, { input })),
  );
  expect(IsBestModelFound.Choices[met.indexOf(true)].Next).toBe('SearchFailed');
});

test('a cross-validation that cannot be prepared fails too', async () => {
  const { PrepareFinalTraining } = statesOf({ finalTraining: { ...FOLDS, reuseBest: true } });
  const [caught] = PrepareFinalTraining.Catch;
  const errorOutput = { Error: 'BestIterationUnknownError', Cause: '{"errorMessage":"no best round"}' };
  const { failure } = await evaluateAll(caught.Output, { input: INPUT, errorOutput });
  expect(failure.Error).toBe('CrossValidationFailed');
  expect(failure.Cause).toMatch(
    /failed: BestIterationUnknownError: no best round. Best training job of the search/,
  );
});

test('if there are several definitions, the definition of the best training job is cross-validated', async () => {
  const name = 'x'.repeat(64);
  const States = statesOf({
    finalTraining: FOLDS,
    furtherDefinitions: [{ ...TUNING, name, finalHyperparameters: { eta: '0.3' } }],
  });
  const { Choices, Default } = States.WhichDefinitionToValidate;
  expect([Choices[0].Next, Default]).toEqual(['CrossValidate-2', 'CrossValidate-1']);
  const input = { ...INPUT, result: { ...RESULT, bestTrainingJob: { definitionName: name } } };
  expect(await evaluateJsonata(Choices[0].Condition, { input })).toBe(true);
  const { HyperParameters } = States['CrossValidate-2'].Arguments;
  expect(await evaluateJsonata(HyperParameters, { input })).toMatchObject({ eta: '0.3', _kfold: '5' });
});

test('the cost bound includes the cross-validation job', () => {
  const { costBound } = fragment({ finalTraining: FOLDS });
  expect(costBound?.calculation).toMatch(/\+ cross-validation 1.03 h \+ final training 1.03 h/);
});

const other = (validation?: InputData) => ({
  ...FOLDS,
  data: FinalTrainingData.of(at('s3://all/train/'), validation),
});

test('if the final training uses other data, the cross-validation uses that data and its validation data', async () => {
  const States = statesOf({ finalTraining: other(at('s3://all/validation/')) });
  const input = { ...INPUT, settings: { finalTrain: 's3://a/', finalValidation: 's3://b/' } };
  const channels = await evaluateAll(States.CrossValidate.Arguments.InputDataConfig, { input });
  expect(channels.map(({ DataSource }: Json) => DataSource.S3DataSource.S3Uri)).toEqual([
    's3://a/',
    's3://b/',
  ]);
});

test.each<[string, Partial<TuningFragmentProps>, RegExp[]]>([
  [
    'too few folds',
    { finalTraining: { crossValidation: { folds: 1, rounds: 0.5 } } },
    [
      /^finalTraining.crossValidation.folds: must be a whole number of at least 2, got 1/,
      /^finalTraining.crossValidation.rounds: must be a whole number of at least 1, got 0.5/,
    ],
  ],
  [
    'no final model',
    { finalTraining: { ...FOLDS, enabled: false } },
    [/^finalTraining.crossValidation: has no effect, because finalTraining.enabled is false/],
  ],
  [
    'older images',
    { algorithm: Algorithm.xgboost({ version: XGBoostVersion.V1_7_1 }), finalTraining: FOLDS },
    [
      /^finalTraining.crossValidation: is not available for XGBoost 1.7-1: its image may evaluate .* version 3.0-5/,
    ],
  ],
  [
    'other algorithms',
    {
      algorithm: Algorithm.builtIn(BuiltInAlgorithm.LINEAR_LEARNER),
      objective: Objective.minimize('validation:objective_loss'),
      hyperparameters: { predictor_type: 'regressor' },
      parameterRanges: [ParameterRange.continuous('wd', { min: 0.0001, max: 0.1 })],
      finalTraining: FOLDS,
    },
    [
      /^finalTraining.crossValidation: is not available for .*: only for Algorithm.xgboost from version 3.0-5/,
    ],
  ],
  [
    'other data without validation data',
    { finalTraining: other() },
    [/^finalTraining.crossValidation: needs a validation data set in finalTraining.data/],
  ],
  [
    'several instances',
    { resources: { instanceType: 'ml.m5.large', instanceCount: 2 }, finalTraining: FOLDS },
    [/^finalTraining.crossValidation: needs one instance/],
  ],
  [
    'hyperparameters that contradict it',
    {
      hyperparameters: { num_round: '9', _kfold: '3' },
      finalTraining: { ...FOLDS, hyperparameters: { early_stopping_rounds: '3' } },
    },
    [
      /^hyperparameters._kfold: cannot be combined with finalTraining.crossValidation/,
      /^finalTraining.hyperparameters.early_stopping_rounds: cannot be combined with finalTraining.crossValidation/,
    ],
  ],
])('synth refuses it with %s', (_, props, expected) => {
  expect(problemsOf(props)).toEqual(expected.map((message) => expect.stringMatching(message)));
});
