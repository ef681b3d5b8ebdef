import { Duration, RemovalPolicy, type Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { DefinitionBody, StateMachine, Wait, WaitTime } from 'aws-cdk-lib/aws-stepfunctions';
import { IMAGE } from '../training/support';

export const BUCKET = 'clients-data';

/** An app for tests with AWS clients: a bucket, a function, and workflows that train, predict and wait. */
export function clientsApp(stack: Stack): void {
  const bucket = new Bucket(stack, 'Data', { bucketName: BUCKET, removalPolicy: RemovalPolicy.DESTROY });
  const trainingRole = new Role(stack, 'TrainingRole', {
    roleName: 'training',
    assumedBy: new ServicePrincipal('sagemaker.amazonaws.com'),
  });
  bucket.grantReadWrite(trainingRole);
  const actions = ['ecr:*', 'logs:*', 'cloudwatch:PutMetricData'];
  trainingRole.addToPolicy(new PolicyStatement({ actions, resources: ['*'] }));
  new LambdaFunction(stack, 'Greet', {
    functionName: 'greet',
    runtime: Runtime.NODEJS_22_X,
    handler: 'index.handler',
    code: Code.fromInline(
      'exports.handler = async (event) => { console.log("greeting", event.name); if (!event.name) throw new TypeError("no name"); return `hello ${event.name}`; };',
    ),
  });
  const training = new StateMachine(stack, 'Train', {
    stateMachineName: 'train',
    definitionBody: DefinitionBody.fromString(JSON.stringify(trainingDefinition(trainingRole.roleArn))),
  });
  const prediction = new StateMachine(stack, 'Predict', {
    stateMachineName: 'predict',
    definitionBody: DefinitionBody.fromString(JSON.stringify(predictionDefinition(trainingRole.roleArn))),
  });
  for (const [actions, resource] of [
    [
      [
        'sagemaker:CreateModel',
        'sagemaker:CreateTransformJob',
        'sagemaker:DescribeTransformJob',
        'sagemaker:StopTransformJob',
        'sagemaker:AddTags',
        'sagemaker:ListTags',
      ],
      '*',
    ],
    [
      ['events:PutTargets', 'events:PutRule', 'events:DescribeRule'],
      stack.formatArn({
        service: 'events',
        resource: 'rule',
        resourceName: 'StepFunctionsGetEventsForSageMakerTransformJobsRule',
      }),
    ],
    [['iam:PassRole'], trainingRole.roleArn],
  ] as const) {
    prediction.addToRolePolicy(new PolicyStatement({ actions: [...actions], resources: [resource] }));
  }
  for (const [actions, resource] of [
    [
      [
        'sagemaker:CreateTrainingJob',
        'sagemaker:DescribeTrainingJob',
        'sagemaker:StopTrainingJob',
        'sagemaker:AddTags',
        'sagemaker:ListTags',
      ],
      '*',
    ],
    [['events:PutTargets', 'events:PutRule', 'events:DescribeRule'], '*'],
    [['iam:PassRole'], trainingRole.roleArn],
  ] as const) {
    training.addToRolePolicy(new PolicyStatement({ actions: [...actions], resources: [resource] }));
  }
  const hour = WaitTime.duration(Duration.hours(1));
  new StateMachine(stack, 'Wait', {
    stateMachineName: 'wait',
    definitionBody: DefinitionBody.fromChainable(new Wait(stack, 'Forever', { time: hour })),
  });
}

/**
 * Predicts labels for the objects under `$states.input.data` with the model `$states.input.model`. The first
 * column of the objects is the label.
 */
function predictionDefinition(roleArn: string): object {
  const name = '{% $states.context.Execution.Name %}';
  return {
    QueryLanguage: 'JSONata',
    StartAt: 'CreateModel',
    States: {
      CreateModel: {
        Type: 'Task',
        Resource: 'arn:aws:states:::sagemaker:createModel',
        Arguments: {
          ModelName: name,
          PrimaryContainer: { Image: IMAGE, ModelDataUrl: '{% $states.input.model %}' },
          ExecutionRoleArn: roleArn,
        },
        Next: 'Transform',
      },
      Transform: {
        Type: 'Task',
        Resource: 'arn:aws:states:::sagemaker:createTransformJob.sync',
        Arguments: {
          TransformJobName: name,
          ModelName: name,
          TransformInput: {
            DataSource: {
              S3DataSource: { S3DataType: 'S3Prefix', S3Uri: '{% $states.context.Execution.Input.data %}' },
            },
            ContentType: 'text/csv',
            SplitType: 'Line',
          },
          TransformOutput: { S3OutputPath: `s3://${BUCKET}/predictions/`, AssembleWith: 'Line' },
          TransformResources: { InstanceType: 'ml.m5.large', InstanceCount: 1 },
          DataProcessing: { InputFilter: '$[1:]', JoinSource: 'Input', OutputFilter: '$[0,-1]' },
        },
        End: true,
      },
    },
  };
}

/** Trains on the objects under `$states.input.data`. Each attempt of the task creates a new job. */
function trainingDefinition(roleArn: string): object {
  return {
    QueryLanguage: 'JSONata',
    StartAt: 'Prepare',
    States: {
      Prepare: { Type: 'Pass', Next: 'Train' },
      Train: {
        Type: 'Task',
        Resource: 'arn:aws:states:::sagemaker:createTrainingJob.sync',
        Arguments: {
          TrainingJobName:
            '{% $states.context.Execution.Name & "-" & $string($states.context.Execution.RedriveCount) %}',
          AlgorithmSpecification: { TrainingImage: IMAGE, TrainingInputMode: 'File' },
          RoleArn: roleArn,
          HyperParameters: { objective: 'reg:squarederror', num_round: '3' },
          InputDataConfig: [
            {
              ChannelName: 'train',
              ContentType: 'text/csv',
              DataSource: {
                S3DataSource: { S3DataType: 'S3Prefix', S3Uri: '{% $states.context.Execution.Input.data %}' },
              },
            },
          ],
          OutputDataConfig: { S3OutputPath: `s3://${BUCKET}/models/` },
          ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: 1, VolumeSizeInGB: 10 },
          StoppingCondition: { MaxRuntimeInSeconds: 3600 },
        },
        Output: '{% $states.result.ModelArtifacts.S3ModelArtifacts %}',
        End: true,
      },
    },
  };
}
