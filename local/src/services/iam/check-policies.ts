import type { Deployment, PolicyDocument } from '../../assembly/deployment';
import { isRecord } from '../../assembly/template';
import { UserError } from '../../user-error';
import { parseOperator } from './condition-operators';

/**
 * Refuses policies that cannot be evaluated. Called at deployment, so that a run does not fail in the middle.
 *
 * @throws UserError that lists all policies that cannot be evaluated
 */
export function checkPolicies({ roles, buckets, keys }: Deployment): void {
  const problems = [
    ...roles.flatMap(({ logicalId, policies, trustPolicy }) =>
      unknownOperators(logicalId, [...policies, trustPolicy]),
    ),
    ...buckets.flatMap(({ logicalId, policies = [] }) => unknownOperators(logicalId, policies)),
    ...keys.flatMap(({ logicalId, policy }) => unknownOperators(logicalId, [policy])),
  ];
  if (problems.length > 0) {
    throw new UserError(`Cannot evaluate these policies of the template:\n${problems.join('\n')}`);
  }
}

function unknownOperators(logicalId: string, policies: readonly PolicyDocument[]): string[] {
  const statements = policies.flatMap((policy) => policy.Statement);
  const operators = statements.flatMap(({ Condition: block }) => (isRecord(block) ? Object.keys(block) : []));
  return [...new Set(operators)]
    .filter((operator) => parseOperator(operator) === undefined)
    .map((operator) => `  - Resources/${logicalId}: unknown IAM condition operator ${operator}`);
}
