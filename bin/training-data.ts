import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'csv-parse/sync';
import { SettingsError } from './settings-error';

/** Part of the rows of a single CSV file that validate. */
const VALIDATION_PERCENT = 20;

/** The numbers that XGBoost reads; JavaScript would take `0x10` as well. */
const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/**
 * The folder to upload for local data: it has `train/` and `validation/`, in the form that SageMaker's XGBoost
 * wants (CSV, label first, no header).
 *
 * @param data such a folder, or one CSV file with a header
 * @param label for a CSV file: the column that is predicted
 * @param folder for a CSV file: where the folder goes
 * @throws SettingsError where the file cannot be used, naming line and column
 */
export function prepareData(data: string, label: string | undefined, folder: string): string {
  const path = resolve(data);
  if (statSync(path).isDirectory()) {
    checkFolder(path, label);
    return path;
  }
  splitCsv(path, label, folder);
  return folder;
}

function checkFolder(path: string, label: string | undefined): void {
  if (label !== undefined) {
    throw new SettingsError(
      `tuning:label is for a CSV file with a header; in the folder ${path} the first column is the label`,
    );
  }
  for (const channel of ['train', 'validation']) {
    const folder = join(path, channel);
    if (existsSync(folder) && readdirSync(folder).length > 0) continue;
    throw new SettingsError(
      `tuning:data: the folder ${path} must have train/ and validation/ with CSV files (label first, no header), but ${channel}/ has none`,
    );
  }
}

function splitCsv(path: string, label: string | undefined, folder: string): void {
  const [header, ...rows] = readCsv(path);
  if (!header) throw new SettingsError(`tuning:data: ${path} is empty`);
  checkHeader(path, header);
  const index = header.indexOf(label ?? '');
  if (index < 0) {
    throw new SettingsError(
      `tuning:label: must name the column of ${path} that is predicted, got ${label === undefined ? 'nothing' : JSON.stringify(label)}; columns are ${header.join(', ')}`,
    );
  }
  const files: Record<'train' | 'validation', string[]> = { train: [], validation: [] };
  rows.forEach((row, number) => {
    checkRow(path, header, row, number + 2, index);
    const line = [row[index], ...row.slice(0, index), ...row.slice(index + 1)].join(',');
    files[isValidation(number) ? 'validation' : 'train'].push(line);
  });
  if (files.train.length === 0 || files.validation.length === 0) {
    throw new SettingsError(
      `tuning:data: ${path} has too few rows to split into training and validation: ${rows.length}`,
    );
  }
  for (const [name, lines] of Object.entries(files)) {
    mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(join(folder, name, `${name}.csv`), `${lines.join('\n')}\n`);
  }
}

function readCsv(path: string): string[][] {
  try {
    return parse(readFileSync(path), { bom: true, skip_empty_lines: true, trim: true });
  } catch (error) {
    throw new SettingsError(
      `tuning:data: ${path} is not CSV with commas between the fields: ${(error as Error).message}`,
    );
  }
}

function checkHeader(path: string, header: string[]): void {
  const [only] = header;
  if (header.length === 1 && only !== undefined) {
    const separator = ['\t', ';', '|'].find((each) => only.includes(each));
    const what = separator
      ? `is separated by ${JSON.stringify(separator)}, not by commas`
      : 'has only one column';
    throw new SettingsError(`tuning:data: ${path} ${what}: a label and at least one feature are needed`);
  }
  const twice = header.filter((name, index) => header.indexOf(name) !== index);
  if (twice.length > 0) {
    throw new SettingsError(
      `tuning:data: ${path} has columns of the same name: ${[...new Set(twice)].join(', ')}`,
    );
  }
  if (header.every((name) => DECIMAL.test(name))) {
    throw new SettingsError(
      `tuning:data: ${path} seems to have no header: its first line is ${header.join(', ')}`,
    );
  }
}

/** XGBoost takes numbers only; an empty field is a missing value, which the label must not be. */
function checkRow(path: string, header: string[], row: string[], line: number, label: number): void {
  row.forEach((value, column) => {
    if (value === '' ? column !== label : DECIMAL.test(value)) return;
    const what =
      value === ''
        ? 'the label is missing'
        : `must be a number, got ${JSON.stringify(value)}; ${/^(na|nan|null|none|\?)$/i.test(value) ? 'leave a missing value empty' : 'encode text as numbers first'}`;
    throw new SettingsError(`tuning:data: line ${line} of ${path}, column ${header[column]}: ${what}`);
  });
}

/** By a hash of the row's number: the same split each time, whatever the order of the values. */
function isValidation(row: number): boolean {
  return createHash('sha256').update(String(row)).digest().readUInt32BE() % 100 < VALIDATION_PERCENT;
}
