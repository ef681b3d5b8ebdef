import type { ItemFingerprint } from '../shared/fleet-success';
import type { Usage } from '../shared/usage';
import type { ItemNames } from './item-names';

/** A row of the list that the Map reads. */
export interface Row extends ItemNames {
  readonly id: string;
  /** Value of the tag that names the execution. */
  readonly execution: string;
  /** Input of the item's chain. */
  readonly input: Readonly<Record<string, unknown>>;
  /** Fields of the input whose values come from defaults. A later `retry` can replace these values. */
  readonly defaulted?: readonly string[];
  /** Fingerprint to record with the item's success. Missing if the fleet records no successes. */
  readonly fingerprint?: ItemFingerprint;
  /** Maximum instance time and cost of the item. Missing if the fleet has no bound. */
  readonly bound?: Usage;
  /** Whether `warmStartFrom` in the input is the tuning job of the item's last success. */
  readonly startsFromLastSuccess?: true;
}

/** A row, and the place of its item in the list. */
export interface PlacedRow {
  readonly place: string;
  readonly row: Row;
}
