import * as fs from 'node:fs';
import * as path from 'node:path';
import {
  CreateTransformJobCommand,
  DescribeTransformJobCommand,
  type DescribeTransformJobCommandOutput,
  waitUntilTransformJobCompletedOrStopped,
} from '@aws-sdk/client-sagemaker';
import type { RoleResource } from '../../src/assembly';
import type { RunningServices } from '../../src/services';
import { parseJsonPath } from '../../src/services/sagemaker/transform/json-path';
import type { TransformTask } from '../../src/training';
import {
  BUCKET,
  closeServices,
  deploymentIn,
  IMAGE,
  sagemakerClient,
  start,
  TRAINING_ROLE,
  temporaryRoot,
  until,
} from './helpers';
import {
  copyFiles,
  type Model,
  modelRequest,
  putModelData,
  servingTrainer,
  transformRequest,
} from './model-requests';

afterEach(closeServices);

const call = (running: RunningServices, operation: string, input: object) =>
  running.router.call('sagemaker', operation, input as Record<string, unknown>, running.user) as Promise<
    Record<string, unknown>
  >;

/** Starts services with the model `Model-1`. */
async function serviceWith(model: Model = copyFiles, root = temporaryRoot(), roles: RoleResource[] = []) {
  const running = await start({ deployment: deploymentIn(root, { roles }), trainer: servingTrainer(model) });
  putModelData(root);
  const models = (await call(running, 'ListModels', {}))['Models'] as unknown[];
  if (models.length === 0) await call(running, 'CreateModel', modelRequest('Model-1'));
  return { root, running, client: sagemakerClient(running) };
}

const ended = (
  client: ReturnType<typeof sagemakerClient>,
  name: string,
): Promise<DescribeTransformJobCommandOutput> =>
  until(
    () => client.send(new DescribeTransformJobCommand({ TransformJobName: name })),
    ({ TransformJobStatus: status }) => !['InProgress', 'Stopping'].includes(status ?? ''),
  );

type Allowed = readonly [actions: string | string[], resources: string | string[]];

/** A role for SageMaker with the given permissions. */
function roleThatMay(allowed: readonly Allowed[]): RoleResource {
  const Principal = { Service: 'sagemaker.amazonaws.com' };
  return {
    logicalId: 'Role',
    name: 'training',
    arn: TRAINING_ROLE,
    trustPolicy: { Statement: [{ Effect: 'Allow', Principal, Action: 'sts:AssumeRole' }] },
    policies: [{ Statement: allowed.map(([Action, Resource]) => ({ Effect: 'Allow', Action, Resource })) }],
  } as unknown as RoleResource;
}

/** A model that runs until its job is stopped. */
const endless: Model = ({ signal }) =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve({ status: 'Stopped' })));

test('a job transforms the files of its prefix and keeps their layout', async () => {
  let task: TransformTask | undefined;
  const { root, client } = await serviceWith((given) => {
    task = given;
    return copyFiles(given);
  });
  const bucket = path.join(root, 's3', BUCKET);
  fs.mkdirSync(path.join(bucket, 'input', 'deep'));
  fs.writeFileSync(path.join(bucket, 'input', 'deep', 'more.csv'), '3,4\n');
  const request = {
    ...transformRequest('Job-1'),
    Environment: { B: 'job' },
    MaxPayloadInMB: 2,
    DataProcessing: { InputFilter: '$[1:]', JoinSource: 'Input' as const },
  };
  await client.send(new CreateTransformJobCommand(request));
  const waited = await waitUntilTransformJobCompletedOrStopped(
    { client, maxWaitTime: 20, minDelay: 1, maxDelay: 1 },
    { TransformJobName: 'Job-1' },
  );
  expect(waited.state).toBe('SUCCESS');
  expect(await ended(client, 'Job-1')).toMatchObject({
    TransformJobArn: 'arn:aws:sagemaker:us-east-1:123456789012:transform-job/job-1',
    TransformJobStatus: 'Completed',
    ModelName: 'Model-1',
    TransformInput: { CompressionType: 'None', SplitType: 'Line' },
    TransformOutput: { AssembleWith: 'Line', KmsKeyId: '' },
    DataProcessing: { InputFilter: '$[1:]', OutputFilter: '$', JoinSource: 'Input' },
    TransformStartTime: expect.any(Date),
    TransformEndTime: expect.any(Date),
  });
  expect(task).toMatchObject({
    image: IMAGE,
    environment: { B: 'job' },
    modelArchive: path.join(bucket, 'models', 'model.tar.gz'),
    batch: {
      contentType: 'text/csv',
      splitsLines: true,
      endsLines: true,
      joinsInput: true,
      maxPayloadBytes: 2 << 20,
      inputFilter: [{ items: [[1, null]] }],
      outputFilter: [],
    },
  });
  const outputOf = (name: string) => fs.readFileSync(path.join(bucket, 'predictions', name), 'utf8');
  expect([outputOf('train.csv.out'), outputOf('deep/more.csv.out')]).toEqual(['1,2\n', '3,4\n']);
  expect(fs.existsSync(task?.workFolder ?? '')).toBe(false);
});

