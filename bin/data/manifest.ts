import { basename } from 'node:path';
import { countOf, listOf } from '../../local/src/tables';
import type { CsvFile } from '../../local/src/tables/csv-file';
import type { PreparedColumn } from '../../local/src/tables/prepared-columns';
import { baselineOf } from './baseline';
import type { FeaturePlan } from './features';
import type { Label, ProblemType } from './label';
import type { WrittenTable } from './write-table';

/** How a table was prepared. With it, you can prepare a row for a prediction, and interpret the prediction. */
export interface Manifest {
  readonly source: { readonly file: string; readonly rows: number; readonly encoding: string };
  readonly label: {
    readonly column: string;
    readonly problemType: ProblemType;
    readonly reason: string;
    /** For classification: the values of the label, at the index of their class number. */
    readonly classes?: readonly string[];
    /** Number of rows of each class. */
    readonly classRows?: readonly number[];
    readonly rowsWithout: number;
    /**
     * Score of a trivial model on the validation part. Classification: the log loss of a model that always predicts the
     * class shares of the training part. Regression: the RMSE of a model that always predicts the mean of the training
     * part.
     */
    readonly baseline: number;
  };
  /** Number of rows of each part. Without `testFraction`, there is no test data. */
  readonly rows: { readonly train: number; readonly validation: number; readonly test?: number };
  /** The columns of the prepared files after the label, in order. */
  readonly columns: readonly PreparedColumn[];
  readonly leftOut: FeaturePlan['leftOut'];
  readonly notices: readonly string[];
}

/** The manifest, which is stored next to the prepared files. */
export function manifestOf(
  file: CsvFile,
  rows: number,
  label: Label,
  plan: FeaturePlan,
  written: WrittenTable,
  testFraction: number,
): Manifest {
  const { classes } = label;
  const { test: _none, ...trained } = written.rows;
  const name = basename(file.path);
  return {
    source: { file: name, rows, encoding: file.encoding },
    label: {
      column: label.name,
      problemType: label.problemType,
      reason: label.reason,
      ...(classes && {
        classes: classes.map((level) => level.name),
        classRows: classes.map((level) => level.rows),
      }),
      rowsWithout: label.missing,
      baseline: baselineOf(label, written.labels, testFraction),
    },
    rows: testFraction > 0 ? written.rows : trained,
    columns: plan.features.flatMap(({ prepared }) => prepared),
    leftOut: plan.leftOut,
    notices: [...encodingNotice(name, file), ...label.notices, ...plan.notices],
  };
}

function encodingNotice(name: string, { encoding }: CsvFile): string[] {
  return encoding === 'windows-1252'
    ? [`${name} is not UTF-8: it is read as Windows-1252 (Latin-1). If names look wrong, save it as UTF-8`]
    : [];
}

/** A summary of how a table was prepared, as lines for the terminal. */
export function summaryOf({ source, label, rows, columns, leftOut, notices }: Manifest): string[] {
  const { column, problemType, reason, classes, classRows = [], rowsWithout } = label;
  const named = classes?.map((name, code) => `${name} is ${code} (${countOf(classRows[code] ?? 0, 'row')})`);
  return [
    `${source.file}: ${countOf(source.rows, 'row')}`,
    `  label: ${column}. ${problemType}, because ${reason}`,
    ...(named ? [`  classes: ${listOf(named)}`] : []),
    ...(rowsWithout > 0 ? [`  left out: ${countOf(rowsWithout, 'row')} without a label`] : []),
    `  rows: ${rows.train.toLocaleString('en-US')} to train, ${rows.validation.toLocaleString('en-US')} to validate${rows.test === undefined ? '' : `, ${rows.test.toLocaleString('en-US')} to test`}`,
    ...ENCODINGS.flatMap(([encoding, title]) => {
      const names = new Set(columns.filter((each) => each.encoding === encoding).map(nameWithCodes));
      return names.size > 0 ? [`  ${title}: ${listOf([...names])}`] : [];
    }),
    ...leftOut.map((each) => `  left out: column ${each.column}: ${each.reason}`),
    ...notices.map((notice) => `  notice: ${notice}`),
  ];
}

/** A column's name, followed by its codes if there are only two. Longer lists of codes are only in the manifest. */
function nameWithCodes({ column, codes }: PreparedColumn): string {
  if (!codes) return column;
  const named = Object.entries(codes).map(([name, code]) => `${name} is ${code}`);
  return `${column} (${named.length === 2 ? named.join(', ') : countOf(named.length, 'category', 'categories')})`;
}

const ENCODINGS: readonly (readonly [PreparedColumn['encoding'], string])[] = [
  ['number', 'numbers'],
  ['code', 'categories as codes'],
  ['one-hot', 'categories as one column each (one-hot)'],
  ['date', 'dates as days since 1970-01-01, month, weekday, and hour if there are times'],
];
