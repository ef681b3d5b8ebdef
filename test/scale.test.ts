import { Duration, Size, Token } from 'aws-cdk-lib';
import {
  Algorithm,
  DataDistribution,
  DataLocation,
  InputData,
  TrainingInputMode,
  type TrainingResources,
  type TuningFragmentProps,
  XGBoostVersion,
} from '../lib';
import { mayHaveSeveralInstances } from '../lib/private/training-resources';
import {
  definitionIn,
  fragment,
  type Json,
  problemsOf,
  stackOf,
  statementsIn,
  TUNING,
  vpcIn,
} from './fixtures';

const LOCATION = DataLocation.fromUri('s3://data/train/');

const GROUPS: TrainingResources = {
  instanceGroups: [
    { name: 'data', instanceType: 'ml.c5.xlarge', instanceCount: 2 },
    { name: 'train', instanceType: 'ml.m5.4xlarge', instanceCount: 1 },
  ],
};

/** The requests of the trials and of the final training. */
function requests(props: Partial<TuningFragmentProps>, stack = stackOf()): { trials: Json; final: Json } {
  const { States } = definitionIn(fragment(props, stack), stack);
  return {
    trials: States.TuneHyperparameters.Arguments.TrainingJobDefinition,
    final: States.TrainFinalModel.Arguments,
  };
}

describe('instances', () => {
  test('default to one ml.m5.xlarge with 30 GiB', () => {
    const { trials, final } = requests({});
    const usual = { InstanceType: 'ml.m5.xlarge', InstanceCount: 1, VolumeSizeInGB: 30 };
    expect(trials.ResourceConfig).toEqual(usual);
    expect(final.ResourceConfig).toEqual(usual);
  });

  test('can be different for the final training', () => {
    const resources = { instanceCount: 3, volumeSize: Size.gibibytes(50) };
    const { trials, final } = requests({ resources, finalTraining: { resources: GROUPS } });
    expect(trials.ResourceConfig).toEqual({
      InstanceType: 'ml.m5.xlarge',
      InstanceCount: 3,
      VolumeSizeInGB: 50,
    });
    expect(final.ResourceConfig).toMatchObject({ VolumeSizeInGB: 30, InstanceGroups: [{}, {}] });
  });

  test('can be in groups', () => {
    expect(requests({ resources: GROUPS }).trials.ResourceConfig).toEqual({
      InstanceGroups: [
        { InstanceGroupName: 'data', InstanceType: 'ml.c5.xlarge', InstanceCount: 2 },
        { InstanceGroupName: 'train', InstanceType: 'ml.m5.4xlarge', InstanceCount: 1 },
      ],
      VolumeSizeInGB: 30,
    });
  });

  const group = { name: 'a', instanceType: 'ml.m5.xlarge', instanceCount: 1 };
  test.each<[string, TrainingResources, string[]]>([
    [
      'a type and a count, in addition to groups',
      { ...GROUPS, instanceType: 'ml.m5.xlarge', instanceCount: 1 },
      [
        'resources.instanceGroups: cannot be combined with instanceType and instanceCount: each group has its own',
      ],
    ],
    ['no groups', { instanceGroups: [] }, ['resources.instanceGroups: must have 1 to 5 elements, got 0']],
    [
      'six groups',
      { instanceGroups: Array.from({ length: 6 }, (_, i) => ({ ...group, name: `g${i}` })) },
      ['resources.instanceGroups: must have 1 to 5 elements, got 6'],
    ],
    [
      'a duplicate name',
      { instanceGroups: [group, group] },
      ['resources.instanceGroups: has duplicate names: a'],
    ],
    [
      'a group that is not valid',
      { instanceGroups: [{ name: '', instanceType: 'm5.xlarge', instanceCount: 0 }] },
      [
        'resources.instanceGroups.: must have 1 to 64 characters, got 0: ""',
        'resources.instanceGroups..instanceType: must be an instance type of SageMaker such as ml.m5.xlarge, got "m5.xlarge"',
        'resources.instanceGroups..instanceCount: must be a whole number of at least 1, got 0',
      ],
    ],
  ])('are rejected with %s', (_name, resources, problems) => {
    expect(problemsOf({ resources })).toEqual(problems);
  });
});

