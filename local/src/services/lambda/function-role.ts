import type { FunctionResource } from '../../assembly/deployment';
import { UserError } from '../../user-error';
import type { Authorizer } from '../iam/authorizer';

/**
 * Checks what AWS checks of a role when it creates a function.
 *
 * @throws UserError `InvalidParameterValueException` when Lambda cannot assume the role
 */
export function checkFunctionRole(
  { name, arn, roleArn }: FunctionResource,
  access: Pick<Authorizer, 'isTrusted'>,
): void {
  if (access.isTrusted(roleArn, 'lambda', arn)) return;
  throw new UserError(
    `Function ${name} cannot be created: InvalidParameterValueException: The role defined for the function cannot be assumed by Lambda. (${roleArn})`,
  );
}
