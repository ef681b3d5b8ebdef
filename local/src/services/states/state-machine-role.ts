import type { Environment, StateMachineResource } from '../../assembly/deployment';
import { isRecord } from '../../assembly/template';
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
 * Checks what AWS checks of a role when it creates a state machine: that Step Functions can assume it, and that it may
 * make the rules that `.sync` tasks wait by, and deliver the log. Nothing here needs either, but AWS would not deploy the
 * stack.
 *
 * @throws UserError `AccessDeniedException`, with the action that is not allowed
 */
export function checkStateMachineRole(
  { name, arn, roleArn, definition, isLogged }: StateMachineResource,
  access: Pick<Authorizer, 'checkAccess' | 'isTrusted'>,
  { partition, region, accountId }: Environment,
): void {
  const check = (action: string, resource: string, problem: string): void => {
    try {
      access.checkAccess({ arn: roleArn }, action, resource);
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
}

/** The resources of all tasks, those in Maps and branches included. */
function tasksOf(part: unknown): Set<string> {
  const parts = Array.isArray(part) ? part : isRecord(part) ? Object.values(part) : [];
  const own = isRecord(part) && part['Type'] === 'Task' ? [String(part['Resource'])] : [];
  return new Set([...own, ...parts.flatMap((each) => [...tasksOf(each)])]);
}
