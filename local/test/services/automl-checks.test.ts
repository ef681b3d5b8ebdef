import * as fs from 'node:fs';
import * as path from 'node:path';
import {
  AddTagsCommand,
  CreateAutoMLJobV2Command,
  type CreateAutoMLJobV2CommandInput,
  ListAutoMLJobsCommand,
  ListCandidatesForAutoMLJobCommand,
  ListTagsCommand,
  StopAutoMLJobCommand,
} from '@aws-sdk/client-sagemaker';
import type { AutoMLRunner } from '../../src/training/automl-runner';
import { automlChannel, automlRequest, ended } from './automl-support';
import { BUCKET, closeServices, deploymentIn, sagemakerClient, start, temporaryRoot } from './helpers';

afterEach(closeServices);

/**
 * A search that runs until it is stopped. These tests check rejected requests and jobs, not searches.
 */
const never: AutoMLRunner = {
  prepare: async () => undefined,
  run: ({ signal }) =>
    new Promise((resolve) => {
      signal.addEventListener('abort', () => resolve({ status: 'Completed' }));
    }),
};

const table = { TargetAttributeName: 'y' };
const regression = { ...table, ProblemType: 'Regression' as const };
const validation = automlChannel('train.csv', { ChannelType: 'validation' });

const REFUSED: [string, CreateAutoMLJobV2CommandInput, RegExp][] = [
  [
    'a name that is too long',
    automlRequest('a'.repeat(33), table),
    /'autoMLJobName' failed.*length less than or equal to 32/,
  ],
  [
    'another kind of problem',
    automlRequest('job', table, {
      AutoMLProblemTypeConfig: {
        TextClassificationJobConfig: { ContentColumn: 'text', TargetLabelColumn: 'y' },
      },
    }),
    /local mode supports only TabularJobConfig, got TextClassificationJobConfig/,
  ],
  [
    'a problem type without an objective',
    automlRequest('job', regression),
    /either provide both.*Regression/,
  ],
  [
    'an objective without a problem type',
    automlRequest('job', table, { AutoMLJobObjective: { MetricName: 'F1' } }),
    /either provide both.*AutoMLJobObjective F1/,
  ],
  [
    'an objective of another problem type',
    automlRequest('job', regression, { AutoMLJobObjective: { MetricName: 'AUC' } }),
    /must be one of MAE, MSE, R2, RMSE for Regression, got AUC/,
  ],
  [
    'a validation channel alone',
    automlRequest('job', table, { AutoMLJobInputDataConfig: [validation] }),
    /must be one channel of ChannelType training.*got validation/,
  ],
  [
    'a validation channel and a fraction',
    automlRequest('job', table, {
      AutoMLJobInputDataConfig: [automlChannel('train.csv'), validation],
      DataSplitConfig: { ValidationFraction: 0.3 },
    }),
    /ValidationFraction must not be set together with a validation channel/,
  ],
  [
    'a fraction of 1',
    automlRequest('job', table, { DataSplitConfig: { ValidationFraction: 1 } }),
    /greater than 0 and less than 1, got 1/,
  ],
  [
    'CSV without a header',
    automlRequest('job', table, {
      AutoMLJobInputDataConfig: [automlChannel('train.csv', { ContentType: 'text/csv' })],
    }),
    /ContentType must be text\/csv;header=present or x-application\/vnd\.amazon\+parquet, got text\/csv/,
  ],
  [
    'weights in the other mode',
    automlRequest('job', { ...table, SampleWeightAttributeName: 'w', Mode: 'HYPERPARAMETER_TUNING' }),
    /SampleWeightAttributeName is available only in the mode ENSEMBLING/,
  ],
  [
    'an algorithm that the AutoML mode does not have',
    automlRequest('job', {
      ...table,
      Mode: 'HYPERPARAMETER_TUNING',
      CandidateGenerationConfig: { AlgorithmsConfig: [{ AutoMLAlgorithms: ['xgboost', 'catboost'] }] },
    }),
    /HYPERPARAMETER_TUNING supports linear-learner, mlp, xgboost; got catboost/,
  ],
  [
    'only algorithms that are unsupported in local mode',
    automlRequest('job', {
      ...table,
      CandidateGenerationConfig: { AlgorithmsConfig: [{ AutoMLAlgorithms: ['catboost', 'fastai'] }] },
    }),
    /local mode supports only xgboost, linear-learner.*got catboost, fastai/,
  ],
  [
    'more candidates than the maximum',
    automlRequest('job', { ...table, CompletionCriteria: { MaxCandidates: 751 } }),
    /maxCandidates' failed.*less than or equal to 750/,
  ],
  [
    'an endpoint',
    automlRequest('job', table, { ModelDeployConfig: { AutoGenerateEndpointName: true } }),
    /ModelDeployConfig: local mode does not support endpoints/,
  ],
  [
    'missing data',
    automlRequest('job', table, { AutoMLJobInputDataConfig: [automlChannel('nothing/')] }),
    /No S3 objects found under S3 URL "s3:\/\/data-bucket\/input\/nothing\/"/,
  ],
];

