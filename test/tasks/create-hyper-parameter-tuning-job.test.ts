import { CfnParameter, Duration, Size } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import {
  CreateHyperParameterTuningJobTask,
  type CreateHyperParameterTuningJobTaskOptions,
  DataDistribution,
  FileSystemType,
  Objective,
  ParameterRange,
  TrainingInputMode,
  type TrainingJobDefinition,
  TuningStrategy,
  WarmStart,
} from '../../lib';
import { definitionIn, flat, type Json, someRole, stackOf, statementsIn, vpcIn } from '../fixtures';

const ROLE = 'arn:aws:iam::123456789012:role/training';

function least(
  stack = stackOf(),
): CreateHyperParameterTuningJobTaskOptions & { trainingJobDefinition: TrainingJobDefinition } {
  return {
    tuningJobName: 'Churn-1',
    objective: Objective.minimize('loss'),
    parameterRanges: [ParameterRange.continuous('rate', { min: 0.1, max: 1 })],
    trainingJobDefinition: {
      trainingImage: 'image:1',
      role: someRole(stack),
      channels: [{ channelName: 'train', s3Uri: 's3://data/train/' }],
      outputPath: 's3://models/',
    },
  };
}

const LEAST_REQUEST = {
  HyperParameterTuningJobName: 'Churn-1',
  HyperParameterTuningJobConfig: {
    Strategy: 'Bayesian',
    HyperParameterTuningJobObjective: { Type: 'Minimize', MetricName: 'loss' },
    ResourceLimits: { MaxParallelTrainingJobs: 1 },
    ParameterRanges: {
      IntegerParameterRanges: [],
      ContinuousParameterRanges: [{ Name: 'rate', MinValue: '0.1', MaxValue: '1', ScalingType: 'Auto' }],
      CategoricalParameterRanges: [],
    },
    TrainingJobEarlyStoppingType: 'Off',
  },
  TrainingJobDefinition: {
    AlgorithmSpecification: { TrainingImage: 'image:1', TrainingInputMode: 'File' },
    RoleArn: ROLE,
    InputDataConfig: [
      {
        ChannelName: 'train',
        CompressionType: 'None',
        InputMode: 'File',
        DataSource: {
          S3DataSource: {
            S3DataType: 'S3Prefix',
            S3Uri: 's3://data/train/',
            S3DataDistributionType: 'FullyReplicated',
          },
        },
      },
    ],
    OutputDataConfig: { S3OutputPath: 's3://models/' },
    ResourceConfig: { InstanceType: 'ml.m5.xlarge', InstanceCount: 1, VolumeSizeInGB: 30 },
    StoppingCondition: { MaxRuntimeInSeconds: 3600 },
  },
};

