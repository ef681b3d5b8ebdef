import type { Environment } from '../../../assembly/deployment';
import { modelPackageArn, modelPackageGroupArn } from '../jobs/job-arns';

/** The name in an ARN, or the name itself: `my-group/3` for a version of a group. */
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

/** ARN of the group that a request names, by name or ARN. */
export function groupArnOf(environment: Environment, arnOrName: unknown): string {
  return modelPackageGroupArn(environment, nameInArn(arnOrName));
}

/** ARN of the model package that a request names, by name or ARN. */
export function packageArnOf(environment: Environment, arnOrName: unknown): string {
  return modelPackageArn(environment, nameInArn(arnOrName));
}
