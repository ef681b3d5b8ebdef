/** SHA-256 hashes of what decides the result of an item. */
export interface ItemFingerprint {
  /** Keys, ETags and sizes of the item's data, as they were before the item ran. Missing if they are not compared. */
  readonly data?: string;
  /** The fields of the item, and the settings of the fleet. */
  readonly settings: string;
  /** The part of the settings that a tuning job must share with the tuning job that it learns from. */
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
 * S3 URI of the folder with the records of the last successes, next to the folder `fleets/`.
 *
 * @param folder S3 URI of the folder of an execution
 */
export function successesFolder(folder: string): string {
  return folder.replace(/fleets\/[^/]+\/$/, 'successes/');
}

/** Name of an item's record in that folder. */
export function successName(itemFolder: string): string {
  return itemFolder.replace(/\/$/, '.json');
}