describe('the state', () => {
  test('with JSONPath', () => {
    // GIVEN
    const stack = stackOf();
    // WHEN
    const task = CreateHyperParameterTuningJobTask.jsonPath(stack, 'Tune', {
      ...least(stack),
      resultPath: '$.tuning',
    });
    // THEN
    expect(stateOf(task, stack)).toEqual({
      Type: 'Task',
      Resource: 'arn:<AWS::Partition>:states:::sagemaker:createHyperParameterTuningJob',
      Parameters: LEAST_REQUEST,
      ResultPath: '$.tuning',
      End: true,
    });
  });

  test('with JSONata', () => {
    // GIVEN
    const stack = stackOf();
    // WHEN
    const task = CreateHyperParameterTuningJobTask.jsonata(stack, 'Tune', {
      ...least(stack),
      integrationPattern: sfn.IntegrationPattern.RUN_JOB,
      outputs: '{% $states.result.BestTrainingJob %}',
    });
    // THEN
    expect(stateOf(task, stack)).toEqual({
      Type: 'Task',
      QueryLanguage: 'JSONata',
      Resource: 'arn:<AWS::Partition>:states:::sagemaker:createHyperParameterTuningJob.sync',
      Arguments: LEAST_REQUEST,
      Output: '{% $states.result.BestTrainingJob %}',
      End: true,
    });
  });

  test('has the query language of its state machine', () => {
    const stack = stackOf();
    const task = new CreateHyperParameterTuningJobTask(stack, 'Tune', least(stack));
    const { States } = definitionIn(task, stack, sfn.QueryLanguage.JSONATA);
    expect(States.Tune).toEqual(expect.objectContaining({ Arguments: LEAST_REQUEST }));
    expect(States.Tune).not.toHaveProperty('Parameters');
  });

  test('with everything', () => {
    // GIVEN
    const stack = stackOf();
    const key = kms.Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:eu-west-1:123456789012:key/1');
    const group = ec2.SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-1');
    // WHEN
    const task = CreateHyperParameterTuningJobTask.jsonPath(stack, 'Tune', {
      tuningJobName: 'churn-2',
      objective: Objective.maximize('accuracy'),
      parameterRanges: [
        ParameterRange.integer('depth', { min: 1, max: 9 }),
        ParameterRange.categorical('mode', ['a', 'b']),
        ParameterRange.integer('width', { min: 1, max: 9 }),
      ],
      strategy: TuningStrategy.hyperband({ minResource: 1, maxResource: 9, seed: 3 }),
      maxTrainingJobs: 50,
      maxParallelTrainingJobs: 5,
      maxRuntime: Duration.hours(10),
      warmStart: WarmStart.identicalDataAndAlgorithm(['churn-0', 'churn-1']),
      tags: { team: 'growth', stage: 'test' },
      trainingJobDefinition: {
        trainingImage: 'image:1',
        metricDefinitions: [{ name: 'accuracy', regex: 'accuracy=(.*?);' }],
        role: someRole(stack),
        hyperparameters: sfn.TaskInput.fromObject({ seed: '1' }),
        channels: [
          {
            channelName: 'train',
            s3Uri: 's3://data/train/',
            contentType: 'text/csv',
            gzip: true,
            inputMode: TrainingInputMode.PIPE,
            distribution: DataDistribution.SHARDED_BY_S3_KEY,
          },
          {
            channelName: 'validation',
            s3Uri: 's3://data/validation/',
            inputMode: TrainingInputMode.FAST_FILE,
          },
        ],
        outputPath: 's3://models/',
        outputEncryptionKey: key,
        volumeEncryptionKey: key,
        instanceType: 'ml.c5.2xlarge',
        instanceCount: 3,
        volumeSize: Size.tebibytes(1),
        maxRuntime: Duration.hours(2),
        managedSpotTraining: true,
        maxWait: Duration.hours(5),
        checkpointPath: 's3://models/checkpoints/',
        subnets: vpcIn(stack).privateSubnets,
        securityGroups: [group],
        networkIsolation: true,
        interContainerTrafficEncryption: true,
        environment: { LOG: 'debug' },
      },
    });
    // THEN
    expect(stateOf(task, stack).Parameters).toEqual({
      HyperParameterTuningJobName: 'churn-2',
      HyperParameterTuningJobConfig: {
        Strategy: 'Hyperband',
        StrategyConfig: { HyperbandStrategyConfig: { MinResource: 1, MaxResource: 9 } },
        RandomSeed: 3,
        HyperParameterTuningJobObjective: { Type: 'Maximize', MetricName: 'accuracy' },
        ResourceLimits: {
          MaxNumberOfTrainingJobs: 50,
          MaxParallelTrainingJobs: 5,
          MaxRuntimeInSeconds: 36_000,
        },
        ParameterRanges: {
          IntegerParameterRanges: [
            { Name: 'depth', MinValue: '1', MaxValue: '9', ScalingType: 'Auto' },
            { Name: 'width', MinValue: '1', MaxValue: '9', ScalingType: 'Auto' },
          ],
          ContinuousParameterRanges: [],
          CategoricalParameterRanges: [{ Name: 'mode', Values: ['a', 'b'] }],
        },
        TrainingJobEarlyStoppingType: 'Off',
      },
      TrainingJobDefinition: {
        StaticHyperParameters: { seed: '1' },
        AlgorithmSpecification: {
          TrainingImage: 'image:1',
          TrainingInputMode: 'File',
          MetricDefinitions: [{ Name: 'accuracy', Regex: 'accuracy=(.*?);' }],
        },
        RoleArn: ROLE,
        InputDataConfig: [
          {
            ChannelName: 'train',
            ContentType: 'text/csv',
            CompressionType: 'Gzip',
            InputMode: 'Pipe',
            DataSource: {
              S3DataSource: {
                S3DataType: 'S3Prefix',
                S3Uri: 's3://data/train/',
                S3DataDistributionType: 'ShardedByS3Key',
              },
            },
          },
          {
            ChannelName: 'validation',
            CompressionType: 'None',
            InputMode: 'FastFile',
            DataSource: {
              S3DataSource: {
                S3DataType: 'S3Prefix',
                S3Uri: 's3://data/validation/',
                S3DataDistributionType: 'FullyReplicated',
              },
            },
          },
        ],
        OutputDataConfig: { S3OutputPath: 's3://models/', KmsKeyId: key.keyArn },
        ResourceConfig: {
          InstanceType: 'ml.c5.2xlarge',
          InstanceCount: 3,
          VolumeSizeInGB: 1024,
          VolumeKmsKeyId: key.keyArn,
        },
        StoppingCondition: { MaxRuntimeInSeconds: 7200, MaxWaitTimeInSeconds: 18_000 },
        EnableManagedSpotTraining: true,
        EnableNetworkIsolation: true,
        EnableInterContainerTrafficEncryption: true,
        CheckpointConfig: { S3Uri: 's3://models/checkpoints/' },
        VpcConfig: {
          Subnets: ['subnet-0123456789abcdef1', 'subnet-0123456789abcdef2'],
          SecurityGroupIds: ['sg-1'],
        },
        Environment: { LOG: 'debug' },
      },
      WarmStartConfig: {
        WarmStartType: 'IdenticalDataAndAlgorithm',
        ParentHyperParameterTuningJobs: [
          { HyperParameterTuningJobName: 'churn-0' },
          { HyperParameterTuningJobName: 'churn-1' },
        ],
      },
      Tags: [
        { Key: 'team', Value: 'growth' },
        { Key: 'stage', Value: 'test' },
      ],
    });
  });

  test('reads its settings from the state of a JSONPath state machine', () => {
    const stack = stackOf();
    const options = least(stack);
    const task = CreateHyperParameterTuningJobTask.jsonPath(stack, 'Tune', {
      ...options,
      tuningJobName: sfn.JsonPath.stringAt('$.name'),
      maxTrainingJobs: sfn.JsonPath.numberAt('$.jobs'),
      parameterRanges: undefined,
      parameterRangesInput: sfn.TaskInput.fromJsonPathAt('$.ranges'),
      warmStart: WarmStart.transferLearning(),
      warmStartParentsInput: sfn.TaskInput.fromJsonPathAt('$.parents'),
      trainingJobDefinition: {
        ...options.trainingJobDefinition,
        hyperparameters: sfn.TaskInput.fromJsonPathAt('$.fixed'),
      },
    });
    expect(stateOf(task, stack).Parameters).toMatchObject({
      'HyperParameterTuningJobName.$': '$.name',
      HyperParameterTuningJobConfig: {
        ResourceLimits: { 'MaxNumberOfTrainingJobs.$': '$.jobs' },
        'ParameterRanges.$': '$.ranges',
      },
      TrainingJobDefinition: { 'StaticHyperParameters.$': '$.fixed' },
      WarmStartConfig: {
        WarmStartType: 'TransferLearning',
        'ParentHyperParameterTuningJobs.$': '$.parents',
      },
    });
  });

  test('reads its settings from the state of a JSONata state machine', () => {
    const stack = stackOf();
    const options = least(stack);
    const task = CreateHyperParameterTuningJobTask.jsonata(stack, 'Tune', {
      ...options,
      tuningJobName: '{% $name %}',
      parameterRanges: undefined,
      parameterRangesInput: sfn.TaskInput.fromText('{% $ranges %}'),
      trainingJobDefinition: {
        ...options.trainingJobDefinition,
        hyperparameters: sfn.TaskInput.fromText('{% $fixed %}'),
      },
    });
    expect(stateOf(task, stack).Arguments).toMatchObject({
      HyperParameterTuningJobName: '{% $name %}',
      HyperParameterTuningJobConfig: { ParameterRanges: '{% $ranges %}' },
      TrainingJobDefinition: { StaticHyperParameters: '{% $fixed %}' },
    });
  });

  test('waits for spot instances for at most twice the maximum run time by default', () => {
    const stack = stackOf();
    const options = least(stack);
    const task = CreateHyperParameterTuningJobTask.jsonata(stack, 'Tune', {
      ...options,
      trainingJobDefinition: { ...options.trainingJobDefinition, managedSpotTraining: true },
    });
    expect(stateOf(task, stack).Arguments.TrainingJobDefinition.StoppingCondition).toEqual({
      MaxRuntimeInSeconds: 3600,
      MaxWaitTimeInSeconds: 7200,
    });
  });
});

