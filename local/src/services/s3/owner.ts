import { createHash } from 'node:crypto';

/** Who owns buckets, objects and uploads. */
export interface Owner {
  /** Canonical user ID: 64 hexadecimal digits. */
  readonly ID: string;
}

/** The owner of everything in an account's buckets. The ID stands for the account's canonical user ID, which nobody can compute. */
export function ownerOf(accountId: string): Owner {
  return { ID: createHash('sha256').update(`canonical user ${accountId}`).digest('hex') };
}
