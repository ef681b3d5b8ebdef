import type { PolicyDocument } from '../../assembly/deployment';
import { isRecord } from '../../assembly/template';
import { conditionsHold } from './conditions';
import { matchesAction } from './policy-evaluation';
import type { RequestContext } from './request-context';

type Statement = PolicyDocument['Statement'][number];

/**
 * Whether a role's trust policy allows an AWS service to assume the role.
 *
 * @param service the service's principal names. There can be several: Step Functions has a global and a regional name
 * @see
 *   https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-services
 */
export function trusts(policy: PolicyDocument, service: readonly string[], context: RequestContext): boolean {
  const applying = policy.Statement.filter(
    (statement) =>
      namesService(statement, service) &&
      matchesAction(statement, 'sts:AssumeRole') &&
      conditionsHold(statement['Condition'], context),
  );
  const effects = applying.map((statement) => statement['Effect']);
  return effects.includes('Allow') && !effects.includes('Deny');
}

function namesService(
  { Principal: principal, NotPrincipal: others }: Statement,
  service: readonly string[],
): boolean {
  if (others !== undefined) return !includesService(others, service);
  return includesService(principal, service);
}

function includesService(principal: unknown, service: readonly string[]): boolean {
  if (!isRecord(principal)) return principal === '*';
  const services = [principal['Service'] ?? []].flat().map(String);
  return [principal['AWS'] ?? []].flat().includes('*') || services.some((each) => service.includes(each));
}
