import type { FunctionResource } from '../../assembly/deployment';
import { UserError } from '../../user-error';
import type { Authorizer } from '../iam/authorizer';

/**
 * Checks a role as Lambda does when it creates a function.
 *
 * @throws UserError `InvalidParameterValueException` when Lambda cannot assume the role
 */
export function checkFunctionRole(
  { name, arn, roleArn }: FunctionResource,
  access: Pick<Authorizer, 'isTrusted'>,
): void {
  if (access.isTrusted(roleArn, 'lambda', arn)) return;
  throw new UserError(
    `Cannot create function ${name}: InvalidParameterValueException: The role defined for the function cannot be assumed by Lambda. (${roleArn})`,
  );
}
