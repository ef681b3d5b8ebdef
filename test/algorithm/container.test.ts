import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Aws, CfnParameter, type Stack } from 'aws-cdk-lib';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import {
  Algorithm,
  ContainerImage,
  CreateHyperParameterTuningJobTask,
  CreateTrainingJobTask,
  DataLocation,
  InputData,
  Objective,
  ParameterRange,
  type TrainingJobDefinition,
  type TuningFragmentProps,
} from '../../lib';
import { definitionIn, fragment, type Json, someRole, stackOf, statementsIn } from '../fixtures';

const METRICS = [{ name: 'loss', regex: 'loss=(.*)' }];
const DIGEST = `sha256:${'0'.repeat(64)}`;

/** Props of a search with a custom container, by default without validation data. */
function props(image: ContainerImage, more: Partial<TuningFragmentProps> = {}) {
  return {
    algorithm: Algorithm.container({ image, metrics: METRICS, environment: { MODE: 'fast' } }),
    objective: Objective.minimize('loss'),
    hyperparameters: { layers: '3' },
    parameterRanges: [ParameterRange.continuous('lr', { min: 0.01, max: 0.1 })],
    validation: undefined,
    ...more,
  };
}

/** The image of the training jobs, and the repositories that the training role is allowed to pull from. */
function trainedWith(image: (stack: Stack) => ContainerImage, stack = stackOf()) {
  const { States } = definitionIn(fragment(props(image(stack)), stack), stack);
  const [pull, ...others] = statementsIn(stack, /TrainingRole/).filter(({ Action }) =>
    Action.includes('ecr:BatchGetImage'),
  );
  expect(others).toEqual([]);
  const { TrainingImage } = States.TuneHyperparameters.Arguments.TrainingJobDefinition.AlgorithmSpecification;
  expect(States.TrainFinalModel.Arguments.AlgorithmSpecification.TrainingImage).toBe(TrainingImage);
  return { image: TrainingImage, pull: pull.Resource };
}

