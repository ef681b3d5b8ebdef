import * as fs from 'node:fs';
import * as path from 'node:path';
import {
  AddTagsCommand,
  CreateHyperParameterTuningJobCommand,
  CreateTrainingJobCommand,
  DeleteHyperParameterTuningJobCommand,
  DeleteTagsCommand,
  DeleteTrainingJobCommand,
  DescribeHyperParameterTuningJobCommand,
  DescribeTrainingJobCommand,
  ListTagsCommand,
  StopHyperParameterTuningJobCommand,
  StopTrainingJobCommand,
} from '@aws-sdk/client-sagemaker';
import {
  BUCKET,
  closeServices,
  deploymentIn,
  printX,
  runUntilStopped,
  sagemakerClient,
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

/** Starts an instance of local mode in which jobs with `x` = 0 run until they are stopped. */
async function setUp(values = [3, 0]) {
  const root = temporaryRoot();
  const services = await start({
    deployment: deploymentIn(root),
    trainer: trainerOf((task) => (task.hyperparameters['x'] === '0' ? runUntilStopped(task) : printX(task))),
    sampler: samplerOf(xs(...values)),
  });
  const client = sagemakerClient(services);
  const describeTraining = (TrainingJobName: string) =>
    client.send(new DescribeTrainingJobCommand({ TrainingJobName }));
  const describeTuning = (HyperParameterTuningJobName = 'Tune') =>
    client.send(new DescribeHyperParameterTuningJobCommand({ HyperParameterTuningJobName }));
  const train = (name: string, x: string) =>
    client.send(new CreateTrainingJobCommand(trainingRequest(name, { x })));
  const tune = () =>
    client.send(
      new CreateHyperParameterTuningJobCommand(
        tuningRequest('Tune', {
          ResourceLimits: { MaxNumberOfTrainingJobs: 2, MaxParallelTrainingJobs: 1 },
        }) as never,
      ),
    );
  const stopTuning = async () => {
    await client.send(new StopHyperParameterTuningJobCommand({ HyperParameterTuningJobName: 'Tune' }));
    return until(describeTuning, (job) => job.HyperParameterTuningJobStatus === 'Stopped');
  };
  const deleteTraining = (TrainingJobName: string) =>
    client.send(new DeleteTrainingJobCommand({ TrainingJobName }));
  const deleteTuning = (HyperParameterTuningJobName = 'Tune') =>
    client.send(new DeleteHyperParameterTuningJobCommand({ HyperParameterTuningJobName }));
  return {
    root,
    services,
    client,
    describeTraining,
    describeTuning,
    train,
    tune,
    stopTuning,
    deleteTraining,
    deleteTuning,
  };
}

test('an ended training job can be deleted; its model is kept, and its name can be reused', async () => {
  const { root, client, describeTraining, train, deleteTraining } = await setUp();
  await train('Job', '0');
  await expect(deleteTraining('Job')).rejects.toMatchObject({
    name: 'ResourceInUse',
    message: 'The request was rejected because the training job is in status InProgress.',
  });
  await client.send(new StopTrainingJobCommand({ TrainingJobName: 'Job' }));
  await until(
    () => describeTraining('Job'),
    (job) => job.TrainingJobStatus === 'Stopped',
  );
  await deleteTraining('Job');
  await expect(describeTraining('Job')).rejects.toThrow('Requested resource not found.');
  await expect(deleteTraining('Job')).rejects.toMatchObject({ name: 'ResourceNotFound' });
  await train('Job', '1');
  await until(
    () => describeTraining('Job'),
    (job) => job.TrainingJobStatus === 'Completed',
  );
  await deleteTraining('job');
  expect(fs.existsSync(path.join(root, 's3', BUCKET, 'output/Job/output/model.tar.gz'))).toBe(true);
});

test('an ended tuning job can be deleted; its training jobs are kept, and its name can be reused', async () => {
  const { root, services, describeTraining, describeTuning, tune, stopTuning, deleteTuning } = await setUp();
  await tune();
  await until(describeTuning, (job) => job.TrainingJobStatusCounters?.Completed === 1);
  await expect(deleteTuning()).rejects.toMatchObject({
    name: 'ValidationException',
    message: 'The request was rejected because the hyperparameter tuning job is in status InProgress.',
  });
  const { BestTrainingJob: best } = await stopTuning();
  // The sampler of these tests writes no study.
  const study = path.join(root, 'sagemaker/studies/tune.study');
  fs.writeFileSync(study, '');
  await deleteTuning();
  expect(fs.existsSync(study)).toBe(false);
  await expect(describeTuning()).rejects.toMatchObject({ name: 'ResourceNotFound' });
  await expect(deleteTuning()).rejects.toMatchObject({ name: 'ResourceNotFound' });
  expect(await describeTraining(best?.TrainingJobName ?? '')).toMatchObject({
    TrainingJobStatus: 'Completed',
  });

  await tune();
  const again = await until(describeTuning, (job) => job.BestTrainingJob !== undefined);
  expect(again.TrainingJobStatusCounters).toMatchObject({ Completed: 1, Stopped: 0 });
  expect(again.BestTrainingJob?.TrainingJobName).not.toBe(best?.TrainingJobName);
  expect(services.jobs.training.list()).toHaveLength(4);
  await stopTuning();
});

test('the training jobs of an ended tuning job can be deleted without changing its description', async () => {
  const { services, describeTuning, tune, stopTuning, deleteTraining } = await setUp();
  await tune();
  const { BestTrainingJob: best } = await until(describeTuning, (job) => job.BestTrainingJob !== undefined);
  await expect(deleteTraining(best?.TrainingJobName ?? '')).rejects.toMatchObject({
    name: 'ResourceInUse',
    message: expect.stringMatching(
      /belongs to the hyperparameter tuning job Tune, which is in status InProgress/,
    ),
  });
  const before = await stopTuning();
  services.jobs.tuning.update('Tune', (record) => ({ ...record, isInterrupted: true }));
  await expect(deleteTraining(best?.TrainingJobName ?? '')).rejects.toThrow(
    /was interrupted and can be resumed/,
  );
  services.jobs.tuning.update('Tune', ({ isInterrupted: _isInterrupted, ...record }) => record);
  for (const { name } of services.jobs.training.list()) await deleteTraining(name);
  const { $metadata: _1, ...job } = before;
  const { $metadata: _2, ...after } = await describeTuning();
  expect(after).toEqual(job);
});

test('a job that another process deleted no longer exists here', async () => {
  const { root, train, describeTraining, deleteTraining } = await setUp();
  await train('Job', '1');
  await until(
    () => describeTraining('Job'),
    (job) => job.TrainingJobStatus === 'Completed',
  );
  const other = await start({ deployment: deploymentIn(root) });
  expect(other.jobs.training.get('Job')).toBeDefined();
  await deleteTraining('Job');
  other.jobs.training.refresh();
  expect(other.jobs.training.list()).toEqual([]);
});

test('tags are added and deleted; training jobs get the tags at the time of their start', async () => {
  const { client, services, describeTuning, tune } = await setUp([0, 3]);
  await tune();
  const { HyperParameterTuningJobArn: ResourceArn } = await describeTuning();
  const tagsOf = async (arn: string | undefined) =>
    (await client.send(new ListTagsCommand({ ResourceArn: arn }))).Tags?.map(({ Key }) => Key);
  const Tags = ['a', 'b', 'c'].map((Key) => ({ Key, Value: '1' }));
  await client.send(new AddTagsCommand({ ResourceArn, Tags }));
  await client.send(new DeleteTagsCommand({ ResourceArn, TagKeys: ['b', 'other'] }));
  expect(await tagsOf(ResourceArn)).toEqual(['a', 'c']);

  const [first] = await until(
    () => services.jobs.training.list(),
    (jobs) => jobs.length === 1,
  );
  await client.send(new StopTrainingJobCommand({ TrainingJobName: first?.name }));
  const [, second] = await until(
    () => services.jobs.training.list(),
    (jobs) => jobs.length === 2,
  );
  expect(await tagsOf(first?.description.TrainingJobArn)).toEqual([]);
  expect(await tagsOf(second?.description.TrainingJobArn)).toEqual(['a', 'c']);

  const unknown = 'arn:aws:sagemaker:us-east-1:123456789012:training-job/other';
  await expect(
    client.send(new DeleteTagsCommand({ ResourceArn: unknown, TagKeys: ['a'] })),
  ).rejects.toMatchObject({ name: 'ResourceNotFound' });
});
