import { createHash, timingSafeEqual } from 'node:crypto';

/** Compares secrets in a time that does not depend on where they differ. */
export function equalInConstantTime(left: string, right: string): boolean {
  // The secrets are hashed first, because timingSafeEqual requires equal lengths, and the length must not leak either.
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(left), digest(right));
}
