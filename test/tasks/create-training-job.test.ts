import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import {
  CreateTrainingJobTask,
  type CreateTrainingJobTaskOptions,
  type TrainingJobDefinition,
} from '../../lib';
import { definitionIn, flat, type Json, someRole, stackOf, statementsIn, vpcIn } from '../fixtures';

const ROLE = 'arn:aws:iam::123456789012:role/training';

function least(
  stack = stackOf(),
  definition: Partial<TrainingJobDefinition> = {},
): CreateTrainingJobTaskOptions {
  return {
    trainingJobName: 'Churn-final',
    trainingJobDefinition: {
      trainingImage: 'image:1',
      role: someRole(stack),
      channels: [{ channelName: 'train', s3Uri: 's3://data/train/' }],
      outputPath: 's3://models/',
      ...definition,
    },
  };
}

const LEAST_REQUEST = {
  TrainingJobName: 'Churn-final',
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
};

describe('the state', () => {
  test('with JSONPath', () => {
    const stack = stackOf();
    const task = CreateTrainingJobTask.jsonPath(stack, 'Train', least(stack));
    expect(stateOf(task, stack)).toEqual({
      Type: 'Task',
      Resource: 'arn:<AWS::Partition>:states:::sagemaker:createTrainingJob',
      Parameters: LEAST_REQUEST,
      End: true,
    });
  });

  test('with JSONata', () => {
    const stack = stackOf();
    const task = CreateTrainingJobTask.jsonata(stack, 'Train', {
      ...least(stack),
      integrationPattern: sfn.IntegrationPattern.RUN_JOB,
    });
    expect(stateOf(task, stack)).toEqual({
      Type: 'Task',
      QueryLanguage: 'JSONata',
      Resource: 'arn:<AWS::Partition>:states:::sagemaker:createTrainingJob.sync',
      Arguments: LEAST_REQUEST,
      End: true,
    });
  });

  test('has the query language of its state machine', () => {
    const stack = stackOf();
    const task = new CreateTrainingJobTask(stack, 'Train', least(stack));
    const { States } = definitionIn(task, stack, sfn.QueryLanguage.JSONATA);
    expect(States.Train.Arguments).toEqual(LEAST_REQUEST);
  });

  test('can have 100 environment variables, more than the training jobs of a tuning job', () => {
    const stack = stackOf();
    const environment = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`V${index}`, 'x']));
    const task = CreateTrainingJobTask.jsonata(stack, 'Train', least(stack, { environment }));
    expect(stateOf(task, stack).Arguments.Environment).toEqual(environment);
  });

  test('reads the whole map of hyperparameters from the state, in either query language', () => {
    const stack = stackOf();
    const jsonPath = CreateTrainingJobTask.jsonPath(
      stack,
      'JsonPath',
      least(stack, { hyperparameters: sfn.TaskInput.fromJsonPathAt('$.best.hyperparameters') }),
    );
    expect(stateOf(jsonPath, stack).Parameters).toEqual({
      ...LEAST_REQUEST,
      'HyperParameters.$': '$.best.hyperparameters',
    });
    const hyperparameters = sfn.TaskInput.fromText('{% $states.input.best.hyperparameters %}');
    const jsonata = CreateTrainingJobTask.jsonata(stack, 'Jsonata', {
      ...least(stackOf(), { hyperparameters }),
    });
    expect(stateOf(jsonata, stack).Arguments).toEqual({
      ...LEAST_REQUEST,
      HyperParameters: '{% $states.input.best.hyperparameters %}',
    });
  });

  test('reads single hyperparameters from the state', () => {
    const stack = stackOf();
    const hyperparameters = sfn.TaskInput.fromObject({ eta: sfn.JsonPath.stringAt('$.eta'), seed: '1' });
    const task = CreateTrainingJobTask.jsonPath(stack, 'Train', least(stack, { hyperparameters }));
    expect(stateOf(task, stack).Parameters.HyperParameters).toEqual({ 'eta.$': '$.eta', seed: '1' });
  });

  test('has spot instances, checkpoints, a VPC, keys and tags', () => {
    const stack = stackOf();
    const key = kms.Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:eu-west-1:123456789012:key/1');
    const task = CreateTrainingJobTask.jsonata(stack, 'Train', {
      ...least(stack, {
        managedSpotTraining: true,
        checkpointPath: '{% $checkpoints %}',
        outputEncryptionKey: key,
        volumeEncryptionKey: key,
        subnets: vpcIn(stack).privateSubnets,
        securityGroups: [ec2.SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-1')],
        networkIsolation: true,
        interContainerTrafficEncryption: true,
      }),
      tags: { team: 'growth' },
    });
    expect(stateOf(task, stack).Arguments).toEqual({
      ...LEAST_REQUEST,
      OutputDataConfig: { S3OutputPath: 's3://models/', KmsKeyId: key.keyArn },
      ResourceConfig: { ...LEAST_REQUEST.ResourceConfig, VolumeKmsKeyId: key.keyArn },
      StoppingCondition: { MaxRuntimeInSeconds: 3600, MaxWaitTimeInSeconds: 7200 },
      EnableManagedSpotTraining: true,
      CheckpointConfig: { S3Uri: '{% $checkpoints %}' },
      EnableNetworkIsolation: true,
      EnableInterContainerTrafficEncryption: true,
      VpcConfig: {
        Subnets: ['subnet-0123456789abcdef1', 'subnet-0123456789abcdef2'],
        SecurityGroupIds: ['sg-1'],
      },
      Tags: [{ Key: 'team', Value: 'growth' }],
    });
  });
});

