import { type FleetItemOptions, ITEM } from './fleet-item';
import { literal } from './jsonata';
import { FLEET_JOB_NAME_PREFIX_LENGTH, LIMITS } from './limits';

/** JSONata for a string that is different for each attempt at a state, even in Map iterations, loops and redrives. */
const ATTEMPT = `$string([$states.context.Execution.Id, $states.context.Execution.RedriveCount, $states.context.State.Name, $states.context.State.EnteredTime, $states.context.State.RetryCount, $states.context.Map.Item.Index])`;

/** Number of characters after the prefix in the name of a fleet's tuning job. */
const ITEM_NAME_LENGTH = LIMITS.tuningJobNameLength - FLEET_JOB_NAME_PREFIX_LENGTH - 1;

/** Options for the names of jobs. */
export interface JobNameOptions extends FleetItemOptions {
  /** Prefix of all job names, including the hyphen. */
  readonly jobNamePrefix: string;
}

/**
 * JSONata for the name of the tuning job: unique, and at most 32 characters. In a fleet, the name also has characters of
 * the item's ID.
 */
export function tuningJobName({ jobNamePrefix, _isFleetItem }: JobNameOptions): string {
  const hash = `$hash(${ATTEMPT}, 'SHA-256')`;
  return _isFleetItem
    ? `${literal(jobNamePrefix)} & $substring(${ITEM.label} & '-' & ${hash}, 0, ${ITEM_NAME_LENGTH})`
    : `${literal(jobNamePrefix)} & $substring(${hash}, 0, 15)`;
}

/**
 * JSONata for the name of a job or a model after the search: unique, and at most 63 characters. It consists of the name of
 * the tuning job, a suffix and 8 characters.
 */
export function nameAfterSearch(suffix: string): string {
  return `$states.input.result.tuningJob.name & '-${suffix}-' & $substring($hash(${ATTEMPT}, 'SHA-256'), 0, 8)`;
}
