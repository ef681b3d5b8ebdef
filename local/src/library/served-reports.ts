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

interface Made {
  readonly path: Promise<string | undefined>;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** The reports of all searches in a root folder, each created on request. */
export function servedReports(
  jobs: Jobs,
  executions: Pick<ExecutionStore, 'get'>,
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

function searchesIn({ tuning, automl }: Jobs, executions: Pick<ExecutionStore, 'get'>): Search[] {
  // The page changes until the execution ends, because the final model is trained after the search.
  const goesOn = ({ createdBy }: JobRecord) =>
    createdBy !== undefined && executions.get(createdBy.executionArn)?.status === 'RUNNING';
  const records = tuning.list();
  const continued = continuedTuningJobs({ tuning }, records);
  const searchOf = (record: JobRecord, created: number, status: string, end?: number): Search => ({
    name: record.name,
    status,
    isRunning: end === undefined || goesOn(record),
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

function itemOf({ createdBy }: JobRecord): Pick<ServedSearch, 'item'> {
  const place = createdBy?.place;
  if (place === undefined) return {};
  const execution = place.executionArn.slice(place.executionArn.lastIndexOf(':') + 1);
  return { item: { execution, name: renderPlace(place) } };
}
