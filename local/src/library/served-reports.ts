import { readFile } from 'node:fs/promises';
import type { ExecutionStore } from '../executions/executions';
import { continuedTuningJobs } from '../report/earlier-tuning-jobs';
import { renderPlace } from '../report/job-place';
import type { JobRecord, Jobs } from '../services';
import type { ReportMaker } from './report-maker';
import type { ReportSource, ServedSearch } from './report-server';

/** Minimum time between two renderings of a page. */
const FRESH_MILLISECONDS = 3000;

interface Search extends ServedSearch {
  /** Epoch seconds. */
  readonly created: number;
}

type Executions = Pick<ExecutionStore, 'list' | 'items'>;

interface Made {
  readonly path: Promise<string | undefined>;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** The reports of all searches in a root folder, each created on request. */
export function servedReports(
  jobs: Jobs,
  executions: Executions,
  maker: Pick<ReportMaker, 'make'>,
): ReportSource {
  const made = new Map<string, Made>();
  const list = () => searchesIn(jobs, executions);
  return {
    list,
    page: async ({ name }) => {
      const known = made.get(name);
      const isFresh = known !== undefined && Date.now() - known.at < FRESH_MILLISECONDS;
      const kind = jobs.automl.get(name) ? 'AutoML job' : 'tuning job';
      const path = isFresh ? known.path : maker.make({ kind, name });
      if (!isFresh) made.set(name, { path, at: Date.now() });
      const file = await path;
      if (file === undefined) throw new Error(`This app does not write a report for ${name}.`);
      return readFile(file, 'utf8');
    },
  };
}

function searchesIn({ tuning, automl }: Jobs, executions: Executions): Search[] {
  // The page changes until the execution ends, because the final model is trained after the search.
  const isExecutionRunning = runningExecutions(executions);
  const records = tuning.list();
  const continued = continuedTuningJobs({ tuning }, records);
  const searchOf = (record: JobRecord, created: number, status: string, end?: number): Search => ({
    name: record.name,
    status,
    isRunning: end === undefined || isExecutionRunning(record),
    created,
    isContinued: continued.has(record.name),
    ...itemOf(record),
  });
  return [
    ...records.map((record) => {
      const { CreationTime, HyperParameterTuningJobStatus, HyperParameterTuningEndTime } = record.description;
      return searchOf(record, CreationTime, HyperParameterTuningJobStatus, HyperParameterTuningEndTime);
    }),
    ...automl.list().map((record) => {
      const { CreationTime, AutoMLJobStatus, EndTime } = record.description;
      return searchOf(record, CreationTime, AutoMLJobStatus, EndTime);
    }),
  ].sort((one, other) => other.created - one.created);
}

/**
 * Returns a function that tells whether the execution that created a job is still running. The child execution of an
 * item has no record in the store, so the items of the outermost execution tell whether it is running.
 */
function runningExecutions(executions: Executions): (job: JobRecord) => boolean {
  const statuses = new Map(executions.list().map(({ arn, status }) => [arn, status]));
  const runningItems = new Map<string, ReadonlySet<string>>();
  const runningItemsOf = (arn: string) => {
    const known = runningItems.get(arn);
    if (known !== undefined) return known;
    const running = executions.items(arn).filter(({ status }) => status === 'RUNNING');
    const paths = new Set(running.map(({ path }) => JSON.stringify(path)));
    runningItems.set(arn, paths);
    return paths;
  };
  return ({ createdBy }) => {
    if (createdBy === undefined) return false;
    const { executionArn, place } = createdBy;
    // An execution that an item started has its own record.
    const isOfItem =
      place !== undefined && (place.executionArn === executionArn || !statuses.has(executionArn));
    if (!isOfItem) return statuses.get(executionArn) === 'RUNNING';
    return (
      statuses.get(place.executionArn) === 'RUNNING' &&
      runningItemsOf(place.executionArn).has(JSON.stringify(place.path))
    );
  };
}

function itemOf({ createdBy }: JobRecord): Pick<ServedSearch, 'item'> {
  const place = createdBy?.place;
  if (place === undefined) return {};
  const execution = place.executionArn.slice(place.executionArn.lastIndexOf(':') + 1);
  return { item: { execution, name: renderPlace(place) } };
}
