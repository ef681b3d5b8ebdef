import { isRecord } from '../../assembly/template';
import type { Principal } from '../principal';

/** Who makes a request, as policies of resources name him. */
export interface Caller {
  /** ARN of the role or the user. */
  readonly arn: string;
  /** ARN that AWS names in refusals: of a role it is that of a session. */
  readonly sessionArn: string;
  readonly accountId: string;
}

/** Makes the caller of a principal. */
export function callerOf({ arn }: Principal): Caller {
  const [, partition = '', account = '', role] =
    /^arn:([^:]+):iam::(\d*):(?:role\/(?:.*\/)?([^/]+))?/.exec(arn) ?? [];
  const sessionArn =
    role === undefined ? arn : `arn:${partition}:sts::${account}:assumed-role/${role}/local-mode`;
  return { arn, sessionArn, accountId: account };
}

/**
 * Whom of a request a statement of a resource's policy is about: the caller himself (or everybody), his account as a
 * whole, or others. To name an account in an Allow is to leave the decision to the account's own policies.
 */
export function covers(
  statement: Readonly<Record<string, unknown>>,
  caller: Caller,
): 'caller' | 'account' | 'no' {
  const { Principal: principal, NotPrincipal: others } = statement;
  if (others !== undefined) {
    return named(others, caller) === 'no' ? 'caller' : 'no';
  }
  return principal === undefined ? 'no' : named(principal, caller);
}

function named(principal: unknown, caller: Caller): 'caller' | 'account' | 'no' {
  // Services, federated and canonical users are never who calls here.
  const values = isRecord(principal) ? [principal['AWS'] ?? []].flat().map(String) : [String(principal)];
  if (values.some((value) => ['*', caller.arn, caller.sessionArn].includes(value))) {
    return 'caller';
  }
  const isAccount = (value: string): boolean =>
    value === caller.accountId || /^arn:[^:]+:iam::(\d+):root$/.exec(value)?.[1] === caller.accountId;
  return values.some(isAccount) ? 'account' : 'no';
}
