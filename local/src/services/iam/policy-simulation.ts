import type { PolicyDocument, RoleResource } from '../../assembly/deployment';
import { isRecord } from '../../assembly/template';
import { UserError } from '../../user-error';
import { AwsError } from '../aws-error';
import type { Input } from '../service';
import { type AccessRequest, type Decision, evaluatePolicies, isAbout } from './policy-evaluation';
import { lookUp, type RequestContext } from './request-context';

/** Unsupported members that would change the simulation. */
const NOT_HERE = ['ResourcePolicy', 'ResourceOwner', 'PolicyExclusionList', 'ResourceHandlingOption'];

/** Maximum number of actions per page. */
const PAGE_ACTIONS = 100;

/** The simulator's decisions, most restrictive first. */
const DECISIONS = ['explicitDeny', 'implicitDeny', 'allowed'] as const;
const NAMES: Readonly<Record<Decision, (typeof DECISIONS)[number]>> = {
  allow: 'allowed',
  'implicit-deny': 'implicitDeny',
  'explicit-deny': 'explicitDeny',
};

/** The policies that a simulation evaluates. Empty for a principal with unlimited permissions. */
interface Policies {
  readonly identity?: readonly PolicyDocument[];
  readonly boundary?: PolicyDocument;
}

/**
 * Response of SimulatePrincipalPolicy for a role of the template. Any other principal has unlimited
 * permissions. As on AWS, identity-based policies and boundaries count, resource policies do not, and
 * conditions see only `ContextEntries`. `MatchedStatements` is not implemented.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
 * @throws AwsError `InvalidInput` for an invalid or unsupported request
 */
export function simulatePrincipalPolicy(role: RoleResource | undefined, input: Input): unknown {
  checkInput(input);
  const policies = policiesOf(role, input);
  const context = contextOf(input);
  const resources = input['ResourceArns'] as readonly string[] | undefined;
  const actions = input['ActionNames'] as readonly string[];
  const start = Number(input['Marker'] ?? 0);
  const end = start + Number(input['MaxItems'] ?? PAGE_ACTIONS);
  return {
    EvaluationResults: actions
      .slice(start, end)
      .map((action) => simulateAction(policies, action, resources, context)),
    IsTruncated: end < actions.length,
    ...(end < actions.length && { Marker: String(end) }),
  };
}

function checkInput(input: Input): void {
  const { PolicySourceArn: source, CallerArn: caller, Marker: marker } = input;
  const given = NOT_HERE.find((member) => input[member] !== undefined);
  if (given !== undefined)
    throw invalid(`local mode does not support ${given} in SimulatePrincipalPolicy: omit it`);
  if (!/^arn:[^:]+:iam::\d*:(role|user|group)\/.+$/.test(String(source))) {
    throw invalid(`PolicySourceArn must be the ARN of a role, user or group, got ${String(source)}`);
  }
  if (caller !== undefined && caller !== source) {
    throw invalid('local mode does not support a CallerArn other than PolicySourceArn: omit it');
  }
  if (marker !== undefined && !/^\d+$/.test(String(marker)))
    throw invalid(`Invalid Marker: ${String(marker)}`);
  const wrong = (input['ActionNames'] as readonly string[]).find((action) => !/^[\w-]+:\w+$/.test(action));
  if (wrong !== undefined) throw invalid(`ActionNames must be names such as s3:GetObject, got ${wrong}`);
}

function policiesOf(role: RoleResource | undefined, input: Input): Policies {
  const [given, boundaries] = ['PolicyInputList', 'PermissionsBoundaryPolicyInputList'].map((member) =>
    ((input[member] as readonly string[] | undefined) ?? []).map(parsePolicy),
  );
  const boundary = boundaries?.[0] ?? role?.permissionsBoundary;
  return {
    ...(role !== undefined && { identity: [...role.policies, ...(given ?? [])] }),
    ...(boundary !== undefined && { boundary }),
  };
}

function parsePolicy(text: string): PolicyDocument {
  try {
    const { Statement: statements }: { Statement?: unknown } = JSON.parse(text);
    const list = [statements].flat();
    if (list.every(isRecord)) return { Statement: list };
  } catch {
    // Falls through: invalid JSON and JSON that is not a policy get the same error.
  }
  throw invalid('a policy of the simulation is not a policy document in JSON');
}

function contextOf({ ContextEntries: entries = [] }: Input): RequestContext {
  return Object.fromEntries(
    (entries as readonly Input[]).map(({ ContextKeyName: key, ContextKeyValues: values = [] }) => [
      String(key),
      (values as readonly unknown[]).map(String),
    ]),
  );
}

function simulateAction(
  policies: Policies,
  action: string,
  resources: readonly string[] | undefined,
  context: RequestContext,
) {
  const results = (resources ?? ['*']).map((resource) => simulate(policies, { action, resource, context }));
  const decision =
    DECISIONS.find((each) => results.some((result) => result.decision === each)) ?? 'implicitDeny';
  const boundary = boundaryDetail(results.map(({ isWithinBoundary }) => isWithinBoundary));
  return {
    EvalActionName: action,
    EvalResourceName: '*',
    EvalDecision: decision,
    MatchedStatements: [],
    MissingContextValues: [...new Set(results.flatMap(({ missing }) => missing))],
    ...boundary,
    ...(resources !== undefined && {
      ResourceSpecificResults: results.map((result) => ({
        EvalResourceName: result.resource,
        EvalResourceDecision: result.decision,
        MatchedStatements: [],
        MissingContextValues: result.missing,
        ...boundaryDetail([result.isWithinBoundary]),
      })),
    }),
  };
}

function boundaryDetail(isWithin: readonly (boolean | undefined)[]) {
  return isWithin.includes(undefined)
    ? {}
    : { PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: !isWithin.includes(false) } };
}

function simulate({ identity, boundary }: Policies, request: AccessRequest) {
  try {
    const byIdentity = identity === undefined ? 'allow' : evaluatePolicies(identity, request);
    const byBoundary = boundary === undefined ? undefined : evaluatePolicies([boundary], request);
    const decisions = [byIdentity, byBoundary ?? 'allow'].map((each) => NAMES[each]);
    return {
      resource: request.resource,
      decision: DECISIONS.find((each) => decisions.includes(each)) ?? 'implicitDeny',
      isWithinBoundary: byBoundary && byBoundary === 'allow',
      missing: missingKeys([...(identity ?? []), ...(boundary ? [boundary] : [])], request),
    };
  } catch (error) {
    // The invalid policy comes from the request, because policies of the template were checked at deployment.
    throw error instanceof UserError ? invalid(error.message) : error;
  }
}

/** Condition keys that matching statements use, but for which the request has no value. */
function missingKeys(policies: readonly PolicyDocument[], request: AccessRequest): string[] {
  const blocks = policies
    .flatMap(({ Statement: statements }) => statements)
    .filter((statement) => isAbout(statement, request))
    .flatMap(({ Condition: block }) => (isRecord(block) ? Object.values(block) : []));
  const keys = blocks.flatMap((pairs) => (isRecord(pairs) ? Object.keys(pairs) : []));
  return [...new Set(keys)].filter((key) => lookUp(request.context, key) === undefined);
}

function invalid(message: string): AwsError {
  return new AwsError('InvalidInput', message);
}