test('a failed job has a failure reason and keeps the output of the transformed files', async () => {
  const { root, client, running } = await serviceWith((task) => {
    copyFiles(task);
    return { status: 'Failed', failureReason: 'ClientError: See job logs for more information (why)' };
  });
  await call(running, 'CreateTransformJob', transformRequest('Job-1'));
  expect(await ended(client, 'Job-1')).toMatchObject({
    TransformJobStatus: 'Failed',
    FailureReason: 'ClientError: See job logs for more information (why)',
  });
  expect(fs.readdirSync(path.join(root, 's3', BUCKET, 'predictions'))).toEqual(['train.csv.out']);
  expect(await call(running, 'ListTransformJobs', { StatusEquals: 'Failed' })).toMatchObject({
    TransformJobSummaries: [{ TransformJobName: 'Job-1', FailureReason: expect.stringContaining('why') }],
  });
});

test('a stopped job stores nothing; an ended job cannot be stopped', async () => {
  const { root, client, running } = await serviceWith(async (task) => {
    copyFiles(task);
    return endless(task);
  });
  await call(running, 'CreateTransformJob', transformRequest('Job-1'));
  await call(running, 'StopTransformJob', { TransformJobName: 'Job-1' });
  expect(await ended(client, 'Job-1')).toMatchObject({ TransformJobStatus: 'Stopped' });
  expect(fs.existsSync(path.join(root, 's3', BUCKET, 'predictions'))).toBe(false);
  await expect(call(running, 'StopTransformJob', { TransformJobName: 'Job-1' })).rejects.toThrow(
    'The request was rejected because the transform job is in status Stopped.',
  );
});

test('resuming runs an interrupted job again, even if its model was deleted', async () => {
  const { root, running } = await serviceWith(endless);
  await call(running, 'CreateTransformJob', transformRequest('Job-1'));
  await running.close();
  const again = await serviceWith(copyFiles, root);
  const job = () => again.running.jobs.transform.get('Job-1');
  expect(job()).toMatchObject({ isInterrupted: true, description: { TransformJobStatus: 'Stopped' } });
  await call(again.running, 'DeleteModel', { ModelName: 'Model-1' });
  await again.running.resumeJobs(() => true);
  expect(job()).toMatchObject({ description: { TransformJobStatus: 'Completed' } });
  expect(job()).not.toHaveProperty('isInterrupted');
  expect(fs.readFileSync(path.join(root, 's3', BUCKET, 'predictions', 'train.csv.out'), 'utf8')).toBe(
    '1,2\n',
  );
});

/** A model that runs until its job is stopped, but completes its last batch. */
const completesWhenStopped: Model = async (task) => {
  await endless(task);
  return copyFiles(task);
};

