import { basename } from 'node:path';
import {
  COLUMNS_FILE,
  type CsvFile,
  countOf,
  kindOf,
  listOf,
  type PreparedColumn,
  type PreparedData,
  TableError,
} from '../tables';
import type { TrainedData } from './trained-model';

/** A column of the CSV file that is an input of the model. */
export interface UsedColumn {
  readonly name: string;
  /** Index in the file. */
  readonly index: number;
  /** The columns of the training data that encode this column. */
  readonly prepared: readonly PreparedColumn[];
}

/** How the columns of a file become the columns of the training data. */
export interface ColumnPlan {
  /** The columns of the file that the model uses, in the order of the training data. */
  readonly used: readonly UsedColumn[];
  readonly hasHeader: boolean;
  /** Names of all columns of the file. */
  readonly names: readonly string[];
  /** Notices for the user. */
  readonly notices: readonly string[];
}

/**
 * Matches the columns of the file with the columns of the training data: by name if the file has a header and the
 * training data has a `columns.json`, otherwise by position.
 *
 * @throws TableError if a column is missing, or the number of columns does not match
 */
export function planColumns(file: CsvFile, data: TrainedData): ColumnPlan {
  const hasHeader = !file.header.every((field) => ['number', 'missing'].includes(kindOf(field)));
  if (data.prepared === undefined || !hasHeader) return byPosition(file, data, hasHeader);
  if (data.features !== undefined && data.features !== data.prepared.columns.length) {
    throw new TableError(
      `the ${COLUMNS_FILE} of the training data ${data.uri} describes ${countOf(data.prepared.columns.length, 'column')} after the label, but the data has ${data.features}: correct the file, and train again`,
    );
  }
  return byName(file, data.prepared);
}

function byName({ path, header }: CsvFile, { columns, label }: PreparedData): ColumnPlan {
  const sources = [...new Set(columns.map(({ column }) => column))];
  const missing = sources.filter((name) => !header.includes(name));
  if (missing.length > 0) {
    const hints = missing.map((name) => {
      const similar = header.find((other) => other.toLowerCase() === name.toLowerCase());
      return similar === undefined ? name : `${name} (there is ${similar})`;
    });
    throw new TableError(
      `${path} lacks ${countOf(missing.length, 'column')} that the model was trained with: ${listOf(hints)}. Its columns are ${listOf(header)}`,
    );
  }
  const twice = sources.filter((name) => header.indexOf(name) !== header.lastIndexOf(name));
  if (twice.length > 0) {
    throw new TableError(
      `${path} has several columns of the same name: ${listOf(twice)}. Rename them in the first line`,
    );
  }
  const ignored = header
    .filter((name) => !sources.includes(name))
    .map((name) => (name === label.column ? `${name} (the label)` : name));
  return {
    used: runsOf(columns).map((prepared) => {
      const name = prepared[0]?.column ?? '';
      return { name, index: header.indexOf(name), prepared };
    }),
    hasHeader: true,
    names: header,
    notices:
      ignored.length === 0
        ? []
        : [`Ignored, because the model was not trained with them: ${listOf(ignored)}`],
  };
}

/** Groups adjacent columns that encode the same value, such as the columns of a one-hot encoding or of a date. */
function runsOf(columns: readonly PreparedColumn[]): PreparedColumn[][] {
  const runs: PreparedColumn[][] = [];
  for (const column of columns) {
    const last = runs.at(-1);
    const [first] = last ?? [];
    const isSame = first?.column === column.column && first.encoding === column.encoding;
    if (isSame && ['one-hot', 'date'].includes(column.encoding)) last?.push(column);
    else runs.push([column]);
  }
  return runs;
}

function byPosition({ path, header }: CsvFile, data: TrainedData, hasHeader: boolean): ColumnPlan {
  const { uri, leading, features = header.length, prepared } = data;
  const extra = header.length - features;
  const why =
    hasHeader || prepared === undefined
      ? `The training data ${uri} has no ${COLUMNS_FILE}, which names its columns.`
      : `${basename(path)} has no header.`;
  if (extra !== 0 && extra !== leading.length) {
    throw new TableError(
      `${path} has ${countOf(header.length, 'column')}, but the training data ${uri} has ${features}, or ${features + leading.length} with the ${leading.join(' and the ')} first. ${why} The columns are used by position`,
    );
  }
  const names = hasHeader ? header : header.map((_, index) => `column_${index + 1}`);
  return {
    used: names.slice(extra).map((name, at) => ({
      name,
      index: at + extra,
      prepared: [{ name, column: name, encoding: 'number' }],
    })),
    hasHeader,
    names,
    notices: [
      `${why} The columns are used by position, and must be encoded as in the training data`,
      ...(extra > 0
        ? [`Ignored at the start of each row, as in the training data: ${leading.join(', ')}`]
        : []),
    ],
  };
}
