import type { TrainingJobSummary } from '../services';
import { colors } from './colors';
import { type FittedTable, fitTable, narrowestWidth, type TableColumn } from './fitted-table';
import { cutInTheMiddle, formatHyperparameter, formatMetric, printable } from './format';
import { counterpartOf, type FinalMetric } from './job-metrics';
import { renderTime } from './training-job-text';

/** A training job of a tuning job. */
export interface NumberedJob {
  /** Number of the job in the tuning job, from 1. */
  readonly number: number;
  readonly job: TrainingJobSummary;
  readonly metrics: readonly FinalMetric[];
}

/** Options of the training job table. */
export interface TrainingJobTableOptions {
  /** Width of the terminal, in columns. */
  readonly columns: number;
  /** Epoch seconds. */
  readonly now: number;
  readonly best: TrainingJobSummary | undefined;
  /** Whether each row ends with the training job's name. */
  readonly hasNames: boolean;
}

/** A table, and the hyperparameters that did not fit. */
export interface TrainingJobTable extends FittedTable {
  readonly hidden: readonly string[];
}

/** Layout of the table for a given width. */
interface Layout {
  readonly gap: number;
  /** Significant digits of a hyperparameter. */
  readonly digits: number;
  /** Decimals of a metric. */
  readonly decimals: number;
  readonly narrowestHead: number;
  /** Maximum number of characters in a cell. */
  readonly widestCell: number;
  readonly hasStatus: boolean;
  readonly hasTimes: boolean;
  readonly names: 'whole' | 'end' | 'none';
}

const ROOMY: Layout = {
  gap: 2,
  digits: 4,
  decimals: 5,
  narrowestHead: 40,
  widestCell: Number.POSITIVE_INFINITY,
  hasStatus: true,
  hasTimes: true,
  names: 'whole',
};

/** Steps that make the table narrower, in order. After the last step, hyperparameters are left out. */
const SAVINGS: readonly Partial<Layout>[] = [
  { narrowestHead: 11, widestCell: 24, names: 'end' },
  { narrowestHead: 8, widestCell: 16, hasStatus: false },
  { narrowestHead: 6, widestCell: 12, gap: 1, digits: 3, names: 'none' },
  { narrowestHead: 5, widestCell: 10, decimals: 4, hasTimes: false },
  { widestCell: 8, digits: 2 },
];

const LAYOUTS: readonly Layout[] = [
  ROOMY,
  ...SAVINGS.map((_, i): Layout => Object.assign({}, ROOMY, ...SAVINGS.slice(0, i + 1))),
];
const NARROWEST = LAYOUTS.at(-1) ?? ROOMY;

/** Symbols that replace the status of jobs that have not completed, if there is no room for the word. */
const SYMBOLS: Readonly<Record<string, string>> = {
  InProgress: '▸',
  Stopping: '▸',
  Stopped: '■',
  Failed: '✗',
};

/** Maximum number of lines for a name in the heading. */
const MOST_HEAD_LINES = 4;

/**
 * A table of training jobs: the objective, the same metric on other data (such as the training data), and the
 * hyperparameters. It fits the width of the terminal.
 */
export function trainingJobTable(
  jobs: readonly NumberedJob[],
  options: TrainingJobTableOptions,
): TrainingJobTable {
  const tuned = tunedNames(jobs);
  const attempts = [
    ...LAYOUTS.map((layout) => ({ layout, names: tuned })),
    ...tuned.map((_, i) => ({
      layout: NARROWEST,
      names: mostImportant(tuned, tuned.length - 1 - i, options),
    })),
  ].map((each) => ({ ...each, columns: () => columnsOf(jobs, each, options) }));
  const fitting = attempts.find(
    ({ layout, columns }) => narrowestWidth(columns(), layout) <= options.columns,
  );
  const { layout, names, columns } = fitting ?? (attempts.at(-1) as (typeof attempts)[number]);
  const { head, rows } = fitTable(columns(), { ...layout, width: options.columns });
  return {
    head,
    rows: rows.map((row, i) => (jobs[i]?.job === options.best ? colors.green(row) : row)),
    hidden: tuned.filter((name) => !names.includes(name)),
  };
}

/**
 * Keeps at most `count` names of hyperparameters, in their original order. If there are more names, first drops the
 * hyperparameters that the best job's definition does not tune, then the last ones.
 */
