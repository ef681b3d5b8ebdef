import type { DataLocation } from '../data-location';

/** Leaves out locations that lie within others. */
export function withoutNested(locations: readonly DataLocation[]): DataLocation[] {
  const within = (inner: DataLocation, outer: DataLocation) =>
    inner._bucketArn === outer._bucketArn && inner._key.startsWith(outer._key);
  return locations.filter((location, index) =>
    locations.every(
      (other, otherIndex) =>
        other === location || !within(location, other) || (within(other, location) && index < otherIndex),
    ),
  );
}

/** A key prefix as that of a folder: with the slash at its end, or nothing for the whole bucket. */
export function folder(prefix: string): string {
  return prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`;
}
