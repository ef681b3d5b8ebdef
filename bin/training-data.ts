import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { FileSystem } from 'aws-cdk-lib';
import { COLUMNS_FILE } from '../local/src/tables/columns-file';
import {
  bytesOf,
  CHANNELS,
  checkFolder,
  hasFiles,
  type Manifest,
  type Output,
  prepareTable,
  splitFolder,
  TEST,
} from './data';
import { wantedProblemType } from './learning-task';
import { isEvaluated, testFractionOf } from './model-quality';
import type { Settings } from './settings';
import { SettingsError } from './settings-error';

/** Cache of prepared tables, so that an unchanged file is not read again. */
const CACHE = join(__dirname, '..', 'node_modules', '.cache', 'cdk-sagemaker-tuning', 'data');

/** Local data in the format of SageMaker's XGBoost: CSV, label first, no header. */
export interface TrainingData {
  /** Folder with `train/`, `validation/`, usually `columns.json` and, if the model is evaluated, `test/`. */
  readonly folder: string;
  /** Patterns of files in the folder that are not uploaded. */
  readonly exclude: string[];
  readonly bytes: number;
  /** A string that changes if the uploaded files change. */
  readonly fingerprint: string;
  /** How a table was prepared; undefined for a folder, which is used unchanged. */
  readonly manifest?: Manifest;
  /** Names of the columns after the label, if `columns.json` has them. */
  readonly featureNames?: string[];
}

/** Options for the preparation of data. */
export interface PrepareOptions {
  /** @default - in `node_modules/.cache` */
  readonly cache?: string;
  /** Stream for messages about the progress. @default - the standard error */
  readonly output?: Output;
}

/**
 * Prepares the data that the settings name. Returns undefined if the data is already in S3.
 *
 * @throws SettingsError if the data or the settings must be changed; the message says where and how
 */
export function prepareData(settings: Settings, options: PrepareOptions = {}): TrainingData | undefined {
  const isInS3 = settings.data.startsWith('s3://');
  const path = isInS3 ? settings.data : resolve(settings.data);
  if (!isInS3 && !statSync(path).isDirectory()) return fromTable(path, settings, options);
  refuseTableSettings(settings, path);
  if (isInS3) return undefined;
  checkFolder(path);
  const folder = withTestData(path, settings, options.cache ?? CACHE);
  const exclude = excludeFor(settings);
  return {
    folder,
    exclude,
    bytes: bytesOf(folder, subfoldersFor(settings)),
    fingerprint: FileSystem.fingerprint(folder, { exclude }),
    featureNames: featureNamesIn(folder),
  };
}

/** The folder itself or, if `testFraction` applies, a copy in which part of the training data is test data. */
function withTestData(path: string, settings: Settings, cache: string): string {
  const { testFraction } = settings;
  if (!isEvaluated(settings)) return path;
  if (testFraction === undefined) {
    if (hasFiles(path, TEST)) return path;
    throw new SettingsError(
      `tuning:data: the folder ${path} needs test/ with CSV files (label first, no header) for the evaluation. Add it, or set tuning:testFraction to take a share of the rows in train/`,
    );
  }
  if (hasFiles(path, TEST)) {
    throw new SettingsError(
      `tuning:testFraction: the folder ${path} has test data in test/ already: leave the setting out, or remove test/`,
    );
  }
  return splitFolder(
    path,
    testFraction,
    FileSystem.fingerprint(path, { exclude: excludeFor(settings) }),
    cache,
  );
}

/** Feature names of a folder with a `columns.json`, which may also list the label. */
function featureNamesIn(folder: string): string[] | undefined {
  const file = join(folder, COLUMNS_FILE);
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
    // Without test data, `testFraction` does not matter and is not part of the cache key.
    ...(isEvaluated(settings) && { testFraction: testFractionOf(settings) }),
  };
  const prepared = prepareTable(path, table, options.cache ?? CACHE, options.output);
  return {
    ...prepared,
    featureNames: prepared.manifest.columns.map(({ name }) => name),
    exclude: excludeFor(settings),
  };
}

/** The subfolders of the data folder that are uploaded. */
function subfoldersFor(settings: Settings): string[] {
  return [...CHANNELS, ...(isEvaluated(settings) ? [TEST] : [])];
}

/** Patterns that exclude everything except the data and its description from the upload. */
function excludeFor(settings: Settings): string[] {
  const subfolders = subfoldersFor(settings).flatMap((name) => [`!${name}`, `!${name}/**`]);
  return ['**', ...subfolders, `!${COLUMNS_FILE}`];
}

function refuseTableSettings(settings: Settings, path: string): void {
  if (settings.testFraction !== undefined && settings.data.startsWith('s3://')) {
    throw new SettingsError(
      'tuning:testFraction is for local data: with data in S3, the evaluation reads test/ next to train/ and validation/. Set tuning:evaluation to true instead',
    );
  }
  for (const name of ['label', 'categories', 'excludeColumns'] as const) {
    if (settings[name] === undefined) continue;
    throw new SettingsError(
      `tuning:${name} is for a CSV file with a header; ${path} is a folder, whose files have the label first, only numbers, and no header`,
    );
  }
}
