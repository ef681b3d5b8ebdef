import type { PolicyDocument, RoleResource } from './deployment';
import { awsManagedPolicy } from './managed-policies';
import { policyDocument, rawProperty } from './policy-documents';
import type { StackContext } from './stack-context';

/** Collects the template's roles, each with all policies that the template attaches to it. */
export function deployRoles(context: StackContext): RoleResource[] {
  return context.evaluator.resourcesOfType('AWS::IAM::Role').map((logicalId) => {
    const { ref: name, attributes } = context.evaluator.identity(logicalId);
    const [permissionsBoundary] = managedPolicies(context, logicalId, 'PermissionsBoundary');
    return {
      logicalId,
      name,
      arn: attributes['Arn'] ?? '',
      trustPolicy: policyDocument(context, logicalId, ['AssumeRolePolicyDocument']),
      policies: [
        ...inlinePolicies(context, logicalId),
        ...attachedPolicies(context, name),
        ...managedPolicies(context, logicalId, 'ManagedPolicyArns'),
      ],
      ...(permissionsBoundary && { permissionsBoundary }),
    };
  });
}

function inlinePolicies(context: StackContext, logicalId: string): PolicyDocument[] {
  const policies = rawProperty(context, logicalId, 'Policies');
  return Array.isArray(policies)
    ? policies.map((_, index) => policyDocument(context, logicalId, ['Policies', index, 'PolicyDocument']))
    : [];
}

/** Policies that are separate resources and name the role in `Roles`. */
function attachedPolicies(context: StackContext, roleName: string): PolicyDocument[] {
  const { evaluator } = context;
  const inLists = ['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy'].flatMap((type) =>
    evaluator.resourcesOfType(type).filter((logicalId) => {
      const roles = evaluator.property(logicalId, 'Roles');
      return Array.isArray(roles) && roles.includes(roleName);
    }),
  );
  const single = evaluator
    .resourcesOfType('AWS::IAM::RolePolicy')
    .filter((logicalId) => evaluator.property(logicalId, 'RoleName') === roleName);
  return [...inLists, ...single].map((logicalId) => policyDocument(context, logicalId, ['PolicyDocument']));
}

/** Managed policies that the role refers to by ARN: from the template, or AWS's own. */
function managedPolicies(
  context: StackContext,
  logicalId: string,
  property: 'ManagedPolicyArns' | 'PermissionsBoundary',
): PolicyDocument[] {
  const arns = [context.evaluator.property(logicalId, property) ?? []].flat().map(String);
  return arns.flatMap((arn) => {
    const own = context.evaluator
      .resourcesOfType('AWS::IAM::ManagedPolicy')
      .find((policyId) => context.evaluator.identity(policyId).ref === arn);
    if (own !== undefined) {
      return [policyDocument(context, own, ['PolicyDocument'])];
    }
    const known = awsManagedPolicy(arn);
    if (known === undefined) {
      context.onWarning(
        `Resources/${logicalId}/Properties/${property}: local mode does not know the policy ${arn}: it is ignored`,
      );
    }
    return known === undefined ? [] : [known];
  });
}
