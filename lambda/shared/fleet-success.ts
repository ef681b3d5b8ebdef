/** SHA-256 hashes of everything that influences the result of an item. */
export interface ItemFingerprint {
  /** Hash of the keys, ETags and sizes of the item's data before the item ran. Missing if the data is not compared. */
  readonly data?: string;
  /** Hash of the fields of the item and the settings of the fleet. */
  readonly settings: string;
  /** Hash of the settings that must be the same for a warm start from the last success. */
  readonly search: string;
}

/** The record of an item's last success. */
export interface ItemSuccess {
  readonly fingerprint: ItemFingerprint;
  /** The result in `fleet.json`. */
  readonly result: { readonly tuningJob?: string };
}

/** Name of the file with the results of the skipped items, in the folder of an execution. */
export const SKIPPED_ITEMS = 'skipped.jsonl';

/**
 * S3 URI of the folder with the records of the last successes: `successes/<state machine>/`, next to `fleets/<state
 * machine>/<execution>/`. The path includes the state machine, because several fleets can have the same output.
 *
 * @param folder S3 URI of the execution's folder
 */
export function successesFolder(folder: string): string {
  return folder.replace(/fleets\/([^/]+)\/[^/]+\/$/, 'successes/$1/');
}

/** Name of an item's record in the folder of the last successes. */
export function successName(itemFolder: string): string {
  return itemFolder.replace(/\/$/, '.json');
}
