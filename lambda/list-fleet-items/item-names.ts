import { createHash } from 'node:crypto';

/** Names of an item for its folder, its jobs and its tags. */
export interface ItemNames {
  /** Name of the item's folder below each kind of output, with a trailing slash. Unique for each ID. */
  readonly folder: string;
  /** The item's part of job names: 1 to 6 lowercase letters, digits and inner hyphens. */
  readonly label: string;
  /** Value of a tag. */
  readonly tag: string;
}

/** Maximum number of characters of an item's ID in its folder's name. */
const SLUG_LENGTH = 64;
const LABEL_LENGTH = 6;
/** Number of hexadecimal digits of the ID's hash: 64 bits. */
const HASH_LENGTH = 16;

/** Name for an ID without ASCII letters and digits. */
const NAMELESS = 'item';

/** @param id the ID of an item: at most 128 characters */
export function namesOf(id: string): ItemNames {
  const hash = createHash('sha256').update(id).digest('hex').slice(0, HASH_LENGTH);
  return {
    folder: `${slugOf(id, SLUG_LENGTH)}-${hash}/`,
    label: slugOf(id, LABEL_LENGTH),
    // Replaces characters that SageMaker does not allow in tag values (shape Tag of the API).
    tag: id.replace(/[^\p{L}\p{Z}\p{N}_.:/=+\-@]/gu, '-'),
  };
}

function slugOf(id: string, length: number): string {
  const slug = id
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-/, '')
    .slice(0, length)
    .replace(/-$/, '');
  return slug === '' ? NAMELESS : slug;
}
