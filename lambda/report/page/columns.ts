import { cut, formatNumber, formatSeconds, formatValue } from '../../shared/format';
import { trainMetricOf } from '../analyses/overfit';
import { keysOf } from '../csv';
import type { Job, Report } from '../report-data';

/** Maximum number of characters in a cell. */
const MOST_CHARACTERS = 80;
/** Maximum number of metrics in the table. Containers can report dozens. */
const MOST_METRICS = 8;

/** Titles of the columns whose cells have special markup. */
export const NAME = 'Job';
export const STATUS = 'Status';

/** A column of the table of all jobs. */
export interface Column {
  readonly title: string;
  readonly isText: boolean;
  /** Value to sort by. */
  read(job: Job): string | number | undefined;
  show(job: Job): string;
}

export function columnsOf(report: Report): Column[] {
  const { jobs, objective } = report;
  const several = (key: 'search' | 'definition') => new Set(jobs.map((job) => job[key])).size > 1;
  const any = (key: keyof Job) => jobs.some((job) => job[key] !== undefined);
  // The objective has its own column. The same metric on the training data comes next.
  const metrics = keysOf(jobs, 'metrics')
    .filter((name) => name !== objective.metric)
    .sort(
      (one, other) =>
        Number(other === trainMetricOf(objective.metric)) - Number(one === trainMetricOf(objective.metric)),
    )
    .slice(0, MOST_METRICS);
  return [
    text(NAME, (job) => shortName(job)),
    text(STATUS, ({ status }) => status),
    ...(several('search') ? [text('Tuning job', ({ search }) => search)] : []),
    ...(several('definition') ? [text('Definition', ({ definition }) => definition)] : []),
    number(objective.metric, ({ value }) => value),
    ...metrics.map((name) => number(name, (job) => job.metrics[name])),
    ...keysOf(jobs, 'hyperparameters').map((name) => hyperparameter(name, jobs)),
    ...(any('endedAt') ? [number('Duration', durationOf, formatSeconds)] : []),
    ...(any('billableSeconds') ? [number('Billed', billedOf, formatSeconds)] : []),
    ...(any('instanceType') ? [text('Instances', instancesOf)] : []),
    ...(any('failureReason') ? [text('Failure reason', ({ failureReason }) => failureReason)] : []),
  ];
}

function text(title: string, read: (job: Job) => string | undefined): Column {
  return { title, isText: true, read, show: (job) => cut(read(job) ?? '', MOST_CHARACTERS) };
}

function number(title: string, read: (job: Job) => number | undefined, format = formatNumber): Column {
  const show = (job: Job) => {
    const value = read(job);
    return value === undefined ? '' : format(value);
  };
  return { title, isText: false, read, show };
}

function hyperparameter(name: string, jobs: readonly Job[]): Column {
  const isText = jobs.some(({ hyperparameters }) => {
    const value = hyperparameters[name];
    return value !== undefined && !Number.isFinite(Number(value));
  });
  const read = ({ hyperparameters }: Job) => {
    const value = hyperparameters[name];
    return value === undefined || isText ? value : Number(value);
  };
  const show = ({ hyperparameters }: Job) => cut(formatValue(hyperparameters[name] ?? ''), MOST_CHARACTERS);
  return { title: name, isText, read, show };
}

/** A job's name without the prefix that all jobs of its tuning job share. */
export function shortName({ name, search }: Pick<Job, 'name' | 'search'>): string {
  return name.startsWith(`${search}-`) ? name.slice(search.length + 1) : name;
}

export function durationOf({ startedAt, endedAt }: Job): number | undefined {
  return startedAt && endedAt ? (Date.parse(endedAt) - Date.parse(startedAt)) / 1000 : undefined;
}

function billedOf({ billableSeconds, instanceCount = 1 }: Job): number | undefined {
  return billableSeconds === undefined ? undefined : billableSeconds * instanceCount;
}

function instancesOf({ instanceType, instanceCount = 1 }: Job): string | undefined {
  return instanceType === undefined ? undefined : `${instanceCount} × ${instanceType}`;
}
