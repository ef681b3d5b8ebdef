import { UserError } from '../user-error';

/** A resource of the template, identified by its names. */
export interface NamedResource {
  readonly logicalId: string;
  readonly name: string;
  readonly arn: string;
}

/** The resource to find, and how to describe it in messages. */
export interface ResourceQuery {
  /** Kind of resource in the singular, such as `bucket`. */
  readonly kind: string;
  /** Logical ID, name, ARN or construct path. @default - the only resource of this kind */
  readonly name?: string | undefined;
  readonly stackName: string;
  /** The command-line option with which a user chooses the resource. */
  readonly option?: string;
}

/**
 * Finds a resource by its logical ID, name, ARN, or construct path (`Tuning/Bucket`, with or without the
 * stack).
 *
 * @throws UserError when no resource matches, or no name is given and there are several resources
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
      ? `has ${resources.length} ${kind}s; choose one${option ? ` with ${option}` : ''}`
      : `has ${first ? 'several' : 'no'} ${kind}${first ? 's' : ''} "${name}"`;
  throw new UserError(`Stack ${stackName} ${problem}. Available: ${names}`);
}

/** Whether a name refers to this resource. */
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
 * The readable part of a logical ID that the CDK derives from a construct path. Contains only letters and
 * digits. Omits `Resource`, `Default`, and a part that repeats the end of the previous part (aws-cdk-lib,
 * core/lib/private/uniqueid).
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