describe('warm pools', () => {
  const keepAlive = Duration.minutes(30);

  test('are kept for the given time', () => {
    const { trials, final } = requests({ resources: { keepAlive } });
    expect(trials.ResourceConfig.KeepAlivePeriodInSeconds).toBe(1800);
    expect(final.ResourceConfig.KeepAlivePeriodInSeconds).toBe(1800);
    expect(requests({}).trials.ResourceConfig).not.toHaveProperty('KeepAlivePeriodInSeconds');
    expect(problemsOf({ resources: { keepAlive: Duration.hours(6) } })).toEqual([]);
  });

  test.each<[string, Partial<TuningFragmentProps>, string]>([
    [
      'for more than 6 hours',
      { resources: { keepAlive: Duration.seconds(21_601) } },
      'resources.keepAlive: must be a whole number from 1 to 21600, got 21601 (seconds)',
    ],
    [
      'of spot instances',
      { resources: { keepAlive }, spot: {} },
      'resources.keepAlive: cannot be combined with spot instances',
    ],
    [
      'of groups',
      { resources: { ...GROUPS, keepAlive } },
      'resources.keepAlive: cannot be combined with instance groups',
    ],
    [
      'for spot instances in the final training',
      { finalTraining: { resources: { keepAlive }, spot: {} } },
      'finalTraining.resources.keepAlive: cannot be combined with spot instances',
    ],
    [
      'for spot instances in a final training that has the same resources as the search',
      { resources: { keepAlive }, finalTraining: { spot: {} } },
      'resources.keepAlive: cannot be combined with spot instances, which the final training uses: give finalTraining.resources too',
    ],
  ])('are rejected %s', (_name, props, problem) => {
    expect(problemsOf(props)).toEqual([problem]);
  });
});

describe('traffic between instances', () => {
  const encryption = ({ EnableInterContainerTrafficEncryption: on }: Json) => on ?? false;

  test.each<[string, TrainingResources | undefined, boolean]>([
    ['one instance', undefined, false],
    [
      'one instance in a group',
      { instanceGroups: [{ name: 'a', instanceType: 'ml.m5.xlarge', instanceCount: 1 }] },
      false,
    ],
    ['several instances', { instanceCount: 2 }, true],
    ['several groups', GROUPS, true],
  ])('with %s (resources %j): encryption is %s', (_name, resources, expected) => {
    expect(encryption(requests({ resources }).trials)).toBe(expected);
  });

  test('is encrypted if the number of instances is known only at deploy time', () => {
    const instanceCount = Token.asNumber({ Ref: 'Count' });
    const group = { name: 'a', instanceType: 'ml.m5.xlarge', instanceCount };
    expect(mayHaveSeveralInstances({ instanceCount })).toBe(true);
    expect(mayHaveSeveralInstances({ instanceGroups: [group] })).toBe(true);
  });

  test('is decided separately for the search and the final training, unless the prop is given', () => {
    const final = { finalTraining: { resources: { instanceCount: 2 } } };
    expect([requests(final)].map((both) => [encryption(both.trials), encryption(both.final)])).toEqual([
      [false, true],
    ]);
    const off = requests({ ...final, interContainerTrafficEncryption: false });
    expect([encryption(off.trials), encryption(off.final)]).toEqual([false, false]);
    const on = requests({ ...final, interContainerTrafficEncryption: true });
    expect([encryption(on.trials), encryption(on.final)]).toEqual([true, true]);
  });
});

describe('data for groups', () => {
  const train = InputData.csv(LOCATION, {
    distribution: DataDistribution.SHARDED_BY_S3_KEY,
    instanceGroups: ['data'],
  });

  test('is sharded over the named groups', () => {
    const [channel] = requests({ resources: GROUPS, train }).trials.InputDataConfig;
    expect(channel.DataSource.S3DataSource).toEqual({
      S3DataType: 'S3Prefix',
      S3Uri: '{% $states.input.settings.train %}',
      S3DataDistributionType: 'ShardedByS3Key',
      InstanceGroupNames: ['data'],
    });
  });

  test('requires that the search and the final training have these groups', () => {
    const missing = (prop: string) => `train: instanceGroups names data, but ${prop}.instanceGroups has none`;
    expect(problemsOf({ train })).toEqual([missing('resources')]);
    const finalTraining = { resources: { instanceType: 'ml.m5.4xlarge' } };
    expect(problemsOf({ train, resources: GROUPS, finalTraining })).toEqual([
      missing('finalTraining.resources'),
    ]);
    const channels = { more: InputData.of(LOCATION, { instanceGroups: ['data', 'other'] }) };
    expect(problemsOf({ channels, resources: GROUPS })).toEqual([
      'channels.more: instanceGroups names other, but resources.instanceGroups has data, train',
    ]);
  });
});

