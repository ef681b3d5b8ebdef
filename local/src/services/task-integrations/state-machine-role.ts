import type { Environment, StateMachineResource } from '../../assembly/deployment';
import { statesIn } from '../../states';
import { UserError } from '../../user-error';
import type { Authorizer } from '../iam/authorizer';

/**
 * The EventBridge rules through which Step Functions learns of the end of jobs, indexed by the waiting task's
 * resource.
 */
const RULES: Readonly<Record<string, string>> = {
  'states:startExecution.sync': 'StepFunctionsGetEventsForStepFunctionsExecutionRule',
  'states:startExecution.sync:2': 'StepFunctionsGetEventsForStepFunctionsExecutionRule',
  'sagemaker:createTrainingJob.sync': 'StepFunctionsGetEventsForSageMakerTrainingJobsRule',
  'sagemaker:createTransformJob.sync': 'StepFunctionsGetEventsForSageMakerTransformJobsRule',
  'sagemaker:createHyperParameterTuningJob.sync': 'StepFunctionsGetEventsForSageMakerTuningJobsRule',
};

const RULE_ACTIONS = ['events:PutTargets', 'events:PutRule', 'events:DescribeRule'];

/**
 * Permissions that a state machine with logging needs, on all resources.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html#cloudwatch-iam-policy
 */
const LOG_ACTIONS = [
  'logs:CreateLogDelivery',
  'logs:GetLogDelivery',
  'logs:UpdateLogDelivery',
  'logs:DeleteLogDelivery',
  'logs:ListLogDeliveries',
  'logs:PutResourcePolicy',
  'logs:DescribeResourcePolicies',
  'logs:DescribeLogGroups',
];

/**
 * Permissions that a state machine with a customer managed key needs.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/encryption-at-rest.html
 */
const DATA_KEY_ACTIONS = ['kms:Decrypt', 'kms:GenerateDataKey'];

/**
 * Checks the role of a state machine as AWS does when it creates the state machine. Step Functions must be able to
 * assume the role. The role needs permissions for the managed rules of `.sync` tasks, for logging and for the KMS
 * key. Local mode needs none of these permissions, but without them, AWS would refuse to deploy the stack.
 *
 * @throws UserError `AccessDeniedException` with the missing permission
 */
export function checkStateMachineRole(
  { name, arn, roleArn, definition, isLogged, kmsKeyId }: StateMachineResource,
  access: Pick<Authorizer, 'checkAccess' | 'checkKey' | 'isTrusted'>,
  { partition, region, accountId }: Environment,
): void {
  const principal = { arn: roleArn };
  const failing = (problem: string, check: () => void): void => {
    try {
      check();
    } catch (error) {
      throw new UserError(
        `Cannot create state machine ${name}: AccessDeniedException: ${problem} (${(error as Error).message})`,
      );
    }
  };
  if (!access.isTrusted(roleArn, 'states', arn)) {
    throw new UserError(
      `Cannot create state machine ${name}: AccessDeniedException: Neither the global service principal states.amazonaws.com, nor the regional one is authorized to assume the provided role. (${roleArn})`,
    );
  }
  const check = (action: string, resource: string, problem: string): void =>
    failing(problem, () => access.checkAccess(principal, action, resource));
  for (const task of tasksOf(definition)) {
    const rule = RULES[task.replace(/^arn:[^:]*:states:::/, '')];
    if (rule === undefined) continue;
    const ruleArn = `arn:${partition}:events:${region}:${accountId}:rule/${rule}`;
    for (const action of RULE_ACTIONS) {
      check(action, ruleArn, `'${roleArn}' is not authorized to create managed-rule.`);
    }
  }
  for (const action of isLogged === true ? LOG_ACTIONS : []) {
    check(action, '*', 'The state machine IAM Role is not authorized to access the Log Destination.');
  }
  if (kmsKeyId === undefined) return;
  const logs = `arn:${partition}:logs:${region}:${accountId}:*`;
  for (const { actions, context } of [
    { actions: DATA_KEY_ACTIONS, context: { 'kms:EncryptionContext:aws:states:stateMachineArn': arn } },
    ...(isLogged === true
      ? [{ actions: ['kms:GenerateDataKey'], context: { 'kms:EncryptionContext:SourceArn': logs } }]
      : []),
  ]) {
    failing('The state machine IAM Role is not authorized to use the KMS key.', () =>
      access.checkKey(principal, { keyId: kmsKeyId, actions, service: 'states', context }),
    );
  }
}

/** The resources of all tasks, including those in Maps and branches. */
function tasksOf(definition: StateMachineResource['definition']): Set<string> {
  const tasks = statesIn(definition).filter(({ state }) => state['Type'] === 'Task');
  return new Set(tasks.map(({ state }) => String(state['Resource'])));
}
