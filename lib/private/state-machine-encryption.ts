import { ArnFormat, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';

/** Step Functions' default for the time during which it reuses a data key. */
const DATA_KEY_REUSE_SECONDS = 300;

/**
 * Encrypts the definition of a state machine, its log and the history of its executions with a key.
 *
 * This function does not use the property `encryptionConfiguration` of the state machine construct. The property grants
 * permissions only for the ARN of this state machine. If the state machine has no fixed name, its ARN is unknown before
 * it exists, so these permissions never apply: AWS already checks them when it creates the state machine. Therefore,
 * this function grants permissions for all state machines of the account and region. See decision 18.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/encryption-at-rest.html
 */
export function encryptStateMachine(stateMachine: sfn.StateMachine, key: kms.IKey): void {
  const resource = stateMachine.node.defaultChild as sfn.CfnStateMachine;
  resource.encryptionConfiguration = {
    type: 'CUSTOMER_MANAGED_KMS_KEY',
    kmsKeyId: key.keyArn,
    kmsDataKeyReusePeriodSeconds: DATA_KEY_REUSE_SECONDS,
  };
  const policyKey = isAlias(key) ? key.aliasTargetKey : key;
  const arn = (service: string, resource: string) =>
    Stack.of(stateMachine).formatArn({ service, resource, arnFormat: ArnFormat.COLON_RESOURCE_NAME });
  const statements = [
    new iam.PolicyStatement({
      actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
      resources: [policyKey.keyArn],
      conditions: {
        ArnLike: {
          'kms:EncryptionContext:aws:states:stateMachineArn': arn('states', 'stateMachine:*'),
        },
      },
    }),
    // Permissions for the delivery of the log.
    new iam.PolicyStatement({
      actions: ['kms:GenerateDataKey'],
      resources: [policyKey.keyArn],
      conditions: { StringEquals: { 'kms:EncryptionContext:SourceArn': arn('logs', '*') } },
    }),
  ];
  for (const statement of statements) stateMachine.addToRolePolicy(statement);
  key.addToResourcePolicy(
    new iam.PolicyStatement({
      principals: [new iam.ServicePrincipal('delivery.logs.amazonaws.com')],
      actions: ['kms:Decrypt'],
      resources: ['*'],
    }),
    true,
  );
}

/** Whether a key is an alias. The CDK treats an alias as a key, but IAM policies need the ARN of the key itself. */
function isAlias(key: kms.IKey): key is kms.IAlias {
  return 'aliasTargetKey' in key;
}
