import { csvLine } from '../shared/csv-line';
import type { Job, Report } from './report-data';

/** Renders `training-jobs.csv` (RFC 4180): a row for each job, and a column for each metric and hyperparameter. */
export function renderCsv({ jobs }: Report): string {
  const metrics = keysOf(jobs, 'metrics');
  const hyperparameters = keysOf(jobs, 'hyperparameters');
  const several = (key: 'search' | 'definition') => new Set(jobs.map((job) => job[key])).size > 1;
  const columns: (readonly [string, (job: Job) => string | number | undefined])[] = [
    ['number', (job) => job.number],
    ['name', (job) => job.name],
    ['status', (job) => job.status],
    ...(several('search') ? [['search', (job: Job) => job.search] as const] : []),
    ...(several('definition') ? [['definition', (job: Job) => job.definition] as const] : []),
    ['objective', (job) => job.value],
    ...metrics.map((name) => [name, (job: Job) => job.metrics[name]] as const),
    ...hyperparameters.map((name) => [name, (job: Job) => job.hyperparameters[name]] as const),
    ['created_at', (job) => job.createdAt],
    ['started_at', (job) => job.startedAt],
    ['ended_at', (job) => job.endedAt],
    ['instance_type', (job) => job.instanceType],
    ['instance_count', (job) => job.instanceCount],
    ['billable_seconds', (job) => job.billableSeconds],
    ['failure_reason', (job) => job.failureReason],
  ];
  const rows = [columns.map(([name]) => name), ...jobs.map((job) => columns.map(([, read]) => read(job)))];
  return rows.map(csvLine).join('');
}

/** The names of all jobs' metrics or hyperparameters, in order of first appearance. */
export function keysOf(jobs: readonly Job[], field: 'metrics' | 'hyperparameters'): string[] {
  return [...new Set(jobs.flatMap((job) => Object.keys(job[field])))];
}
