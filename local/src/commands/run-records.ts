import { type ExecutionRecord, ExecutionStore } from '../executions/executions';
import { fleetFolder } from '../report/fleet-files';
import { placeOf } from '../report/job-place';
import {
  type AutoMLJobRecord,
  type JobRecord,
  type Jobs,
  readJobs,
  type TrainingJobRecord,
  type TransformJobRecord,
  type TuningJobRecord,
} from '../services';
import type { MapItemName, MapPlace } from '../states';
import { UserError } from '../user-error';
import { hint } from './help';

/** An execution or a job in a root folder of local mode, running or ended. */
export type RunRecord =
  | { readonly kind: 'execution'; readonly record: ExecutionRecord }
  | { readonly kind: 'tuning job'; readonly record: TuningJobRecord }
  | { readonly kind: 'training job'; readonly record: TrainingJobRecord }
  | { readonly kind: 'AutoML job'; readonly record: AutoMLJobRecord }
  | { readonly kind: 'transform job'; readonly record: TransformJobRecord };

/** All records in a root folder of local mode. */
export interface RunRecords {
  readonly jobs: Jobs;
  readonly executions: ExecutionStore;
  /** Most recent first. */
  readonly all: readonly RunRecord[];
}

/** Fields common to executions and jobs. */
export interface RunSummary {
  readonly kind: RunRecord['kind'];
  readonly name: string;
  readonly status: string;
  /** ISO 8601. */
  readonly started: string;
  readonly ended?: string;
}

/** Reads all records in a root folder of local mode. */
export function readRunRecords(root: string): RunRecords {
  const jobs = readJobs(root, console.error);
  const executions = new ExecutionStore(root, console.error);
  const all: RunRecord[] = [
    ...executions.list().map((record) => ({ kind: 'execution', record }) as const),
    ...jobs.tuning.list().map((record) => ({ kind: 'tuning job', record }) as const),
    ...jobs.training.list().map((record) => ({ kind: 'training job', record }) as const),
    ...jobs.automl.list().map((record) => ({ kind: 'AutoML job', record }) as const),
    ...jobs.transform.list().map((record) => ({ kind: 'transform job', record }) as const),
  ];
  const startOf = (run: RunRecord) => Date.parse(summarize(run).started);
  return { jobs, executions, all: all.sort((one, other) => startOf(other) - startOf(one)) };
}

/** Everything in a root folder of local mode that can be resumed. */
export interface Interrupted {
  readonly executions: readonly ExecutionRecord[];
  /** Jobs that were not created by an execution. */
  readonly jobs: readonly JobRecord[];
  /** The deployments that these executions and jobs ran in. */
  readonly deploymentIds: readonly string[];
}

/**
 * Finds interrupted executions and jobs.
 *
 * @param names names of executions. If `names` is empty, the result has all interrupted executions, and the
 *   interrupted jobs that were not created by an execution
 */
export function interruptedIn(records: RunRecords, names: readonly string[]): Interrupted {
  const wanted = ({ name }: ExecutionRecord) => names.length === 0 || names.includes(name);
  const executions = records.executions.listInterrupted().filter(wanted);
  const jobs = names.length > 0 ? [] : jobsAlone(records).filter(({ isInterrupted }) => isInterrupted);
  const ids = [...executions, ...jobs].flatMap(({ deploymentId }) => deploymentId ?? []);
  return { executions, jobs, deploymentIds: [...new Set(ids)] };
}

/**
 * The executions and jobs that other processes are running. Omits jobs that an execution or a tuning job created.
 */
export function runningIn(
  records: RunRecords,
): readonly { readonly name: string; readonly processId: number }[] {
  const executions = records.executions.list().filter(({ status }) => status === 'RUNNING');
  const jobs = records.all.flatMap((each) =>
    each.kind !== 'execution' && isAlone(each.record) && RUNNING.has(summarize(each).status)
      ? [each.record]
      : [],
  );
  return [...executions, ...jobs];
}

const RUNNING: ReadonlySet<string> = new Set(['InProgress', 'Stopping']);

function jobsAlone({ all }: RunRecords): JobRecord[] {
  return all.flatMap(({ kind, record }) => (kind !== 'execution' && isAlone(record) ? [record] : []));
}

/** Whether a job was created by neither an execution nor a tuning job. */
function isAlone(job: JobRecord | TrainingJobRecord): boolean {
  const isOfTuningJob = 'description' in job && job.description.TuningJobArn !== undefined;
  return job.createdBy === undefined && !isOfTuningJob;
}

/**
 * Finds a run by its name, its ARN, the ID of its Map item or the beginning of its name. For an item, returns its
 * search, or its last job if it has no search.
 *
 * @throws UserError when there is no match, or more than one
 */
export function findRunRecord(records: Pick<RunRecords, 'all' | 'jobs'>, name: string): RunRecord {
  const { all } = records;
  const found = findNamed(records, name) ?? findSearchOfItem(records, name);
  if (found) return found;
  const [first, ...others] = withPrefix(all, name);
  if (first === undefined) {
    throw new UserError(
      `No execution or job "${name}": "${hint('list --all')}" lists them all. The runs of other ` +
        'apps are in other folders (--project, --root).',
    );
  }
  if (others.length === 0) return first;
  const names = [first, ...others].map(({ kind, record }) => `\n  ${kind} ${record.name}`);
  const more = names.length > MOST_NAMES ? `\n  and ${names.length - MOST_NAMES} more` : '';
  throw new UserError(
    `Several names begin with "${name}": type more of the one you want.${names.slice(0, MOST_NAMES).join('')}${more}`,
  );
}

