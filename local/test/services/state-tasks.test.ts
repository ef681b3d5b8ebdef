import type { Json, StatesError } from '../../src/states';
import type { Sampler, Trainer } from '../../src/training';
import { functionIn } from './execution-support';
import {
  closeServices,
  deploymentIn,
  printX,
  runUntilStopped,
  samplerOf,
  start,
  temporaryRoot,
  trainerOf,
  trainingRequest,
  tuningRequest,
  until,
  xs,
} from './helpers';

afterEach(closeServices);

const EXECUTION = 'arn:aws:states:us-east-1:123456789012:execution:machine:run';
const CODE = `exports.handler = async (event) => {
  if (event.fail) { const e = new Error('none'); e.name = 'NoCompletedTrainingJobError'; throw e; }
  return { got: event };
};`;

async function machine(options: { trainer?: Trainer; sampler?: Sampler } = {}) {
  const root = temporaryRoot();
  const definition = functionIn(root, CODE);
  const functionArn = definition.arn;
  const services = await start({ ...options, deployment: deploymentIn(root, { functions: [definition] }) });
  const runTask = services.taskRunner({ arn: 'arn:aws:iam::123456789012:role/machine' });
  const submitted: Json[] = [];
  let calls = 0;
  const run = (resource: string, given: unknown, signal = new AbortController().signal) =>
    runTask({
      resource,
      arguments: given as Json,
      stateName: 'State',
      // Each call is a new attempt. A call with the same attempt number would get the job that the attempt had started.
      context: { Execution: { Id: EXECUTION }, State: { RetryCount: calls++ } },
      signal,
      heartbeat: () => undefined,
      submitted: (output) => submitted.push(output),
    });
  return { services, run, functionArn, submitted };
}

const failure = (promise: Promise<unknown>): Promise<StatesError> =>
  promise.then(
    () => Promise.reject(new Error('expected a failure')),
    (error) => error as StatesError,
  );

describe('functions', () => {
  test('lambda:invoke returns the payload and other members; a function ARN as resource returns only the payload', async () => {
    const { run, functionArn } = await machine();
    expect(
      await run('arn:aws:states:::lambda:invoke', { FunctionName: functionArn, Payload: { a: 1 } }),
    ).toMatchObject({
      ExecutedVersion: '$LATEST',
      StatusCode: 200,
      Payload: { got: { a: 1 } },
      SdkResponseMetadata: { RequestId: expect.any(String) },
    });
    expect(await run(functionArn, { b: 2 })).toEqual({ got: { b: 2 } });
  });

  test('the task fails with the error name of the function', async () => {
    const { run, functionArn } = await machine();
    const given = { FunctionName: functionArn, Payload: { fail: true } };
    const error = await failure(run('arn:aws:states:::lambda:invoke', given));
    expect(error.error).toBe('NoCompletedTrainingJobError');
    expect(JSON.parse(error.cause ?? '')).toEqual({
      errorType: 'NoCompletedTrainingJobError',
      errorMessage: 'none',
      trace: expect.any(Array),
    });
  });

  test('a missing function', async () => {
    const { run } = await machine();
    const error = await failure(run('arn:aws:states:::lambda:invoke', { FunctionName: 'other' }));
    expect(error).toMatchObject({
      error: 'Lambda.ResourceNotFoundException',
      cause: expect.stringMatching(/^Function not found: other/),
    });
  });
});