test('resuming runs a job again that completed its last batch while local mode was closing', async () => {
  const { root, running } = await serviceWith(completesWhenStopped);
  await call(running, 'CreateTransformJob', transformRequest('Job-1'));
  await running.close();
  const again = await serviceWith(copyFiles, root);
  const job = () => again.running.jobs.transform.get('Job-1');
  expect(job()).toMatchObject({ isInterrupted: true, description: { TransformJobStatus: 'Stopped' } });
  await again.running.resumeJobs(() => true);
  expect(job()).toMatchObject({ description: { TransformJobStatus: 'Completed' } });
});

test.each<[string, Model]>([
  ['stops', () => ({ status: 'Stopped' })],
  ['fails', () => ({ status: 'Failed', failureReason: 'AlgorithmError: exit code 130' })],
  ['completes', copyFiles],
])('a job that a user stopped is not resumed, even if it %s while local mode is closing', async (_, end) => {
  let finish: () => void = () => undefined;
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const { running } = await serviceWith(async (task) => {
    await finished;
    return end(task);
  });
  await call(running, 'CreateTransformJob', transformRequest('Job-1'));
  await call(running, 'StopTransformJob', { TransformJobName: 'Job-1' });
  running.beginEnd();
  finish();
  await running.close();
  const job = running.jobs.transform.get('Job-1');
  expect(job).toMatchObject({ description: { TransformJobStatus: 'Stopped' } });
  expect(job).not.toHaveProperty('isInterrupted');
});

test('a job that fails while local mode is closing counts as interrupted', async () => {
  let fail: () => void = () => undefined;
  const { running } = await serviceWith(
    () =>
      new Promise((resolve) => {
        fail = () => resolve({ status: 'Failed', failureReason: 'AlgorithmError: exit code 130' });
      }),
  );
  await call(running, 'CreateTransformJob', transformRequest('Job-1'));
  const job = () => running.jobs.transform.get('Job-1');
  await until(
    async () => job()?.description.TransformStartTime,
    (start) => start !== undefined,
  );
  running.beginEnd();
  fail();
  await running.close();
  expect(job()).toMatchObject({ isInterrupted: true, description: { TransformJobStatus: 'Stopped' } });
  expect(job()?.description.FailureReason).toBeUndefined();
});

test('a job that has stored its output is complete, even if local mode closes before the job has cleaned up', async () => {
  const { root, running } = await serviceWith((task) => {
    for (let file = 0; file < 1000; file += 1) {
      fs.writeFileSync(path.join(task.workFolder, `temporary-${file}`), '');
    }
    return copyFiles(task);
  });
  await call(running, 'CreateTransformJob', transformRequest('Job-1'));
  const output = path.join(root, 's3', BUCKET, 'predictions', 'train.csv.out');
  while (!fs.existsSync(output)) await new Promise(setImmediate);
  await running.close();
  const job = running.jobs.transform.get('Job-1');
  expect(job).toMatchObject({ description: { TransformJobStatus: 'Completed' } });
  expect(job).not.toHaveProperty('isInterrupted');
});

test('a job can be resumed after its local mode process was killed', async () => {
  const { root, running } = await serviceWith(endless);
  await call(running, 'CreateTransformJob', transformRequest('Job-1'));
  await running.close();
  const file = path.join(root, 'sagemaker', 'transform-jobs', 'job-1.json');
  const { isInterrupted: _, ...record } = JSON.parse(fs.readFileSync(file, 'utf8'));
  const description = { ...record.description, TransformJobStatus: 'InProgress' };
  fs.writeFileSync(file, JSON.stringify({ ...record, processId: 2 ** 22 + 1, description }));
  const again = await serviceWith(copyFiles, root);
  const job = () => again.running.jobs.transform.get('Job-1');
  expect(job()).toMatchObject({
    isInterrupted: true,
    description: {
      TransformJobStatus: 'Failed',
      FailureReason: 'Local mode (process 4194305) ended while the job was running.',
    },
  });
  await again.running.resumeJobs(() => true);
  expect(job()).toMatchObject({ description: { TransformJobStatus: 'Completed' } });
  expect(job()?.description).not.toHaveProperty('FailureReason');
});

