import { writeFileSync } from 'node:fs';
import { App } from 'aws-cdk-lib';
import { type DeployOptions, LocalMode, type StubbedTask } from 'cdk-sagemaker-tuning-local';
import { ModelPlatformStack } from './model-platform-stack';

// The first run on a machine installs XGBoost and Optuna.
jest.setTimeout(300_000);

/** The part of the state machine's output that the tests use. */
interface Model {
  readonly name: string;
  readonly hyperparameters: Readonly<Record<string, string>>;
  readonly metrics: Readonly<Record<string, number>>;
  readonly modelArtifacts: string;
}

/** Messages that were published to the topic. */
let announced: unknown[];

/** Stub for Amazon SNS, which local mode does not have. */
const publish = ({ arguments: message }: StubbedTask) => {
  announced.push(message);
  return { MessageId: 'a-message' };
};

function synthesize() {
  const app = new App();
  new ModelPlatformStack(app, 'ModelPlatform');
  return app.synth();
}

/** Synthesizes the stack without a permission, as if somebody had forgotten it. */
function synthesizeWithout(action: string) {
  const assembly = synthesize();
  const { template, templateFullPath } = assembly.getStackByName('ModelPlatform');
  writeFileSync(templateFullPath, JSON.stringify(template).replaceAll(`"${action}"`, '"none:None"'));
  return assembly;
}

async function deploy(options: DeployOptions = {}): Promise<LocalMode> {
  const stack = await LocalMode.deploy({
    assembly: synthesize(),
    stubTasks: { 'sns:publish': publish },
    // Retries wait milliseconds instead of a minute.
    waitTimeScale: 0.001,
    ...options,
  });
  await stack.bucket('Models').put('train/data.csv', rows(200));
  await stack.bucket('Models').put('validation/data.csv', rows(50));
  return stack;
}

/** CSV in the format of SageMaker's XGBoost: label first, no header. */
function rows(count: number): string {
  const row = (i: number) => [3 * Math.sin(i) + Math.cos(2 * i), Math.sin(i), Math.cos(2 * i)];
  return Array.from({ length: count }, (_, i) => row(i).join(',')).join('\n');
}

beforeEach(() => {
  announced = [];
});

describe('with real training', () => {
  let stack: LocalMode;

  beforeAll(async () => {
    stack = await deploy();
  });

  afterAll(() => stack.close());

  test('trains, keeps and announces the model with the best hyperparameters', async () => {
    const execution = stack.startExecution<Model>({ input: { maxTrainingJobs: 3 } });
    const model = await execution.output();

    const [tuningJob] = stack.tuningJobs();
    const best = tuningJob?.BestTrainingJob;
    expect(tuningJob?.TrainingJobStatusCounters.Completed).toBe(3);
    expect(model.hyperparameters).toMatchObject({ ...best?.TunedHyperParameters });
    expect(model.metrics['validation:rmse']).toBeLessThan(1);
    // A tar archive, compressed with gzip.
    const archive = await stack.bucket('Models').get(model.modelArtifacts);
    expect(archive.subarray(0, 2).toString('hex')).toBe('1f8b');
    expect(announced).toMatchObject([{ Message: { subject: 'New model', model: model.modelArtifacts } }]);
  });

  test('announces the failure if the data is unsuitable for training', async () => {
    const train = await stack.bucket('Models').put('train/bad/data.csv', 'price,size\nhigh,big\n');
    const execution = stack.startExecution({ input: { train: train.replace('data.csv', '') } });

    await expect(execution.ended).resolves.toMatchObject({ status: 'FAILED', error: 'NoModel' });
    expect(execution.states()).toEqual(expect.arrayContaining(['Tune', 'AnnounceFailure', 'NoModel']));
    expect(announced).toMatchObject([
      { Message: { reason: expect.stringContaining('XGB train call failed') } },
    ]);
  });
});

describe('with a stub in place of training', () => {
  test('the error names a missing permission', async () => {
    await using stack = await deploy({
      assembly: synthesizeWithout('sagemaker:CreateTrainingJob'),
      stubTraining: ({ hyperparameters }) => ({ 'validation:rmse': Number(hyperparameters.eta) }),
    });
    await expect(stack.startExecution().output()).rejects.toThrow('NoModel');
    expect(announced).toMatchObject([
      {
        Message: {
          reason: expect.stringContaining('is not authorized to perform: sagemaker:CreateTrainingJob'),
        },
      },
    ]);
  });

  test('stopping an execution also stops its jobs', async () => {
    await using stack = await deploy({
      // Each training job runs until it is stopped.
      stubTraining: () => new Promise(() => undefined),
    });
    const execution = stack.startExecution();
    await stack.waitFor(() => stack.trainingJobs().some((job) => job.SecondaryStatus === 'Training'));

    await expect(execution.stop({ error: 'Cancelled' })).resolves.toMatchObject({
      status: 'ABORTED',
      error: 'Cancelled',
    });
    await stack.waitFor(() => stack.tuningJobs()[0]?.HyperParameterTuningJobStatus === 'Stopped');
    const statuses = stack.trainingJobs().map((job) => job.TrainingJobStatus);
    expect(new Set(statuses)).toEqual(new Set(['Stopped']));
    expect(announced).toEqual([]);
  });
});
