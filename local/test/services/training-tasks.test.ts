import * as fs from 'node:fs';
import * as path from 'node:path';
import { CreateTrainingJobCommand, DescribeTrainingJobCommand } from '@aws-sdk/client-sagemaker';
import type { RoleResource } from '../../src/assembly';
import { startServices } from '../../src/services';
import type { TrainingTask } from '../../src/training';
import {
  type Algorithm,
  BUCKET,
  closeServices,
  deploymentIn,
  printX,
  sagemakerClient,
  samplerOf,
  start,
  TRAINING_ROLE,
  temporaryRoot,
  trainerOf,
  trainingDefinition,
  trainingRequest,
  tuningRequest,
  until,
} from './helpers';

afterEach(closeServices);

type Json = Record<string, unknown>;

interface Setup {
  readonly objects?: Record<string, string>;
  readonly roles?: RoleResource[];
  readonly algorithm?: Algorithm;
}

/** Runs a training job. Returns the task that the trainer received, and the outcome. */
async function train(change: Json, { objects = {}, roles, algorithm = printX }: Setup = {}) {
  const root = temporaryRoot();
  const deployment = deploymentIn(root, roles === undefined ? {} : { roles });
  const bucket = path.join(root, 's3', BUCKET);
  for (const [key, content] of Object.entries(objects)) {
    fs.mkdirSync(path.dirname(path.join(bucket, key)), { recursive: true });
    fs.writeFileSync(path.join(bucket, key), content);
  }
  let task: TrainingTask | undefined;
  const services = await start({
    deployment,
    trainer: trainerOf((given) => {
      task = given;
      return algorithm(given);
    }),
  });
  const client = sagemakerClient(services);
  await client.send(new CreateTrainingJobCommand({ ...trainingRequest('Job'), ...change }));
  const job = await until(
    () => client.send(new DescribeTrainingJobCommand({ TrainingJobName: 'Job' })),
    ({ TrainingJobStatus: status }) => status !== 'InProgress',
  );
  return { task, job, bucket, channel: task?.channels[0] };
}

const refusal = async (change: Json): Promise<unknown> => {
  const services = await start();
  const input = { ...trainingRequest('Job'), ...change };
  return services.router.call('sagemaker', 'CreateTrainingJob', input, services.user);
};

function s3Channel(source: Json, change: Json = {}): Json {
  const S3DataSource = { S3DataType: 'S3Prefix', S3Uri: `s3://${BUCKET}/input/`, ...source };
  return { InputDataConfig: [{ ChannelName: 'train', DataSource: { S3DataSource }, ...change }] };
}

test('environment, entry point and arguments reach the trainer', async () => {
  const { task } = await train({
    Environment: { MODE: 'fast' },
    AlgorithmSpecification: {
      ...trainingDefinition().AlgorithmSpecification,
      ContainerEntrypoint: ['python3', 'train.py'],
      ContainerArguments: ['--quiet'],
    },
  });
  expect(task).toMatchObject({
    environment: { MODE: 'fast' },
    containerEntrypoint: ['python3', 'train.py'],
    containerArguments: ['--quiet'],
    region: 'us-east-1',
    instances: [{ name: 'algo-1', instanceType: 'ml.m5.large' }],
  });
});

test('instances are numbered across groups', async () => {
  const group = (InstanceGroupName: string, InstanceType: string, InstanceCount: number) => ({
    InstanceGroupName,
    InstanceType,
    InstanceCount,
  });
  const { task, channel } = await train({
    ResourceConfig: {
      InstanceGroups: [group('workers', 'ml.c5.xlarge', 2), group('server', 'ml.r5.large', 1)],
      VolumeSizeInGB: 10,
    },
    ...s3Channel({ InstanceGroupNames: ['workers'], S3DataDistributionType: 'ShardedByS3Key' }),
  });
  expect(task?.instances).toEqual([
    { name: 'algo-1', instanceType: 'ml.c5.xlarge', group: 'workers' },
    { name: 'algo-2', instanceType: 'ml.c5.xlarge', group: 'workers' },
    { name: 'algo-3', instanceType: 'ml.r5.large', group: 'server' },
  ]);
  expect(channel).toMatchObject({ instanceGroups: ['workers'], distribution: 'ShardedByS3Key' });
});