describe('input modes', () => {
  test.each([
    ['FastFile', TrainingInputMode.FAST_FILE],
    ['Pipe', TrainingInputMode.PIPE],
    ['File', undefined],
  ])('%s', (mode, inputMode) => {
    const { trials, final } = requests({ train: InputData.csv(LOCATION, { inputMode }) });
    for (const { InputDataConfig } of [trials, final]) {
      expect(InputDataConfig[0]).toMatchObject({ InputMode: mode, CompressionType: 'None' });
    }
  });

  test('Pipe mode can read compressed data', () => {
    const train = InputData.csv(LOCATION, { inputMode: TrainingInputMode.PIPE, gzip: true });
    expect(requests({ train }).trials.InputDataConfig[0]).toMatchObject({ CompressionType: 'Gzip' });
  });

  test.each([TrainingInputMode.FILE, TrainingInputMode.FAST_FILE, undefined])(
    'mode %s cannot read compressed data',
    (inputMode) => {
      expect(problemsOf({ train: InputData.csv(LOCATION, { inputMode, gzip: true }) })).toEqual([
        'train: gzip requires TrainingInputMode.PIPE: SageMaker decompresses data only in this mode',
      ]);
    },
  );
});

describe('additional channels', () => {
  const channels = {
    lookup: InputData.of(DataLocation.fromUri('s3://more/lookup/'), { contentType: 'text/plain' }),
  };

  test('are passed to each training job unchanged, and the training role can read them', () => {
    const stack = stackOf();
    const { trials, final } = requests({ channels }, stack);
    for (const { InputDataConfig } of [trials, final]) {
      expect(InputDataConfig).toHaveLength(3);
      expect(InputDataConfig[2]).toMatchObject({
        ChannelName: 'lookup',
        ContentType: 'text/plain',
        DataSource: { S3DataSource: { S3Uri: 's3://more/lookup/' } },
      });
    }
    const read = statementsIn(stack, /TrainingRole/).filter(({ Action }) => Action === 's3:GetObject');
    expect(read.flatMap(({ Resource }) => Resource)).toContain('arn:<AWS::Partition>:s3:::more/lookup/*');
  });

  test.each<[string, string]>([
    ['train', 'is the channel of train: give the data there instead'],
    ['validation', 'is the channel of validation: give the data there instead'],
    ['a b', 'the name of a channel must be 1 to 64 letters, digits, dots, hyphens and underscores'],
  ])('cannot be called %j', (name, problem) => {
    expect(problemsOf({ channels: { [name]: InputData.csv(LOCATION) } })).toEqual([
      `channels.${name}: ${problem}`,
    ]);
  });
});

