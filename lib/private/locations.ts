import { Token } from 'aws-cdk-lib';
import type { DataLocation } from '../data-location';

/** Whether a location contains another one, as far as this is known at synth. */
export function isWithin(inner: DataLocation, outer: DataLocation): boolean {
  return inner._bucketArn === outer._bucketArn && inner._key.startsWith(outer._key);
}

/**
 * Whether the bucket of a location is known at synth. It is known if the location was created from a bucket construct,
 * or if its URI contains no token.
 */
export function isBucketKnown({ uri, _bucket }: DataLocation): boolean {
  return _bucket !== undefined || !Token.isUnresolved(uri);
}

/** Removes locations that are within other locations. */
export function withoutNested(locations: readonly DataLocation[]): DataLocation[] {
  return locations.filter((location, index) =>
    locations.every(
      (other, otherIndex) =>
        other === location || !isWithin(location, other) || (isWithin(other, location) && index < otherIndex),
    ),
  );
}

/**
 * Normalizes the key prefix of a folder. The result has no leading slashes, and ends with a slash. The prefix of the
 * whole bucket is empty.
 */
export function folder(prefix: string): string {
  if (Token.isUnresolved(prefix)) return `${prefix}/`;
  const path = prefix.replace(/^\/+|\/+$/g, '');
  return path === '' ? '' : `${path}/`;
}
