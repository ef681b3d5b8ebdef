import { createHash } from 'node:crypto';
import type { Environment } from './deployment';

/**
 * ARN of a stack, which is also its ID. It ends with a UUID as on AWS, but the UUID is the same in every
 * deployment, so that names derived from it stay the same.
 */
export function stackArn({ partition, region, accountId }: Environment, stackName: string): string {
  const stack = `arn:${partition}:cloudformation:${region}:${accountId}:stack/${stackName}`;
  return `${stack}/${uuidOf(stack)}`;
}

/** Derives a UUID from a name (version 8: custom format). */
function uuidOf(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
