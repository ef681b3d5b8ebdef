import type { PolicyDocument } from './deployment';
import type { StackContext } from './stack-context';
import { isRecord, TemplateError } from './template';

/** Reads a policy document in a resource's properties, statement by statement. */
export function policyDocument(
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
 * The resource policy of a bucket or a key. A statement about a resource that exists only on AWS, such as a VPC
 * endpoint, is left out with a warning.
 */
export function resourcePolicy(context: StackContext, logicalId: string, property: string): PolicyDocument {
  const raw = rawProperty(context, logicalId, property);
  const statements = isRecord(raw) ? [raw['Statement'] ?? []].flat() : [];
  const path = `Resources/${logicalId}/Properties/${property}/Statement`;
  return {
    Statement: statements.flatMap((statement, i) => {
      try {
        return resolveStatement(context, statement, `${path}/${i}`);
      } catch (error) {
        if (!(error instanceof TemplateError)) throw error;
        context.onWarning(`ignoring the statement ${path}/${i}: ${error.message}`);
        return [];
      }
    }),
  };
}

/**
 * Resolves a statement, without the resources that exist only on AWS. No local request names these resources, so
 * neither Allow nor Deny has an effect on them.
 */
function resolveStatement(
  context: StackContext,
  statement: unknown,
  path: string,
): Record<string, unknown>[] {
  let problem: string;
  try {
    return [context.evaluator.resolve(statement, path) as Record<string, unknown>];
  } catch (error) {
    if (!(error instanceof TemplateError) || !isRecord(statement) || statement['Resource'] === undefined) {
      throw error;
    }
    problem = error.message;
  }
  const { Resource: resource, ...rest } = statement;
  const resolved = context.evaluator.resolve(rest, path) as Record<string, unknown>;
  context.onWarning(problem);
  const resources = (Array.isArray(resource) ? resource : [resource]).flatMap((item) => {
    try {
      return [context.evaluator.resolve(item, path)];
    } catch {
      return [];
    }
  });
  return resources.length === 0 ? [] : [{ ...resolved, Resource: resources }];
}

/** A property of the template with its intrinsic functions unresolved. */
export function rawProperty(context: StackContext, logicalId: string, name: string): unknown {
  return context.assembly.template.Resources[logicalId]?.Properties?.[name];
}

/**
 * A value of the template; undefined if the value refers to a resource or value that does not exist in local mode, such
 * as another stack's export.
 */
export function unlessAbsent(resolve: () => unknown): unknown {
  try {
    return resolve();
  } catch (error) {
    if (error instanceof TemplateError) return undefined;
    throw error;
  }
}