describe('a file system', () => {
  const FSX = InputData.fsxLustre({
    fileSystemId: 'fs-0123456789abcdef0',
    directoryPath: '/abcdef/train',
    contentType: 'text/csv',
  });
  const EFS = InputData.efs({ fileSystemId: 'fs-01234567', directoryPath: '/validation' });

  test('becomes a read-only channel', () => {
    const stack = stackOf();
    const { trials, final } = requests({ vpc: vpcIn(stack), train: FSX, validation: EFS }, stack);
    for (const { InputDataConfig, VpcConfig } of [trials, final]) {
      expect(InputDataConfig).toEqual([
        {
          ChannelName: 'train',
          ContentType: 'text/csv',
          CompressionType: 'None',
          InputMode: 'File',
          DataSource: {
            FileSystemDataSource: {
              FileSystemId: 'fs-0123456789abcdef0',
              FileSystemType: 'FSxLustre',
              DirectoryPath: '/abcdef/train',
              FileSystemAccessMode: 'ro',
            },
          },
        },
        {
          ChannelName: 'validation',
          CompressionType: 'None',
          InputMode: 'File',
          DataSource: {
            FileSystemDataSource: {
              FileSystemId: 'fs-01234567',
              FileSystemType: 'EFS',
              DirectoryPath: '/validation',
              FileSystemAccessMode: 'ro',
            },
          },
        },
      ]);
      expect(VpcConfig.Subnets).toHaveLength(2);
    }
  });

  test('needs no S3 permissions, and the input cannot replace its location', () => {
    const stack = stackOf();
    const chain = fragment({ vpc: vpcIn(stack), train: FSX }, stack);
    const { States } = definitionIn(chain, stack);
    const statements = statementsIn(stack, /TrainingRole/);
    const read = statements
      .filter(({ Action }) => Action === 's3:GetObject')
      .flatMap(({ Resource }) => Resource);
    expect(read).toEqual(['arn:<AWS::Partition>:s3:::data/validation/*']);
    expect(States.Configure.Output).toMatch(
      'the fields are maxTrainingJobs, maxParallelTrainingJobs, validation, hyperparameters, warmStartFrom',
    );
  });

  test('as the only data needs S3 permissions only for the output', () => {
    const stack = stackOf();
    fragment({ vpc: vpcIn(stack), train: FSX, validation: EFS }, stack);
    const storage = statementsIn(stack, /TrainingRole/).filter(({ Action }) =>
      /^s3:/.test([Action].flat()[0]),
    );
    expect(storage.map(({ Action, Resource }) => [Action, Resource])).toEqual([
      [['s3:PutObject', 's3:AbortMultipartUpload'], 'arn:<AWS::Partition>:s3:::models/churn/*'],
      [['s3:ListBucket', 's3:GetBucketLocation'], 'arn:<AWS::Partition>:s3:::models'],
    ]);
  });

  test.each<[string, InputData, string[]]>([
    [
      'an invalid file system ID',
      InputData.efs({ fileSystemId: 'my-efs', directoryPath: '/' }),
      ['train: fileSystemId must be fs- and hexadecimal digits, got "my-efs"'],
    ],
    [
      'a relative path',
      InputData.efs({ fileSystemId: 'fs-01234567', directoryPath: 'train' }),
      ['train: directoryPath must be a full path, got "train"'],
    ],
  ])('is rejected with %s', (_name, train, problems) => {
    const stack = stackOf();
    expect(problemsOf({ vpc: vpcIn(stack), train }, stack)).toEqual(problems);
  });

  test('requires its VPC', () => {
    expect(problemsOf({ train: FSX, validation: EFS })).toEqual([
      'train: is in a file system: give the VPC of the file system as vpc',
      'validation: is in a file system: give the VPC of the file system as vpc',
    ]);
  });
});

describe('checkpoints', () => {
  const mayWrite = (props: Partial<TuningFragmentProps>) => {
    const stack = stackOf();
    const { trials, final } = requests(props, stack);
    const statements = statementsIn(stack, /TrainingRole/);
    const reads = statements
      .filter(({ Action }) => Action === 's3:GetObject')
      .flatMap(({ Resource }) => Resource);
    return {
      trials: trials.CheckpointConfig?.S3Uri,
      final: final.CheckpointConfig?.S3Uri,
      read: reads.some((resource) => /models\/churn\/checkpoints\/\*$/.test(resource)),
    };
  };

  test('are not kept by default', () => {
    expect(mayWrite({})).toEqual({ trials: undefined, final: undefined, read: false });
  });

  test('of the search are separate for each tuning job, even without spot instances', () => {
    expect(mayWrite({ checkpoints: true })).toEqual({
      trials: expect.stringMatching(/^{% "s3:\/\/models\/churn\/checkpoints\/" & "churn-" & /),
      final: undefined,
      read: true,
    });
  });

  test('of the final training are possible without spot instances', () => {
    expect(mayWrite({ finalTraining: { checkpoints: true } })).toEqual({
      trials: undefined,
      final: expect.stringMatching(/^{% "s3:\/\/models\/churn\/checkpoints\/" & .* & '-final-'/),
      read: true,
    });
  });

  test('of a final training on spot instances are kept unless they are disabled', () => {
    expect(mayWrite({ finalTraining: { spot: {} } })).toMatchObject({ final: expect.anything(), read: true });
    expect(mayWrite({ finalTraining: { spot: {}, checkpoints: false } })).toEqual({
      trials: undefined,
      final: undefined,
      read: false,
    });
  });
});

test('the volume has the size that the algorithm recommends unless a size is given', () => {
  const algorithm = Algorithm.xgboost({ version: XGBoostVersion.V3_2_0 });
  Object.assign(algorithm._definition, {
    defaultVolumeSize: Size.gibibytes(77),
    defaultInstanceType: 'ml.p3.2xlarge',
  });
  const recommended = requests({ ...TUNING, algorithm }).trials.ResourceConfig;
  expect(recommended).toMatchObject({ InstanceType: 'ml.p3.2xlarge', VolumeSizeInGB: 77 });
  const resources = { volumeSize: Size.gibibytes(5), instanceType: 'ml.m5.large' };
  const given = requests({ ...TUNING, algorithm, resources }).trials.ResourceConfig;
  expect(given).toMatchObject({ InstanceType: 'ml.m5.large', VolumeSizeInGB: 5 });
});