test('the state machine can run only this job, and can pass its role only to SageMaker', () => {
  // GIVEN
  const stack = stackOf();
  const task = CreateTrainingJobTask.jsonata(stack, 'Train', {
    ...least(stack),
    integrationPattern: sfn.IntegrationPattern.RUN_JOB,
  });
  // WHEN
  definitionIn(task, stack);
  // THEN
  expect(statementsIn(stack, /MachineRole/)).toEqual([
    {
      Effect: 'Allow',
      Action: [
        'sagemaker:CreateTrainingJob',
        'sagemaker:DescribeTrainingJob',
        'sagemaker:StopTrainingJob',
        'sagemaker:AddTags',
        'sagemaker:ListTags',
      ],
      Resource: 'arn:<AWS::Partition>:sagemaker:<AWS::Region>:<AWS::AccountId>:training-job/churn-final*',
    },
    {
      Effect: 'Allow',
      Action: 'iam:PassRole',
      Resource: ROLE,
      Condition: { StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } },
    },
    {
      Effect: 'Allow',
      Action: ['events:PutTargets', 'events:PutRule', 'events:DescribeRule'],
      Resource:
        'arn:<AWS::Partition>:events:<AWS::Region>:<AWS::AccountId>:rule/StepFunctionsGetEventsForSageMakerTrainingJobsRule',
    },
  ]);
});

test('task tokens and invalid names are rejected', () => {
  const make = (props: object) => () =>
    CreateTrainingJobTask.jsonata(stackOf(), 'Train', { ...least(), ...props });
  expect(make({ integrationPattern: sfn.IntegrationPattern.WAIT_FOR_TASK_TOKEN })).toThrow(
    "integrationPattern: SageMaker's jobs support REQUEST_RESPONSE and RUN_JOB, got WAIT_FOR_TASK_TOKEN",
  );
  expect(make({ trainingJobName: 'x'.repeat(64) })).toThrow(
    `trainingJobName: must be 1 to 63 letters, digits and inner hyphens, got "${'x'.repeat(64)}"`,
  );
  expect(make({ trainingJobName: 'x'.repeat(63) })).not.toThrow();
});

function stateOf(task: sfn.State, stack: ReturnType<typeof stackOf>): Json {
  return flat(stack.resolve(task.toStateJson()));
}
