import { createHash } from 'node:crypto';

/** Key of the tag that the constructs set on the jobs of executions (lib/private/execution-tag.ts). */
export const EXECUTION_TAG = 'cdk-sagemaker-tuning:execution';

/**
 * Possible values of the tag for an execution: its ARN, or the SHA-256 of the ARN if the ARN is not a valid tag value.
 */
export function executionTagValues(executionArn: string): readonly string[] {
  return [executionArn, createHash('sha256').update(executionArn).digest('hex')];
}
