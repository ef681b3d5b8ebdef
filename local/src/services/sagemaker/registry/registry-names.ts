import type { Environment } from '../../../assembly/deployment';
import { modelPackageArn, modelPackageGroupArn } from '../jobs/job-arns';

/** Returns the name in an ARN, and a name unchanged. The name of a version of a group is, for example, `my-group/3`. */
export function nameInArn(arnOrName: unknown): string {
  return String(arnOrName).replace(/^arn:[^/]*\//, '');
}

/**
 * Name of the record of a model package: `my-group.3` for `my-group/3`. No two packages have the same record, because
 * the names of groups and packages contain no dots.
 */
export function recordName(name: string): string {
  return name.replace('/', '.');
}

/** ARN of the group, given its name or ARN. */
export function groupArnOf(environment: Environment, arnOrName: unknown): string {
  return modelPackageGroupArn(environment, nameInArn(arnOrName));
}

/** ARN of the model package, given its name or ARN. */
export function packageArnOf(environment: Environment, arnOrName: unknown): string {
  return modelPackageArn(environment, nameInArn(arnOrName));
}
