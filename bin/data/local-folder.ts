import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { SettingsError } from '../settings-error';

/** The channels of the training jobs. A folder has one subfolder for each channel. */
export const CHANNELS = ['train', 'validation'] as const;

/** Subfolder with the test data, which is used if the model is evaluated. */
export const TEST = 'test';

/** Whether a subfolder has files. */
export function hasFiles(path: string, name: string): boolean {
  const folder = join(path, name);
  return existsSync(folder) && readdirSync(folder).length > 0;
}

/**
 * Checks a folder with data in the format of SageMaker's XGBoost.
 *
 * @throws SettingsError if a channel has no files
 */
export function checkFolder(path: string): void {
  for (const channel of CHANNELS) {
    if (hasFiles(path, channel)) continue;
    throw new SettingsError(
      `tuning:data: the folder ${path} must have train/ and validation/ with CSV files (label first, no header), but ${channel}/ has none`,
    );
  }
}

/** Total size of the files in subfolders of a folder, in bytes. */
export function bytesOf(path: string, subfolders: readonly string[]): number {
  return subfolders
    .flatMap((channel) =>
      readdirSync(join(path, channel), { recursive: true }).map((name) => join(path, channel, String(name))),
    )
    .map((file) => statSync(file))
    .reduce((sum, stats) => (stats.isFile() ? sum + stats.size : sum), 0);
}