describe('the state machine can', () => {
  const jobs = (name: string) =>
    `arn:<AWS::Partition>:sagemaker:<AWS::Region>:<AWS::AccountId>:hyper-parameter-tuning-job/${name}`;
  const policiesOf = (
    props: Partial<CreateHyperParameterTuningJobTaskOptions>,
    pattern?: sfn.IntegrationPattern,
  ) => {
    const stack = stackOf();
    const task = CreateHyperParameterTuningJobTask.jsonata(stack, 'Tune', {
      ...least(stack),
      ...props,
      integrationPattern: pattern,
    });
    definitionIn(task, stack);
    return statementsIn(stack, /MachineRole/);
  };
  const passRole = {
    Effect: 'Allow',
    Action: 'iam:PassRole',
    Resource: ROLE,
    Condition: { StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } },
  };

  test('start only this job, whose name is in lower case in its ARN', () => {
    expect(policiesOf({})).toEqual([
      {
        Effect: 'Allow',
        Action: ['sagemaker:CreateHyperParameterTuningJob', 'sagemaker:AddTags', 'sagemaker:ListTags'],
        Resource: jobs('churn-1*'),
      },
      passRole,
    ]);
  });

  test('describe and stop a job that it waits for', () => {
    expect(policiesOf({}, sfn.IntegrationPattern.RUN_JOB)).toEqual([
      {
        Effect: 'Allow',
        Action: [
          'sagemaker:CreateHyperParameterTuningJob',
          'sagemaker:DescribeHyperParameterTuningJob',
          'sagemaker:StopHyperParameterTuningJob',
          'sagemaker:AddTags',
          'sagemaker:ListTags',
        ],
        Resource: jobs('churn-1*'),
      },
      passRole,
      {
        Effect: 'Allow',
        Action: ['events:PutTargets', 'events:PutRule', 'events:DescribeRule'],
        Resource:
          'arn:<AWS::Partition>:events:<AWS::Region>:<AWS::AccountId>:rule/StepFunctionsGetEventsForSageMakerTuningJobsRule',
      },
    ]);
  });

  test.each<[string, Partial<CreateHyperParameterTuningJobTaskOptions>, string]>([
    ['any job, if nothing is known about its name', { tuningJobName: '{% $name %}' }, '*'],
    [
      'only jobs with the given prefix',
      { tuningJobName: "{% 'Mine-' & $name %}", jobNamePrefix: 'Mine-' },
      'mine-*',
    ],
  ])('start %s', (_name, props, expected) => {
    expect(policiesOf(props)[0].Resource).toBe(jobs(expected));
  });

  test('start any job if its name is a JSONPath', () => {
    const stack = stackOf();
    const tuningJobName = sfn.JsonPath.stringAt('$.name');
    const task = CreateHyperParameterTuningJobTask.jsonPath(stack, 'Tune', {
      ...least(stack),
      tuningJobName,
    });
    definitionIn(task, stack);
    expect(statementsIn(stack, /MachineRole/)[0].Resource).toBe(jobs('*'));
  });

  test('start a job whose name is known only at deploy time', () => {
    const stack = stackOf();
    const tuningJobName = new CfnParameter(stack, 'Name').valueAsString;
    const task = CreateHyperParameterTuningJobTask.jsonata(stack, 'Tune', {
      ...least(stack),
      tuningJobName,
    });
    definitionIn(task, stack);
    expect(statementsIn(stack, /MachineRole/)[0].Resource).toBe(jobs('<Name>*'));
  });
});