describe('the optimized integration of SageMaker', () => {
  test('createHyperParameterTuningJob.sync returns the job event, not the description of the job', async () => {
    const { run, submitted } = await machine({ sampler: samplerOf(xs(2, 1, 3)) });
    const output = (await run('arn:aws:states:::sagemaker:createHyperParameterTuningJob.sync', {
      ...tuningRequest('tune'),
      Tags: [{ Key: 'mine', Value: 'yes' }],
    })) as Record<string, unknown>;
    expect(output).toMatchObject({
      HyperParameterTuningJobName: 'tune',
      HyperParameterTuningJobStatus: 'Completed',
      TrainingJobDefinition: { StaticHyperParameters: { _tuning_objective_metric: 'loss' } },
      Tags: {
        mine: 'yes',
        AWS_STEP_FUNCTIONS_EXECUTION_ARN: EXECUTION,
        MANAGED_BY_AWS: 'STARTED_BY_STEP_FUNCTIONS',
      },
    });
    expect(output['BestTrainingJob']).toEqual({ TrainingJobName: expect.stringMatching(/^tune-002-/) });
    expect(Math.abs(Number(output['CreationTime']) - Date.now())).toBeLessThan(60_000);
    expect(Object.keys(output)).not.toContain('TrainingJobStatusCounters');
    expect(submitted).toEqual([{ HyperParameterTuningJobArn: output['HyperParameterTuningJobArn'] }]);
  });

  test('createTrainingJob, without and with .sync', async () => {
    const { run } = await machine();
    expect(await run('arn:aws:states:::sagemaker:createTrainingJob', trainingRequest('one'))).toEqual({
      TrainingJobArn: 'arn:aws:sagemaker:us-east-1:123456789012:training-job/one',
    });
    const output = await run('arn:aws:states:::sagemaker:createTrainingJob.sync', trainingRequest('two'));
    expect(output).toMatchObject({
      TrainingJobStatus: 'Completed',
      ModelArtifacts: { S3ModelArtifacts: expect.stringMatching(/two\/output\/model.tar.gz$/) },
    });
    expect(output).not.toHaveProperty('FinalMetricDataList');
  });

  test('a failed job fails the task, with the job as the cause', async () => {
    const { run } = await machine({
      trainer: trainerOf(() => ({ status: 'Failed', failureReason: 'bad data' })),
    });
    const error = await failure(
      run('arn:aws:states:::sagemaker:createTrainingJob.sync', trainingRequest('job')),
    );
    expect(error.error).toBe('States.TaskFailed');
    expect(JSON.parse(error.cause ?? '')).toMatchObject({
      TrainingJobStatus: 'Failed',
      FailureReason: 'bad data',
    });
  });

  test('aborting a task stops its job', async () => {
    const { run, services } = await machine({
      trainer: trainerOf(runUntilStopped),
      sampler: samplerOf(xs(1, 2, 3)),
    });
    const controller = new AbortController();
    const task = failure(
      run(
        'arn:aws:states:::sagemaker:createHyperParameterTuningJob.sync',
        tuningRequest('tune'),
        controller.signal,
      ),
    );
    await until(
      () => services.jobs.training.list(),
      (jobs) => jobs.length > 0,
    );
    const reason = new Error('timeout');
    controller.abort(reason);
    expect(await task).toBe(reason);
    const job = await until(
      () => services.jobs.tuning.get('tune')?.description.HyperParameterTuningJobStatus,
      (status) => status !== 'Stopping',
    );
    expect(job).toBe('Stopped');
  });

  test.each([
    [
      'at the top',
      'createHyperParameterTuningJob.sync',
      { ...tuningRequest('t'), Autotune: { Mode: 'Enabled' } },
      'Autotune',
    ],
    ['inside', 'createHyperParameterTuningJob.sync', tuningRequest('t', { RandomSeed: 1 }), 'RandomSeed'],
    ['in a list', 'createTrainingJob', { ...trainingRequest('t'), Tags: [{ key: 'a', Value: 'b' }] }, 'key'],
  ])('an unsupported field %s', async (_name, action, given, field) => {
    const { run } = await machine();
    expect(await failure(run(`arn:aws:states:::sagemaker:${action}`, given))).toMatchObject({
      error: 'States.Runtime',
      cause: `The field "${field}" is not supported by Step Functions`,
    });
  });

  test('errors of the service', async () => {
    const { run } = await machine();
    const create = (request: object) => run('arn:aws:states:::sagemaker:createTrainingJob', request);
    await create(trainingRequest('job'));
    expect(await failure(create(trainingRequest('job')))).toMatchObject({
      error: 'SageMaker.ResourceInUseException',
      cause: expect.stringMatching(
        /already exists .*\(Service: AmazonSageMaker; Status Code: 400; Error Code: ResourceInUse; Request ID: /,
      ),
    });
    expect(await failure(create({ ...trainingRequest('job'), TrainingJobName: '_' }))).toMatchObject({
      error: 'SageMaker.AmazonSageMakerException',
    });
  });
});

test('the AWS SDK integration accepts every operation and field, and returns times as strings', async () => {
  const { run } = await machine({ sampler: samplerOf(xs(2, 1, 3)), trainer: trainerOf(printX) });
  const call = (action: string, given: object) =>
    run(`arn:aws:states:::aws-sdk:sagemaker:${action}`, given) as Promise<Record<string, unknown>>;
  await call('createHyperParameterTuningJob', tuningRequest('tune', { RandomSeed: 1 }));
  const description = await until(
    () => call('describeHyperParameterTuningJob', { HyperParameterTuningJobName: 'tune' }),
    (job) => job['HyperParameterTuningJobStatus'] === 'Completed',
  );
  expect(description).toMatchObject({
    CreationTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    BestTrainingJob: { TunedHyperParameters: { x: '1' }, CreationTime: expect.stringMatching(/Z$/) },
    TrainingJobStatusCounters: { Completed: 3 },
  });
  expect(
    await failure(call('describeHyperParameterTuningJob', { HyperParameterTuningJobName: 'none' })),
  ).toMatchObject({
    error: 'SageMaker.ResourceNotFoundException',
    cause: expect.stringMatching(/called none\. .*\(Service: SageMaker, Status Code: 400, Request ID: /),
  });
  expect(await failure(call('describeTrainingJob', { TrainingJobName: 'none' }))).toMatchObject({
    error: 'SageMaker.SageMakerException',
  });
});
