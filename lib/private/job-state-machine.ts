import { ArnFormat, Aws, Lazy, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { acknowledgeWildcards } from './acknowledge';
import { allowLogEncryption } from './log-encryption';
import { encryptStateMachine } from './state-machine-encryption';
import { stackDigits } from './unique-names';

/** Settings of a workflow's state machine. */
export interface JobStateMachineOptions {
  readonly name?: string;
  readonly comment: string;
  readonly fragment: sfn.StateMachineFragment;
  readonly encryptionKey?: kms.IKey;
}

/**
 * Creates the state machine of a workflow, with tracing and a log of all events. The log is kept for a year. If there is
 * a key, it encrypts the state machine and the log.
 */
export function jobStateMachine(scope: Construct, options: JobStateMachineOptions): sfn.StateMachine {
  const { fragment, encryptionKey } = options;
  allowLogEncryption(scope, encryptionKey);
  const stateMachine = new sfn.StateMachine(scope, 'StateMachine', {
    stateMachineName: options.name,
    comment: options.comment,
    definitionBody: sfn.DefinitionBody.fromChainable(fragment),
    queryLanguage: sfn.QueryLanguage.JSONATA,
    tracingEnabled: true,
    logs: {
      destination: new logs.LogGroup(scope, 'Logs', {
        // A name below /aws/vendedlogs/ avoids the size limit of the resource policy of CloudWatch Logs.
        logGroupName: `/aws/vendedlogs/states/${Aws.STACK_NAME}-${stackDigits()}-${scope.node.addr.slice(-8)}`,
        retention: logs.RetentionDays.ONE_YEAR,
        encryptionKey,
        removalPolicy: RemovalPolicy.DESTROY,
      }),
      level: sfn.LogLevel.ALL,
      includeExecutionData: true,
    },
  });
  trustStateMachinesOfAccount(stateMachine);
  if (encryptionKey) encryptStateMachine(stateMachine, encryptionKey);
  // The state machine can be started as soon as it exists, so the policies of its jobs must be created first.
  stateMachine.node.addDependency(fragment);
  acknowledgeWildcards(
    stateMachine,
    ['*'],
    "X-Ray's and CloudWatch Logs' delivery actions have no resource-level permissions",
  );
  return stateMachine;
}

/**
 * Lets only the account's own state machines assume the role. This prevents the confused deputy problem. aws-cdk-lib
 * adds the same condition since version 2.274, but this library also supports older versions.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/procedure-create-iam-role.html
 */
function trustStateMachinesOfAccount(stateMachine: sfn.StateMachine): void {
  const role = stateMachine.role as iam.Role;
  const trust = role.assumeRolePolicy as iam.PolicyDocument;
  const stack = Stack.of(stateMachine);
  const stateMachines = stack.formatArn({
    service: 'states',
    resource: 'stateMachine',
    resourceName: '*',
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  const Condition = {
    ArnLike: { 'aws:SourceArn': stateMachines },
    StringEquals: { 'aws:SourceAccount': stack.account },
  };
  const resource = role.node.defaultChild as iam.CfnRole;
  resource.assumeRolePolicyDocument = Lazy.any({
    produce: () => {
      const { Statement, ...document } = trust.toJSON();
      const [{ Action, ...statement }, ...others] = Statement;
      // The members are in aws-cdk-lib's order, so that the template is the same with every version of aws-cdk-lib.
      return { Statement: [{ Action, Condition, ...statement }, ...others], ...document };
    },
  });
}
