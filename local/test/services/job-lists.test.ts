import {
  CreateHyperParameterTuningJobCommand,
  CreateTrainingJobCommand,
  type HyperParameterTrainingJobSummary,
  ListHyperParameterTuningJobsCommand,
  ListTagsCommand,
  ListTrainingJobsCommand,
  ListTrainingJobsForHyperParameterTuningJobCommand,
  StopTrainingJobCommand,
} from '@aws-sdk/client-sagemaker';
import type { RoleResource } from '../../src/assembly';
import {
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

test('training jobs are listed by name, status and time, in pages', async () => {
  const services = await start({
    trainer: trainerOf((task) => (task.hyperparameters['x'] === '0' ? runUntilStopped(task) : printX(task))),
  });
  const client = sagemakerClient(services);
  for (const [name, x] of [
    ['beta-1', '1'],
    ['alpha-2', '0'],
    ['Beta-3', '1'],
  ] as const) {
    await client.send(new CreateTrainingJobCommand(trainingRequest(name, { x })));
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const list = async (input: object = {}) => {
    const { TrainingJobSummaries: jobs = [], NextToken } = await client.send(
      new ListTrainingJobsCommand(input),
    );
    return { names: jobs.map((each) => each.TrainingJobName), NextToken, jobs };
  };
  await until(
    () => list({ StatusEquals: 'Completed' }),
    ({ names }) => names.length === 2,
  );
  // By default, standalone training jobs are listed in order of creation, unlike the training jobs of a tuning job.
  const all = await list();
  expect(all.names).toEqual(['beta-1', 'alpha-2', 'Beta-3']);
  expect(all.jobs[0]).toEqual({
    TrainingJobName: 'beta-1',
    TrainingJobArn: 'arn:aws:sagemaker:us-east-1:123456789012:training-job/beta-1',
    CreationTime: expect.any(Date),
    TrainingEndTime: expect.any(Date),
    LastModifiedTime: expect.any(Date),
    TrainingJobStatus: 'Completed',
    SecondaryStatus: 'Completed',
  });
  expect((await list({ SortOrder: 'Descending' })).names).toEqual(['Beta-3', 'alpha-2', 'beta-1']);
  expect((await list({ NameContains: 'beta' })).names).toEqual(['beta-1', 'Beta-3']);
  expect((await list({ StatusEquals: 'InProgress' })).names).toEqual(['alpha-2']);
  expect((await list({ NameContains: 'beta', StatusEquals: 'InProgress' })).names).toEqual([]);
  const second = all.jobs[1]?.CreationTime;
  expect((await list({ CreationTimeAfter: second })).names).not.toContain('beta-1');
  expect((await list({ CreationTimeBefore: second })).names).toEqual(['beta-1']);
  const first = await list({ MaxResults: 2 });
  expect(first.names).toEqual(['beta-1', 'alpha-2']);
  expect(await list({ MaxResults: 2, NextToken: first.NextToken })).toMatchObject({
    names: ['Beta-3'],
    NextToken: undefined,
  });
  expect((await list({ WarmPoolStatusEquals: 'Available' })).names).toEqual([]);
  await client.send(new StopTrainingJobCommand({ TrainingJobName: 'alpha-2' }));
});

test('training jobs of a tuning job are listed in every order, with and without pages', async () => {
  const services = await start({
    sampler: samplerOf(xs(3, 1, 2, 9, 1, 2, 5)),
    trainer: trainerOf((task) =>
      task.hyperparameters['x'] === '9' ? { status: 'Failed', failureReason: 'bad' } : printX(task),
    ),
  });
  const client = sagemakerClient(services);
  const limits = { ResourceLimits: { MaxNumberOfTrainingJobs: 7, MaxParallelTrainingJobs: 2 } };
  await client.send(new CreateHyperParameterTuningJobCommand(tuningRequest('Tune', limits) as never));
  await until(
    () => services.jobs.tuning.get('Tune')?.description.HyperParameterTuningJobStatus,
    (status) => status === 'Completed',
  );
  const list = async (input: object) => {
    const command = new ListTrainingJobsForHyperParameterTuningJobCommand({
      HyperParameterTuningJobName: 'Tune',
      ...input,
    });
    const { TrainingJobSummaries: jobs = [], NextToken } = await client.send(command);
    return { jobs, NextToken };
  };
  const keys: Record<string, (job: HyperParameterTrainingJobSummary) => string | number | undefined> = {
    Name: (job) => job.TrainingJobName,
    CreationTime: (job) => Number(job.CreationTime),
    Status: (job) => job.TrainingJobStatus,
    FinalObjectiveMetricValue: (job) => job.FinalHyperParameterTuningJobObjectiveMetric?.Value,
  };
  for (const [SortBy, keyOf] of Object.entries(keys)) {
    for (const SortOrder of ['Ascending', 'Descending']) {
      for (const filter of [{}, { StatusEquals: 'Completed' }]) {
        const order = { SortBy, SortOrder, ...filter };
        const { jobs } = await list({ ...order, MaxResults: 100 });
        // Of the seven jobs, the failed job has no metric.
        expect(jobs).toHaveLength('StatusEquals' in filter || SortBy.startsWith('Final') ? 6 : 7);
        const sorted = jobs.map(keyOf).sort((left, right) => ((left ?? 0) < (right ?? 0) ? -1 : 1));
        expect(jobs.map(keyOf)).toEqual(SortOrder === 'Ascending' ? sorted : sorted.reverse());
        const paged = [];
        let page: Awaited<ReturnType<typeof list>> | undefined;
        do {
          page = await list({ ...order, MaxResults: 2, NextToken: page?.NextToken });
          paged.push(...page.jobs);
        } while (page.NextToken !== undefined);
        expect(paged).toEqual(jobs);
      }
    }
  }
});

test('tuning jobs are listed with their counters', async () => {
  const services = await start({ sampler: samplerOf(xs(1, 2, 3)) });
  const client = sagemakerClient(services);
  for (const name of ['wf-b', 'wf-a', 'other']) {
    await client.send(new CreateHyperParameterTuningJobCommand(tuningRequest(name) as never));
  }
  const list = async (input: object = {}) => {
    const command = new ListHyperParameterTuningJobsCommand(input);
    return (await client.send(command)).HyperParameterTuningJobSummaries ?? [];
  };
  const completed = await until(
    () => list({ StatusEquals: 'Completed' }),
    (jobs) => jobs.length === 3,
  );
  expect(completed.map((each) => each.HyperParameterTuningJobName)).toEqual(['other', 'wf-a', 'wf-b']);
  expect(completed[0]).toMatchObject({
    HyperParameterTuningJobArn: 'arn:aws:sagemaker:us-east-1:123456789012:hyper-parameter-tuning-job/other',
    HyperParameterTuningJobStatus: 'Completed',
    Strategy: 'Bayesian',
    TrainingJobStatusCounters: { Completed: 3 },
    ObjectiveStatusCounters: { Succeeded: 3 },
    ResourceLimits: { MaxNumberOfTrainingJobs: 3 },
    HyperParameterTuningEndTime: expect.any(Date),
  });
  const ofWorkflow = await list({ NameContains: 'wf-', SortBy: 'CreationTime' });
  expect(ofWorkflow.map((each) => each.HyperParameterTuningJobName)).toEqual(['wf-b', 'wf-a']);
  expect(await list({ StatusEquals: 'InProgress' })).toEqual([]);
});

test('the tags of a job are listed in pages', async () => {
  const services = await start();
  const client = sagemakerClient(services);
  const Tags = Array.from({ length: 50 }, (_, i) => ({ Key: `k${i}`, Value: 'v' }));
  const { TrainingJobArn: ResourceArn } = await client.send(
    new CreateTrainingJobCommand({ ...trainingRequest('Job'), Tags }),
  );
  const answer = await client.send(new ListTagsCommand({ ResourceArn, MaxResults: 50 }));
  expect(answer.Tags).toEqual(Tags);
  expect(answer.NextToken).toBeUndefined();
  await expect(client.send(new ListTagsCommand({ ResourceArn, MaxResults: 10 }))).rejects.toThrow(
    /'maxResults' failed to satisfy constraint: Member must have value greater than or equal to 50/,
  );
});

test('each list requires permission for its own action on all resources', async () => {
  const arn = 'arn:aws:iam::123456789012:role/cleanup';
  const role = (Action: string, Resource: string): RoleResource => ({
    logicalId: 'Cleanup',
    name: 'cleanup',
    arn,
    trustPolicy: { Statement: [] },
    policies: [{ Statement: [{ Effect: 'Allow', Action, Resource }] }],
  });
  const call = async (given: RoleResource) => {
    const services = await start({ deployment: deploymentIn(temporaryRoot(), { roles: [given] }) });
    return services.router.call('sagemaker', 'ListTrainingJobs', {}, { arn });
  };
  await expect(call(role('sagemaker:ListTrainingJobs', '*'))).resolves.toEqual({ TrainingJobSummaries: [] });
  // The action does not support resource-level permissions, so a statement that names a resource allows nothing.
  const narrow = role(
    'sagemaker:ListTrainingJobs',
    'arn:aws:sagemaker:us-east-1:123456789012:training-job/wf-*',
  );
  await expect(call(narrow)).rejects.toMatchObject({ code: 'AccessDeniedException' });
});
