import type { Concurrency } from '../shared/concurrency';
import type { Usage } from '../shared/usage';

/** Version of `fleet.json`. It changes when a field is removed or its meaning changes. Readers must ignore unknown fields. */
export const SCHEMA_VERSION = 1;

/**
 * Status of an item. `NOT_STARTED`: the execution ended before the item was started. `SKIPPED`: the item is unchanged since
 * its last success.
 */
export type ItemStatus = 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED' | 'NOT_STARTED' | 'SKIPPED';

/**
 * An item in `fleet.json`. A field is missing if its value is unknown. For a skipped item, the fields are the results
 * of its last success, without `instanceSeconds`.
 */
export interface ItemResult {
  readonly id: string;
  /** Name of the item's folder. The item's models, its reports and its other outputs are in folders with this name. */
  readonly folder: string;
  readonly status: ItemStatus;
  /** Name of the error that the child execution failed with. */
  readonly error?: string;
  /** Why the item failed. */
  readonly reason?: string;
  /** Name of a training job that failed for the reason in `reason`. */
  readonly failedJob?: string;
  readonly tuningJob?: string;
  readonly bestTrainingJob?: string;
  /**
   * Whether the search learned from the item's last success. Only with `warmStartFromPrevious`. Missing if the item
   * failed without a report.
   */
  readonly warmStarted?: boolean;
  readonly objective?: Objective;
  readonly finalTrainingJob?: string;
  /** S3 URI of the final model. */
  readonly model?: string;
  /** Metrics of the final training job. */
  readonly metrics?: Readonly<Record<string, number>>;
  /** Metrics of the final model on the test data. */
  readonly evaluation?: Readonly<Record<string, number>>;
  /** Whether the model passed the quality gate. */
  readonly gatePassed?: boolean;
  /** ARN of the version in the item's model package group. */
  readonly modelPackage?: string;
  /** S3 URI of the item's report. */
  readonly report?: string;
  /** Why a failed item's report could not be read. Results that only the report contains are then missing here. */
  readonly reportError?: string;
  /** Billed seconds of all instances. */
  readonly instanceSeconds?: number;
  /** Maximum use (the bound) and actual use of the item. Missing if the fleet has no bound. */
  readonly cost?: Cost;
  readonly startedAt?: string;
  readonly endedAt?: string;
}

/** The maximum instance time and cost of an item or a fleet, and the actual instance time and cost. */
export interface Cost {
  readonly bound: Usage;
  /** Actual use; missing if it is unknown. */
  readonly used?: Usage;
}

export interface Objective {
  readonly metric: string;
  readonly type: 'Minimize' | 'Maximize';
  readonly value: number;
}

/** The fleet in `fleet.json` and in the output of the execution. */
export interface FleetSummary {
  readonly items: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly notStarted: number;
  readonly skipped: number;
  /** The most common reasons for failure. */
  readonly reasons: readonly Reason[];
  /** Objective values of the items; missing if no item has one. */
  readonly objective?: {
    readonly metric: string;
    readonly type: Objective['type'];
    readonly best: number;
    readonly median: number;
    readonly worst: number;
  };
  /** Billed seconds of all instances, for the items whose billed seconds are known. */
  readonly instanceSeconds?: number;
  /** Number of items that ran and whose billed seconds are unknown; missing if there are none. */
  readonly unknownItems?: number;
  /** Number of failed items whose report could not be read; missing if there are none. */
  readonly unreadReports?: number;
  /** How quotas limited the execution; missing if they were not read. */
  readonly quotas?: Concurrency;
  /** The totals for all items. Missing if the fleet has no bound. */
  readonly cost?: Cost;
}

export interface Reason {
  readonly error: string;
  readonly reason: string;
  /** ID of the first item that failed for the reason in `reason`. */
  readonly example: string;
  readonly count: number;
}
