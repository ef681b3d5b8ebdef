import { isRecord } from '../../assembly/template';
import type { Principal } from '../principal';

/** The sender of a request, as resource policies identify it. */
export interface Caller {
  /** ARN of the role or the user. */
  readonly arn: string;
  /** ARN for error messages, as on AWS. For a role, the ARN of a session. */
  readonly sessionArn: string;
  readonly accountId: string;
}

/** Describes a principal in the form that resource policies use. */
export function callerOf({ arn }: Principal): Caller {
  const [, partition = '', account = '', role] =
    /^arn:([^:]+):iam::(\d*):(?:role\/(?:.*\/)?([^/]+))?/.exec(arn) ?? [];
  const sessionArn =
    role === undefined ? arn : `arn:${partition}:sts::${account}:assumed-role/${role}/local-mode`;
  return { arn, sessionArn, accountId: account };
}

/**
 * Which principals a statement of a resource policy covers: the caller (or everybody), the whole account, or only
 * others. A statement that allows the account delegates the decision to the account's identity-based policies.
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
  // Services, federated users and canonical users never call local mode.
  const values = isRecord(principal) ? [principal['AWS'] ?? []].flat().map(String) : [String(principal)];
  if (values.some((value) => ['*', caller.arn, caller.sessionArn].includes(value))) {
    return 'caller';
  }
  const isAccount = (value: string): boolean =>
    value === caller.accountId || /^arn:[^:]+:iam::(\d+):root$/.exec(value)?.[1] === caller.accountId;
  return values.some(isAccount) ? 'account' : 'no';
}
