import { join } from 'node:path';
import type { RunningExecution } from '../executions/execution-runner';
import type { ExecutionRecord, ExecutionStore } from '../executions/executions';
import type { LocalMode } from '../library/local-mode';
import { renderCost } from '../report/cost-lines';
import { renderStubbedTasks } from '../report/execution-text';
import { explainFailure } from '../report/failure';
import { formatPath } from '../report/format';
import { showJobs, showNothing } from '../report/live-table';
import { renderMapItems } from '../report/map-items';
import { reportsOf } from '../report/report-files';
import { outputColumns } from '../report/screen';
import { renderSkippedItems } from '../report/skipped-items';
import { summarizeJobs } from '../report/summary';
import type { Jobs } from '../services';
import { renderFailedFleet } from './fleet-end';
import { hint } from './help';
import { onInterruption } from './interruption';

/** Output options of commands that show executions. */
export interface ShowOptions {
  readonly json?: true;
  readonly quiet?: true;
}

/** Starts executions, shows them until they have ended, and closes local mode. Sets the exit status. */
export async function showExecutions(
  localMode: LocalMode,
  options: ShowOptions,
  start: () => readonly RunningExecution[],
  /** Further work to wait for. */
  others: () => Promise<unknown> = () => Promise.resolve(),
): Promise<void> {
  const view = options.quiet
    ? showNothing()
    : showJobs(
        localMode.jobs,
        localMode.executionStore.mapProgress,
        options.json ? process.stderr : process.stdout,
      );
  const interruption = onInterruption(() =>
    view.print(
      `\nStopping running jobs. Finished work is kept: "${hint('resume')}" continues. Press Ctrl-C again to quit at once.`,
    ),
  );
  // `close` stops the executions and jobs that are still running.
  interruption.signal.addEventListener('abort', () => void localMode.close().catch(() => undefined));
  let executions: readonly RunningExecution[] = [];
  let records: ExecutionRecord[] = [];
  try {
    executions = start();
    records = await Promise.all(executions.map((execution) => execution.ended));
    await others();
  } finally {
    try {
      await localMode.close();
    } finally {
      view.close();
    }
  }
  if (records.some(({ status }) => status !== 'SUCCEEDED')) process.exitCode = 1;
  if (options.json) console.log(JSON.stringify(records.length === 1 ? records[0] : records, undefined, 2));
  else printEnd(localMode, options, executions, records);
  process.exitCode = interruption.exitStatus() ?? process.exitCode;
}

function printEnd(
  { jobs, root, executionStore }: LocalMode,
  { quiet }: ShowOptions,
  executions: readonly RunningExecution[],
  records: readonly ExecutionRecord[],
): void {
  if (!quiet)
    console.log([summarizeJobs(jobs, { root }), ...itemTables(executionStore, jobs, records)].join('\n'));
  executions.forEach(({ name, recordFile }, i) => {
    const record = records[i];
    console.log(`Execution ${name}: ${record?.status}`);
    if (record) for (const line of linesOf(record)) console.log(line);
    if (record && record.status !== 'SUCCEEDED') console.error(explainFailure(record));
    console.log(`Record: ${formatPath(recordFile)}`);
    for (const page of record ? reportsOf(record, root) : []) console.log(`Report: ${formatPath(page)}`);
    for (const line of record ? renderFailedFleet(executionStore, record, root) : []) console.log(line);
  });
  if (!quiet && jobs.training.ownCount + jobs.automl.ownCount > 0) {
    console.log(`Logs of the jobs: ${formatPath(join(root, 'logs'))}`);
  }
}

/** The lines that are shown for an execution in addition to its outcome. */
function linesOf(record: ExecutionRecord): string[] {
  return [...renderStubbedTasks(record), ...renderSkippedItems(record), ...renderCost(record)];
}

/** Tables of Map items, including those of executions that a rule or a client started. */
function itemTables(store: ExecutionStore, jobs: Jobs, records: readonly ExecutionRecord[]): string[] {
  const arns = new Set([...records.map(({ arn }) => arn), ...store.mapProgress.executionArns()]);
  const tables = [...arns].flatMap((arn) => {
    const record = store.get(arn);
    const lines = record ? renderMapItems(record, store.items(arn), jobs, outputColumns()) : [];
    return lines.length > 0 ? [{ name: record?.name, lines }] : [];
  });
  if (tables.length === 0) return [];
  return [
    ...tables.flatMap(({ name, lines }) => (tables.length > 1 ? [`Execution ${name}`, ...lines] : lines)),
    `To see the logs of an item: "${hint('logs <item>')}". To see a job: "${hint('show <job>')}".\n`,
  ];
}