test('transform jobs have tags and their own log group', async () => {
  const { client, running } = await serviceWith();
  const Tags = [{ Key: 'a', Value: 'b' }];
  const { TransformJobArn } = await call(running, 'CreateTransformJob', {
    ...transformRequest('Job-1'),
    Tags,
  });
  await ended(client, 'Job-1');
  expect(await call(running, 'ListTags', { ResourceArn: TransformJobArn })).toEqual({ Tags });
  const logGroupName = '/aws/sagemaker/TransformJobs';
  const logs = (operation: string, input: object) =>
    running.router.call('logs', operation, input as Record<string, unknown>, running.user);
  expect(await logs('DescribeLogGroups', {})).toMatchObject({ logGroups: [{ logGroupName }] });
  expect(await logs('FilterLogEvents', { logGroupName })).toMatchObject({
    events: [
      { message: 'copying train.csv', logStreamName: expect.stringMatching(/^Job-1\/i-[0-9a-f]{17}-\d+$/) },
    ],
  });
});

test.each([
  [{ ModelName: 'none' }, 'ValidationException', /^Could not find model ".*:model\/none"\.$/],
  [
    { TransformJobName: 'KNOWN' },
    'ResourceInUse',
    /already exists \(arn:aws:sagemaker.*transform-job\/known\)/,
  ],
  [{ ModelName: 'foreign' }, 'ValidationException', /cannot run a model with the image "other:1"/],
  [
    { ModelName: 'pipeline' },
    'ValidationException',
    /does not support inference pipelines: the model "pipeline" has 2/,
  ],
  [
    { MaxPayloadInMB: 60, MaxConcurrentTransforms: 2 },
    'ValidationException',
    /is 120 and must not exceed 100/,
  ],
  [
    { DataProcessing: { InputFilter: '$..a' } },
    'ValidationException',
    /InputFilter: "\$\.\.a" is not a JSONPath/,
  ],
  [{ DataCaptureConfig: { DestinationS3Uri: 's3://x/y' } }, 'ValidationException', /DataCaptureConfig/],
  [
    { BatchStrategy: 'SingleRecord', TransformInput: { SplitType: 'None' } },
    'ValidationException',
    /SplitType to Line/,
  ],
  [{ TransformInput: { SplitType: 'RecordIO' } }, 'ValidationException', /SplitType: local mode splits/],
  [
    { TransformOutput: { S3OutputPath: 's3://nowhere/x' } },
    'ValidationException',
    /bucket "nowhere" in S3OutputPath/,
  ],
  [{ TransformInput: { DataSource: undefined } }, 'ValidationException', /dataSource/],
])('refuses %j', async (change, code, message) => {
  const { running } = await serviceWith();
  await call(running, 'CreateModel', modelRequest('foreign', { Image: 'other:1' }));
  const { PrimaryContainer: one, ...rest } = modelRequest('pipeline');
  await call(running, 'CreateModel', { ...rest, Containers: [one, one] });
  await call(running, 'CreateTransformJob', transformRequest('known'));
  const { TransformInput, ...request } = transformRequest('new');
  const input = { ...TransformInput, ...(change as { TransformInput?: object }).TransformInput };
  await expect(
    call(running, 'CreateTransformJob', { ...request, ...change, TransformInput: input }),
  ).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
});

test('a job that does not exist', async () => {
  const { running } = await serviceWith();
  await expect(call(running, 'DescribeTransformJob', { TransformJobName: 'no' })).rejects.toMatchObject({
    code: 'ValidationException',
    message: 'Could not find requested job with name: no',
  });
});

