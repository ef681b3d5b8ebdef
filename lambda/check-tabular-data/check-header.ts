import { InvalidTrainingData } from './errors';
import type { CheckTabularDataEvent } from './event';

/** Maximum number of column names in an error message. */
const MAX_LISTED = 50;

/** @throws InvalidTrainingData if the first row is not a header, or lacks a required column */
export function checkHeader(columns: readonly string[], event: CheckTabularDataEvent, uri: string): void {
  requireColumn(columns, 'target', event.target, uri);
  if (event.sampleWeightColumn !== undefined) {
    requireColumn(columns, 'sampleWeightColumn', event.sampleWeightColumn, uri);
  }
  const features = columns.filter((name) => name !== event.target && name !== event.sampleWeightColumn);
  if (features.length === 0) {
    throw new InvalidTrainingData(
      `There are no features: ${uri} has no other columns than ${listed(columns)}`,
    );
  }
}

function requireColumn(columns: readonly string[], field: string, name: string, uri: string): void {
  const found = columns.filter((column) => column === name).length;
  if (found === 1) return;
  if (found > 1) {
    throw new InvalidTrainingData(`${field}: ${uri} has ${found} columns ${JSON.stringify(name)}`);
  }
  throw new InvalidTrainingData(
    `${field}: there is no column ${JSON.stringify(name)} in ${uri}${hint(columns, name)} Columns: ${listed(columns)}`,
  );
}

function hint(columns: readonly string[], name: string): string {
  const plain = (text: string) => text.trim().toLowerCase();
  const alike = columns.find((column) => plain(column) === plain(name));
  if (alike !== undefined) return `; did you mean ${JSON.stringify(alike)}?`;
  const [only = ''] = columns;
  const separator = [';', '\t', '|'].find((candidate) => only.includes(candidate));
  if (columns.length === 1 && separator) {
    return `. Its header is separated by ${JSON.stringify(separator)}, but columns must be separated by commas.`;
  }
  if (columns.every((column) => Number.isFinite(Number(column)))) {
    return '. Its first row has only numbers, like a row of data, but the first row must have the names of the columns.';
  }
  return '.';
}

function listed(columns: readonly string[]): string {
  const names = columns.slice(0, MAX_LISTED).map((name) => JSON.stringify(name.slice(0, 100)));
  const more = columns.length - names.length;
  return names.join(', ') + (more > 0 ? ` and ${more} more` : '');
}