/** The folder of a fleet's execution (`fleetFolder`). @returns undefined for other runs */
export function fleetFolderOf(
  run: RunRecord,
  { executions }: Pick<RunRecords, 'executions'>,
  root: string,
): string | undefined {
  return run.kind === 'execution' ? fleetFolder(executions, run.record, root) : undefined;
}

/** Finds a run by its name or its ARN. */
export function findNamed({ all }: Pick<RunRecords, 'all'>, name: string): RunRecord | undefined {
  return (
    all.find((run) => arnOf(run) === name || (run.kind === 'execution' && run.record.name === name)) ??
    findJob({ all }, name)
  );
}

function findSearchOfItem(records: Pick<RunRecords, 'all' | 'jobs'>, name: string): RunRecord | undefined {
  const runs = runsOfItem(records, isItem(name));
  return runs.find(({ kind }) => kind === 'tuning job' || kind === 'AutoML job') ?? runs[0];
}

/** Whether a Map item has this name: its ID, its label, or the label with the index, as in lists and tables. */
export function isItem(name: string): (item: MapItemName) => boolean {
  return ({ index, label, id }) => [id, label, `${index}: ${label}`].includes(name);
}

/**
 * The jobs of a Map item in one execution, most recent first. Empty if there is no such item.
 *
 * @param executionArn @default - the execution that created the item's last job
 */
export function runsOfItem(
  { all, jobs }: Pick<RunRecords, 'all' | 'jobs'>,
  isWanted: (item: MapItemName) => boolean,
  executionArn?: string,
): Exclude<RunRecord, { kind: 'execution' }>[] {
  let arn = executionArn;
  return all.flatMap((run) => {
    if (run.kind === 'execution') return [];
    const place = placeOf(jobs, run.record);
    if (!place?.path.some(isWanted)) return [];
    arn ??= place.executionArn;
    return place.executionArn === arn ? [run] : [];
  });
}

/** Maximum number of names in a message. */
const MOST_NAMES = 10;

/**
 * Finds runs by the beginning of their names. The name of a tuning job is also the beginning of its training jobs'
 * names. If a tuning job matches, its training jobs are omitted.
 */
function withPrefix(all: readonly RunRecord[], prefix: string): RunRecord[] {
  if (prefix === '') return [];
  const matching = all.filter(({ record }) => sameName(record.name.slice(0, prefix.length), prefix));
  return matching.filter(
    ({ record }) =>
      !matching.some(
        (other) => other.record.name !== record.name && record.name.startsWith(`${other.record.name}-`),
      ),
  );
}

/** Finds a job by its name. */
export function findJob({ all }: Pick<RunRecords, 'all'>, name: string): RunRecord | undefined {
  // Names of SageMaker jobs are not case-sensitive.
  return all.find(({ kind, record }) => kind !== 'execution' && sameName(record.name, name));
}

/** The Map item that a run belongs to. */
export function placeOfRun(
  { kind, record }: RunRecord,
  { jobs }: Pick<RunRecords, 'jobs'>,
): MapPlace | undefined {
  return kind === 'execution' ? record.place : placeOf(jobs, record);
}

/** The fields that a list shows. */
export function summarize(run: RunRecord): RunSummary {
  const { kind, record } = run;
  const summary = (status: string, started: string, ended: string | undefined): RunSummary => ({
    kind,
    name: record.name,
    status,
    started,
    ...(ended !== undefined && { ended }),
  });
  switch (run.kind) {
    case 'execution':
      return summary(run.record.status, run.record.startDate, run.record.stopDate);
    case 'tuning job': {
      const { HyperParameterTuningJobStatus, CreationTime, HyperParameterTuningEndTime } =
        run.record.description;
      return summary(HyperParameterTuningJobStatus, iso(CreationTime), isoOr(HyperParameterTuningEndTime));
    }
    case 'training job': {
      const { TrainingJobStatus, CreationTime, TrainingEndTime } = run.record.description;
      return summary(TrainingJobStatus, iso(CreationTime), isoOr(TrainingEndTime));
    }
    case 'AutoML job': {
      const { AutoMLJobStatus, CreationTime, EndTime } = run.record.description;
      return summary(AutoMLJobStatus, iso(CreationTime), isoOr(EndTime));
    }
    case 'transform job': {
      const { TransformJobStatus, CreationTime, TransformEndTime } = run.record.description;
      return summary(TransformJobStatus, iso(CreationTime), isoOr(TransformEndTime));
    }
  }
}

function arnOf(run: RunRecord): string {
  switch (run.kind) {
    case 'execution':
      return run.record.arn;
    case 'tuning job':
      return run.record.description.HyperParameterTuningJobArn;
    case 'training job':
      return run.record.description.TrainingJobArn;
    case 'AutoML job':
      return run.record.description.AutoMLJobArn;
    case 'transform job':
      return run.record.description.TransformJobArn;
  }
}

function sameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

function iso(epochSeconds: number): string {
  return new Date(epochSeconds * 1000).toISOString();
}

function isoOr(epochSeconds: number | undefined): string | undefined {
  return epochSeconds === undefined ? undefined : iso(epochSeconds);
}