test('a channel uses its own input mode and compression, or else the input mode of the algorithm', async () => {
  const AlgorithmSpecification = {
    ...trainingDefinition().AlgorithmSpecification,
    TrainingInputMode: 'FastFile',
  };
  expect((await train({ AlgorithmSpecification })).channel?.inputMode).toBe('FastFile');
  const own = s3Channel({}, { InputMode: 'Pipe', CompressionType: 'Gzip' });
  expect((await train({ AlgorithmSpecification, ...own })).channel).toMatchObject({
    inputMode: 'Pipe',
    compressionType: 'Gzip',
  });
});

test.each([
  ['input/', ['a/1.csv', 'train.csv']],
  ['input', ['a/1.csv', 'train.csv']],
  ['inp', ['input/a/1.csv', 'input/train.csv']],
  ['input/train.csv', ['train.csv']],
  ['input/a', ['1.csv']],
])('for the prefix %s, the container gets the files %j', async (prefix, names) => {
  const { channel } = await train(s3Channel({ S3Uri: `s3://${BUCKET}/${prefix}` }), {
    objects: { 'input/a/1.csv': '1' },
  });
  expect(channel?.files.map(({ name }) => name)).toEqual(names);
});

test('a shuffled channel has the same files in another order, which depends only on the seed', async () => {
  const objects = Object.fromEntries(Array.from({ length: 8 }, (_, i) => [`many/${i}.csv`, '1']));
  const order = async (change: Json) => {
    const { channel } = await train(s3Channel({ S3Uri: `s3://${BUCKET}/many/` }, change), { objects });
    return channel?.files.map(({ name }) => name) ?? [];
  };
  const plain = await order({});
  const shuffled = await order({ ShuffleConfig: { Seed: 7 } });
  expect(shuffled).not.toEqual(plain);
  expect([...shuffled].sort()).toEqual(plain);
  expect(await order({ ShuffleConfig: { Seed: 7 } })).toEqual(shuffled);
});

describe('a manifest', () => {
  const manifest = (content: unknown) => ({
    objects: { 'lists/m.json': JSON.stringify(content), 'far/x/1.csv': '1', 'far/2.csv': '2' },
  });
  const channel = s3Channel({ S3DataType: 'ManifestFile', S3Uri: `s3://${BUCKET}/lists/m.json` });

  test('selects the listed objects and names them by their paths after the prefix', async () => {
    const given = await train(channel, manifest([{ prefix: `s3://${BUCKET}/far/` }, 'x/1.csv', '2.csv']));
    expect(given.channel?.files).toEqual([
      { path: path.join(given.bucket, 'far', 'x', '1.csv'), name: 'x/1.csv' },
      { path: path.join(given.bucket, 'far', '2.csv'), name: '2.csv' },
    ]);
  });

  test.each<[string, unknown, RegExp]>([
    [
      'no prefix',
      ['x/1.csv'],
      /the manifest s3:\/\/data-bucket\/lists\/m\.json: expected a list with \{"prefix"/,
    ],
    ['no list', { prefix: 'x' }, /m\.json: expected a JSON list/],
    [
      'a path out of the prefix',
      [{ prefix: `s3://${BUCKET}/far/` }, '../input/train.csv'],
      /is not a file path/,
    ],
    [
      'a missing object',
      [{ prefix: `s3://${BUCKET}/far/` }, '3.csv'],
      /No S3 objects found under .*far\/3\.csv/,
    ],
  ])('with %s is refused', async (_name, content, message) => {
    await expect(train(channel, manifest(content))).rejects.toThrow(message);
  });

  test("cannot be used to read objects without the role's permission", async () => {
    const { job } = await train(channel, {
      ...manifest([{ prefix: `s3://${BUCKET}/far/` }, '2.csv']),
      roles: [trainingRole(['s3:GetObject', `arn:aws:s3:::${BUCKET}/lists/*`])],
    });
    expect(job).toMatchObject({
      TrainingJobStatus: 'Failed',
      FailureReason: expect.stringMatching(
        /^ClientError: Data download failed: .* not authorized .*far\/2\.csv/,
      ),
    });
  });
});

/** A training role that may pull the image and call these actions on these resources. */
function trainingRole(...allowed: readonly (readonly [action: string, resource: string])[]): RoleResource {
  return {
    logicalId: 'Role',
    name: 'training',
    arn: TRAINING_ROLE,
    trustPolicy: {
      Statement: [
        { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'sagemaker.amazonaws.com' } },
      ],
    },
    policies: [
      {
        Statement: [['ecr:*', '*'] as const, ...allowed].map(([Action, Resource]) => ({
          Effect: 'Allow',
          Action,
          Resource,
        })),
      },
    ],
  };
}

