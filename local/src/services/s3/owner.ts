import { createHash } from 'node:crypto';

/** The owner of buckets, objects and uploads. */
export interface Owner {
  /** Canonical user ID: 64 hexadecimal digits. */
  readonly ID: string;
}

/**
 * The owner of everything in an account's buckets. The ID is invented, because an account's canonical user ID
 * cannot be computed.
 */
export function ownerOf(accountId: string): Owner {
  return { ID: createHash('sha256').update(`canonical user ${accountId}`).digest('hex') };
}
