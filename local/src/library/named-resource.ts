import { UserError } from '../user-error';

/** A resource of the template, as far as it has a name. */
export interface NamedResource {
  readonly logicalId: string;
  readonly name: string;
  readonly arn: string;
}

/** What is looked for, and where. */
export interface ResourceQuery {
  /** In words, in the singular, such as `bucket`. */
  readonly kind: string;
  /** Logical ID, name, ARN or construct path. @default - the only one */
  readonly name?: string | undefined;
  readonly stackName: string;
  /** Where a person says the name. */
  readonly option?: string;
}

/**
 * Finds a resource by its logical ID, name, ARN, or its construct's path (`Tuning/Bucket`, with or without the stack).
 *
 * @throws UserError when there is none, or there are several
 */
export function findResource<R extends NamedResource>(
  resources: readonly R[],
  { kind, name, stackName, option }: ResourceQuery,
): R {
  const [first, ...others] =
    name === undefined ? resources : resources.filter((each) => isCalled(each, name, stackName));
  if (first && others.length === 0) return first;
  const names = resources.map((each) => `${each.logicalId} (${each.name})`).join(', ') || 'none';
  const problem =
    name === undefined
      ? `has ${resources.length} ${kind}s; name one${option ? ` with ${option}` : ''}`
      : `has ${first ? 'several' : 'no'} ${kind}${first ? 's' : ''} "${name}"`;
  throw new UserError(`Stack ${stackName} ${problem}. There are: ${names}`);
}

/** Whether a resource is meant by a name. */
export function isCalled(
  { logicalId, name, arn }: NamedResource,
  wanted: string,
  stackName: string,
): boolean {
  if ([logicalId, name, arn].includes(wanted)) return true;
  const path = wanted.split('/');
  const paths = path[0] === stackName ? [path, path.slice(1)] : [path];
  return paths.map(humanPart).some((human) => human !== '' && logicalId.replace(HASH, '') === human);
}

const HASH = /[0-9A-F]{8}$/;

/**
 * What the CDK makes of a construct's path in a logical ID, before the hash: letters and digits alone, without
 * `Resource`, `Default` and a part that the one before ends with (aws-cdk-lib, core/lib/private/uniqueid).
 */
function humanPart(path: readonly string[]): string {
  const kept: string[] = [];
  for (const part of path.filter((each) => each !== 'Default')) {
    if (!kept.at(-1)?.endsWith(part)) kept.push(part);
  }
  return kept
    .filter((part) => part !== 'Resource')
    .map((part) => part.replace(/[^A-Za-z0-9]/g, ''))
    .join('');
}
