import * as fs from 'node:fs';
import * as path from 'node:path';
import {
  AddTagsCommand,
  CreateTrainingJobCommand,
  DescribeTrainingJobCommand,
  type DescribeTrainingJobCommandOutput,
  ListTagsCommand,
  StopTrainingJobCommand,
} from '@aws-sdk/client-sagemaker';
import type { RunningServices } from '../../src/services';
import {
  automlFolderOf,
  removeWorkFolder,
  workFolderOf,
} from '../../src/services/sagemaker/jobs/work-folder';
import type { TrainingTask } from '../../src/training';
import {
  type Algorithm,
  BUCKET,
  closeServices,
  deploymentIn,
  printX,
  runUntilStopped,
  sagemakerClient,
  start,
  temporaryRoot,
  trainerOf,
  trainingRequest,
  until,
} from './helpers';

afterEach(closeServices);

function ended(services: RunningServices, name: string): Promise<DescribeTrainingJobCommandOutput> {
  const client = sagemakerClient(services);
  return until(
    () => client.send(new DescribeTrainingJobCommand({ TrainingJobName: name })),
    (job) => !['InProgress', 'Stopping'].includes(job.TrainingJobStatus ?? ''),
  );
}

async function train(algorithm: Algorithm, change: Record<string, unknown> = {}, root = temporaryRoot()) {
  const services = await start({ deployment: deploymentIn(root), trainer: trainerOf(algorithm) });
  const client = sagemakerClient(services);
  await client.send(new CreateTrainingJobCommand({ ...trainingRequest('Job-1', { x: '0.5' }), ...change }));
  return { services, client, root, job: () => ended(services, 'Job-1') };
}

test('a folder marker, as created by the S3 console, is not a file of a channel', async () => {
  let task: TrainingTask | undefined;
  const services = await start({
    deployment: deploymentIn(temporaryRoot()),
    trainer: trainerOf((given) => {
      task = given;
      return printX(given);
    }),
  });
  const put = (Key: string) =>
    services.router.call('s3', 'PutObject', { Bucket: BUCKET, Key, Body: '' }, services.user);
  await put('input/');
  await put('empty/');
  const client = sagemakerClient(services);
  await client.send(new CreateTrainingJobCommand(trainingRequest('Job-1')));
  await ended(services, 'Job-1');
  expect(task?.channels[0]?.files.map(({ name }) => name)).toEqual(['train.csv']);
  const [channel] = trainingRequest('').InputDataConfig;
  const source = { ...channel?.DataSource.S3DataSource, S3Uri: `s3://${BUCKET}/empty/` };
  const InputDataConfig = [{ ...channel, DataSource: { S3DataSource: source } }];
  await expect(
    services.router.call(
      'sagemaker',
      'CreateTrainingJob',
      { ...trainingRequest('Job-2'), InputDataConfig },
      services.user,
    ),
  ).rejects.toThrow(/^No S3 objects found/);
});

test('a job trains on its files and stores metrics, model and log', async () => {
  let task: TrainingTask | undefined;
  const { root, job } = await train((given) => {
    task = given;
    return printX(given);
  });
  const description = await job();
  expect(description).toMatchObject({
    TrainingJobArn: 'arn:aws:sagemaker:us-east-1:123456789012:training-job/job-1',
    TrainingJobStatus: 'Completed',
    SecondaryStatus: 'Completed',
    ModelArtifacts: { S3ModelArtifacts: `s3://${BUCKET}/output/Job-1/output/model.tar.gz` },
    FinalMetricDataList: [{ MetricName: 'loss', Value: 0.5, Timestamp: expect.any(Date) }],
    CreationTime: expect.any(Date),
    TrainingTimeInSeconds: 1,
  });
  expect(description.SecondaryStatusTransitions?.map((each) => each.Status)).toEqual([
    'Starting',
    'Downloading',
    'Training',
    'Uploading',
    'Completed',
  ]);
  expect(task?.channels).toEqual([
    {
      name: 'train',
      contentType: 'text/csv',
      compressionType: 'None',
      inputMode: 'File',
      distribution: 'FullyReplicated',
      files: [{ path: path.join(root, 's3', BUCKET, 'input', 'train.csv'), name: 'train.csv' }],
    },
  ]);
  expect(fs.existsSync(path.join(root, 's3', BUCKET, 'output/Job-1/output/model.tar.gz'))).toBe(true);
  expect(fs.readFileSync(path.join(root, 'logs', 'Job-1.log'), 'utf8')).toBe('starting Job-1\nloss=0.5;\n');
  expect(fs.existsSync(task?.workFolder ?? '')).toBe(false);
});

