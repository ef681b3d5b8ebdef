import { createHash } from 'node:crypto';

/** An ID that looks like one of IAM's: the same principal has the same one in each run. */
export function uniqueId(kind: 'role' | 'user', arn: string): string {
  const digest = createHash('sha256').update(arn).digest('hex').slice(0, 17).toUpperCase();
  return `${kind === 'role' ? 'AROA' : 'AIDA'}${digest}`;
}
