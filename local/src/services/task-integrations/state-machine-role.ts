import type { Environment, StateMachineResource } from '../../assembly/deployment';
import { statesIn } from '../../states';
import { UserError } from '../../user-error';
import type { Authorizer } from '../iam/authorizer';

/** The EventBridge rules by which Step Functions learns of the end of jobs, by the tasks that wait for them. */
const RULES: Readonly<Record<string, string>> = {
  'states:startExecution.sync': 'StepFunctionsGetEventsForStepFunctionsExecutionRule',
  'states:startExecution.sync:2': 'StepFunctionsGetEventsForStepFunctionsExecutionRule',
  'sagemaker:createTrainingJob.sync': 'StepFunctionsGetEventsForSageMakerTrainingJobsRule',
  'sagemaker:createHyperParameterTuningJob.sync': 'StepFunctionsGetEventsForSageMakerTuningJobsRule',
};

const RULE_ACTIONS = ['events:PutTargets', 'events:PutRule', 'events:DescribeRule'];

/**
 * What a state machine with a log needs, on all resources.
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
 * What a state machine with a key of its own needs.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/encryption-at-rest.html
 */
const DATA_KEY_ACTIONS = ['kms:Decrypt', 'kms:GenerateDataKey'];

/**
 * Checks what AWS checks of a role when it creates a state machine: that Step Functions can assume it, and that it may
 * make the rules that `.sync` tasks wait by, deliver the log and use the key. Nothing here needs any of it, but AWS would not
 * deploy the stack.
 *
 * @throws UserError `AccessDeniedException`, with the action that is not allowed
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
        `State machine ${name} cannot be created: AccessDeniedException: ${problem} (${(error as Error).message})`,
      );
    }
  };
  if (!access.isTrusted(roleArn, 'states', arn)) {
    throw new UserError(
      `State machine ${name} cannot be created: AccessDeniedException: Neither the global service principal states.amazonaws.com, nor the regional one is authorized to assume the provided role. (${roleArn})`,
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

/** The resources of all tasks, those in Maps and branches included. */
function tasksOf(definition: StateMachineResource['definition']): Set<string> {
  const tasks = statesIn(definition).filter(({ state }) => state['Type'] === 'Task');
  return new Set(tasks.map(({ state }) => String(state['Resource'])));
}
