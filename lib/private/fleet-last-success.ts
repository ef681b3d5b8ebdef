import type { DataLocation } from '../data-location';
import type { InputData } from '../input-data';
import type { TuningFleetProps } from '../tuning-fleet';
import type { TuningFragmentProps } from '../tuning-fragment';
import { ownFinalData } from './final-training';
import { withoutNested } from './locations';
import { replaceableLocations } from './tuning-definitions';
import type { BoundDefinition } from './tuning-requests';

/** What a fleet does with the last successes of its items. */
export interface LastSuccessOptions {
  /** Whether an item learns from the tuning job of its last success. */
  readonly warmStart: boolean;
  /** The data that is compared; undefined if unchanged items are not skipped. */
  readonly data?: ComparedData;
}

/** The data of the items of a fleet. */
export interface ComparedData {
  /** URIs that an item can replace, by field. */
  readonly locations: Readonly<Record<string, string>>;
  /** Other data that all items share. */
  readonly shared: readonly DataLocation[];
  /** Locations that the data of an item can be within. */
  readonly allowed: readonly DataLocation[];
}

/** Undefined if the fleet records no successes. */
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

/** The locations that the function for the list must be allowed to list. */
export function listedLocations({ allowed, shared }: ComparedData): DataLocation[] {
  return withoutNested([...allowed, ...shared]);
}
