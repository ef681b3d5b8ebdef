import { execFile } from 'node:child_process';
import { createReadStream, createWriteStream, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  CopyObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
} from '@aws-sdk/client-s3';
import {
  AddTagsCommand,
  type Channel,
  CreateHyperParameterTuningJobCommand,
  type CreateHyperParameterTuningJobCommandInput,
  DeleteTagsCommand,
  DescribeHyperParameterTuningJobCommand,
  DescribeTrainingJobCommand,
  type HyperParameterTrainingJobSummary,
  ListTagsCommand,
  type ListTrainingJobsForHyperParameterTuningJobCommandInput,
  paginateListTrainingJobsForHyperParameterTuningJob,
  SageMakerClient,
  StopHyperParameterTuningJobCommand,
} from '@aws-sdk/client-sagemaker';
import {
  DescribeExecutionCommand,
  type HistoryEvent,
  ListExecutionsCommand,
  ListStateMachinesCommand,
  paginateGetExecutionHistory,
  RedriveExecutionCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { Upload } from '@aws-sdk/lib-storage';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { boto3Python } from '../boto3';
import { until } from '../services/helpers';
import { environments, IMAGE } from '../training/support';
import { BUCKET, clientsApp } from './aws-clients-app';
import { type ServeProcess, serve } from './serve-process';
import { synthesize, writeTrainingData } from './support';

/*
 * Runs AWS's own clients for JavaScript and Python. Only environment variables configure them (endpoint, region and
 * access keys). Both clients use the same local mode at the same time.
 */

let serving: ServeProcess;
/** The output of the boto3 script. */
let boto3: Promise<{ stdout: string }>;
let data: string;

beforeAll(async () => {
  data = writeTrainingData();
  const python = await boto3Python(environments);
  serving = await serve(synthesize(clientsApp), '--admin');
  Object.assign(process.env, serving.variables);
  // The boto3 script runs at the same time as the tests of the JavaScript SDK.
  const script = [resolve(__dirname, 'boto3_client.py'), writeTrainingData()];
  boto3 = promisify(execFile)(python, script, { env: serving.variables });
  boto3.catch(() => undefined);
});
afterAll(async () => {
  await boto3.catch(() => undefined);
  serving.child.kill('SIGINT');
  await serving.ended;
});

describe('the AWS SDK for JavaScript', () => {
  const client = <Client>(make: new (options: object) => Client): Client => new make({});
  const nameOf = (call: Promise<unknown>): Promise<unknown> =>
    call.then(
      () => 'no error',
      (error) => error.name,
    );
  let account = '';

  test('gets the principal of its access keys', async () => {
    const { Arn, Account = '' } = await client(STSClient).send(new GetCallerIdentityCommand({}));
    account = Account;
    expect(Arn).toBe(`arn:aws:iam::${account}:user/local`);
  });

  test('copies files in and out of a bucket, also in several parts', async () => {
    const s3 = client(S3Client);
    const [big, copy] = [join(data, 'big.bin'), join(data, 'copy.bin')];
    writeFileSync(big, Buffer.alloc(12 * 1024 * 1024, 'abc'));
    const at = (Key: string) => ({ Bucket: BUCKET, Key });
    const upload = { ...at('js/big.bin'), Body: createReadStream(big), Metadata: { owner: 'me' } };
    await new Upload({ client: s3, params: upload }).done();
    const head = await s3.send(new HeadObjectCommand(at('js/big.bin')));
    expect(head).toMatchObject({ ETag: expect.stringMatching(/-3"$/), Metadata: { owner: 'me' } });
    const { Body } = await s3.send(new GetObjectCommand(at('js/big.bin')));
    await pipeline(Body as Readable, createWriteStream(copy));
    expect(readFileSync(copy).equals(readFileSync(big))).toBe(true);
    // For a stream of known length, the SDK sends the checksum in a trailer.
    await s3.send(
      new PutObjectCommand({
        ...at('js/odd/ a+b & ü%.txt'),
        Body: Readable.from(['st', 'ream']),
        ContentLength: 6,
      }),
    );
    await s3.send(new CopyObjectCommand({ ...at('js/odd/copy'), CopySource: `${BUCKET}/js/big.bin` }));
    const url = await getSignedUrl(s3, new PutObjectCommand(at('js/odd/signed')));
    expect((await fetch(url, { method: 'PUT', body: 'signed' })).status).toBe(200);
    const read = await getSignedUrl(s3, new GetObjectCommand(at('js/odd/signed')));
    expect(await (await fetch(read)).text()).toBe('signed');
    const keys: (string | undefined)[] = [];
    const listing = paginateListObjectsV2({ client: s3, pageSize: 1 }, { Bucket: BUCKET, Prefix: 'js/odd/' });
    for await (const { Contents = [] } of listing) keys.push(...Contents.map(({ Key }) => Key));
    expect(keys).toEqual(['js/odd/ a+b & ü%.txt', 'js/odd/copy', 'js/odd/signed']);
    const Objects = keys.map((Key) => ({ Key }));
    await s3.send(new DeleteObjectsCommand({ Bucket: BUCKET, Delete: { Objects } }));
    expect(await nameOf(s3.send(new GetObjectCommand(at('js/odd/copy'))))).toBe('NoSuchKey');
  });

  test('starts, watches, redrives and stops executions', async () => {
    const sfn = client(SFNClient);
    const { stateMachines = [] } = await sfn.send(new ListStateMachinesCommand({}));
    const arnOf = (name: string) => stateMachines.find((each) => each.name === name)?.stateMachineArn;
    const input = JSON.stringify({ data: `s3://${BUCKET}/js/train/` });
    const start = new StartExecutionCommand({ stateMachineArn: arnOf('train'), name: 'js', input });
    const { executionArn } = await sfn.send(start);
    const ended = () =>
      until(
        () => sfn.send(new DescribeExecutionCommand({ executionArn })),
        ({ status }) => status !== 'RUNNING',
      );
    expect(await ended()).toMatchObject({
      status: 'FAILED',
      cause: expect.stringContaining('No S3 objects found'),
      redriveStatus: 'REDRIVABLE',
    });
    const Body = readFileSync(join(data, 'train', 'train.csv'));
    await client(S3Client).send(new PutObjectCommand({ Bucket: BUCKET, Key: 'js/train/train.csv', Body }));
    await sfn.send(new RedriveExecutionCommand({ executionArn }));
    expect(await ended()).toMatchObject({ status: 'SUCCEEDED', redriveCount: 1 });
    const events: HistoryEvent[] = [];
    for await (const page of paginateGetExecutionHistory({ client: sfn, pageSize: 3 }, { executionArn })) {
      events.push(...(page.events ?? []));
    }
    expect(events.map(({ id }) => id)).toEqual(events.map((_, i) => i + 1));
    expect(events.map(({ type }) => type)).toEqual(
      expect.arrayContaining([
        'ExecutionStarted',
        'ExecutionFailed',
        'ExecutionRedriven',
        'ExecutionSucceeded',
      ]),
    );

    const model = JSON.parse((await ended()).output ?? '') as string;
    const predict = new StartExecutionCommand({
      stateMachineArn: arnOf('predict'),
      name: 'js-predict',
      input: JSON.stringify({ data: `s3://${BUCKET}/js/train/`, model }),
    });
    const prediction = await sfn.send(predict);
    const predicted = await until(
      () => sfn.send(new DescribeExecutionCommand({ executionArn: prediction.executionArn })),
      ({ status }) => status !== 'RUNNING',
    );
    expect(predicted).toMatchObject({ status: 'SUCCEEDED' });
    expect(JSON.parse(predicted.output ?? '')).toMatchObject({
      TransformJobName: 'js-predict',
      TransformJobStatus: 'Completed',
      TransformEndTime: expect.any(Number),
      Tags: { MANAGED_BY_AWS: 'STARTED_BY_STEP_FUNCTIONS' },
    });
    const answer = await client(S3Client).send(
      new GetObjectCommand({ Bucket: BUCKET, Key: 'predictions/train.csv.out' }),
    );
    const rows = ((await answer.Body?.transformToString()) ?? '').trimEnd().split('\n');
    const labels = Body.toString().trimEnd().split('\n');
    expect(rows.map((row) => row.split(',')[0])).toEqual(labels.map((row) => row.split(',')[0]));

    const stateMachineArn = arnOf('wait');
    const waiting = await sfn.send(new StartExecutionCommand({ stateMachineArn, name: 'js' }));
    await sfn.send(new StopExecutionCommand({ executionArn: waiting.executionArn, error: 'Enough' }));
    const aborted = await sfn.send(new ListExecutionsCommand({ stateMachineArn, statusFilter: 'ABORTED' }));
    expect(aborted.executions?.map((each) => each.executionArn)).toContain(waiting.executionArn);
    expect(await nameOf(sfn.send(new StartExecutionCommand({ stateMachineArn, name: 'js' })))).toBe(
      'ExecutionAlreadyExists',
    );
  });

  test('watches, reads, tags and stops tuning jobs', async () => {
    const sagemaker = client(SageMakerClient);
    for (const channel of ['train', 'validation']) {
      const Body = readFileSync(join(data, channel, `${channel}.csv`));
      const Key = `js/data/${channel}/${channel}.csv`;
      await client(S3Client).send(new PutObjectCommand({ Bucket: BUCKET, Key, Body }));
    }
    const create = (name: string, jobs: number, rounds: string) =>
      sagemaker.send(new CreateHyperParameterTuningJobCommand(tuningRequest(name, account, jobs, rounds)));
    const describeJob = (HyperParameterTuningJobName: string) =>
      sagemaker.send(new DescribeHyperParameterTuningJobCommand({ HyperParameterTuningJobName }));
    const jobsOf = async (
      name: string,
      more: Partial<ListTrainingJobsForHyperParameterTuningJobCommandInput> = {},
    ) => {
      const jobs: HyperParameterTrainingJobSummary[] = [];
      const pages = paginateListTrainingJobsForHyperParameterTuningJob(
        { client: sagemaker, pageSize: 4 },
        { HyperParameterTuningJobName: name, ...more },
      );
      for await (const { TrainingJobSummaries = [] } of pages) jobs.push(...TrainingJobSummaries);
      return jobs;
    };
    const { HyperParameterTuningJobArn: ResourceArn } = await create('js-search', 6, '10');
    expect((await describeJob('js-search')).HyperParameterTuningJobStatus).toBe('InProgress');
    expect(await nameOf(create('js-search', 6, '10'))).toBe('ResourceInUse');
    const done = await until(
      () => describeJob('js-search'),
      (job) => job.HyperParameterTuningJobStatus !== 'InProgress',
    );
    expect(done).toMatchObject({
      HyperParameterTuningJobStatus: 'Completed',
      TrainingJobStatusCounters: { Completed: 6 },
    });

    for (const SortBy of ['Name', 'CreationTime', 'Status', 'FinalObjectiveMetricValue'] as const) {
      const keyOf = (job: HyperParameterTrainingJobSummary): string | number =>
        ({
          Name: job.TrainingJobName ?? '',
          CreationTime: Number(job.CreationTime),
          Status: job.TrainingJobStatus ?? '',
          FinalObjectiveMetricValue: job.FinalHyperParameterTuningJobObjectiveMetric?.Value ?? 0,
        })[SortBy];
      const up = (await jobsOf('js-search', { SortBy, SortOrder: 'Ascending' })).map(keyOf);
      const down = (await jobsOf('js-search', { SortBy, SortOrder: 'Descending' })).map(keyOf);
      expect(up).toHaveLength(6);
      expect(up).toEqual([...up].sort((left, right) => (left < right ? -1 : left > right ? 1 : 0)));
      expect(down).toEqual([...up].reverse());
    }
    const TrainingJobName = done.BestTrainingJob?.TrainingJobName;
    const best = await sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName }));
    expect(best.ModelArtifacts?.S3ModelArtifacts).toMatch(/^s3:.*\/output\/model\.tar\.gz$/);

    await sagemaker.send(new AddTagsCommand({ ResourceArn, Tags: [{ Key: 'stage', Value: 'test' }] }));
    await sagemaker.send(new DeleteTagsCommand({ ResourceArn, TagKeys: ['team'] }));
    const { Tags } = await sagemaker.send(new ListTagsCommand({ ResourceArn }));
    expect(Tags).toEqual([{ Key: 'stage', Value: 'test' }]);

    await create('js-stopped', 500, '3000');
    await until(
      () => jobsOf('js-stopped', { StatusEquals: 'InProgress' }),
      (jobs) => jobs.length > 0,
    );
    const HyperParameterTuningJobName = 'js-stopped';
    await sagemaker.send(new StopHyperParameterTuningJobCommand({ HyperParameterTuningJobName }));
    await until(
      () => describeJob('js-stopped'),
      (job) => job.HyperParameterTuningJobStatus === 'Stopped',
    );
    expect(await jobsOf('js-stopped', { StatusEquals: 'InProgress' })).toEqual([]);
  });

  test('invokes functions', async () => {
    const lambda = client(LambdaClient);
    const invoke = (FunctionName: string, event: object) =>
      lambda.send(new InvokeCommand({ FunctionName, Payload: JSON.stringify(event), LogType: 'Tail' }));
    const { Payload, LogResult = '' } = await invoke('greet', { name: 'js' });
    expect(Payload?.transformToString()).toBe('"hello js"');
    expect(Buffer.from(LogResult, 'base64').toString()).toContain('greeting js');
    const arn = `arn:aws:lambda:us-east-1:${account}:function:greet`;
    expect((await invoke(arn, {})).FunctionError).toBe('Unhandled');
    expect(await nameOf(invoke('other', {}))).toBe('ResourceNotFoundException');
  });
});

test('boto3 does the same', async () => {
  expect((await boto3).stdout).toMatch(/^boto3 [\d.]+ has done it all$/m);
});

function tuningRequest(
  name: string,
  account: string,
  jobs: number,
  rounds: string,
): CreateHyperParameterTuningJobCommandInput {
  const channel = (of: string): Channel => ({
    ChannelName: of,
    ContentType: 'text/csv',
    DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: `s3://${BUCKET}/js/data/${of}/` } },
  });
  return {
    HyperParameterTuningJobName: name,
    HyperParameterTuningJobConfig: {
      Strategy: 'Random',
      HyperParameterTuningJobObjective: { Type: 'Minimize', MetricName: 'validation:rmse' },
      ResourceLimits: { MaxNumberOfTrainingJobs: jobs, MaxParallelTrainingJobs: 2 },
      ParameterRanges: { ContinuousParameterRanges: [{ Name: 'eta', MinValue: '0.1', MaxValue: '0.9' }] },
    },
    TrainingJobDefinition: {
      AlgorithmSpecification: { TrainingImage: IMAGE, TrainingInputMode: 'File' },
      RoleArn: `arn:aws:iam::${account}:role/training`,
      StaticHyperParameters: { objective: 'reg:squarederror', num_round: rounds },
      InputDataConfig: [channel('train'), channel('validation')],
      OutputDataConfig: { S3OutputPath: `s3://${BUCKET}/js/output/` },
      ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: 1, VolumeSizeInGB: 10 },
      StoppingCondition: { MaxRuntimeInSeconds: 3600 },
    },
    Tags: [{ Key: 'team', Value: 'ml' }],
  };
}
