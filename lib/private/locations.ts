import { Token } from 'aws-cdk-lib';
import type { DataLocation } from '../data-location';

/** Whether everything in a location is in another one too, as far as it is known at synth. */
export function isWithin(inner: DataLocation, outer: DataLocation): boolean {
  return inner._bucketArn === outer._bucketArn && inner._key.startsWith(outer._key);
}

/** Leaves out locations that lie within others. */
export function withoutNested(locations: readonly DataLocation[]): DataLocation[] {
  return locations.filter((location, index) =>
    locations.every(
      (other, otherIndex) =>
        other === location || !isWithin(location, other) || (isWithin(other, location) && index < otherIndex),
    ),
  );
}

/**
 * A key prefix as that of a folder: without slashes in front, which keys do not have, and with one at its end; empty for
 * the whole bucket.
 */
export function folder(prefix: string): string {
  if (Token.isUnresolved(prefix)) return `${prefix}/`;
  const path = prefix.replace(/^\/+|\/+$/g, '');
  return path === '' ? '' : `${path}/`;
}
