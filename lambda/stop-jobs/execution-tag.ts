import { createHash } from 'node:crypto';

/** Tag of the jobs that executions start, as the constructs set it (lib/private/execution-tag.ts). */
export const EXECUTION_TAG = 'cdk-sagemaker-tuning:execution';

/**
 * The values that the tag of an execution's jobs can have: its ARN, or its SHA-256 where the ARN has characters that
 * values of tags may not have.
 */
export function executionTagValues(executionArn: string): readonly string[] {
  return [executionArn, createHash('sha256').update(executionArn).digest('hex')];
}
