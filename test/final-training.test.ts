import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import {
  Algorithm,
  BuiltInAlgorithm,
  ContainerImage,
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
import {
  definitionIn,
  fragment,
  type Json,
  problemsOf,
  stackOf,
  statementsIn,
  statesOf,
  TUNING,
  workflow,
} from './fixtures';

const at = (uri: string) => InputData.csv(DataLocation.fromUri(uri));
const TOGETHER: FinalTrainingOptions = { data: FinalTrainingData.trainAndValidation() };
const OTHER: FinalTrainingOptions = { data: FinalTrainingData.of(at('s3://data/all/')) };
const REUSE: FinalTrainingOptions = { reuseBest: true };

/** The names of the states that can follow a state, from `Next`, `Choices`, `Default` and `Catch`. */
function next({ Next, Choices = [], Default, Catch = [] }: Json): string[] {
  return [
    Next,
    ...Choices.map((choice: Json) => choice.Next),
    Default,
    ...Catch.map((each: Json) => each.Next),
  ].filter((name) => name !== undefined);
}

const BEST = {
  name: 'job-1',
  arn: 'arn:job-1',
  metrics: { 'validation:rmse': 1 },
  hyperparameters: { eta: '0.1' },
  modelArtifacts: 's3://models/churn/trials/job-1/model.tar.gz',
  tunedHyperparameters: {},
};

describe('reusing the best model', () => {
  const States = statesOf({ finalTraining: REUSE });

  test('needs only one state more than a search without a final training', () => {
    const alone = statesOf({ finalTraining: { enabled: false } });
    expect(Object.keys(States)).toHaveLength(Object.keys(alone).length + 1);
    expect(next(States.FindBestTrainingJob)).toEqual(['WriteReport', 'WriteReport']);
    expect(next(States.WriteReport)).toEqual(['IsBestModelFound', 'IsBestModelFound']);
    expect(next(States.IsBestModelFound)).toEqual(['Result', 'SearchFailed', 'FinalTrainingJobNotCompleted']);
    expect(States.WriteReport.Arguments.Payload).toMatchObject({ reusesBest: true });
  });

  test('has the same output as a final training job', async () => {
    const input = { result: { tuningJob: {}, bestTrainingJob: BEST }, written: { report: 's3://r' } };
    const { tunedHyperparameters: _tuned, ...job } = BEST;
    expect(await evaluateJsonata(States.IsBestModelFound.Choices[0].Condition, { input })).toBe(true);
    expect(await evaluateJsonata(States.Result.Output, { input })).toEqual({
      ...input.result,
      finalTrainingJob: { ...job, reused: true },
      report: 's3://r',
    });
  });

  test('fails with the reason if the best training job has no model', async () => {
    const input = { result: { bestTrainingJob: { ...BEST, modelArtifacts: null } }, written: {} };
    const [found, failed] = States.IsBestModelFound.Choices;
    expect(await evaluateJsonata(found.Condition, { input })).toBe(false);
    expect(await evaluateJsonata(failed.Condition, { input })).toBe(false);
    expect(await evaluateJsonata(States.FinalTrainingJobNotCompleted.Cause, { input })).toBe(
      'The best training job, job-1, has no model artifact, so there is no final model',
    );
  });

  test('works without a report', () => {
    const { FindBestTrainingJob, ...others } = statesOf({ finalTraining: REUSE, report: false });
    expect(next(FindBestTrainingJob)).toEqual(['IsBestModelFound']);
    expect(Object.keys(others)).not.toContain('TrainFinalModel');
  });

  test('keeps the models of the search in the bucket', () => {
    const keepsTrials = (finalTraining: FinalTrainingOptions) => {
      const stack = stackOf();
      workflow({ finalTraining }, stack);
      return !JSON.stringify(Template.fromStack(stack).findResources('AWS::S3::Bucket')).includes(
        'output/trials/',
      );
    };
    expect([keepsTrials({}), keepsTrials(REUSE)]).toEqual([false, true]);
  });
});

describe('training and validation data together', () => {
  const States = statesOf({ finalTraining: TOGETHER });
  const settings = { train: 's3://data/train/', validation: 's3://data/validation/' };

  test('are listed before the training', async () => {
    expect(next(States.FindBestTrainingJob)).toEqual(['PrepareFinalTraining', 'WriteReport']);
    expect(next(States.PrepareFinalTraining)).toEqual(['TrainFinalModel', 'WriteReport']);
    const input = { settings, result: { tuningJob: { name: 'churn-1' }, bestTrainingJob: BEST } };
    const { Payload } = States.PrepareFinalTraining.Arguments;
    expect(await evaluateAll(Payload, { input })).toEqual({
      hyperparameters: BEST.hyperparameters,
      modelArtifacts: BEST.modelArtifacts,
      earlyStopping: { patience: 'early_stopping_rounds', rounds: 'num_round' },
      data: ['s3://data/train/', 's3://data/validation/'],
      manifest: 's3://models/churn/manifests/churn-1.json',
    });
  });

  test('are used without reading the best model if the number of rounds is set', async () => {
    const stack = stackOf();
    const finalTraining = { ...TOGETHER, hyperparameters: { num_round: '50' } };
    const { PrepareFinalTraining } = statesOf({ finalTraining }, stack);
    const { earlyStopping } = PrepareFinalTraining.Arguments.Payload;
    expect(await evaluateJsonata(earlyStopping, { input: {} })).toEqual({
      patience: 'early_stopping_rounds',
    });
    const actions = statementsIn(stack, /PrepareFinalTraining/).map(({ Action }) => Action);
    expect(actions).not.toContain('s3:GetObject');
  });

  test('are one channel with a manifest', async () => {
    const { InputDataConfig, HyperParameters } = States.TrainFinalModel.Arguments;
    expect(InputDataConfig).toEqual([
      {
        ChannelName: 'train',
        ContentType: 'text/csv',
        CompressionType: 'None',
        InputMode: 'File',
        DataSource: {
          S3DataSource: {
            S3DataType: 'ManifestFile',
            S3Uri: '{% $states.input.prepared.train %}',
            S3DataDistributionType: 'FullyReplicated',
          },
        },
      },
    ]);
    const input = { prepared: { hyperparameters: { num_round: '8' } }, result: { bestTrainingJob: BEST } };
    expect(await evaluateJsonata(HyperParameters, { input })).toEqual({ num_round: '8' });
  });

  test('cause an error with the reason and the best model if they cannot be listed', async () => {
    const errorOutput = {
      Error: 'TrainingDataError',
      Cause: JSON.stringify({ errorType: 'TrainingDataError', errorMessage: 'there are no objects' }),
    };
    const [{ Output }] = States.PrepareFinalTraining.Catch;
    const reason = await evaluateJsonata(Output.reason, { errorOutput });
    expect(reason).toBe('The final training could not be prepared: TrainingDataError: there are no objects');
    const input = { reason, result: { bestTrainingJob: BEST }, written: {} };
    expect(await evaluateJsonata(States.FinalTrainingJobNotCompleted.Cause, { input })).toBe(
      `${reason}. Best training job of the search: job-1, model ${BEST.modelArtifacts}`,
    );
  });

  test('are the data of the definition with the best training job', async () => {
    const own = { train: at('s3://data/other/train/'), validation: at('s3://data/other/validation/') };
    const states = statesOf({
      finalTraining: TOGETHER,
      furtherDefinitions: [{ ...TUNING, name: 'own', ...own }],
    });
    const { data } = states.PrepareFinalTraining.Arguments.Payload;
    const of = (definitionName: string) =>
      evaluateJsonata(data, { input: { settings, result: { bestTrainingJob: { definitionName } } } });
    expect(await of('first')).toEqual(['s3://data/train/', 's3://data/validation/']);
    expect(await of('own')).toEqual(['s3://data/other/train/', 's3://data/other/validation/']);
    expect(next(states.PrepareFinalTraining)).toEqual(['WhichDefinitionWon', 'WriteReport']);
  });

  test('in two buckets are refused in the input of an execution, before a job starts', async () => {
    const props = { finalTraining: TOGETHER, allowedInputLocations: [DataLocation.fromUri('s3://lake/')] };
    const { Configure } = statesOf(props);
    const configure = (input: object) => evaluateJsonata(Configure.Output, { input }) as Promise<Json>;
    expect(await configure({ validation: 's3://lake/v/' })).toEqual({
      problems: [
        'validation: must be in the bucket of train, because the final training reads both together, got lake and data',
      ],
    });
    expect((await configure({ validation: 's3://lake/v/', train: 's3://lake/t/' })).settings).toMatchObject({
      train: 's3://lake/t/',
    });
  });

  test('require permissions for their own objects only', () => {
    const stack = stackOf();
    definitionIn(fragment({ finalTraining: TOGETHER }, stack), stack);
    const list = (prefix: string) => ({
      Action: 's3:ListBucket',
      Effect: 'Allow',
      Resource: 'arn:<AWS::Partition>:s3:::data',
      Condition: { StringLike: { 's3:prefix': prefix } },
    });
    const own = statementsIn(stack, /PrepareFinalTraining/).filter(({ Action }) =>
      /s3:/.test(String(Action)),
    );
    expect(own).toEqual([
      {
        Action: 's3:GetObject',
        Effect: 'Allow',
        Resource: 'arn:<AWS::Partition>:s3:::models/churn/trials/*',
      },
      list('train/*'),
      list('validation/*'),
      {
        Action: 's3:PutObject',
        Effect: 'Allow',
        Resource: 'arn:<AWS::Partition>:s3:::models/churn/manifests/*',
      },
    ]);
    const reads = statementsIn(stack, /TrainingRole/).find(({ Action }) => Action === 's3:GetObject');
    expect(reads?.Resource).toContain('arn:<AWS::Partition>:s3:::models/churn/manifests/*');
  });

  test('are encrypted and read with the KMS key of the output', () => {
    const stack = stackOf();
    const encryptionKey = new kms.Key(stack, 'Key');
    definitionIn(fragment({ finalTraining: TOGETHER, encryptionKey }, stack), stack);
    const own = statementsIn(stack, /PrepareFinalTraining/).filter(({ Action }) =>
      /kms:/.test(String(Action)),
    );
    expect(own).toMatchObject([{ Action: ['kms:GenerateDataKey', 'kms:Decrypt'] }]);
  });
});

describe('other data', () => {
  test('can be set in the input of an execution if it is within the allowed locations', async () => {
    const data = FinalTrainingData.of(at('s3://data/all/'), at('s3://data/later/'));
    const { Configure, ...states } = statesOf({ finalTraining: { data } });
    const configure = (input: object) => evaluateJsonata(Configure.Output, { input }) as Promise<Json>;
    expect((await configure({})).settings).toMatchObject({
      finalTrain: 's3://data/all/',
      finalValidation: 's3://data/later/',
    });
    const given = { finalTrain: 's3://data/all/2026/', finalValidation: 's3://lake/' };
    expect((await configure(given)).problems).toEqual([
      expect.stringMatching(/^finalValidation: must be within /),
    ]);
    expect(Object.keys(states)).not.toContain('PrepareFinalTraining');
    const channels = states.TrainFinalModel.Arguments.InputDataConfig as Json[];
    expect(channels.map(({ DataSource }) => DataSource.S3DataSource.S3Uri)).toEqual([
      '{% $states.input.settings.finalTrain %}',
      '{% $states.input.settings.finalValidation %}',
    ]);
  });

  test('can be read by the training role', () => {
    const stack = stackOf();
    definitionIn(fragment({ finalTraining: OTHER }, stack), stack);
    const reads = statementsIn(stack, /TrainingRole/).find(({ Action }) => Action === 's3:GetObject');
    expect(reads?.Resource).toContain('arn:<AWS::Partition>:s3:::data/all/*');
    const own = statementsIn(stack, /PrepareFinalTraining/).map(({ Action }) => Action);
    expect(own).toContain('s3:GetObject');
    expect(own).not.toContain('s3:PutObject');
  });

  test('cannot be set in the input if the props have no such data', async () => {
    const { Configure } = statesOf({});
    const { problems } = (await evaluateJsonata(Configure.Output, {
      input: { finalTrain: 's3://data/train/' },
    })) as Json;
    expect(problems).toEqual([expect.stringMatching(/^finalTrain: is not a field of the input/)]);
  });
});

describe('trainAndValidation() is refused with the reason for', () => {
  const xgboost = (version: string) => ({
    algorithm: Algorithm.xgboost({ version: XGBoostVersion.of(version) }),
  });
  const kmeans = {
    algorithm: Algorithm.builtIn(BuiltInAlgorithm.K_MEANS),
    objective: Objective.minimize('test:msd'),
    hyperparameters: { feature_dim: '3', k: '4' },
    parameterRanges: [ParameterRange.integer('epochs', { min: 1, max: 9 })],
  };
  const csv = (uri: string) => InputData.csv(DataLocation.fromUri(uri), { labeled: false });
  test.each<[string, Partial<TuningFragmentProps>, RegExp[]]>([
    [
      'an image that may read only one folder',
      { ...xgboost('1.7-1'), finalTraining: TOGETHER },
      [
        /^finalTraining.data: cannot be trainAndValidation\(\) for XGBoost 1.7-1: its image may read only one/,
      ],
    ],
    [
      'an algorithm about which AWS documents nothing of the kind',
      {
        ...kmeans,
        train: csv('s3://data/train/'),
        validation: csv('s3://data/validation/'),
        finalTraining: TOGETHER,
      },
      [/^finalTraining.data: cannot be trainAndValidation\(\) for K-means: AWS does not document/i],
    ],
    [
      'no validation data',
      { validation: undefined, objective: Objective.minimize('validation:rmse'), finalTraining: TOGETHER },
      [
        /^validation: is required/,
        /^finalTraining.data: trainAndValidation\(\) needs validation, which is not given/,
      ],
    ],
    [
      'two buckets',
      { validation: at('s3://other/validation/'), finalTraining: TOGETHER },
      [/^finalTraining.data: trainAndValidation\(\) needs train and validation in one bucket/],
    ],
    [
      'two formats',
      {
        validation: InputData.libsvm(DataLocation.fromUri('s3://data/validation/')),
        finalTraining: TOGETHER,
      },
      [/needs one format, got text\/csv for train and text\/libsvm for validation/],
    ],
    [
      'early stopping without validation data',
      { finalTraining: { ...TOGETHER, hyperparameters: { early_stopping_rounds: '3' } } },
      [
        /^finalTraining.hyperparameters.early_stopping_rounds: needs validation data, .*: set num_round instead/,
      ],
    ],
    [
      'a model for each fold',
      { hyperparameters: { num_round: '9', early_stopping_rounds: '3', _kfold: '3' }, finalTraining: OTHER },
      [/^finalTraining.data: must have validation data with early_stopping_rounds and _kfold/],
    ],
    [
      'other data whose location contains the output',
      { finalTraining: { data: FinalTrainingData.of(at('s3://models/')) } },
      [/^finalTraining.data.train: must not contain output/],
    ],
    [
      'other data if a definition has its own data format',
      {
        finalTraining: OTHER,
        furtherDefinitions: [
          { ...TUNING, name: 'own', train: at('s3://data/x/'), validation: at('s3://data/y/') },
        ],
      },
      [
        /^finalTraining.data: cannot be FinalTrainingData.of\(…\), because furtherDefinitions.own.train has its own format/,
      ],
    ],
    [
      'options of a final training that does not run',
      { finalTraining: { ...REUSE, ...TOGETHER, spot: {}, hyperparameters: { eta: '0.1' } } },
      [
        /^finalTraining.hyperparameters: has no effect, because finalTraining.reuseBest is true/,
        /^finalTraining.data: has no effect, because finalTraining.reuseBest is true/,
        /^finalTraining.spot: has no effect/,
      ],
    ],
    [
      'options of a final training that is disabled',
      { finalTraining: { ...REUSE, ...TOGETHER, enabled: false } },
      [
        /^finalTraining.reuseBest: has no effect, because finalTraining.enabled/,
        /^finalTraining.data: has no effect/,
      ],
    ],
  ])('%s', (_case, props, expected) => {
    expect(problemsOf(props)).toEqual(expected.map((message) => expect.stringMatching(message)));
  });

  test('a custom container causes a warning, because the round at which early stopping ended the training is unknown', () => {
    const stack = stackOf();
    const image = ContainerImage.fromRegistry('123456789012.dkr.ecr.eu-west-1.amazonaws.com/mine:1');
    const metrics = [{ name: 'validation:rmse', regex: 'rmse=([-+]?[0-9]*\\.?[0-9]+(?:[eE][-+]?[0-9]+)?)' }];
    fragment({ algorithm: Algorithm.container({ image, metrics }), finalTraining: TOGETHER }, stack);
    const warnings = Annotations.fromStack(stack).findWarning(
      '*',
      Match.stringLikeRegexp('finalRoundsUnknown'),
    );
    expect(warnings).toHaveLength(1);
  });

  test('two buckets of the stack', () => {
    const stack = stackOf();
    const data = (id: string) => InputData.csv(DataLocation.fromBucket(new s3.Bucket(stack, id), 'data/'));
    expect(() =>
      fragment({ train: data('A'), validation: data('B'), finalTraining: TOGETHER }, stack),
    ).toThrow('in one bucket');
  });
});
