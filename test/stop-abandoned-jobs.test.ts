import { App, Stack, Validations } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { AwsSolutionsChecks } from 'cdk-nag';
import { SageMakerJobKind, StopAbandonedJobs, type StopAbandonedJobsProps } from '../lib';
import { type Json, stackOf, statementsIn } from './fixtures';

const MACHINE = 'arn:aws:states:eu-west-1:123456789012:stateMachine:mine';

function stopIn(stack: Stack, props: Partial<StopAbandonedJobsProps> = {}): StopAbandonedJobs {
  return new StopAbandonedJobs(stack, 'Stop', {
    stateMachine: sfn.StateMachine.fromStateMachineArn(stack, 'Machine', MACHINE),
    jobNamePrefix: 'churn',
    ...props,
  });
}

function templateOf(): Template {
  const stack = stackOf();
  stopIn(stack);
  return Template.fromStack(stack);
}

const isOfSageMaker = ({ Action }: Json) =>
  [Action].flat().every((action) => action.startsWith('sagemaker:'));
const targetOf = ({ Targets }: Json) => Targets[0].DeadLetterConfig.Arn;
const functionOf = ({ DeadLetterConfig }: Json) => DeadLetterConfig.TargetArn;

const jobs = (resource: string) =>
  `arn:<AWS::Partition>:sagemaker:<AWS::Region>:<AWS::AccountId>:${resource}/churn-*`;

test('receives events of executions that were stopped, timed out or failed', () => {
  const stack = stackOf();
  stopIn(stack);
  Template.fromStack(stack).hasResourceProperties('AWS::Events::Rule', {
    State: 'ENABLED',
    EventPattern: {
      source: ['aws.states'],
      'detail-type': ['Step Functions Execution Status Change'],
      detail: {
        stateMachineArn: [MACHINE, { prefix: `${MACHINE}:` }],
        status: ['ABORTED', 'TIMED_OUT', 'FAILED'],
      },
    },
  });
});

describe('an event', () => {
  test.each([
    ['goes to the dead-letter queue if it cannot be delivered', 'AWS::Events::Rule', targetOf],
    ['goes to the dead-letter queue if the function fails', 'AWS::Lambda::Function', functionOf],
  ])('%s', (_name, type, queueOf) => {
    const stack = stackOf();
    const { deadLetterQueue } = stopIn(stack);
    const [found] = Object.values(Template.fromStack(stack).findResources(type)) as Json[];
    expect(queueOf(found.Properties)).toEqual(stack.resolve(deadLetterQueue.queueArn));
  });

  test('is retried for at most an hour, in delivery and in invocation', () => {
    const template = templateOf();
    template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      MaximumEventAgeInSeconds: 3600,
      MaximumRetryAttempts: 2,
    });
    template.hasResourceProperties('AWS::Events::Rule', {
      Targets: [{ RetryPolicy: { MaximumEventAgeInSeconds: 3600, MaximumRetryAttempts: 50 } }],
    });
  });

  test('is in a queue that is encrypted, requires TLS, and accepts messages only from the rule and the function', () => {
    const template = templateOf();
    template.hasResourceProperties('AWS::SQS::Queue', {
      SqsManagedSseEnabled: true,
      MessageRetentionPeriod: 1_209_600,
    });
    const [policy] = Object.values(template.findResources('AWS::SQS::QueuePolicy')) as Json[];
    expect(policy.Properties.PolicyDocument.Statement).toEqual([
      expect.objectContaining({
        Effect: 'Deny',
        Principal: { AWS: '*' },
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      }),
      expect.objectContaining({
        Effect: 'Allow',
        Action: 'sqs:SendMessage',
        Principal: { Service: 'events.amazonaws.com' },
        Condition: {
          ArnEquals: { 'aws:SourceArn': { 'Fn::GetAtt': [expect.stringMatching(/^StopRule/), 'Arn'] } },
        },
      }),
    ]);
  });
});

test('its function has tracing', () => {
  templateOf().hasResourceProperties('AWS::Lambda::Function', { TracingConfig: { Mode: 'Active' } });
});

test('can list and stop all kinds of jobs with the prefix', () => {
  const stack = stackOf();
  stopIn(stack);
  expect(statementsIn(stack, /StopFunctionRole/).filter(isOfSageMaker)).toEqual([
    {
      Effect: 'Allow',
      Action: [
        'sagemaker:ListTags',
        'sagemaker:StopHyperParameterTuningJob',
        'sagemaker:StopTrainingJob',
        'sagemaker:StopAutoMLJob',
      ],
      Resource: [jobs('hyper-parameter-tuning-job'), jobs('training-job'), jobs('automl-job')],
    },
    {
      Effect: 'Allow',
      Action: [
        'sagemaker:ListHyperParameterTuningJobs',
        'sagemaker:ListTrainingJobs',
        'sagemaker:ListAutoMLJobs',
      ],
      Resource: '*',
    },
  ]);
});

test.each([['churn'], ['churn-']])(
  'with the prefix %s, stops only the given kinds of jobs with this prefix',
  (jobNamePrefix) => {
    const stack = stackOf();
    stopIn(stack, { jobNamePrefix, kinds: [SageMakerJobKind.TUNING] });
    Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: { JOB_NAME_PREFIX: 'churn-', JOB_KINDS: 'HyperParameterTuningJob' } },
    });
    expect(statementsIn(stack, /StopFunctionRole/).filter(isOfSageMaker)).toEqual([
      {
        Effect: 'Allow',
        Action: ['sagemaker:ListTags', 'sagemaker:StopHyperParameterTuningJob'],
        Resource: jobs('hyper-parameter-tuning-job'),
      },
      { Effect: 'Allow', Action: 'sagemaker:ListHyperParameterTuningJobs', Resource: '*' },
    ]);
  },
);

test('all findings of cdk-nag are acknowledged', () => {
  const app = new App();
  stopIn(new Stack(app, 'Stack'));
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  expect(() => app.synth()).not.toThrow();
});
