import type { Environment } from './deployment';

/** ARN of a stack, which is its ID as well. */
export function stackArn({ partition, region, accountId }: Environment, stackName: string): string {
  return `arn:${partition}:cloudformation:${region}:${accountId}:stack/${stackName}/local`;
}
