import type { DataLocation } from '../data-location';
import type { InputData } from '../input-data';
import type { TuningFleetProps } from '../tuning-fleet';
import type { TuningFragmentProps } from '../tuning-fragment';
import { ownFinalData } from './final-training';
import { withoutNested } from './locations';
import { replaceableLocations } from './tuning-definitions';
import type { BoundDefinition } from './tuning-requests';

/** How a fleet uses the records of its items' last successes. */
export interface LastSuccessOptions {
  /** Whether an item learns from the tuning job of its last success. */
  readonly warmStart: boolean;
  /** The data that an execution compares with the last success; undefined if unchanged items are not skipped. */
  readonly data?: ComparedData;
}

/** The data of the items of a fleet. */
export interface ComparedData {
  /** The default URIs of the data that an item can replace, by field. */
  readonly locations: Readonly<Record<string, string>>;
  /** Data that all items share and that no item can replace. */
  readonly shared: readonly DataLocation[];
  /** S3 locations that can contain the data of the items. */
  readonly allowed: readonly DataLocation[];
}

/** How a fleet uses the records of its items' last successes; undefined if the fleet keeps no records. */
export function lastSuccessOptions(
  { skipUnchanged = false, warmStartFromPrevious = false }: TuningFleetProps,
  tuning: TuningFragmentProps,
  definitions: readonly BoundDefinition[],
): LastSuccessOptions | undefined {
  if (!skipUnchanged && !warmStartFromPrevious) return undefined;
  return {
    warmStart: warmStartFromPrevious,
    data: skipUnchanged ? comparedData(tuning, definitions) : undefined,
  };
}

function comparedData(tuning: TuningFragmentProps, definitions: readonly BoundDefinition[]): ComparedData {
  const { train, validation, test, allowedInputLocations = [] } = tuning;
  const own = [train, validation, test, ...Object.values(ownFinalData(tuning))];
  const others = definitions.flatMap((definition) => [
    definition.train.location,
    definition.validation?.location,
    ...Object.values(definition.channels ?? {}).map(({ location }) => location),
    ...(definition.bound.channels ?? []).flatMap(({ location, isVersioned }) =>
      isVersioned ? [] : location,
    ),
  ]);
  const replaceable = locationsOf(own);
  return {
    locations: Object.fromEntries(
      Object.entries(replaceableLocations(tuning)).flatMap(([field, uri]) =>
        uri === undefined ? [] : [[field, uri]],
      ),
    ),
    shared: [...new Set(others)].flatMap((location) =>
      location && !replaceable.includes(location) ? location : [],
    ),
    allowed: withoutNested([...replaceable, ...allowedInputLocations]),
  };
}

function locationsOf(data: readonly (InputData | undefined)[]): DataLocation[] {
  return data.flatMap((each) => each?.location ?? []);
}

/** The S3 locations whose objects the function `list-fleet-items` must be allowed to list. */
export function listedLocations({ allowed, shared }: ComparedData): DataLocation[] {
  return withoutNested([...allowed, ...shared]);
}