describe('an image', () => {
  test.each<[string, string | undefined, RegExp]>([
    ['the newest', undefined, /\/mine:latest$/],
    ['a tag', 'v1', /\/mine:v1$/],
    ['a digest', DIGEST, new RegExp(`/mine@${DIGEST}$`)],
  ])('in a repository, by %s', (_name, tagOrDigest, image) => {
    const found = trainedWith((stack) =>
      ContainerImage.fromEcrRepository(ecr.Repository.fromRepositoryName(stack, 'R', 'mine'), tagOrDigest),
    );
    expect(found.image).toMatch(image);
    expect(found.pull).toBe('arn:<AWS::Partition>:ecr:<AWS::Region>:<AWS::AccountId>:repository/mine');
  });

  test('in a repository of the app', () => {
    const found = trainedWith((stack) => ContainerImage.fromEcrRepository(new ecr.Repository(stack, 'R')));
    expect(found.pull).toMatch(/^<R.*\.Arn>$/);
  });

  test.each([
    ['a tag', '123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/mine:v1'],
    ['a digest', `123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/mine@${DIGEST}`],
    ['neither', '123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/mine'],
    ['the suffix of China', '123456789012.dkr.ecr.eu-west-1.amazonaws.com.cn/team/mine:v1'],
  ])(
    'can be given by a URI with %s; the role can pull from the repository of that account and region',
    (_name, uri) => {
      expect(trainedWith(() => ContainerImage.fromRegistry(uri))).toEqual({
        image: uri,
        pull: 'arn:<AWS::Partition>:ecr:eu-west-1:123456789012:repository/team/mine',
      });
    },
  );

  test("can be given by a URI in the stack's own account and region", () => {
    const uri = `${Aws.ACCOUNT_ID}.dkr.ecr.${Aws.REGION}.${Aws.URL_SUFFIX}/team/mine:v1`;
    expect(trainedWith(() => ContainerImage.fromRegistry(uri))).toEqual({
      image: '<AWS::AccountId>.dkr.ecr.<AWS::Region>.<AWS::URLSuffix>/team/mine:v1',
      pull: 'arn:<AWS::Partition>:ecr:<AWS::Region>:<AWS::AccountId>:repository/team/mine',
    });
  });

  test('can be given by a URI known only at deploy time, which then determines account, region and repository in the policy', () => {
    const stack = stackOf();
    const uri = new CfnParameter(stack, 'Image').valueAsString;
    expect(trainedWith(() => ContainerImage.fromRegistry(uri), stack)).toEqual({
      image: '<Image>',
      pull: 'arn:<AWS::Partition>:ecr:<Fn::Select>:<Fn::Select>:repository/<Fn::Select>*',
    });
  });

  test.each(['docker.io/library/python:3.12', 'python', '', '1234.dkr.ecr.eu-west-1.amazonaws.com/mine'])(
    'is not %j',
    (uri) => {
      expect(() => ContainerImage.fromRegistry(uri)).toThrow(
        expect.objectContaining({
          name: 'TuningValidationError',
          message: expect.stringMatching(
            /must be an image in Amazon ECR, .* got ".*SageMaker pulls training images only from Amazon ECR/,
          ),
        }),
      );
    },
  );

  test('is built from a folder with a Dockerfile, once for each workflow', () => {
    const folder = mkdtempSync(join(tmpdir(), 'image-'));
    try {
      writeFileSync(join(folder, 'Dockerfile'), 'FROM scratch');
      const stack = stackOf({ env: { account: '123456789012', region: 'eu-west-1' } });
      const repository = 'cdk-hnb659fds-container-assets-123456789012-eu-west-1';
      const { image, pull } = trainedWith(() => ContainerImage.fromAsset(folder), stack);
      expect(image).toMatch(
        new RegExp(`^123456789012\\.dkr\\.ecr\\.eu-west-1\\.<AWS::URLSuffix>/${repository}:[0-9a-f]{64}$`),
      );
      expect(pull).toBe(`arn:<AWS::Partition>:ecr:eu-west-1:123456789012:repository/${repository}`);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

test('a container gets its metrics, environment and hyperparameters, and adds no channel', () => {
  const stack = stackOf();
  const image = ContainerImage.fromRegistry('123456789012.dkr.ecr.eu-west-1.amazonaws.com/mine:v1');
  const { States } = definitionIn(fragment(props(image), stack), stack);
  const trials = States.TuneHyperparameters.Arguments.TrainingJobDefinition;
  for (const request of [trials, States.TrainFinalModel.Arguments]) {
    expect(request.AlgorithmSpecification.MetricDefinitions).toEqual([{ Name: 'loss', Regex: 'loss=(.*)' }]);
    expect(request.Environment).toEqual({ MODE: 'fast' });
    expect(request.InputDataConfig.map(({ ChannelName }: Json) => ChannelName)).toEqual(['train']);
  }
  expect(trials.StaticHyperParameters).toBe(
    '{% $merge([$parse("{\\"layers\\":\\"3\\"}"), $states.input.settings.hyperparameters]) %}',
  );
});

test('has metrics, and a valid environment', () => {
  const image = ContainerImage.fromRegistry('123456789012.dkr.ecr.eu-west-1.amazonaws.com/mine:v1');
  const algorithm = (metrics: typeof METRICS, environment = {}) =>
    Algorithm.container({ image, metrics, environment });
  expect(() => fragment(props(image, { algorithm: algorithm([]) }))).toThrow(
    /algorithm\.metrics: must have 1 to 40/,
  );
  expect(() => fragment(props(image, { algorithm: algorithm(METRICS, { 'A-B': '' }) }))).toThrow(
    /algorithm\.environment\.A-B: the name must be letters, digits and underscores/,
  );
});

describe('entry point and arguments', () => {
  const definition = (stack: Stack, more: Partial<TrainingJobDefinition> = {}): TrainingJobDefinition => ({
    trainingImage: 'image',
    role: someRole(stack),
    channels: [InputData.of(DataLocation.fromUri('s3://data/train/'))._channel('train')],
    outputPath: 's3://models/',
    ...more,
  });

  function trainingTask(more: Partial<TrainingJobDefinition>): Json {
    const stack = stackOf();
    const trainingJobDefinition = definition(stack, more);
    const task = CreateTrainingJobTask.jsonata(stack, 'Train', {
      trainingJobName: 'job',
      trainingJobDefinition,
    });
    return definitionIn(task, stack).States.Train.Arguments.AlgorithmSpecification;
  }

  test('are only for training jobs', () => {
    expect(
      trainingTask({ containerEntrypoint: ['python', 'run.py'], containerArguments: ['--fast'] }),
    ).toEqual({
      TrainingImage: 'image',
      TrainingInputMode: 'File',
      ContainerEntrypoint: ['python', 'run.py'],
      ContainerArguments: ['--fast'],
    });
    expect(Object.keys(trainingTask({}))).toEqual(['TrainingImage', 'TrainingInputMode']);
  });

  test.each<[Partial<TrainingJobDefinition>, string]>([
    [{ containerEntrypoint: [] }, 'containerEntrypoint: must have 1 to 100 elements, got 0'],
    [
      { containerArguments: Array(101).fill('a') },
      'containerArguments: must have 1 to 100 elements, got 101',
    ],
    [{ containerArguments: ['x'.repeat(257)] }, 'containerArguments: must have 0 to 256 characters, got 257'],
  ])('must be within the limits of the API', (more, message) => {
    expect(() => trainingTask(more)).toThrow(message);
  });

  test.each<[string, Partial<TrainingJobDefinition>]>([
    ['an entry point', { containerEntrypoint: ['python'] }],
    ['arguments', { containerArguments: ['--fast'] }],
  ])('are rejected by the tuning task: %s', (_name, more) => {
    const stack = stackOf();
    const make = () =>
      CreateHyperParameterTuningJobTask.jsonata(stack, 'Tune', {
        tuningJobName: 'job',
        objective: Objective.minimize('loss'),
        parameterRanges: [ParameterRange.continuous('rate', { min: 0, max: 1 })],
        trainingJobDefinition: definition(stack, more),
      });
    expect(make).toThrow(
      `trainingJobDefinition.${Object.keys(more)[0]}: is only for CreateTrainingJobTask; a tuning job runs the entry point of the image`,
    );
  });
});
