import { createHash } from 'node:crypto';
import { isObject } from '../shared/event-fields';
import type { ItemFingerprint } from '../shared/fleet-success';
import type { DataListing } from './data-listing';
import type { FleetData, LastSuccess } from './event';

type Fields = Readonly<Record<string, unknown>>;

/** The fingerprint of an item with the given fields. */
export async function fingerprintOf(
  fields: Fields,
  { settings, data }: LastSuccess,
  listing: DataListing,
): Promise<ItemFingerprint> {
  const hash = data && (await dataHash(fields, data, listing));
  return {
    ...(hash !== undefined && { data: hash }),
    settings: hashOf([settings, fields]),
    // The hash leaves out the other fields (data, numbers of training jobs and warm start), because a warm start
    // allows them to change.
    search: hashOf([settings, fields['hyperparameters'] ?? {}]),
  };
}

/** Hash of all data of an item. Undefined if a location is invalid, or has too many objects. */
async function dataHash(
  fields: Fields,
  { locations, shared, allowed }: FleetData,
  listing: DataListing,
): Promise<string | undefined> {
  const own = Object.entries(locations).map(([field, uri]) => fields[field] ?? uri);
  const isListed = (uri: unknown): uri is string =>
    typeof uri === 'string' &&
    (Object.values(locations).includes(uri) || allowed.some((prefix) => uri.startsWith(prefix)));
  // If a location is invalid, the child execution of the item reports that error later.
  if (!own.every(isListed)) return undefined;
  const hashes = await Promise.all([...own, ...shared].map((uri) => listing.hashOf(uri)));
  return hashes.includes(undefined) ? undefined : hashOf(hashes);
}

function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value, sorted)).digest('base64url');
}

/** Sorts the members of objects, because their order has no meaning. */
function sorted(_name: string, value: unknown): unknown {
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)));
}
