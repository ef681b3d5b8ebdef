import { readFileSync } from 'node:fs';
import { UserError } from '../user-error';
import { DATE_PARTS, type PreparedColumn } from './prepared-columns';

/** Name of the file that describes prepared data, next to the folders of the channels. */
export const COLUMNS_FILE = 'columns.json';

/** How prepared data was encoded. `columns.json` can have more members, which predictions do not need. */
export interface PreparedData {
  readonly label: PreparedLabel;
  /** The columns after the label, in order. */
  readonly columns: readonly PreparedColumn[];
}

/** The label of prepared data. */
export interface PreparedLabel {
  /** The label's column in the source file. @default - unknown */
  readonly column?: string;
  /** For classification: the classes. The index of a class is its class number. @default - class numbers */
  readonly classes?: readonly string[];
  /** The function that was applied to the label. @default - none */
  readonly transform?: 'log1p';
}

const ENCODINGS = ['number', 'code', 'one-hot', 'date'];
const TRANSFORMS = ['log1p'];
const FORMS = ['year first', 'day first', 'month first', 'month by name'];
const PARTS = Object.values(DATE_PARTS).map(({ meaning }) => meaning);

type Members = Readonly<Record<string, unknown>>;

/**
 * Reads `columns.json`.
 *
 * @throws UserError if the file is not JSON, or a member is missing or invalid
 */
export function readColumnsFile(path: string): PreparedData {
  const { label = {}, columns } = parse(path);
  if (!isObject(label)) throw invalid(path, 'label must be an object');
  if (!Array.isArray(columns) || columns.length === 0)
    throw invalid(path, 'columns must be a list of columns');
  const { column, classes, transform } = label;
  if (column !== undefined && typeof column !== 'string')
    throw invalid(path, 'label.column must be a string');
  if (classes !== undefined && !isListOfStrings(classes)) {
    throw invalid(path, 'label.classes must be a list of strings');
  }
  check(path, 'label.transform', transform ?? 'log1p', TRANSFORMS);
  return {
    label: label as PreparedLabel,
    columns: columns
      .map((each, index) => readColumn(path, each, index))
      .filter(({ name }) => name !== column),
  };
}

function parse(path: string): Members {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (isObject(value)) return value;
  } catch (error) {
    throw invalid(path, (error as Error).message);
  }
  throw invalid(path, 'it must be a JSON object');
}

function readColumn(path: string, value: unknown, index: number): PreparedColumn {
  const place = `columns[${index}]`;
  if (!isObject(value) || typeof value['name'] !== 'string') throw invalid(path, `${place} must have a name`);
  const { name, column = name, encoding = 'number', codes, category, form, part } = value;
  check(path, `${place}.encoding`, encoding, ENCODINGS);
  if (typeof column !== 'string') throw invalid(path, `${place}.column must be a string`);
  const isNumbered = isObject(codes) && Object.values(codes).every((code) => typeof code === 'number');
  if (encoding === 'code' && !isNumbered) {
    throw invalid(path, `${place}.codes must have a number for each category`);
  }
  if (encoding === 'one-hot' && typeof category !== 'string') {
    throw invalid(path, `${place}.category must be a string`);
  }
  if (encoding === 'date') {
    check(path, `${place}.form`, form, FORMS);
    check(path, `${place}.part`, part, PARTS);
  }
  return { ...value, name, column, encoding } as PreparedColumn;
}

function check(path: string, place: string, value: unknown, allowed: readonly string[]): void {
  if (typeof value === 'string' && allowed.includes(value)) return;
  throw invalid(path, `${place} is ${JSON.stringify(value)}; allowed: ${allowed.join(', ')}`);
}

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isListOfStrings(value: unknown): boolean {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}

function invalid(path: string, problem: string): UserError {
  return new UserError(`${path} does not describe prepared data: ${problem}`);
}
