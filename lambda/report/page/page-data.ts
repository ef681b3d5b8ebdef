import { cut, isNumber } from '../../shared/format';
import { keysOf } from '../csv';
import type { Job, Report } from '../report-data';

/** Maximum length of values and reasons on the page. `report.json` and `training-jobs.csv` contain the full strings. */
const MOST_CHARACTERS = 200;

/** With more hyperparameter values than this, the page shows fewer digits of each value. */
const MANY_VALUES = 10_000;
const DIGITS = 8;

/**
 * The data of a report for the page's script. It is stored in columns, so that names are not repeated for each job. A
 * column has a value for each job, or a list of distinct values and an index for each job.
 */
export interface PageData {
  readonly report: Omit<Report, 'jobs' | 'reading' | 'failures'>;
  readonly fields: Columns<string | number>;
  readonly hyperparameters: Columns<string>;
  readonly metrics: Columns<number>;
  readonly jobs: number;
}

type Columns<T> = readonly (readonly [
  name: string,
  values: readonly (T | null)[],
  indexes?: readonly number[],
])[];

export function packed({ jobs, reading: _reading, failures: _failures, ...report }: Report): PageData {
  const fields = [...new Set(jobs.flatMap(Object.keys))].filter(
    (field) => !['number', 'hyperparameters', 'metrics'].includes(field),
  ) as (keyof Job)[];
  const names = keysOf(jobs, 'hyperparameters');
  const isLarge = names.length * jobs.length > MANY_VALUES;
  return {
    report,
    jobs: jobs.length,
    fields: fields.map((field) =>
      column(
        field,
        jobs.map((job) => job[field] as string | number | undefined),
      ),
    ),
    hyperparameters: names.map((name) =>
      column(
        name,
        jobs.map(({ hyperparameters }) => shortened(hyperparameters[name], isLarge)),
      ),
    ),
    metrics: keysOf(jobs, 'metrics').map((name) =>
      column(
        name,
        jobs.map(({ metrics }) => metrics[name]),
      ),
    ),
  };
}

/** Shortens a value. In a large report, also leaves out insignificant digits. */
function shortened(value: string | undefined, isLarge: boolean): string | undefined {
  return isLarge && value !== undefined && value.length > DIGITS + 2 && isNumber(value)
    ? String(Number(Number(value).toPrecision(DIGITS)))
    : value;
}

function column<T extends string | number>(
  name: string,
  given: readonly (T | undefined)[],
): Columns<T>[number] {
  const values = given.map((value) =>
    typeof value === 'string' ? cut(value, MOST_CHARACTERS) : (value ?? null),
  );
  const different = [...new Set(values)];
  return (
    different.length > values.length / 2
      ? [name, values]
      : [name, different, values.map((value) => different.indexOf(value))]
  ) as Columns<T>[number];
}

export function unpacked({ report, fields, hyperparameters, metrics, jobs }: PageData): Report {
  return {
    ...report,
    reading: [],
    failures: [],
    jobs: Array.from(
      { length: jobs },
      (_, index): Job => ({
        ...(rowOf(fields, index) as unknown as Job),
        number: index + 1,
        hyperparameters: rowOf(hyperparameters, index),
        metrics: rowOf(metrics, index),
      }),
    ),
  };
}

function rowOf<T>(columns: Columns<T>, row: number): Record<string, T> {
  return Object.fromEntries(
    columns.flatMap(([name, values, indexes]) => {
      const value = values[indexes?.[row] ?? row];
      return value === undefined || value === null ? [] : [[name, value] as const];
    }),
  );
}
