import { App, Stack, Validations } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { AwsSolutionsChecks } from 'cdk-nag';
import { SageMakerJobKind, StopAbandonedJobs, type StopAbandonedJobsProps } from '../lib';
import { stackOf, statementsIn } from './fixtures';

const MACHINE = 'arn:aws:states:eu-west-1:123456789012:stateMachine:mine';

function stopIn(stack: Stack, props: Partial<StopAbandonedJobsProps> = {}): StopAbandonedJobs {
  return new StopAbandonedJobs(stack, 'Stop', {
    stateMachine: sfn.StateMachine.fromStateMachineArn(stack, 'Machine', MACHINE),
    jobNamePrefix: 'churn',
    ...props,
  });
}

const jobs = (resource: string) =>
  `arn:<AWS::Partition>:sagemaker:<AWS::Region>:<AWS::AccountId>:${resource}/churn-*`;

test('listens to the ends of executions that end before their work is done', () => {
  const stack = stackOf();
  stopIn(stack);
  Template.fromStack(stack).hasResourceProperties('AWS::Events::Rule', {
    State: 'ENABLED',
    EventPattern: {
      source: ['aws.states'],
      'detail-type': ['Step Functions Execution Status Change'],
      detail: { stateMachineArn: [MACHINE], status: ['ABORTED', 'TIMED_OUT', 'FAILED'] },
    },
  });
});

test('may stop all kinds of jobs below the prefix, and list them', () => {
  const stack = stackOf();
  stopIn(stack);
  expect(statementsIn(stack, /StopFunctionRole/).slice(1)).toEqual([
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

test.each([['churn'], ['churn-']])('keeps to the kinds and the prefix %s that are given', (jobNamePrefix) => {
  const stack = stackOf();
  stopIn(stack, { jobNamePrefix, kinds: [SageMakerJobKind.TUNING] });
  Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', {
    Environment: { Variables: { JOB_NAME_PREFIX: 'churn-', JOB_KINDS: 'HyperParameterTuningJob' } },
  });
  expect(statementsIn(stack, /StopFunctionRole/).slice(1)).toEqual([
    {
      Effect: 'Allow',
      Action: ['sagemaker:ListTags', 'sagemaker:StopHyperParameterTuningJob'],
      Resource: jobs('hyper-parameter-tuning-job'),
    },
    { Effect: 'Allow', Action: 'sagemaker:ListHyperParameterTuningJobs', Resource: '*' },
  ]);
});

test('cdk-nag finds nothing that is not acknowledged', () => {
  const app = new App();
  stopIn(new Stack(app, 'Stack'));
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  expect(() => app.synth()).not.toThrow();
});