test('a failed job has a failure reason, even if its trainer throws', async () => {
  const { job, services } = await train(({ trainingJobName }) => {
    if (trainingJobName === 'Job-2') {
      throw new Error('crash');
    }
    return { status: 'Failed', failureReason: 'AlgorithmError: bad data' };
  });
  expect(await job()).toMatchObject({
    TrainingJobStatus: 'Failed',
    FailureReason: 'AlgorithmError: bad data',
  });
  await sagemakerClient(services).send(new CreateTrainingJobCommand(trainingRequest('Job-2')));
  expect(await ended(services, 'Job-2')).toMatchObject({
    TrainingJobStatus: 'Failed',
    FailureReason: 'InternalServerError: crash',
  });
});

test('a failed artifact upload does not hide the reason of a failed job, and a failed cleanup is only reported', async () => {
  const given = temporaryRoot();
  const { job, root } = await train(
    ({ workFolder }) => {
      fs.mkdirSync(path.join(workFolder, 'output/data'), { recursive: true });
      fs.writeFileSync(path.join(workFolder, 'output/data/report'), '');
      fs.rmSync(path.join(given, 's3', BUCKET), { recursive: true });
      return { status: 'Failed', failureReason: 'AlgorithmError: bad data' };
    },
    {},
    given,
  );
  expect(await job()).toMatchObject({
    TrainingJobStatus: 'Failed',
    FailureReason: 'AlgorithmError: bad data',
  });
  expect(fs.readFileSync(path.join(root, 'logs/Job-1.log'), 'utf8')).toMatch(/Artifact upload failed: /);
  const problems: string[] = [];
  await removeWorkFolder(path.join(root, 'x'.repeat(300)), (text) => problems.push(text));
  expect(problems).toEqual([expect.stringMatching(/^Cannot delete the working folder .*name too long/)]);
});

test('a training job and an AutoML job of the same name use different folders', () => {
  expect(automlFolderOf('/root', 'one')).not.toBe(workFolderOf('/root', 'one'));
});

test('a job can be stopped and keeps its metrics', async () => {
  const { client, job } = await train(runUntilStopped);
  const stop = new StopTrainingJobCommand({ TrainingJobName: 'Job-1' });
  await client.send(stop);
  expect(await job()).toMatchObject({
    TrainingJobStatus: 'Stopped',
    SecondaryStatus: 'Stopped',
    FinalMetricDataList: [{ MetricName: 'loss', Value: 1 }],
  });
  await expect(client.send(stop)).rejects.toThrow(/rejected because the training job is in status Stopped/);
});

test('a job that exceeds its time limit is stopped', async () => {
  const { job } = await train(runUntilStopped, { StoppingCondition: { MaxRuntimeInSeconds: 1 } });
  expect(await job()).toMatchObject({ TrainingJobStatus: 'Stopped', SecondaryStatus: 'MaxRuntimeExceeded' });
});

test('the time that a job waits before its start does not count toward its time limit', async () => {
  const services = await start({
    trainer: {
      ...trainerOf(printX),
      train: async (task) => {
        await new Promise((resolve) => setTimeout(resolve, 1200));
        task.onStart();
        return printX(task);
      },
    },
  });
  const StoppingCondition = { MaxRuntimeInSeconds: 1 };
  const request = { ...trainingRequest('Job-1'), StoppingCondition };
  await sagemakerClient(services).send(new CreateTrainingJobCommand(request));
  const { TrainingJobStatus, CreationTime, TrainingStartTime } = await ended(services, 'Job-1');
  expect(TrainingJobStatus).toBe('Completed');
  expect(Number(TrainingStartTime) - Number(CreationTime)).toBeGreaterThan(1000);
});

test('tags can be added to a job and are listed', async () => {
  const { client } = await train(printX, { Tags: [{ Key: 'a', Value: '1' }] });
  const ResourceArn = 'arn:aws:sagemaker:us-east-1:123456789012:training-job/job-1';
  await client.send(new AddTagsCommand({ ResourceArn, Tags: [{ Key: 'b', Value: '2' }] }));
  const { Tags } = await client.send(new ListTagsCommand({ ResourceArn }));
  expect(Tags).toEqual([
    { Key: 'a', Value: '1' },
    { Key: 'b', Value: '2' },
  ]);
});

