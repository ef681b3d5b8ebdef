import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Manifest, prepareTable } from '../../bin/data';
import type { TableOptions } from '../../bin/data/prepare-table';

/** The result of preparing a table. */
export interface Prepared {
  readonly manifest: Manifest;
  readonly folder: string;
  readonly fingerprint: string;
  readonly train: readonly string[];
  readonly validation: readonly string[];
  /** The lines of train.csv and validation.csv together. */
  readonly all: readonly string[];
  /** The notices that were printed. */
  readonly output: string;
}

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'table-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

/** A path in the test's folder. */
export function pathOf(name: string): string {
  return join(folder, name);
}

/** Writes a file with these lines, or with the given bytes. */
export function write(content: readonly string[] | Buffer, name = 'data.csv'): string {
  const path = pathOf(name);
  writeFileSync(path, Buffer.isBuffer(content) ? content : `${content.join('\n')}\n`);
  return path;
}

/** Prepares a file with a label column. */
export function prepare(
  path: string,
  label: string | undefined,
  options: Partial<TableOptions> = {},
): Prepared {
  const told: string[] = [];
  const table = prepareTable(
    path,
    { label, categories: 'auto', excludeColumns: [], ...options },
    pathOf('cache'),
    { write: (text: string) => told.push(text) > 0 },
  );
  const linesOf = (part: string) =>
    readFileSync(join(table.folder, part, `${part}.csv`), 'utf8')
      .trimEnd()
      .split('\n');
  const [train, validation] = [linesOf('train'), linesOf('validation')];
  return { ...table, train, validation, all: [...train, ...validation], output: told.join('') };
}

/** Makes `count` rows. */
export function rows(count: number, row: (index: number) => string): string[] {
  return Array.from({ length: count }, (_, index) => row(index));
}

/** Writes a file with a numeric label and a column `x` that repeats `values`. */
export function withColumn(values: readonly string[], header = 'x,y', count = 40): string {
  return write([header, ...rows(count, (i) => `${values[i % values.length]},${i * 1.5}`)]);
}
