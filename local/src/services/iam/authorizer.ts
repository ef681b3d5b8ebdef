import type { Deployment, RoleResource } from '../../assembly/deployment';
import { isRecord } from '../../assembly/template';
import { AwsError } from '../aws-error';
import type { Authorize } from '../router';
import type { Principal } from '../service';
import { type AccessRequest, evaluatePolicies } from './policy-evaluation';
import type { RequestContext } from './request-context';
import { requiredAccess } from './required-access';

/** Checks callers against the policies that the template gives their roles. */
export interface Authorizer {
  /** Checks everything that one call of a service needs. */
  readonly authorize: Authorize;
  /** Checks a single action. */
  readonly checkAccess: (
    principal: Principal,
    action: string,
    resource: string,
    context?: RequestContext,
  ) => void;
  /** Checks that a role of the template trusts a service, such as `sagemaker.amazonaws.com`. */
  readonly checkTrust: (roleArn: string, service: string) => void;
}

/**
 * Makes the authorizer of a deployment. Principals that are no role of the template may do everything: the
 * person at the keyboard, and roles that exist on AWS already, whose policies nobody here can know.
 */
export function createAuthorizer({ roles, environment }: Deployment): Authorizer {
  const byArn = new Map(roles.map((role) => [role.arn, role]));
  const common: RequestContext = {
    'aws:PrincipalAccount': environment.accountId,
    // Whatever is here belongs to the deployment's account.
    'aws:ResourceAccount': environment.accountId,
    's3:ResourceAccount': environment.accountId,
    'aws:RequestedRegion': environment.region,
    'aws:PrincipalType': 'AssumedRole',
    'aws:SecureTransport': 'true',
  };
  const check = (principal: Principal, request: AccessRequest): void => {
    const role = byArn.get(principal.arn);
    if (role === undefined) {
      return;
    }
    const context = {
      ...common,
      'aws:CurrentTime': new Date().toISOString(),
      'aws:PrincipalArn': principal.arn,
      ...request.context,
    };
    const decision = evaluatePolicies(role.policies, { ...request, context });
    if (decision !== 'allow') {
      const reason =
        decision === 'explicit-deny'
          ? 'with an explicit deny in an identity-based policy'
          : `because no identity-based policy allows the ${request.action} action`;
      throw new AwsError(
        'AccessDeniedException',
        `User: ${sessionArn(role)} is not authorized to perform: ${request.action} on resource: ${request.resource} ${reason}`,
      );
    }
  };
  return {
    authorize: (call) => {
      for (const request of requiredAccess(call, environment)) {
        check(call.caller, request);
      }
    },
    checkAccess: (principal, action, resource, context = {}) =>
      check(principal, { action, resource, context }),
    checkTrust: (roleArn, service) => {
      const role = byArn.get(roleArn);
      if (role !== undefined && !trusts(role, service)) {
        throw new AwsError(
          'ValidationException',
          `Could not assume role ${roleArn}. Please ensure that the role exists and allows principal '${service}' to assume the role.`,
        );
      }
    },
  };
}

/** How AWS names a role that is in use. */
export function sessionArn({ arn, name }: Pick<RoleResource, 'arn' | 'name'>): string {
  return `${arn.replace(':iam:', ':sts:').replace(/:role\/.*$/, '')}:assumed-role/${name}/local-mode`;
}

function trusts({ trustPolicy }: RoleResource, service: string): boolean {
  return trustPolicy.Statement.some((statement) => {
    const principal = statement['Principal'];
    const services = isRecord(principal) ? [principal['Service']].flat() : [];
    return statement['Effect'] === 'Allow' && (principal === '*' || services.includes(service));
  });
}
