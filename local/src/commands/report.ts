import { createHash } from 'node:crypto';
import { dirname, join, relative } from 'node:path';
import { Command } from 'commander';
import { type OpenReports, openReports, type ReportedJob } from '../library/open-reports';
import { replaceFile } from '../local-folder/replace-file';
import { type ComparedSearch, renderComparison } from '../report/comparison-page';
import { continuedTuningJobs } from '../report/earlier-tuning-jobs';
import { summaryPage } from '../report/fleet-files';
import { formatPath } from '../report/format';
import { readReportData } from '../report/report-files';
import { UserError } from '../user-error';
import { addExamples, hint } from './help';
import { openFile } from './open-file';
import { addRootOptions, existingRoot, type RootOptions } from './root-options';
import { findRunRecord, fleetFolderOf, type RunRecord, type RunRecords, readRunRecords } from './run-records';

interface ReportOptions extends RootOptions {
  readonly open?: true;
}

/** The `report` command: writes the report of one search, or compares several searches. */
export function reportCommand(): Command {
  const command = new Command('report')
    .description(
      "Writes the report of a search, even while it runs, or prints a fleet's summary. With several names, compares them on one page.",
    )
    .argument(
      '[name...]',
      'names (or their beginnings) or ARNs of executions, tuning jobs or AutoML jobs, or IDs of Map items (default: the most recent execution)',
    );
  addRootOptions(command).option('--open', 'open the page in a browser').action(report);
  return addExamples(command, [
    ['report --open', 'the most recent execution'],
    ['report <tuning job>', 'a search, even a running or failed one'],
    ['report <execution> <execution>', 'compares two searches'],
  ]);
}

async function report(names: readonly string[], options: ReportOptions): Promise<void> {
  const root = existingRoot(options);
  const records = readRunRecords(root);
  const wanted =
    names.length === 0 ? [mostRecent(records)] : names.map((name) => findRunRecord(records, name));
  const reports = openReports(root, console.error);
  try {
    const searches = await makeReports(reports, wanted, records, root);
    for (const { page } of searches) console.log(`Report: ${formatPath(page)}`);
    const page = names.length > 1 ? compare(root, searches) : searches[0]?.page;
    if (options.open && page !== undefined) await openFile(page);
  } finally {
    await reports.close();
  }
}

interface ReportedSearch {
  readonly label: string;
  readonly page: string;
}

async function makeReports(
  reports: OpenReports,
  runs: readonly RunRecord[],
  records: RunRecords,
  root: string,
): Promise<ReportedSearch[]> {
  const made: ReportedSearch[] = [];
  for (const run of new Set(runs)) {
    const fleet = fleetFolderOf(run, records, root);
    if (fleet !== undefined) {
      made.push({ label: run.record.name, page: summaryIn(fleet, run, runs) });
      continue;
    }
    const jobs = searchesOf(run, records);
    if (jobs.length === 0) throw new UserError(`${run.kind} ${run.record.name} has not started a search.`);
    for (const job of jobs) {
      const label = jobs.length === 1 ? run.record.name : job.name;
      made.push({ label, page: await reports.make(job) });
    }
  }
  return made;
}

/**
 * The page with the summary of a fleet, which has a search for each item.
 *
 * @param runs all runs that the user named
 */
function summaryIn(folder: string, { record }: RunRecord, runs: readonly RunRecord[]): string {
  if (runs.length > 1) {
    throw new UserError(
      `Execution ${record.name} is a fleet, which cannot be compared: give the ids of its items.`,
    );
  }
  const page = summaryPage(folder);
  if (page !== undefined) return page;
  throw new UserError(
    `Fleet ${record.name} has no summary yet: it is written when the execution ends. For the report of a single item, give the id of the item.`,
  );
}

/** Writes the page that compares searches. @returns the path of the page */
function compare(root: string, searches: readonly ReportedSearch[]): string {
  const id = createHash('sha256')
    .update(searches.map(({ page }) => page).join('\n'))
    .digest('hex');
  const file = join(root, 'reports', `comparison-${id.slice(0, 12)}.html`);
  const compared = searches.map(
    ({ label, page }): ComparedSearch => ({
      label,
      report: readReportData(page),
      link: relativeUrl(dirname(file), page),
    }),
  );
  replaceFile(file, renderComparison(compared));
  console.log(`Comparison: ${formatPath(file)}`);
  return file;
}

/** A relative link from a folder to a file. The link stays valid if the root folder of local mode is moved. */
function relativeUrl(folder: string, file: string): string {
  return relative(folder, file)
    .split(/[\\/]/)
    .map((part) => encodeURIComponent(part))
    .join('/');
}

/**
 * The tuning jobs and AutoML jobs of a run. If a search of an execution has several tuning jobs, only the last one is
 * returned, because its report covers all of them.
 *
 * @throws UserError for a job that is not part of a search
 */
export function searchesOf(run: RunRecord, records: Pick<RunRecords, 'all' | 'jobs'>): ReportedJob[] {
  const { all, jobs } = records;
  switch (run.kind) {
    case 'tuning job':
    case 'AutoML job': {
      const { deploymentId, name } = run.record;
      return [{ kind: run.kind, name, deploymentId }];
    }
    case 'training job': {
      const arn = run.record.description.TuningJobArn;
      const search = all.find(
        ({ kind, record }) =>
          kind === 'tuning job' && arn !== undefined && record.description.HyperParameterTuningJobArn === arn,
      );
      if (search) return searchesOf(search, records);
      throw new UserError(
        `Training job ${run.record.name} is not part of a tuning job: name a tuning job or an execution ("${hint('list')}").`,
      );
    }
    case 'transform job':
      throw new UserError(
        `Transform job ${run.record.name} is not a search: name a tuning job or an execution ("${hint('list')}").`,
      );
    case 'execution': {
      const { arn } = run.record;
      const own = all.filter(
        ({ kind, record }) =>
          (kind === 'tuning job' || kind === 'AutoML job') &&
          (record.createdBy?.executionArn === arn || record.createdBy?.place?.executionArn === arn),
      );
      const tuning = own.flatMap(({ kind, record }) => (kind === 'tuning job' ? [record] : []));
      const continued = continuedTuningJobs(jobs, tuning);
      return own
        .filter(({ record }) => !continued.has(record.name))
        .reverse()
        .flatMap((each) => searchesOf(each, records));
    }
  }
}

/** The most recent execution that started a search; if there is none, the most recent search. */
function mostRecent(records: RunRecords): RunRecord {
  const found =
    records.all.find((run) => run.kind === 'execution' && searchesOf(run, records).length > 0) ??
    records.all.find(({ kind }) => kind === 'tuning job' || kind === 'AutoML job');
  if (found) return found;
  throw new UserError(`No search has run here yet: start one with "${hint('run')}".`);
}