describe('a file system', () => {
  const channel = (change: Json = {}): Json => ({
    InputDataConfig: [
      {
        ChannelName: 'train',
        DataSource: {
          FileSystemDataSource: {
            FileSystemId: 'fs-0123456789',
            FileSystemType: 'EFS',
            FileSystemAccessMode: 'ro',
            DirectoryPath: '/data',
            ...change,
          },
        },
      },
    ],
  });

  async function fromFolder(change: Json): Promise<readonly string[]> {
    const root = temporaryRoot();
    fs.mkdirSync(path.join(root, 'efs', 'data', 'deep'), { recursive: true });
    fs.writeFileSync(path.join(root, 'efs', 'data', 'deep', 'b.csv'), '1');
    fs.writeFileSync(path.join(root, 'efs', 'data', 'a.csv'), '1');
    let names: readonly string[] = [];
    const services = await startServices(deploymentIn(root), {
      sampler: samplerOf([]),
      fileSystems: new Map([['fs-0123456789', path.join(root, 'efs')]]),
      trainer: trainerOf((task) => {
        names = task.channels[0]?.files.map(({ name }) => name) ?? [];
        return printX(task);
      }),
    });
    try {
      const input = { ...trainingRequest('Job'), ...channel(change) };
      await services.router.call('sagemaker', 'CreateTrainingJob', input, services.user);
      await until(
        () => services.jobs.training.get('Job')?.description.TrainingJobStatus,
        (status) => status === 'Completed',
      );
    } finally {
      await services.close();
    }
    return names;
  }

  test('is replaced by a local folder', async () => {
    expect(await fromFolder({})).toEqual(['a.csv', 'deep/b.csv']);
    // Paths on FSx for Lustre begin with the mount name.
    expect(await fromFolder({ FileSystemType: 'FSxLustre', DirectoryPath: '/mount/data/deep' })).toEqual([
      'b.csv',
    ]);
  });

  test('without a replacement folder is refused, and the error says how to name one', async () => {
    await expect(refusal(channel())).rejects.toThrow(
      'channel "train": the file system fs-0123456789 does not exist on this machine: replace it by a folder, --file-system fs-0123456789=./folder',
    );
  });

  test.each<[Json, RegExp]>([
    [{ DirectoryPath: '/nowhere' }, /no folder .*nowhere, which replaces \/nowhere/],
    [{ DirectoryPath: '/../data' }, /leads outside the file system/],
  ])('%j is refused', async (change, message) => {
    await expect(fromFolder(change)).rejects.toMatchObject({
      code: 'ValidationException',
      message: expect.stringMatching(message),
    });
  });
});

describe('checkpoints', () => {
  const CheckpointConfig = { S3Uri: `s3://${BUCKET}/checkpoints/run/` };

  test('are stored in the bucket', async () => {
    const { task, bucket } = await train({ CheckpointConfig });
    const folder = path.join(bucket, 'checkpoints', 'run');
    expect(task?.checkpoints).toEqual({ folder, localPath: '/opt/ml/checkpoints' });
    expect(fs.existsSync(folder)).toBe(true);
    const { task: other } = await train({ CheckpointConfig: { ...CheckpointConfig, LocalPath: '/tmp/ck' } });
    expect(other?.checkpoints?.localPath).toBe('/tmp/ck');
  });

  test('require write permission', async () => {
    const all = `arn:aws:s3:::${BUCKET}/*`;
    const roles = [
      trainingRole(
        ['s3:ListBucket', `arn:aws:s3:::${BUCKET}`],
        ['s3:GetObject', all],
        ['s3:PutObject', `arn:aws:s3:::${BUCKET}/output/*`],
      ),
    ];
    const { job } = await train({ CheckpointConfig }, { roles });
    expect(job.FailureReason).toMatch(
      /not authorized to perform: s3:PutObject on resource: .*checkpoints\/run\//,
    );
  });

  test('in a missing bucket are refused', async () => {
    await expect(refusal({ CheckpointConfig: { S3Uri: 's3://nowhere/x' } })).rejects.toThrow(
      /bucket "nowhere" in CheckpointConfig\.S3Uri does not exist/,
    );
  });
});

