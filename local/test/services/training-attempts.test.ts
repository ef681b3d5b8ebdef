import * as fs from 'node:fs';
import * as path from 'node:path';
import {
  CreateTrainingJobCommand,
  DescribeTrainingJobCommand,
  type DescribeTrainingJobCommandOutput,
  StopTrainingJobCommand,
} from '@aws-sdk/client-sagemaker';
import type { RunningServices } from '../../src/services';
import { SpotInterruptions } from '../../src/services/sagemaker/training/spot-interruptions';
import { createContainerTrainer, createXGBoostTrainer, type Trainer } from '../../src/training';
import {
  type Algorithm,
  BUCKET,
  closeServices,
  deploymentIn,
  IMAGE,
  printX,
  sagemakerClient,
  start,
  temporaryRoot,
  trainerOf,
  trainingRequest,
  until,
} from './helpers';

afterEach(closeServices);

type Json = Record<string, unknown>;
type StartOptions = NonNullable<Parameters<typeof start>[0]>;

const describeJob = (services: RunningServices, TrainingJobName = 'Job') =>
  sagemakerClient(services).send(new DescribeTrainingJobCommand({ TrainingJobName }));

function ended(services: RunningServices, name?: string): Promise<DescribeTrainingJobCommandOutput> {
  return until(
    () => describeJob(services, name),
    ({ TrainingJobStatus: status }) => status !== 'InProgress' && status !== 'Stopping',
  );
}

async function begin(trainer: Trainer, change: Json = {}, options: StartOptions = {}) {
  const root = temporaryRoot();
  const services = await start({ deployment: deploymentIn(root), trainer, ...options });
  const client = sagemakerClient(services);
  await client.send(new CreateTrainingJobCommand({ ...trainingRequest('Job'), ...change }));
  const stop = () => client.send(new StopTrainingJobCommand({ TrainingJobName: 'Job' }));
  return { services, stop, bucket: path.join(root, 's3', BUCKET) };
}

const steps = ({ SecondaryStatusTransitions: all = [] }: DescribeTrainingJobCommandOutput) =>
  all.map(({ Status }) => Status).join(' ');

describe('RetryStrategy', () => {
  const RetryStrategy = { MaximumRetryAttempts: 2 };
  const failingTimes = (failures: number, fail: () => ReturnType<Algorithm>) => {
    let attempts = 0;
    const algorithm: Algorithm = (task) => (++attempts <= failures ? fail() : printX(task));
    return { trainer: trainerOf(algorithm), attempts: () => attempts };
  };
  const crash = () => {
    throw new Error('no space left on device');
  };

  test('retries a job that failed with an internal error', async () => {
    const { trainer, attempts } = failingTimes(2, crash);
    const { services } = await begin(trainer, { RetryStrategy });
    const job = await ended(services);
    expect(job).toMatchObject({ TrainingJobStatus: 'Completed', RetryStrategy });
    expect(job.FailureReason).toBeUndefined();
    expect(steps(job)).toBe(
      'Starting Downloading Training Starting Downloading Training Starting Downloading Training Uploading Completed',
    );
    expect(attempts()).toBe(3);
  });

  test('retries at most as often as MaximumRetryAttempts allows', async () => {
    const { trainer, attempts } = failingTimes(9, crash);
    const { services } = await begin(trainer, { RetryStrategy });
    expect(await ended(services)).toMatchObject({
      TrainingJobStatus: 'Failed',
      FailureReason: 'InternalServerError: no space left on device',
    });
    expect(attempts()).toBe(3);
  });

  test('does not retry failures of the algorithm or the data', async () => {
    const { trainer, attempts } = failingTimes(9, () => ({
      status: 'Failed',
      failureReason: 'AlgorithmError: the training process was ended by signal SIGKILL, exit code: 1',
    }));
    const { services } = await begin(trainer, { RetryStrategy });
    expect(await ended(services)).toMatchObject({ TrainingJobStatus: 'Failed' });
    expect(attempts()).toBe(1);
  });
});

