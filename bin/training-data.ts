import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'csv-parse/sync';

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
 * @throws Error where the file cannot be used, naming line and column
 */
export function prepareData(data: string, label: string | undefined, folder: string): string {
  const path = resolve(data);
  if (statSync(path).isDirectory()) {
    if (label !== undefined) {
      throw new Error(
        `tuning:label is for a CSV file with a header; in the folder ${path} the first column is the label`,
      );
    }
    return path;
  }
  splitCsv(path, label, folder);
  return folder;
}

function splitCsv(path: string, label: string | undefined, folder: string): void {
  const [header, ...rows] = parse(readFileSync(path), { bom: true, skip_empty_lines: true, trim: true });
  if (!header) throw new Error(`tuning:data: ${path} is empty`);
  const index = header.indexOf(label ?? '');
  if (index < 0) {
    throw new Error(
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
    throw new Error(
      `tuning:data: ${path} has too few rows to split into training and validation: ${rows.length}`,
    );
  }
  for (const [name, lines] of Object.entries(files)) {
    mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(join(folder, name, `${name}.csv`), `${lines.join('\n')}\n`);
  }
}

/** XGBoost takes numbers only; an empty field is a missing value, which the label must not be. */
function checkRow(path: string, header: string[], row: string[], line: number, label: number): void {
  row.forEach((value, column) => {
    if (value === '' ? column !== label : DECIMAL.test(value)) return;
    throw new Error(
      `tuning:data: line ${line} of ${path}, column ${header[column]}: must be a number, got ${JSON.stringify(value)}; encode text as numbers first`,
    );
  });
}

/** By a hash of the row's number: the same split each time, whatever the order of the values. */
function isValidation(row: number): boolean {
  return createHash('sha256').update(String(row)).digest().readUInt32BE() % 100 < VALIDATION_PERCENT;
}
