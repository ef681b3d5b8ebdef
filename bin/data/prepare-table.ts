import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { COLUMNS_FILE } from '../../local/src/tables/columns-file';
import { type CsvFile, readCsvFile } from '../../local/src/tables/csv-file';
import { listOf, quoted, TableError } from '../../local/src/tables/table-error';
import { isDecimal } from '../../local/src/tables/values';
import { SettingsError } from '../settings-error';
import { keyOf, PreparedTables } from './cache';
import type { ColumnProfile } from './column-profile';
import { type CategoryEncoding, planFeatures } from './features';
import { type ProblemType, planLabel } from './label';
import { type Manifest, manifestOf } from './manifest';
import { profileTable } from './profile-table';
import { type Output, Progress } from './progress';
import { writeTable } from './write-table';

/** Settings for the preparation of a table. */
export interface TableOptions {
  /** The column to predict. */
  readonly label?: string;
  /** @default - determined from the label */
  readonly problemType?: ProblemType;
  readonly categories: CategoryEncoding;
  readonly excludeColumns: readonly string[];
  /** Share of the rows for the test data. @default - no test data */
  readonly testFraction?: number;
}

/** The content of a prepared folder. */
interface Written {
  readonly bytes: number;
  /** A string that changes if the content of the folder changes. */
  readonly fingerprint: string;
}

/** A prepared table, ready for upload. */
export interface PreparedTable extends Written {
  /** Folder with `train/`, `validation/`, the manifest and, if `testFraction` is set, `test/`. */
  readonly folder: string;
  readonly manifest: Manifest;
}

/**
 * Prepares a CSV file with a header for SageMaker's XGBoost, or returns the table from the cache.
 *
 * @param cache folder for prepared tables
 * @throws SettingsError if the file or the settings must be changed; the message says where and how
 */
export function prepareTable(
  path: string,
  options: TableOptions,
  cache: string,
  output?: Output,
): PreparedTable {
  const key = keyOf(path, options);
  const folder = new PreparedTables(cache).get(key, (target) => prepare(path, options, target, output));
  const read = (name: string) => JSON.parse(readFileSync(join(folder, name), 'utf8'));
  return { folder, manifest: read(COLUMNS_FILE) as Manifest, ...(read(WRITTEN_FILE) as Written) };
}

/** File with information that only this machine needs, and that is therefore not in the manifest. */
const WRITTEN_FILE = 'written.json';

function prepare(path: string, options: TableOptions, folder: string, output?: Output): void {
  try {
    readCsvFile(path, (file) => prepareFile(file, options, folder, output));
  } catch (error) {
    if (error instanceof TableError) throw new SettingsError(`tuning:data: ${error.message}`);
    throw error;
  }
}

function prepareFile(file: CsvFile, options: TableOptions, folder: string, output?: Output): void {
  const { path, bytes } = file;
  const index = checkHeader(file, options);
  const progress = new Progress(`Preparing ${basename(path)} (${megabytes(bytes)})`, 2 * bytes, output);
  const { columns, rows } = profileTable(file, index, progress);
  progress.endPass(bytes);
  const label = planLabel(path, columns[index] as ColumnProfile, options.problemType);
  const plan = planFeatures(path, columns, { ...options, label: index });
  const { testFraction = 0 } = options;
  const written = writeTable(file, { label, index, features: plan.features, testFraction }, folder, progress);
  progress.end();
  const manifest = JSON.stringify(manifestOf(file, rows, label, plan, written, testFraction), undefined, 2);
  writeFileSync(join(folder, COLUMNS_FILE), `${manifest}\n`);
  const fingerprint = createHash('sha256').update(written.sha256).update(manifest).digest('hex');
  writeFileSync(
    join(folder, WRITTEN_FILE),
    JSON.stringify({ bytes: written.bytes + manifest.length, fingerprint }),
  );
}

/** Checks the column names. @returns the index of the label */
function checkHeader({ path, header, delimiter }: CsvFile, options: TableOptions): number {
  if (header.length === 1) {
    throw new SettingsError(
      `tuning:data: ${path} has only one column, ${quoted(header[0] ?? '')}, but needs a label and at least one feature. Separate columns by commas, semicolons, tabs or |`,
    );
  }
  if (header.every((name) => isDecimal(name))) {
    throw new SettingsError(
      `tuning:data: ${path} seems to have no header: its first line is ${listOf(header)}. Add a line with the names of the columns`,
    );
  }
  const named = header.filter((name) => name !== '');
  const twice = named.filter((name, index) => named.indexOf(name) !== index);
  if (twice.length > 0) {
    throw new SettingsError(
      `tuning:data: ${path} has several columns of the same name: ${listOf([...new Set(twice)])}. Rename them in the first line`,
    );
  }
  for (const name of options.excludeColumns) {
    if (!named.includes(name) || name === options.label) {
      const what = name === options.label ? 'is the label' : 'is not a column';
      throw new SettingsError(
        `tuning:excludeColumns: ${JSON.stringify(name)} ${what} of ${path}; columns are ${listOf(header)}`,
      );
    }
  }
  return placeOfLabel(path, header, options.label, delimiter);
}

function placeOfLabel(
  path: string,
  header: readonly string[],
  label: string | undefined,
  delimiter: string,
): number {
  const columns = `its columns are ${listOf(header)} (separated by ${JSON.stringify(delimiter)})`;
  if (label === undefined || label === '') {
    throw new SettingsError(`tuning:label: name the column of ${path} to predict; ${columns}`);
  }
  const index = header.indexOf(label);
  if (index >= 0) return index;
  const similar = header.find((name) => name.toLowerCase() === label.toLowerCase());
  const hint = similar === undefined ? '' : `did you mean ${JSON.stringify(similar)}? `;
  throw new SettingsError(`tuning:label: ${path} has no column ${JSON.stringify(label)}; ${hint}${columns}`);
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1e6).toLocaleString('en-US')} MB`;
}
