import type { Deployment } from '../../assembly/deployment';
import { AwsError } from '../aws-error';
import type { Principal } from '../principal';
import { checkPolicies } from './check-policies';
import { type KeyUse, keyAccess } from './key-access';
import {
  type AccessRequest,
  type Decision,
  evaluatePolicies,
  evaluateResourcePolicies,
  type ResourceDecision,
} from './policy-evaluation';
import { type Caller, callerOf } from './principals';
import type { RequestContext } from './request-context';
import { resourcePolicies } from './resource-policies';
import { trusts } from './trust-policy';

/** Authorizes callers against the policies of the template's roles, buckets and keys. */
export interface Authorizer {
  /** Throws an `AwsError` if the caller lacks a permission. */
  readonly authorize: (principal: Principal, access: AccessRequest) => void;
  /** Like `authorize`, for requests with few or no condition keys. */
  readonly checkAccess: (
    principal: Principal,
    action: string,
    resource: string,
    context?: RequestContext,
  ) => void;
  /** Checks the permissions to use a KMS key. */
  readonly checkKey: (principal: Principal, use: KeyUse) => void;
  /**
   * Whether a service can assume a role, according to the role's trust policy. True for roles outside the template.
   *
   * @param service the short name of the service, such as `sagemaker`
   * @param sourceArn the ARN of the resource that the service acts for: the value of `aws:SourceArn`
   */
  readonly isTrusted: (roleArn: string, service: string, sourceArn: string) => boolean;
}

/**
 * Creates the authorizer of a deployment. The policies of the user and of roles outside the template are unknown, so
 * only bucket and key policies limit these callers.
 *
 * @throws UserError when a policy of the template cannot be evaluated
 */
export function createAuthorizer(deployment: Deployment): Authorizer {
  checkPolicies(deployment);
  const { roles, environment } = deployment;
  const byArn = new Map(roles.map((role) => [role.arn, role]));
  const common: RequestContext = {
    'aws:PrincipalAccount': environment.accountId,
    // All resources belong to the deployment's account.
    'aws:ResourceAccount': environment.accountId,
    's3:ResourceAccount': environment.accountId,
    'kms:CallerAccount': environment.accountId,
    'aws:RequestedRegion': environment.region,
    // The endpoint uses plain HTTP, but only on the loopback interface. Its requests therefore count as
    // encrypted, so policies that require TLS allow them.
    'aws:SecureTransport': 'true',
    's3:TlsVersion': '1.3',
    'aws:SourceIp': '127.0.0.1',
    'aws:PrincipalIsAWSService': 'false',
    'aws:ViaAWSService': 'false',
  };
  const check = (principal: Principal, given: AccessRequest): void => {
    const role = byArn.get(principal.arn);
    const caller = callerOf(principal);
    const { action, resource } = given;
    // The spreads come last: if they came first, Node.js 20 would create a hidden class for each object, which is slow
    // and fills the heap.
    const context = {
      'aws:CurrentTime': new Date().toISOString(),
      'aws:EpochTime': String(Math.floor(Date.now() / 1000)),
      'aws:PrincipalArn': principal.arn,
      'aws:PrincipalType': principal.arn.includes(':role/') ? 'AssumedRole' : 'User',
      ...common,
      ...given.context,
    };
    const request = { action, resource, context };
    const byIdentity = role === undefined ? 'allow' : evaluatePolicies(role.policies, request);
    const { permissionsBoundary: boundary } = role ?? {};
    const withinBoundary = boundary === undefined ? 'allow' : evaluatePolicies([boundary], request);
    const { policies, isKey } = resourcePolicies(request.resource, deployment);
    const byResource = evaluateResourcePolicies(policies, caller, request);
    const reason =
      outOfBoundary(request.action, withinBoundary) ??
      whyRefused(request.action, byIdentity, byResource, isKey);
    if (reason !== undefined) {
      throw refusal(caller, request, reason);
    }
  };
  return {
    authorize: check,
    checkAccess: (principal, action, resource, context = {}) =>
      check(principal, { action, resource, context }),
    checkKey: (principal, use) => {
      for (const request of keyAccess(use, deployment)) {
        check(principal, request);
      }
    },
    isTrusted: (roleArn, service, sourceArn) => {
      const role = byArn.get(roleArn);
      const global = `${service}.amazonaws.com`;
      // Only Step Functions still has a regional service principal.
      const names = service === 'states' ? [global, `states.${environment.region}.amazonaws.com`] : [global];
      const context = {
        ...common,
        'aws:PrincipalIsAWSService': 'true',
        'aws:PrincipalServiceName': global,
        'aws:PrincipalServiceNamesList': names,
        'aws:SourceAccount': environment.accountId,
        'aws:SourceArn': sourceArn,
      };
      return role === undefined || trusts(role.trustPolicy, names, context);
    },
  };
}

/**
 * AWS's reason for refusing a request; undefined if the request is allowed. Within an account, either the
 * identity-based or the resource-based policy can allow it. For a KMS key, identity-based policies count only if the
 * key policy delegates to them.
 */
function whyRefused(
  action: string,
  byIdentity: Decision,
  byResource: ResourceDecision,
  isKey: boolean,
): string | undefined {
  if (byIdentity === 'explicit-deny') {
    return 'with an explicit deny in an identity-based policy';
  }
  if (byResource === 'explicit-deny') {
    return 'with an explicit deny in a resource-based policy';
  }
  if (byResource === 'allow') {
    return undefined;
  }
  if (isKey && byResource !== 'account') {
    return `because no resource-based policy allows the ${action} action`;
  }
  return byIdentity === 'allow' ? undefined : `because no identity-based policy allows the ${action} action`;
}

/** A permissions boundary limits all policies of a role. */
function outOfBoundary(action: string, decision: Decision): string | undefined {
  switch (decision) {
    case 'allow':
      return undefined;
    case 'explicit-deny':
      return 'with an explicit deny in a permissions boundary';
    case 'implicit-deny':
      return `because no permissions boundary allows the ${action} action`;
  }
}

function refusal({ sessionArn }: Caller, { action, resource }: AccessRequest, reason: string): AwsError {
  return new AwsError(
    'AccessDeniedException',
    `User: ${sessionArn} is not authorized to perform: ${action} on resource: ${resource} ${reason}`,
  );
}