function mostImportant(
  names: readonly string[],
  count: number,
  { best }: Pick<TrainingJobTableOptions, 'best'>,
): string[] {
  const isOfOthers = (name: string) => best !== undefined && best.TunedHyperParameters[name] === undefined;
  const kept = new Set(
    [...names].sort((one, other) => Number(isOfOthers(one)) - Number(isOfOthers(other))).slice(0, count),
  );
  return names.filter((name) => kept.has(name));
}

/** Names of the tuned hyperparameters, which may differ between definitions. */
export function tunedNames(jobs: readonly Pick<NumberedJob, 'job'>[]): string[] {
  return unique(jobs.flatMap(({ job }) => Object.keys(job.TunedHyperParameters)));
}

function columnsOf(
  jobs: readonly NumberedJob[],
  { layout, names }: { readonly layout: Layout; readonly names: readonly string[] },
  { now, hasNames }: TrainingJobTableOptions,
): TableColumn[] {
  const column = (head: string, cell: (job: NumberedJob) => string): TableColumn => ({
    head: cutInTheMiddle(printable(head), MOST_HEAD_LINES * layout.widestCell),
    cells: jobs.map((job) => cutInTheMiddle(cell(job), layout.widestCell)),
  });
  const hasDefinitions = jobs.some(({ job }) => job.TrainingJobDefinitionName !== undefined);
  return [
    column('#', ({ number, job }) =>
      layout.hasStatus ? String(number) : `${number}${SYMBOLS[job.TrainingJobStatus] ?? ''}`,
    ),
    ...(hasDefinitions ? [column('definition', ({ job }) => job.TrainingJobDefinitionName ?? '')] : []),
    ...(layout.hasStatus ? [column('status', ({ job }) => job.TrainingJobStatus)] : []),
    ...metricColumns(jobs, layout.decimals, column),
    ...(layout.hasTimes ? [column('time', ({ job }) => renderTime(job, now))] : []),
    ...names.map((name) =>
      column(name, ({ job }) => formatHyperparameter(job.TunedHyperParameters[name] ?? '', layout.digits)),
    ),
    ...(hasNames && layout.names !== 'none' ? [nameColumn(jobs, layout.names)] : []),
  ];
}

/** The objective metric, and the same metric on other data if it was measured. */
function metricColumns(
  jobs: readonly NumberedJob[],
  decimals: number,
  column: (head: string, cell: (job: NumberedJob) => string) => TableColumn,
): TableColumn[] {
  const objectives = unique(jobs.flatMap(({ job }) => objectiveName(job) ?? []));
  const counterpart = ({ job, metrics }: NumberedJob) => {
    // A running job has no objective value yet.
    const objective = objectiveName(job) ?? (objectives.length === 1 ? objectives[0] : undefined);
    return objective === undefined ? undefined : counterpartOf(objective, metrics);
  };
  const counterparts = unique(jobs.flatMap((job) => counterpart(job)?.MetricName ?? []));
  return [
    column(objectives.length === 1 ? String(objectives[0]) : 'objective', ({ job }) =>
      renderObjectiveValue(job, decimals),
    ),
    ...(counterparts.length === 0
      ? []
      : [
          column(counterparts.length === 1 ? String(counterparts[0]) : 'training', (job) =>
            formatMetric(counterpart(job)?.Value, decimals),
          ),
        ]),
  ];
}

/** The objective value, or a note that a finished job has no objective value. */
function renderObjectiveValue(job: TrainingJobSummary, decimals: number): string {
  const value = job.FinalHyperParameterTuningJobObjectiveMetric?.Value;
  return value === undefined && job.TrainingJobStatus === 'Completed'
    ? 'none'
    : formatMetric(value, decimals);
}

function objectiveName({
  FinalHyperParameterTuningJobObjectiveMetric: metric,
}: TrainingJobSummary): string | undefined {
  return metric?.MetricName;
}

/**
 * The column of training job names, which begin with the tuning job's name. If space is short, the column shows
 * only the part of each name after the tuning job's name.
 */
function nameColumn(jobs: readonly NumberedJob[], names: 'whole' | 'end'): TableColumn {
  return {
    head: 'name',
    cells: jobs.map(({ job: { TrainingJobName: name, TuningJobName: tuningJob } }) =>
      names === 'end' && name.startsWith(tuningJob) ? `…${name.slice(tuningJob.length)}` : name,
    ),
  };
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}
