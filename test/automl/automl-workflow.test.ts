import type { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { AutoMlWorkflowProps } from '../../lib';
import { definitionOf, stackOf, statementsIn, vpcIn } from '../fixtures';
import { autoMlWorkflow } from './fixtures';

const variants: [string, (stack: Stack) => Partial<AutoMlWorkflowProps>][] = [
  ['the defaults', () => ({})],
  ['a VPC', (stack) => ({ vpc: vpcIn(stack) })],
  ['a key', (stack) => ({ encryptionKey: new kms.Key(stack, 'Key', { enableKeyRotation: true }) })],
];

describe('the template', () => {
  test.each(variants)('with %s is the one that was reviewed', (_name, props) => {
    const stack = stackOf();
    autoMlWorkflow(props(stack), stack);
    expect(Template.fromStack(stack).toJSON()).toMatchSnapshot();
  });

  test('requires only the name of the target', () => {
    const stack = stackOf();
    const { bucket, stateMachine } = autoMlWorkflow({ jobNamePrefix: undefined }, stack);
    expect(bucket).toBeInstanceOf(s3.Bucket);
    expect(stateMachine.node.path).toBe('Stack/AutoMl/StateMachine');
    const { Configure } = definitionOf(stack).States;
    expect(Configure.Output).toMatch(/\$parse\("\[\\"s3:\/\/<AutoMlBucket\w+>\/input\/\\"\]"\)/);
    expect(Configure.Output).toMatch(/"s3:\/\/<AutoMlBucket\w+>\/input\/train\/"/);
  });

  test('stops AutoML jobs, and no other jobs, of executions that end without success', () => {
    const stack = stackOf();
    autoMlWorkflow({}, stack);
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        source: ['aws.states'],
        'detail-type': ['Step Functions Execution Status Change'],
        detail: {
          stateMachineArn: Match.arrayWith([{ Ref: Match.stringLikeRegexp('^AutoMlStateMachine') }]),
          status: ['ABORTED', 'TIMED_OUT', 'FAILED'],
        },
      },
    });
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: { JOB_NAME_PREFIX: 'houses-', JOB_KINDS: 'AutoMLJob' } },
    });
    const resource = 'arn:<AWS::Partition>:sagemaker:<AWS::Region>:<AWS::AccountId>:automl-job/houses-*';
    expect(statementsIn(stack, /StopAbandonedJobs/)).toEqual(
      expect.arrayContaining([
        { Effect: 'Allow', Action: ['sagemaker:ListTags', 'sagemaker:StopAutoMLJob'], Resource: resource },
        { Effect: 'Allow', Action: 'sagemaker:ListAutoMLJobs', Resource: '*' },
      ]),
    );
  });

  test('grants permission to start executions', () => {
    const stack = stackOf();
    const role = new iam.Role(stack, 'Analysts', { assumedBy: new iam.AccountRootPrincipal() });
    autoMlWorkflow({}, stack).grantStartExecution(role);
    expect(statementsIn(stack, /^<Analysts/)).toEqual([
      expect.objectContaining({ Action: 'states:StartExecution' }),
    ]);
  });
});

expect.addSnapshotSerializer({
  test: (value) => typeof value === 'string' && /^[0-9a-f]{64}\.zip$/.test(value),
  serialize: () => '"<hash of the code>.zip"',
});
