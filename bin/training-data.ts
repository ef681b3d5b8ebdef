import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { FileSystem } from 'aws-cdk-lib';
import { bytesOf, checkFolder, MANIFEST_FILE, type Manifest, type Output, prepareTable } from './data';
import { wantedProblemType } from './learning-task';
import type { Settings } from './settings';
import { SettingsError } from './settings-error';

/** Where prepared tables are kept, so that a file that has not changed is not read again. */
const CACHE = join(__dirname, '..', 'node_modules', '.cache', 'cdk-sagemaker-tuning', 'data');

/** Data of this machine, in the form that SageMaker's XGBoost wants: CSV, label first, no header. */
export interface TrainingData {
  /** Has `train/` and `validation/`, and perhaps the manifest. */
  readonly folder: string;
  /** Patterns of what of the folder is not uploaded. */
  readonly exclude: string[];
  readonly bytes: number;
  /** Changes when what is uploaded does. */
  readonly fingerprint: string;
  /** How a table was prepared; a folder is used as it is. */
  readonly manifest?: Manifest;
  /** Names of the columns after the label, where `columns.json` has them. */
  readonly featureNames?: string[];
}

/** Where the work is done and told about. */
export interface PrepareOptions {
  /** @default - in `node_modules/.cache` */
  readonly cache?: string;
  /** Takes the progress. @default - the standard error */
  readonly output?: Output;
}

/**
 * Prepares the data that the settings name; undefined when it is in S3 already.
 *
 * @throws SettingsError when the data or the settings have to be changed: says where and how
 */
export function prepareData(settings: Settings, options: PrepareOptions = {}): TrainingData | undefined {
  const isInS3 = settings.data.startsWith('s3://');
  const path = isInS3 ? settings.data : resolve(settings.data);
  if (!isInS3 && !statSync(path).isDirectory()) return fromTable(path, settings, options);
  refuseTableSettings(settings, path);
  if (isInS3) return undefined;
  checkFolder(path);
  const exclude = allBut();
  return {
    folder: path,
    exclude,
    bytes: bytesOf(path),
    fingerprint: FileSystem.fingerprint(path, { exclude }),
    featureNames: featureNamesIn(path),
  };
}

/** Names of the features of a folder that has a `columns.json`, which may list the label, too. */
function featureNamesIn(folder: string): string[] | undefined {
  const file = join(folder, MANIFEST_FILE);
  if (!existsSync(file)) return undefined;
  const { columns, label } = JSON.parse(readFileSync(file, 'utf8')) as Partial<
    Pick<Manifest, 'columns' | 'label'>
  >;
  return columns?.map(({ name }) => name).filter((name) => name !== label?.column);
}

function fromTable(path: string, settings: Settings, options: PrepareOptions): TrainingData {
  const { label, categories, excludeColumns } = settings;
  const problemType = wantedProblemType(settings);
  const table = {
    label,
    problemType,
    categories: categories ?? 'auto',
    excludeColumns: excludeColumns ?? [],
  };
  const prepared = prepareTable(path, table, options.cache ?? CACHE, options.output);
  return {
    ...prepared,
    featureNames: prepared.manifest.columns.map(({ name }) => name),
    exclude: allBut(MANIFEST_FILE),
  };
}

/** What of a folder is data, and these files; the rest of it stays here. */
function allBut(...files: string[]): string[] {
  return ['**', '!train', '!train/**', '!validation', '!validation/**', ...files.map((name) => `!${name}`)];
}

function refuseTableSettings(settings: Settings, path: string): void {
  for (const name of ['label', 'categories', 'excludeColumns'] as const) {
    if (settings[name] === undefined) continue;
    throw new SettingsError(
      `tuning:${name} is for a CSV file with a header; ${path} is a folder, whose files have the label first, only numbers, and no header`,
    );
  }
}