describe("the model's role", () => {
  const object = (key: string) => `arn:aws:s3:::${BUCKET}/${key}`;
  const NEEDED: readonly (readonly [string, string])[] = [
    ['ecr:GetAuthorizationToken', '*'],
    ['ecr:BatchCheckLayerAvailability', 'arn:aws:ecr:us-east-1:683313688378:repository/test-algorithm'],
    ['ecr:GetDownloadUrlForLayer', 'arn:aws:ecr:us-east-1:683313688378:repository/test-algorithm'],
    ['ecr:BatchGetImage', 'arn:aws:ecr:us-east-1:683313688378:repository/test-algorithm'],
    ['s3:ListBucket', `arn:aws:s3:::${BUCKET}`],
    ['s3:GetObject', object('models/*')],
    ['s3:GetObject', object('input/*')],
    ['s3:PutObject', object('predictions/*')],
  ];
  /** The failure reason of a transform job if the model's role has only the permissions in `allowed`. */
  async function reasonWith(allowed: typeof NEEDED): Promise<string> {
    const { root, running } = await serviceWith();
    await running.close();
    const { client, running: again } = await serviceWith(copyFiles, root, [roleThatMay(allowed)]);
    try {
      await call(again, 'CreateTransformJob', transformRequest('Job-1'));
    } catch (error) {
      return (error as Error).message;
    }
    return (await ended(client, 'Job-1')).FailureReason ?? 'none';
  }

  test('needs no more than this', async () => {
    expect(await reasonWith(NEEDED)).toBe('none');
  });

  test.each(NEEDED.map(([action, resource], at) => [action, resource, at] as const))(
    'needs %s on %s',
    async (action, _resource, at) => {
      expect(await reasonWith(NEEDED.filter((_, other) => other !== at))).toContain(action);
    },
  );
});

test("code at an S3 URI in the model's environment is read with the permissions of the model's role", async () => {
  const code = `s3://${BUCKET}/code/sourcedir.tar.gz`;
  const readCode: Model = (task) => {
    task.objectFile?.(code);
    return copyFiles(task);
  };
  const { root, running } = await serviceWith();
  await running.close();
  const file = path.join(root, 's3', BUCKET, 'code', 'sourcedir.tar.gz');
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, 'code');
  const reasonWith = async (name: string, Resource: string | string[]) => {
    const role = roleThatMay([
      [['ecr:*', 's3:ListBucket'], '*'],
      [['s3:GetObject', 's3:PutObject'], Resource],
    ]);
    const again = await serviceWith(readCode, root, [role]);
    await call(again.running, 'CreateTransformJob', transformRequest(name));
    const { FailureReason: reason } = await ended(again.client, name);
    await again.running.close();
    return reason;
  };
  const folder = (name: string) => `arn:aws:s3:::${BUCKET}/${name}`;
  expect(await reasonWith('Job-1', folder('*'))).toBeUndefined();
  const withoutCode = [folder('models/*'), folder('input/*'), folder('predictions/*')];
  expect(await reasonWith('Job-2', withoutCode)).toMatch(/s3:GetObject.*code\/sourcedir/);
});

test.each([
  ['$', []],
  ['$.features', [{ names: ['features'] }]],
  ["$['id','SageMakerOutput']", [{ names: ['id', 'SageMakerOutput'] }]],
  ["$.field1.['child1','child2']", [{ names: ['field1'] }, { names: ['child1', 'child2'] }]],
  ['$.id.*', [{ names: ['id'] }, { every: true }]],
  ['$[*]', [{ every: true }]],
  ['$[1,3,5]', [{ items: [1, 3, 5] }]],
  ['$[0,-1]', [{ items: [0, -1] }]],
  ['$[0,5:]', [{ items: [0, [5, null]] }]],
  ['$[:-1][0]', [{ items: [[null, -1]] }, { items: [0] }]],
])('the JSONPath %s', (text, steps) => {
  expect(parseJsonPath(text, 'InputFilter')).toEqual(steps);
});

test.each(['', 'id', '$..id', '$[?(@.a)]', '$[1:2:3]', "$['a',1]", '$[', '$.', '$ .a'])(
  'no JSONPath of SageMaker: %j',
  (text) => {
    expect(() => parseJsonPath(text, 'OutputFilter')).toThrow(
      /^DataProcessing.OutputFilter: ".*" is not a JSONPath/,
    );
  },
);