describe('rejects', () => {
  const make = (props: object) => () => {
    const stack = stackOf();
    const task = CreateHyperParameterTuningJobTask.jsonata(stack, 'Tune', { ...least(stack), ...props });
    return stateOf(task, stack);
  };

  test('task tokens', () => {
    expect(make({ integrationPattern: sfn.IntegrationPattern.WAIT_FOR_TASK_TOKEN })).toThrow(
      "integrationPattern: SageMaker's jobs support REQUEST_RESPONSE and RUN_JOB, got WAIT_FOR_TASK_TOKEN",
    );
  });

  test.each(['', 'churn_1', '-churn', 'x'.repeat(33)])('"%s" as a name', (tuningJobName) => {
    expect(make({ tuningJobName })).toThrow(
      `tuningJobName: must be 1 to 32 letters, digits and inner hyphens, got "${tuningJobName}"`,
    );
  });

  test('a single algorithm without an objective', () => {
    expect(make({ objective: undefined })).toThrow('objective: is required with trainingJobDefinition');
  });

  test('a channel with two locations or without a location', () => {
    const fileSystem = {
      fileSystemId: 'fs-01234567',
      fileSystemType: FileSystemType.EFS,
      directoryPath: '/',
    };
    for (const place of [{}, { s3Uri: 's3://data/', fileSystem }]) {
      const { trainingJobDefinition } = least();
      const channels = [{ channelName: 'train', ...place }];
      expect(make({ trainingJobDefinition: { ...trainingJobDefinition, channels } })).toThrow(
        'trainingJobDefinition.channels.train: give exactly one of s3Uri and fileSystem',
      );
    }
  });

  test('a search space that is given twice or is missing', () => {
    const message = 'give exactly one of parameterRanges and parameterRangesInput';
    expect(make({ parameterRanges: undefined })).toThrow(message);
    expect(make({ parameterRangesInput: sfn.TaskInput.fromText('{% $x %}') })).toThrow(message);
  });
});

