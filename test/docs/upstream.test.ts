import { App, Size, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { DockerImage, S3Location } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import {
  HyperParameterTuningObjectiveType,
  SageMakerCreateHyperParameterTuningJob,
  type SageMakerCreateHyperParameterTuningJobProps,
} from '../../docs/upstream/create-hyper-parameter-tuning-job';
import { CreateHyperParameterTuningJobTask, Objective, ParameterRange } from '../../lib';
import { definitionIn, type Json, statementsIn } from '../fixtures';

const RUN_JOB = sfn.IntegrationPattern.RUN_JOB;

function draftProps(stack: Stack): SageMakerCreateHyperParameterTuningJobProps {
  const bucket = s3.Bucket.fromBucketName(stack, 'Bucket', 'data');
  const role = new iam.Role(stack, 'Role', {
    assumedBy: new iam.ServicePrincipal('sagemaker.amazonaws.com'),
  });
  const s3Location = S3Location.fromBucket(bucket, 'train/');
  return {
    tuningJobName: 'Churn-1',
    objective: { metricName: 'loss', type: HyperParameterTuningObjectiveType.MINIMIZE },
    parameterRanges: { continuous: [{ name: 'rate', minValue: 0.1, maxValue: 1 }] },
    maxNumberOfTrainingJobs: 5,
    trainingJobDefinition: {
      algorithmSpecification: { trainingImage: DockerImage.fromRegistry('image:1') },
      role,
      inputDataConfig: [{ channelName: 'train', dataSource: { s3DataSource: { s3Location } } }],
      outputDataConfig: { s3OutputLocation: S3Location.fromBucket(bucket, 'models/') },
      resourceConfig: {
        instanceCount: 1,
        instanceType: new ec2.InstanceType('m5.xlarge'),
        volumeSize: Size.gibibytes(30),
      },
    },
  };
}

function ours(stack: Stack): sfn.TaskStateBase {
  return CreateHyperParameterTuningJobTask.jsonata(stack, 'Ours', {
    integrationPattern: RUN_JOB,
    tuningJobName: 'Churn-1',
    objective: Objective.minimize('loss'),
    parameterRanges: [ParameterRange.continuous('rate', { min: 0.1, max: 1 })],
    maxTrainingJobs: 5,
    trainingJobDefinition: {
      trainingImage: 'image:1',
      role: iam.Role.fromRoleName(stack, 'OurRole', 'training'),
      channels: [{ channelName: 'train', s3Uri: 's3://data/train/' }],
      outputPath: 's3://data/models/',
    },
  });
}

/**
 * The members of a request that can be compared: those that contain no tokens and have the same defaults in our task
 * and in the task that we propose for aws-cdk-lib.
 */
function comparable(state: Json): Json {
  const { TrainingJobDefinition: definition, ...request } = state.Arguments;
  const { AlgorithmSpecification, InputDataConfig } = definition;
  const [{ ChannelName, DataSource }] = InputDataConfig;
  return { ...request, AlgorithmSpecification, ChannelName, type: DataSource.S3DataSource.S3DataType };
}

const newStack = () =>
  new Stack(new App(), 'Stack', { env: { account: '111122223333', region: 'us-east-1' } });

describe('the draft for aws-cdk', () => {
  test('creates the same request as our task', () => {
    const stack = newStack();
    const props = { ...draftProps(stack), integrationPattern: RUN_JOB };
    const draft = SageMakerCreateHyperParameterTuningJob.jsonata(stack, 'Draft', props);
    const other = newStack();
    const [theirs, our] = [definitionIn(draft, stack), definitionIn(ours(other), other)];
    expect(theirs.States.Draft.Resource).toEqual(our.States.Ours.Resource);
    expect(comparable(theirs.States.Draft)).toEqual(comparable(our.States.Ours));
  });

  test('uses Parameters with JSONPath', () => {
    const stack = newStack();
    const draft = SageMakerCreateHyperParameterTuningJob.jsonPath(stack, 'Draft', draftProps(stack));
    const state = definitionIn(draft, stack).States.Draft;
    expect(state.Resource).toMatch(/:createHyperParameterTuningJob$/);
    expect(state.Parameters.HyperParameterTuningJobName).toBe('Churn-1');
  });

  test('lets the training role read the data and write the models', () => {
    const stack = newStack();
    definitionIn(SageMakerCreateHyperParameterTuningJob.jsonPath(stack, 'Draft', draftProps(stack)), stack);
    const policies = Template.fromStack(stack).findResources('AWS::IAM::Policy');
    const text = JSON.stringify(policies);
    expect(text).toContain('s3:GetObject*');
    expect(text).toContain('s3:PutObject');
  });

  test('may manage an EventBridge rule only if it waits for the job to end', () => {
    const actionsOf = (props: object) => {
      const stack = newStack();
      const task = new SageMakerCreateHyperParameterTuningJob(stack, 'Draft', {
        ...draftProps(stack),
        ...props,
      });
      definitionIn(task, stack);
      return JSON.stringify(statementsIn(stack, /Machine/));
    };
    expect(actionsOf({})).not.toContain('events:PutRule');
    expect(actionsOf({ integrationPattern: RUN_JOB })).toContain('events:PutRule');
  });

  test('refuses to wait for a task token', () => {
    const stack = newStack();
    const integrationPattern = sfn.IntegrationPattern.WAIT_FOR_TASK_TOKEN;
    expect(
      () =>
        new SageMakerCreateHyperParameterTuningJob(stack, 'Draft', {
          ...draftProps(stack),
          integrationPattern,
        }),
    ).toThrow('Unsupported service integration pattern');
  });
});
