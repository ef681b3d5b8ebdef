import { createHash } from 'node:crypto';

/** An ID in IAM's format. The same principal always gets the same ID. */
export function uniqueId(kind: 'role' | 'user', arn: string): string {
  const digest = createHash('sha256').update(arn).digest('hex').slice(0, 17).toUpperCase();
  return `${kind === 'role' ? 'AROA' : 'AIDA'}${digest}`;
}
