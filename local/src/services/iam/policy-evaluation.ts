import type { PolicyDocument } from '../../assembly/deployment';
import { conditionsHold } from './conditions';
import { type Caller, covers } from './principals';
import { fillIn, type RequestContext } from './request-context';
import { matchesWildcard } from './wildcard';

/** An action that a caller requests. */
export interface AccessRequest {
  readonly action: string;
  readonly resource: string;
  readonly context: RequestContext;
}

/** The result of evaluating policies. */
export type Decision = 'allow' | 'implicit-deny' | 'explicit-deny';

/**
 * The result of evaluating resource policies. `account` delegates the decision to the account's identity-based
 * policies.
 */
export type ResourceDecision = Decision | 'account';

type Statement = Readonly<Record<string, unknown>>;

/** Evaluates identity-based policies: an explicit Deny wins; otherwise an Allow is required. */
export function evaluatePolicies(policies: readonly PolicyDocument[], request: AccessRequest): Decision {
  const statements = policies.flatMap((policy) => policy.Statement).filter((each) => applies(each, request));
  if (statements.some((statement) => statement['Effect'] === 'Deny')) {
    return 'explicit-deny';
  }
  return statements.some((statement) => statement['Effect'] === 'Allow') ? 'allow' : 'implicit-deny';
}

/**
 * Evaluates the policies of a resource for a caller from the resource's account.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function evaluateResourcePolicies(
  policies: readonly PolicyDocument[],
  caller: Caller,
  request: AccessRequest,
): ResourceDecision {
  const statements = policies
    .flatMap((policy) => policy.Statement)
    .map((statement) => ({ statement, covered: covers(statement, caller) }))
    .filter(({ statement, covered }) => covered !== 'no' && applies(statement, request));
  if (statements.some(({ statement }) => statement['Effect'] === 'Deny')) {
    return 'explicit-deny';
  }
  const allowed = statements.filter(({ statement }) => statement['Effect'] === 'Allow');
  if (allowed.some(({ covered }) => covered === 'caller')) {
    return 'allow';
  }
  return allowed.length > 0 ? 'account' : 'implicit-deny';
}

function applies(statement: Statement, request: AccessRequest): boolean {
  return isAbout(statement, request) && conditionsHold(statement['Condition'], request.context);
}

/** Whether a statement matches a request's action and resource, regardless of its conditions. */
export function isAbout(statement: Statement, { action, resource, context }: AccessRequest): boolean {
  return (
    matchesAction(statement, action) &&
    matches(statement, 'Resource', (pattern) => matchesWildcard(fillIn(pattern, context), resource))
  );
}

/**
 * Caches whether a statement matches an action. There are few statements and actions, but each job checks them many
 * times.
 */
const knownActions = new WeakMap<Statement, Map<string, boolean>>();

/** Whether a statement matches an action. Actions are case-insensitive; resources are not. */
export function matchesAction(statement: Statement, action: string): boolean {
  const known = knownActions.get(statement) ?? new Map<string, boolean>();
  knownActions.set(statement, known);
  const isMatching =
    known.get(action) ??
    matches(statement, 'Action', (pattern) => matchesWildcard(pattern.toLowerCase(), action.toLowerCase()));
  known.set(action, isMatching);
  return isMatching;
}

/** Whether an element of a statement, or its `Not…` form, matches the request. */
function matches(statement: Statement, element: string, test: (pattern: string) => boolean): boolean {
  const positive = statement[element];
  if (positive !== undefined) {
    return [positive].flat().map(String).some(test);
  }
  const negative = statement[`Not${element}`];
  return negative !== undefined && ![negative].flat().map(String).some(test);
}