test.each(REFUSED)('%s is refused without creating a job', async (_, request, message) => {
  const services = await start({ automl: never });
  const client = sagemakerClient(services);
  await expect(client.send(new CreateAutoMLJobV2Command(request))).rejects.toMatchObject({
    name: 'ValidationException',
    message: expect.stringMatching(message),
  });
  expect((await client.send(new ListAutoMLJobsCommand({}))).AutoMLJobSummaries).toEqual([]);
});

test('a name can be used once, tags can be added, and jobs are listed in pages', async () => {
  const services = await start({ automl: never });
  const client = sagemakerClient(services);
  const tags = [{ Key: 'team', Value: 'wine' }];
  const created = await client.send(
    new CreateAutoMLJobV2Command(automlRequest('Job-1', table, { Tags: tags })),
  );
  const arn = 'arn:aws:sagemaker:us-east-1:123456789012:automl-job/job-1';
  expect(created.AutoMLJobArn).toBe(arn);
  await expect(
    client.send(new CreateAutoMLJobV2Command(automlRequest('job-1', table))),
  ).rejects.toMatchObject({ name: 'ResourceInUse' });
  await client.send(new AddTagsCommand({ ResourceArn: arn, Tags: [{ Key: 'stage', Value: 'test' }] }));
  expect((await client.send(new ListTagsCommand({ ResourceArn: arn }))).Tags).toEqual([
    ...tags,
    { Key: 'stage', Value: 'test' },
  ]);

  await client.send(new CreateAutoMLJobV2Command(automlRequest('Job-2', table)));
  const first = await client.send(new ListAutoMLJobsCommand({ MaxResults: 1 }));
  expect(first.AutoMLJobSummaries).toMatchObject([
    { AutoMLJobName: 'Job-2', AutoMLJobStatus: 'InProgress', CreationTime: expect.any(Date) },
  ]);
  const { NextToken } = first;
  const second = await client.send(new ListAutoMLJobsCommand({ MaxResults: 1, NextToken }));
  expect(second.AutoMLJobSummaries).toMatchObject([{ AutoMLJobName: 'Job-1' }]);
  expect(second.NextToken).toBeUndefined();
  const named = await client.send(new ListAutoMLJobsCommand({ NameContains: 'OB-1' }));
  expect(named.AutoMLJobSummaries).toHaveLength(1);
});

test('a job without a candidate can be stopped, once', async () => {
  const services = await start({ automl: never });
  const client = sagemakerClient(services);
  await client.send(new CreateAutoMLJobV2Command(automlRequest('Job-1', table)));
  const stop = new StopAutoMLJobCommand({ AutoMLJobName: 'Job-1' });
  await client.send(stop);
  const job = await ended(services, 'Job-1');
  expect(job).toMatchObject({
    AutoMLJobStatus: 'Stopped',
    AutoMLJobSecondaryStatus: 'Stopped',
    AutoMLProblemTypeConfigName: 'Tabular',
    OutputDataConfig: { S3OutputPath: `s3://${BUCKET}/output/` },
  });
  expect(job.BestCandidate).toBeUndefined();
  await expect(client.send(stop)).rejects.toThrow(/AutoML job is in status Stopped/);
  await expect(client.send(new StopAutoMLJobCommand({ AutoMLJobName: 'Other' }))).rejects.toMatchObject({
    name: 'ResourceNotFound',
  });
});

test('without a runner, AutoML jobs are refused', async () => {
  const client = sagemakerClient(await start());
  await expect(client.send(new CreateAutoMLJobV2Command(automlRequest('job', table)))).rejects.toThrow(
    /without a runner for AutoML jobs/,
  );
});

test('a job whose process was killed is stopped, and keeps its candidates', async () => {
  const root = temporaryRoot();
  const candidate = {
    CandidateName: 'Job-1-001-00000000',
    CandidateStatus: 'InProgress',
    CandidateSteps: [],
  };
  const folder = path.join(root, 'sagemaker', 'automl-jobs');
  fs.mkdirSync(folder, { recursive: true });
  const record = {
    name: 'Job-1',
    processId: 2 ** 22 + 1, // higher than any process ID on Linux
    tags: [],
    candidates: [candidate],
    description: { AutoMLJobName: 'Job-1', AutoMLJobStatus: 'InProgress' },
  };
  fs.writeFileSync(path.join(folder, 'job-1.json'), JSON.stringify(record));
  const services = await start({ deployment: deploymentIn(root) });
  expect(await ended(services, 'Job-1')).toMatchObject({
    AutoMLJobStatus: 'Stopped',
    FailureReason: expect.stringMatching(/ended while the job was running/),
  });
  const list = new ListCandidatesForAutoMLJobCommand({ AutoMLJobName: 'Job-1' });
  expect((await sagemakerClient(services).send(list)).Candidates).toMatchObject([
    { CandidateStatus: 'Stopped' },
  ]);
});
