import { ArnFormat, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';

/** As long as Step Functions reuses a data key by itself. */
const DATA_KEY_REUSE_SECONDS = 300;

/**
 * Encrypts the definition of a state machine with a log and the history of its executions with a key.
 *
 * Not by `encryptionConfiguration` of the construct, whose permissions name the state machine's ARN: of a state machine without a
 * fixed name it is not known, and they never apply. These are for all state machines of the account and region: AWS checks
 * them when it creates the state machine, before there is an ARN that a template can refer to. Decision 18.
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
    // For the delivery of the log.
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

/** An alias is a key for the CDK, but not for IAM policies, which compare the key's own ARN. */
function isAlias(key: kms.IKey): key is kms.IAlias {
  return 'aliasTargetKey' in key;
}
