import type { DataLocation } from '../data-location';
import { jsonata, literal } from './jsonata';

/**
 * The JSONata variable with the description of an item. The first state of each child execution sets the variable from
 * the row that `lambda/list-fleet-items` wrote for the item.
 */
export const FLEET_ITEM = 'fleetItem';

/** JSONata expressions for the parts of an item's description. */
export const ITEM = {
  /** Name of the item's folder below each kind of output, with a trailing slash. */
  folder: `$${FLEET_ITEM}.folder`,
  /** 1 to 6 characters of the item's ID, used in the names of jobs. */
  label: `$${FLEET_ITEM}.label`,
  /** The item's ID as the value of a tag. */
  tag: `$${FLEET_ITEM}.tag`,
  /** Value of the tag that names the execution of the fleet. */
  execution: `$${FLEET_ITEM}.execution`,
  /** Exists if the item's search has a warm start from the tuning job of the item's last success. */
  startsFromLastSuccess: `$${FLEET_ITEM}.startsFromLastSuccess`,
} as const;

/** Key of the tag with the item's ID. */
export const ITEM_TAG = 'cdk-sagemaker-tuning:item';

/** Whether a chain of states runs for the items of a fleet. */
export interface FleetItemOptions {
  readonly _isFleetItem?: boolean;
  /** Whether items learn from the tuning jobs of their last successes. */
  readonly _startsFromLastSuccess?: boolean;
}

/** JSONata for an output location. In a fleet, this is the item's folder below the location. */
export function outputPrefix({ _isFleetItem }: FleetItemOptions, location: DataLocation): string {
  return _isFleetItem ? `${literal(location.uri)} & ${ITEM.folder}` : literal(location.uri);
}

/** An output location for a field of a request: a URI or, in a fleet, a JSONata string for the item's folder. */
export function outputUri(options: FleetItemOptions, location: DataLocation): string {
  return options._isFleetItem ? jsonata(outputPrefix(options, location)) : location.uri;
}