describe('interruptions of spot instances', () => {
  const SPOT = {
    EnableManagedSpotTraining: true,
    StoppingCondition: { MaxRuntimeInSeconds: 60, MaxWaitTimeInSeconds: 120 },
  };
  const untilInterrupted: Algorithm = async (task) => {
    while (!task.signal.aborted) {
      task.onLog('working');
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    return { status: 'Stopped' };
  };

  test('a script gets SIGTERM, and resumes from its checkpoint', async () => {
    const script = `
      if [ -f "$CHECKPOINTS/epoch" ]; then
        echo "loss=$(cat "$CHECKPOINTS/epoch");"
        cp "$CHECKPOINTS/epoch" "$MODEL/model"
        exit 0
      fi
      trap 'echo 7 > "$CHECKPOINTS/epoch"; echo half > "$MODEL/half"; exit 3' TERM
      while :; do echo "epoch"; sleep 0.02; done`;
    const trainer = createContainerTrainer({
      commands: new Map([[IMAGE, { command: ['/bin/sh', '-c', script], cwd: '/' }]]),
      docker: false,
    });
    const { services, bucket } = await begin(
      trainer,
      {
        ...SPOT,
        CheckpointConfig: { S3Uri: `s3://${BUCKET}/checkpoints` },
        Environment: { CHECKPOINTS: '/opt/ml/checkpoints', MODEL: '/opt/ml/model' },
      },
      { spotInterruptions: { perJob: 1, waitSeconds: 0 } },
    );
    const job = await ended(services);
    expect(steps(job)).toBe(
      'Starting Downloading Training Interrupted Starting Downloading Training Uploading Completed',
    );
    expect(job).toMatchObject({ TrainingJobStatus: 'Completed', FinalMetricDataList: [{ Value: 7 }] });
    expect(fs.readFileSync(path.join(bucket, 'checkpoints/epoch'), 'utf8')).toBe('7\n');
    expect(fs.existsSync(path.join(bucket, 'output/Job/output/model.tar.gz'))).toBe(true);
  });

  test('without checkpoints, the job starts from the beginning in an empty folder', async () => {
    const seen: string[][] = [];
    const { services } = await begin(
      trainerOf((task) => {
        seen.push(fs.readdirSync(task.workFolder));
        fs.writeFileSync(path.join(task.workFolder, 'rest'), '');
        return seen.length === 1 ? untilInterrupted(task) : printX(task);
      }),
      SPOT,
      { spotInterruptions: { perJob: 1, waitSeconds: 0 } },
    );
    expect(await ended(services)).toMatchObject({ TrainingJobStatus: 'Completed' });
    expect(seen).toEqual([[], []]);
  });

  test('a job that gets no new instance in time is stopped and loses the files of its first instance', async () => {
    const { services, bucket } = await begin(
      trainerOf(async (task) => {
        const outcome = await untilInterrupted(task);
        fs.mkdirSync(path.join(task.workFolder, 'model'));
        fs.writeFileSync(path.join(task.workFolder, 'model/half'), '');
        return outcome;
      }),
      { ...SPOT, StoppingCondition: { MaxRuntimeInSeconds: 1, MaxWaitTimeInSeconds: 1 } },
      { spotInterruptions: { perJob: 1, waitSeconds: 60 } },
    );
    const job = await ended(services);
    expect(job).toMatchObject({ TrainingJobStatus: 'Stopped', SecondaryStatus: 'MaxWaitTimeExceeded' });
    expect(steps(job)).toBe('Starting Downloading Training Interrupted Stopping MaxWaitTimeExceeded');
    expect(fs.existsSync(path.join(bucket, 'output'))).toBe(false);
  });

  test('the billed time is shorter than the training time, and neither includes waiting for an instance', async () => {
    const { services } = await begin(
      trainerOf(async (task) => {
        await new Promise((resolve) => setTimeout(resolve, 900));
        for (let line = 0; line < 10; line += 1) task.onLog('done');
        return task.signal.aborted ? { status: 'Stopped' } : printX(task);
      }),
      SPOT,
      { spotInterruptions: { perJob: 1, waitSeconds: 1 } },
    );
    const {
      TrainingTimeInSeconds: seconds = 0,
      BillableTimeInSeconds: billable,
      ...job
    } = await ended(services);
    expect(seconds).toBeGreaterThanOrEqual(2);
    expect(billable).toBe(Math.round(seconds * 0.3));
    const wholeTime = Number(job.TrainingEndTime) - Number(job.TrainingStartTime);
    expect(wholeTime - seconds * 1000).toBeGreaterThan(400);
  });

  test('only spot jobs are interrupted, and as often as requested', async () => {
    const services = await start({
      trainer: trainerOf((task) => {
        for (let line = 0; line < 10; line += 1) task.onLog('working');
        return task.signal.aborted ? { status: 'Stopped' } : printX(task);
      }),
      spotInterruptions: { perJob: 0.5, waitSeconds: 0 },
    });
    const client = sagemakerClient(services);
    const interrupted = async (name: string, change: Json) => {
      await client.send(new CreateTrainingJobCommand({ ...trainingRequest(name), ...change }));
      return steps(await ended(services, name)).includes('Interrupted');
    };
    expect(await interrupted('On-demand', {})).toBe(false);
    const all = [];
    for (const name of ['a', 'b', 'c', 'd']) all.push(await interrupted(name, SPOT));
    expect(all).toEqual([false, true, false, true]);
  });

  test('the same seed gives the same interruptions', () => {
    const plans = (seed?: number) => {
      const spot = new SpotInterruptions({ perJob: 2, ...(seed !== undefined && { seed }) });
      return Array.from({ length: 20 }, () => spot.plan());
    };
    expect(plans(1)).toEqual(plans(1));
    expect(plans(1)).not.toEqual(plans(2));
    expect(plans().every((plan) => plan.length === 2)).toBe(true);
    expect(
      plans()
        .flat()
        .every((lines) => lines >= 1 && lines <= 10),
    ).toBe(true);
  });
});

describe('StopTrainingJob', () => {
  test('before the training has begun', async () => {
    const { services, stop } = await begin({
      ...trainerOf(printX),
      train: (task) =>
        new Promise((resolve) => {
          // The job may already have been stopped, because a trainer can report the start late.
          const end = () => {
            task.onStart();
            resolve({ status: 'Stopped' });
          };
          if (task.signal.aborted) end();
          else task.signal.addEventListener('abort', end);
        }),
    });
    await stop();
    const job = await ended(services);
    expect(job).toMatchObject({ TrainingJobStatus: 'Stopped', SecondaryStatus: 'Stopped' });
    expect(steps(job)).toMatch(/^Starting (Downloading )?Stopping Stopped$/);
  });

  test('while the packages of the algorithm are installed', async () => {
    const trainer = createXGBoostTrainer({ pythonFor: () => new Promise(() => undefined), maxWorkers: 1 });
    const TrainingImage = '683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.2-0';
    const { services, stop } = await begin(trainer, {
      AlgorithmSpecification: { TrainingImage, TrainingInputMode: 'File' },
    });
    await until(
      () => describeJob(services),
      ({ SecondaryStatus: status }) => status === 'Downloading',
    );
    await stop();
    expect(await ended(services)).toMatchObject({ TrainingJobStatus: 'Stopped' });
  });

  test('can be sent twice; files that a script saves on SIGTERM are kept', async () => {
    const script = `
      trap 'sleep 0.3; echo saved > "$MODEL/model"; exit 0' TERM
      echo "loss=5;"
      while :; do sleep 0.02; done`;
    const trainer = createContainerTrainer({
      commands: new Map([[IMAGE, { command: ['/bin/sh', '-c', script], cwd: '/' }]]),
      docker: false,
    });
    const { services, stop, bucket } = await begin(trainer, { Environment: { MODEL: '/opt/ml/model' } });
    const log = path.join(bucket, '../../logs/Job.log');
    await until(
      () => fs.existsSync(log) && fs.readFileSync(log, 'utf8'),
      (text) => text !== false && text.includes('loss'),
    );
    await stop();
    expect(await describeJob(services)).toMatchObject({
      TrainingJobStatus: 'Stopping',
      SecondaryStatus: 'Stopping',
    });
    await expect(stop()).rejects.toMatchObject({
      name: 'ValidationException',
      message: 'The request was rejected because the training job is in status Stopping.',
    });
    const job = await ended(services);
    expect(job).toMatchObject({ TrainingJobStatus: 'Stopped', FinalMetricDataList: [{ Value: 5 }] });
    expect(steps(job)).toBe('Starting Downloading Training Stopping Stopped');
    expect(fs.existsSync(path.join(bucket, 'output/Job/output/model.tar.gz'))).toBe(true);
    await expect(stop()).rejects.toThrow(/is in status Stopped/);
  });
});