test("a channel in JumpStart's buckets has only its S3 location, no files", async () => {
  const s3Uri = 's3://jumpstart-cache-prod-us-east-1/training/script/sourcedir.tar.gz';
  const { channel, job } = await train(s3Channel({ S3Uri: s3Uri }));
  expect(channel).toMatchObject({ files: [], s3Uri });
  expect(job.TrainingJobStatus).toBe('Completed');
});

test('the uncompressed model of a job is stored as a folder', async () => {
  const { bucket, job } = await train(
    { OutputDataConfig: { S3OutputPath: `s3://${BUCKET}/output/`, CompressionType: 'NONE' } },
    {
      algorithm: (task) => {
        fs.mkdirSync(path.join(task.workFolder, 'model', 'deep'), { recursive: true });
        fs.writeFileSync(path.join(task.workFolder, 'model', 'deep', 'weights'), 'w');
        return printX(task);
      },
    },
  );
  expect(job.ModelArtifacts).toEqual({ S3ModelArtifacts: `s3://${BUCKET}/output/Job/output/model` });
  const output = path.join(bucket, 'output', 'Job', 'output');
  expect(fs.readdirSync(output)).toEqual(['model']);
  expect(fs.readFileSync(path.join(output, 'model', 'deep', 'weights'), 'utf8')).toBe('w');
});

test("training jobs use the first instance type in the tuning job's resource configuration", async () => {
  const services = await start({ sampler: samplerOf([{ x: '1' }]) });
  const { TrainingJobDefinition: given, ...request } = tuningRequest('Tune', {
    ResourceLimits: { MaxNumberOfTrainingJobs: 1, MaxParallelTrainingJobs: 1 },
  });
  const { ResourceConfig: _resources, ...definition } = given;
  const config = (InstanceType: string) => ({ InstanceType, InstanceCount: 2, VolumeSizeInGB: 20 });
  const input = {
    ...request,
    TrainingJobDefinition: {
      ...definition,
      HyperParameterTuningResourceConfig: {
        InstanceConfigs: [config('ml.m5.xlarge'), config('ml.m4.xlarge')],
        AllocationStrategy: 'Prioritized',
      },
    },
  };
  await services.router.call('sagemaker', 'CreateHyperParameterTuningJob', input, services.user);
  const [job] = await until(
    () => services.jobs.training.list(),
    (jobs) => jobs.length === 1,
  );
  expect(job?.description).toMatchObject({ ResourceConfig: config('ml.m5.xlarge') });
  expect(job?.description).not.toHaveProperty('HyperParameterTuningResourceConfig');
});

describe('resources that are refused:', () => {
  test.each<[string, Json, RegExp]>([
    ['none', { ResourceConfig: undefined }, /instance type and an instance count of at least 1 are required/],
    [
      'more instances than local mode runs',
      { ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: 21, VolumeSizeInGB: 1 } },
      /ResourceConfig: local mode runs at most 20 instances, as processes of this machine, got 21/,
    ],
    [
      'both forms',
      {
        ResourceConfig: {
          InstanceType: 'ml.m5.large',
          InstanceGroups: [{ InstanceGroupName: 'g', InstanceType: 'ml.m5.large', InstanceCount: 1 }],
        },
      },
      /use InstanceGroups, or InstanceType and InstanceCount, not both/,
    ],
    [
      'a missing channel for a group',
      s3Channel({ InstanceGroupNames: ['gpu'] }),
      /channel "train": unknown instance group "gpu" in InstanceGroupNames\. Instance groups of ResourceConfig: none/,
    ],
    [
      'records in RecordIO',
      s3Channel({}, { RecordWrapperType: 'RecordIO' }),
      /local mode does not support RecordIO/,
    ],
  ])('%s', async (_name, change, message) => {
    await expect(refusal(change)).rejects.toMatchObject({
      code: 'ValidationException',
      message: expect.stringMatching(message),
    });
  });
});