describe('several algorithms', () => {
  /** A task with two definitions and the given other props. */
  function several(stack = stackOf(), change: object = {}) {
    const { tuningJobName, objective, parameterRanges, trainingJobDefinition } = least(stack);
    const one = {
      definitionName: 'one',
      objective: objective as Objective,
      parameterRanges,
      trainingJobDefinition,
    };
    const role = someRole(stack, 'OtherRole');
    const trainingJobDefinitions = [
      one,
      { ...one, definitionName: 'two', trainingJobDefinition: { ...trainingJobDefinition, role } },
    ];
    return CreateHyperParameterTuningJobTask.jsonata(stack, 'Tune', {
      tuningJobName,
      trainingJobDefinitions,
      ...change,
    });
  }

  test('have their objectives and ranges in the definitions', () => {
    const stack = stackOf();
    const { Arguments } = stateOf(several(stack), stack);
    const { HyperParameterTuningJobObjective, ParameterRanges, ...config } =
      LEAST_REQUEST.HyperParameterTuningJobConfig;
    const [one, two] = ['one', 'two'].map((DefinitionName) => ({
      DefinitionName,
      TuningObjective: HyperParameterTuningJobObjective,
      HyperParameterRanges: ParameterRanges,
      ...LEAST_REQUEST.TrainingJobDefinition,
    }));
    expect(Arguments).toEqual({
      HyperParameterTuningJobName: 'Churn-1',
      HyperParameterTuningJobConfig: config,
      TrainingJobDefinitions: [one, two],
    });
  });

  test('can share a role, which then occurs only once in the iam:PassRole statement', () => {
    const stack = stackOf();
    definitionIn(several(stack), stack);
    const passed = statementsIn(stack, /MachineRole/).filter(({ Action }) => Action === 'iam:PassRole');
    expect(new Set(passed.flatMap(({ Resource }) => Resource))).toEqual(new Set([ROLE]));
  });

  const refused = 'SageMaker does not support a warm start or early stopping with several definitions';
  test.each<[string, object, string]>([
    ['no definition', { trainingJobDefinitions: [] }, 'must have 1 to 10 elements, got 0'],
    [
      'an objective at the top level',
      { objective: Objective.minimize('loss') },
      'cannot be combined with objective: ',
    ],
    ['ranges at the top level', { parameterRanges: [] }, 'cannot be combined with parameterRanges: '],
    ['early stopping', { earlyStopping: true }, refused],
    ['a warm start', { warmStart: WarmStart.transferLearning(['a']) }, refused],
  ])('cannot have %s', (_name, change, message) => {
    const stack = stackOf();
    expect(() => stateOf(several(stack, change), stack)).toThrow(message);
  });

  test('can be given in only one of the two props', () => {
    const stack = stackOf();
    const { trainingJobDefinition } = least();
    expect(() => stateOf(several(stack, { trainingJobDefinition }), stack)).toThrow(
      'give exactly one of trainingJobDefinition and trainingJobDefinitions',
    );
    const other = stackOf();
    expect(() => stateOf(several(other, { trainingJobDefinitions: undefined }), other)).toThrow(
      'give exactly one of trainingJobDefinition and trainingJobDefinitions',
    );
  });
});

function stateOf(task: sfn.State, stack: ReturnType<typeof stackOf>): Json {
  return flat(stack.resolve(task.toStateJson()));
}
