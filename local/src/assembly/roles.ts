import type { PolicyDocument, RoleResource } from './deployment';
import { awsManagedPolicy } from './managed-policies';
import type { StackContext } from './stack-context';
import { isRecord, TemplateError } from './template';

/** Collects each role of the template with all the policies that the template gives it. */
export function deployRoles(context: StackContext): RoleResource[] {
  return context.evaluator.resourcesOfType('AWS::IAM::Role').map((logicalId) => {
    const { ref: name, attributes } = context.evaluator.identity(logicalId);
    return {
      logicalId,
      name,
      arn: attributes['Arn'] ?? '',
      trustPolicy: policyDocument(context, logicalId, ['AssumeRolePolicyDocument']),
      policies: [
        ...inlinePolicies(context, logicalId),
        ...attachedPolicies(context, name),
        ...managedPolicies(context, logicalId),
      ],
    };
  });
}

function inlinePolicies(context: StackContext, logicalId: string): PolicyDocument[] {
  const policies = rawProperty(context, logicalId, 'Policies');
  return Array.isArray(policies)
    ? policies.map((_, index) => policyDocument(context, logicalId, ['Policies', index, 'PolicyDocument']))
    : [];
}

/** Policies that are resources of their own and name the role among their `Roles`. */
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

/** Policies that the role names by ARN: of this template, or AWS's own. */
function managedPolicies(context: StackContext, logicalId: string): PolicyDocument[] {
  const arns = context.evaluator.property(logicalId, 'ManagedPolicyArns') ?? [];
  return (Array.isArray(arns) ? arns.map(String) : []).flatMap((arn) => {
    const own = context.evaluator
      .resourcesOfType('AWS::IAM::ManagedPolicy')
      .find((policyId) => context.evaluator.identity(policyId).ref === arn);
    if (own !== undefined) {
      return [policyDocument(context, own, ['PolicyDocument'])];
    }
    const known = awsManagedPolicy(arn);
    if (known === undefined) {
      context.onWarning(
        `Resources/${logicalId}: local mode does not have the policy ${arn}: the role is treated as if it were not attached`,
      );
    }
    return known === undefined ? [] : [known];
  });
}

/** A policy document somewhere in a resource's properties, statement by statement. */
function policyDocument(
  context: StackContext,
  logicalId: string,
  [property, ...keys]: readonly [string, ...(string | number)[]],
): PolicyDocument {
  const path = ['Resources', logicalId, 'Properties', property, ...keys].join('/');
  let raw = rawProperty(context, logicalId, property);
  for (const key of keys) {
    raw = (raw as Record<string | number, unknown> | undefined)?.[key];
  }
  if (!isRecord(raw)) {
    throw new TemplateError(path, 'expected a policy document');
  }
  const statements = Array.isArray(raw['Statement']) ? raw['Statement'] : [raw['Statement']];
  return {
    ...(typeof raw['Version'] === 'string' && { Version: raw['Version'] }),
    Statement: statements.flatMap((statement, i) =>
      resolveStatement(context, statement, `${path}/Statement/${i}`),
    ),
  };
}

/**
 * Resolves a statement. Resources that do not exist here are left out of it: nothing here can act on
 * them, so that neither an Allow nor a Deny on them has an effect.
 */
function resolveStatement(
  context: StackContext,
  statement: unknown,
  path: string,
): Record<string, unknown>[] {
  try {
    return [context.evaluator.resolve(statement, path) as Record<string, unknown>];
  } catch (error) {
    if (!(error instanceof TemplateError) || !isRecord(statement) || statement['Resource'] === undefined) {
      throw error;
    }
    context.onWarning(error.message);
  }
  const { Resource: resource, ...rest } = statement;
  const resources = (Array.isArray(resource) ? resource : [resource]).flatMap((item) => {
    try {
      return [context.evaluator.resolve(item, path)];
    } catch {
      return [];
    }
  });
  const resolved = context.evaluator.resolve(rest, path) as Record<string, unknown>;
  return resources.length === 0 ? [] : [{ ...resolved, Resource: resources }];
}

function rawProperty(context: StackContext, logicalId: string, name: string): unknown {
  return context.assembly.template.Resources[logicalId]?.Properties?.[name];
}
