import { join } from 'node:path';
import { CreateModelPackageCommand, SageMakerClient } from '@aws-sdk/client-sagemaker';
import { ModelRegistry, QualityGate } from '../../../lib';
import { workflow } from '../../../test/fixtures';
import { LocalMode, type StubbedTask, type StubTasks } from '../../src';
import { ExecutionLog } from '../../src/executions/executions';
import { testFault } from './fault-table';
import { redrive } from './redrive';
import { filesIn, synthesize } from './support';

const TRAINING_JOBS = 2;

const assembly = synthesize((scope) => {
  const props = {
    maxTrainingJobs: TRAINING_JOBS,
    evaluation: {},
    qualityGate: QualityGate.betterThanBaseline(),
    registry: ModelRegistry.group({ name: 'faults' }),
  };
  workflow(props, scope);
});

let stack: LocalMode;
let trained: number;

const EVALUATION = {
  evaluation: { problem: 'Regression', rows: 1, metrics: {}, statistics: 's3://faults/evaluation.json' },
  gate: { passed: true, reason: 'rmse is 1, the baseline has 2', conditions: [] },
  charts: {},
};

/** Deploys the workflow without training. The models and the registry are real, unless a stub replaces them. */
async function deploy(stubTasks: StubTasks = {}): Promise<void> {
  trained = 0;
  stack = await LocalMode.deploy({
    assembly,
    waitTimeScale: 0.001,
    stubTraining: ({ hyperparameters }) => {
      trained += 1;
      return { 'validation:rmse': Number(hyperparameters.eta) };
    },
    stubTasks: {
      TransformTestData: () => ({ TransformJobName: 'transform', TransformJobArn: 'arn:transform' }),
      EvaluateModel: () => ({ Payload: EVALUATION }),
      ...stubTasks,
    },
  });
  for (const channel of ['train', 'validation', 'test']) {
    await stack.bucket('Tuning/Bucket').put(`input/${channel}/a.csv`, '1,2\n');
  }
}

afterEach(async () => {
  jest.restoreAllMocks();
  await stack.close();
});

const versions = () => filesIn(join(stack.root, 'sagemaker/model-packages')).length;

/** Runs an execution that fails, and redrives it. The redrive must fail too, and train and register nothing. */
async function fail(error: string, cause: RegExp): Promise<string> {
  const execution = stack.startExecution();
  expect(await execution.ended).toMatchObject({
    status: 'FAILED',
    error,
    cause: expect.stringMatching(
      new RegExp(
        `${cause.source}.*\\. Training job of the final model: \\S+-final-\\S+, model s3:\\S+model\\.tar\\.gz\\. Report: s3:`,
        's',
      ),
    ),
  });
  expect(await redrive(stack, execution)).toMatchObject({ status: 'FAILED', error });
  expect([trained, versions()]).toEqual([TRAINING_JOBS + 1, 0]);
  return `fails with ${error}, and names the final model and the report; a redrive fails too, and trains or registers nothing`;
}

for (const state of [
  'CreateModel',
  'TransformTestData',
  'EvaluateModel',
  'RegisterModel',
  'IsQualityGatePassed',
]) {
  testFault(`StopExecution at ${state}`, async () => {
    await deploy();
    const entered = new Promise<void>((resolve) => {
      const append = ExecutionLog.prototype.append;
      jest.spyOn(ExecutionLog.prototype, 'append').mockImplementation(function (this: ExecutionLog, event) {
        append.call(this, event);
        if (event.type.endsWith('StateEntered') && event.details['name'] === state) resolve();
      });
    });
    const execution = stack.startExecution();
    await entered;
    expect(await execution.stop()).toMatchObject({ status: 'ABORTED' });
    expect(await redrive(stack, execution)).toMatchObject({
      status: 'SUCCEEDED',
      output: { modelPackage: { version: 1, approvalStatus: 'Approved' } },
    });
    expect([trained, versions()]).toEqual([TRAINING_JOBS + 1, 1]);
    return 'the redrive succeeds; no job runs twice, and there is one model version';
  });
}

testFault('the model cannot be created', async () => {
  await deploy({ CreateModel: failing('SageMaker.SageMakerException', 'Could not access model data') });
  return fail(
    'EvaluationFailed',
    /^The model for the evaluation could not be created: .*Could not access model data/,
  );
});

testFault('the transform job fails', async () => {
  const job = {
    TransformJobStatus: 'Failed',
    FailureReason: 'AlgorithmError: See job logs for more information',
  };
  await deploy({ TransformTestData: failing('States.TaskFailed', JSON.stringify(job)) });
  return fail(
    'EvaluationFailed',
    /^The transform job on the test data failed: .*AlgorithmError: See job logs/,
  );
});

testFault('the function for the evaluation fails', async () => {
  const cause = JSON.stringify({ errorType: 'NoPredictionsError', errorMessage: 'there are no predictions' });
  await deploy({ EvaluateModel: failing('NoPredictionsError', cause) });
  return fail(
    'EvaluationFailed',
    /^The metrics of the test data could not be computed: .*there are no predictions/,
  );
});

testFault('the registry refuses', async () => {
  await deploy({ RegisterModel: failing('SageMaker.SageMakerException', 'Rate exceeded') });
  return fail('ModelRegistrationFailed', /^The final model could not be registered: .*Rate exceeded/);
});

testFault('the registry throttles two requests, and the response to the third is lost', async () => {
  let attempts = 0;
  await deploy({
    RegisterModel: async ({ arguments: request }: StubbedTask) => {
      attempts += 1;
      if (attempts <= 2) throw named('SageMaker.SageMakerException', 'Rate exceeded');
      const registered = await new SageMakerClient(stack.clientConfig()).send(
        new CreateModelPackageCommand(request as never),
      );
      if (attempts === 3) throw named('States.TaskFailed', 'Unable to execute HTTP request');
      return { ModelPackageArn: registered.ModelPackageArn };
    },
  });
  expect(await stack.startExecution().output()).toMatchObject({ modelPackage: { version: 1 } });
  expect([attempts, versions()]).toEqual([4, 1]);
  return 'succeeds after 4 attempts; there is one model version';
});

function failing(name: string, cause: string) {
  return () => {
    throw named(name, cause);
  };
}

function named(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}
