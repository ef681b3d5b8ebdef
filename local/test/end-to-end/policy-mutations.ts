import type { StackAssembly } from '../../src/assembly';

type Template = StackAssembly['template'];
type Statement = { Action?: unknown } & Record<string, unknown>;

/** A permission that can be removed from a role in the template. */
export interface Grant {
  /** The role's logical ID. */
  readonly role: string;
  /** Location of the grant, for test titles: the policy and the index of the statement. */
  readonly place: string;
  /** The actions to remove, as spelled in the template. */
  readonly actions: readonly string[];
  /** The statement as JSON; missing for a managed policy. */
  readonly statement?: string;
  readonly removeFrom: (template: Template) => void;
}

/**
 * All grants in the policies of a template's roles: each action of each statement, and each managed policy. Action names
 * are case-insensitive, as in IAM.
 */
export function grantsOf(template: Template): Grant[] {
  return Object.keys(template.Resources).flatMap((role) =>
    template.Resources[role]?.Type === 'AWS::IAM::Role'
      ? [...statementGrants(template, role), ...managedGrants(template, role)]
      : [],
  );
}

/** For statements with several resources: one grant for each resource whose JSON matches the pattern. */
export function resourceGrants(template: Template, resource: RegExp): Grant[] {
  const isWanted = (each: unknown) => resource.test(JSON.stringify(each));
  const statements = new Map(grantsOf(template).map((grant) => [`${grant.role} ${grant.place}`, grant]));
  return [...statements.values()].flatMap((grant) => {
    const { Action: actions, Resource: all } = JSON.parse(grant.statement ?? '{}');
    if (!Array.isArray(all) || !all.some(isWanted)) return [];
    const removeFrom = (copy: Template) => {
      for (const { document } of policiesOf(copy, grant.role)) {
        const target = document(copy).Statement.find((each) => JSON.stringify(each) === grant.statement);
        if (target) target['Resource'] = all.filter((each: unknown) => !isWanted(each));
      }
    };
    return {
      ...grant,
      actions: [actions].flat(),
      place: `${grant.place}, only ${resource.source}`,
      removeFrom,
    };
  });
}

/** A copy of a template without some grants. */
export function without(template: Template, grants: readonly Grant[]): Template {
  const copy = structuredClone(template);
  for (const grant of grants) grant.removeFrom(copy);
  return copy;
}

function statementGrants(template: Template, role: string): Grant[] {
  return policiesOf(template, role).flatMap(({ name, document }) =>
    document(template).Statement.flatMap((statement, index) => {
      const actions = [statement.Action].flat().map(String);
      const place = `${name}/${index}`;
      const edit = (kept: (action: string) => boolean) => (copy: Template) => {
        const target = document(copy).Statement[index] as Statement;
        // The indexes of the other statements must not change, so the removed statement is replaced by one that
        // allows nothing.
        const left = [target.Action].flat().map(String).filter(kept);
        target.Action = left.length > 0 ? left : 'removed:Removed';
      };
      const grant = { role, place, actions, statement: JSON.stringify(statement) };
      const names = [...new Set(actions.map((action) => action.toLowerCase()))];
      return names.map((wanted) => ({
        ...grant,
        actions: actions.filter((action) => action.toLowerCase() === wanted),
        removeFrom: edit((action) => action.toLowerCase() !== wanted),
      }));
    }),
  );
}

/** The AWS managed policies of a role. Each policy is one grant. */
function managedGrants(template: Template, role: string): Grant[] {
  const arns = (template.Resources[role]?.Properties?.['ManagedPolicyArns'] ?? []) as unknown[];
  return arns.map((arn, index) => ({
    role,
    place: `ManagedPolicyArns/${index}`,
    actions: [JSON.stringify(arn).replace(/^.*policy\/([^"]+).*$/, '$1')],
    removeFrom: (copy) => {
      const kept = (copy.Resources[role]?.Properties?.['ManagedPolicyArns'] ?? []) as unknown[];
      const wanted = JSON.stringify(arn);
      kept.splice(
        kept.findIndex((each) => JSON.stringify(each) === wanted),
        1,
      );
    },
  }));
}

interface PolicyDocument {
  readonly Statement: Statement[];
}

interface RolePolicy {
  readonly name: string;
  readonly document: (template: Template) => PolicyDocument;
}

function policiesOf(template: Template, role: string): RolePolicy[] {
  const attached = Object.entries(template.Resources)
    .filter(
      ([, { Type: type, Properties: properties }]) =>
        ['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy'].includes(type) &&
        JSON.stringify(properties?.['Roles'] ?? []).includes(JSON.stringify({ Ref: role })),
    )
    .map(([name]) => ({
      name,
      document: (copy: Template) => copy.Resources[name]?.Properties?.['PolicyDocument'] as PolicyDocument,
    }));
  return [...attached, ...inlinePolicies(template, role)];
}

function inlinePolicies(template: Template, role: string): RolePolicy[] {
  const policies = (copy: Template) =>
    (copy.Resources[role]?.Properties?.['Policies'] ?? []) as { PolicyDocument: PolicyDocument }[];
  return policies(template).map((_, index) => ({
    name: `${role}/Policies/${index}`,
    document: (copy) => (policies(copy)[index] as { PolicyDocument: PolicyDocument }).PolicyDocument,
  }));
}
