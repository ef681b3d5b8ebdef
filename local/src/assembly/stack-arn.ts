import { createHash } from 'node:crypto';
import type { Environment } from './deployment';

/**
 * ARN of a stack, which is its ID as well. It ends with a UUID as on AWS, but the same one at every deployment, so
 * that names that derive from it stay the same.
 */
export function stackArn({ partition, region, accountId }: Environment, stackName: string): string {
  const stack = `arn:${partition}:cloudformation:${region}:${accountId}:stack/${stackName}`;
  return `${stack}/${uuidOf(stack)}`;
}

/** A UUID that is made of a name (version 8: of the application's own making). */
function uuidOf(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
