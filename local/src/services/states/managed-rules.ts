import type { Environment } from '../../assembly/deployment';
import { StatesError } from '../../states';
import type { Authorizer } from '../iam/authorizer';
import type { Principal } from '../service';

/** The EventBridge rules by which Step Functions learns of the end of jobs, by the operation that makes them. */
const RULES: Readonly<Record<string, string>> = {
  CreateTrainingJob: 'StepFunctionsGetEventsForSageMakerTrainingJobsRule',
  CreateHyperParameterTuningJob: 'StepFunctionsGetEventsForSageMakerTuningJobsRule',
};

const ACTIONS = ['events:PutTargets', 'events:PutRule', 'events:DescribeRule'];

/**
 * Checks that a role may make the rule that a `.sync` task needs. Nothing here needs the rule, but AWS
 * refuses to create a state machine whose role may not make it.
 */
export function checkManagedRule(
  access: Pick<Authorizer, 'checkAccess'>,
  caller: Principal,
  operation: string,
  { partition, region, accountId }: Environment,
): void {
  const rule = `arn:${partition}:events:${region}:${accountId}:rule/${RULES[operation]}`;
  try {
    for (const action of ACTIONS) {
      access.checkAccess(caller, action, rule);
    }
  } catch {
    throw new StatesError(
      'States.Runtime',
      `'${caller.arn}' is not authorized to create managed-rule: it needs ${ACTIONS.join(', ')} on ${rule} (on AWS the state machine cannot be created without)`,
    );
  }
}
