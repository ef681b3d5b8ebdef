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
  /** Fields of the input that are not the item's own, for a later `retry`. */
  readonly defaulted?: readonly string[];
  /** What the item's success is recorded with. Missing if the fleet records no successes. */
  readonly fingerprint?: ItemFingerprint;
  /** What the item can use at most. Missing if the fleet has no bound. */
  readonly bound?: Usage;
  /** Whether `warmStartFrom` in the input is the tuning job of the item's last success. */
  readonly startsFromLastSuccess?: true;
}

/** A row, and where its item is in the list. */
export interface PlacedRow {
  readonly place: string;
  readonly row: Row;
}