test('a name cannot be reused, whatever its case, in this or a later run', async () => {
  const { client, root, job, services } = await train(printX);
  const again = new CreateTrainingJobCommand(trainingRequest('JOB-1'));
  await expect(client.send(again)).rejects.toMatchObject({
    name: 'ResourceInUse',
    message: expect.stringMatching(
      /^Training job names must be unique within an AWS account and region, and/,
    ),
  });
  await job();
  await services.close();
  const next = await start({ deployment: deploymentIn(root) });
  await expect(sagemakerClient(next).send(again)).rejects.toMatchObject({ name: 'ResourceInUse' });
});

/** An ID that no process has. */
const NO_PROCESS = 2 ** 30;

test('a job whose local mode process has ended is marked as failed', async () => {
  const root = temporaryRoot();
  const { job, services } = await train(printX, {}, root);
  await job();
  await services.close();
  const file = path.join(root, 'sagemaker', 'training-jobs', 'job-1.json');
  const record = JSON.parse(fs.readFileSync(file, 'utf8'));
  record.description.TrainingJobStatus = 'InProgress';
  record.processId = NO_PROCESS;
  fs.writeFileSync(file, JSON.stringify(record));
  fs.mkdirSync(path.join(root, 'work', 'Job-1', 'model'), { recursive: true });
  expect(await ended(await start({ deployment: deploymentIn(root) }), 'Job-1')).toMatchObject({
    TrainingJobStatus: 'Failed',
    FailureReason: expect.stringMatching(/^Local mode \(process \d+\) ended while the job was running\.$/),
    SecondaryStatus: 'Failed',
    TrainingEndTime: expect.any(Date),
  });
  expect(fs.readdirSync(path.join(root, 'work'))).toEqual([]);
});

describe('requests that SageMaker would refuse', () => {
  const channel = (s3Uri: string) => [
    { ChannelName: 'train', DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: s3Uri } } },
  ];
  test.each<[string, Record<string, unknown>, RegExp]>([
    [
      'a bad name',
      { TrainingJobName: '-bad-' },
      /^1 validation error detected: Value '-bad-' at 'trainingJobName' failed to satisfy constraint: Member must satisfy regular expression pattern: /,
    ],
    [
      'a missing member',
      { RoleArn: undefined },
      /Value null at 'roleArn' failed to satisfy constraint: Member must not be null/,
    ],
    [
      'a nested missing member',
      { AlgorithmSpecification: { TrainingImage: 'x' } },
      /at 'algorithmSpecification.trainingInputMode'/,
    ],
    [
      'missing data',
      { InputDataConfig: channel(`s3://${BUCKET}/nothing/`) },
      /^No S3 objects found under S3 URL "s3:\/\/data-bucket\/nothing\/" given in input data source\./,
    ],
    [
      'a missing bucket',
      { InputDataConfig: channel('s3://nowhere/x') },
      /^No S3 objects found.*Buckets of local mode: data-bucket/,
    ],
    [
      'a missing output bucket',
      { OutputDataConfig: { S3OutputPath: 's3://nowhere/' } },
      /bucket "nowhere" in S3OutputPath does not exist/,
    ],
    [
      'an image that cannot run here',
      { AlgorithmSpecification: { TrainingImage: 'other:1', TrainingInputMode: 'File' } },
      /cannot run the training image "other:1"\. It runs .*test-algorithm/,
    ],
  ])('%s', async (_name, change, message) => {
    const services = await start();
    const input = { ...trainingRequest('job'), ...change } as never;
    const call = services.router.call('sagemaker', 'CreateTrainingJob', input, services.user);
    await expect(call).rejects.toMatchObject({
      code: 'ValidationException',
      message: expect.stringMatching(message),
    });
    expect(services.jobs.training.list()).toEqual([]);
  });

  test('a metric with an invalid expression', async () => {
    const services = await start();
    const { AlgorithmSpecification: algorithm, ...request } = trainingRequest('job');
    const MetricDefinitions = [{ Name: 'loss', Regex: 'loss=(' }];
    const input = { ...request, AlgorithmSpecification: { ...algorithm, MetricDefinitions } };
    await expect(
      services.router.call('sagemaker', 'CreateTrainingJob', input, services.user),
    ).rejects.toMatchObject({
      code: 'ValidationException',
      message: expect.stringMatching(/^MetricDefinitions: metric loss/),
    });
    expect(services.jobs.training.list()).toEqual([]);
  });

  test('numbers in place of strings', async () => {
    const services = await start();
    const input = { ...trainingRequest('job'), HyperParameters: { x: 1 } };
    await expect(
      services.router.call('sagemaker', 'CreateTrainingJob', input, services.user),
    ).rejects.toMatchObject({
      code: 'SerializationException',
    });
  });
});
