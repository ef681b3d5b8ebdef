import { randomUUID } from 'node:crypto';
import { EvaluationError, StatesError } from '../errors';
import { isObject, type Json, type JsonObject, jsonText } from '../json';
import type { MapState } from '../types';
import { batchItems } from './batch-items';
import { computeInteger, computePercentage } from './computed-number';
import { fill } from './data-flow';
import type { Frame } from './frame';
import { History, Track } from './history';
import { readItems } from './item-reader';
import { asJob, findItems, type MapItem, mapItems, maxConcurrency } from './map-items';
import {
  arnOfChild,
  type ChildRun,
  type ChildRuns,
  childrenIn,
  collectResults,
  jobOf,
  type ResultTarget,
  resultTarget,
} from './map-results';
import {
  type ChildProgress,
  highestEventId,
  jobsOf,
  type MapJob,
  type MapRunProgress,
  outputOf,
} from './position';
import { runAll } from './run-all';
import { runGraph, startIn } from './run-graph';
import { runItem } from './run-item';
import { noVariables } from './variables';
import type { Visit } from './visit';

/** Maximum number of parallel child executions of a distributed Map on AWS. */
const DISTRIBUTED_CONCURRENCY = 10_000;

const EXCEEDED = 'The specified tolerated failure threshold was exceeded';

/** Runs each item, or batch of items, as a child execution, and tolerates failures up to the threshold. */
export async function runDistributed(state: MapState, visit: Visit): Promise<Json> {
  const { track } = visit.frame;
  // With an ItemReader, items are read after the Map Run has started.
  const items = visit.before?.mapRun || state.itemReader ? undefined : await itemsOf(state, visit);
  const limit = (await maxConcurrency(state, visit)) || DISTRIBUTED_CONCURRENCY;
  const threshold = await failureThreshold(state, visit);
  const mapRun = startMapRun(state, items?.length ?? 0, visit);
  try {
    const target = await resultTarget(state, visit);
    const children = await findChildren(state, items, visit);
    const result = await runMapRun(state, { mapRun, children, limit, threshold, target }, visit);
    track.recordAside('MapStateSucceeded', {}, track.recordAside('MapRunSucceeded'));
    return result;
  } catch (error) {
    const failure = asFailure(error, state);
    if (failure) {
      track.record('MapRunFailed', { error: failure.error, cause: failure.cause });
      if (!failure.catchable) track.record('MapStateFailed');
    }
    throw error;
  }
}

/**
 * The failure that is recorded for the Map Run. Undefined if a JSONata expression failed, because such a failure is
 * recorded only for the state.
 */
function asFailure(error: unknown, { flow }: MapState): StatesError | undefined {
  if (error instanceof StatesError) return error;
  if (!(error instanceof EvaluationError) || flow.language === 'JSONata') return undefined;
  return new StatesError(error.error, error.message);
}

interface MapRun {
  readonly mapRun: MapRunProgress;
  readonly children: ChildRuns;
  /** Maximum number of parallel child executions. */
  readonly limit: number;
  readonly threshold: (failed: number, total: number) => boolean;
  readonly target: ResultTarget | undefined;
}

async function runMapRun(
  state: MapState,
  { mapRun, children, limit, threshold, target }: MapRun,
  visit: Visit,
): Promise<Json> {
  const { frame } = visit;
  const { list } = children;
  let total = 0;
  let failed = 0;
  for (const { size, failure } of childrenIn(children)) {
    total += size;
    if (failure) failed += size;
  }
  const run = async (read: () => string, signal: AbortSignal, index: number) => {
    const child = JSON.parse(read()) as ChildRun;
    if (child.output === undefined && !child.failure) {
      const ended = await runChild(state, { children, child, index }, visit, signal);
      if (ended.failure) failed += ended.size;
    }
    if (threshold(failed, total)) throw new StatesError('States.ExceedToleratedFailureThreshold', EXCEEDED);
  };
  const breach = await runAll(list, limit, frame.signal, run).then(
    () => undefined,
    (error: unknown) => {
      if (!(error instanceof StatesError)) throw error;
      return error;
    },
  );
  if (!breach) frame.progress.state({ childrenEnded: true });
  const result = await collectResults(state.resultWriter, target, mapRun.arn, children, frame);
  if (breach) throw breach;
  return result;
}

async function itemsOf(state: MapState, visit: Visit): Promise<MapItem[]> {
  const { itemReader } = state;
  const found = itemReader ? await readItems(itemReader, state, visit) : await findItems(state, visit);
  return mapItems(found, state, visit);
}

/** The child executions. A child that completed in an earlier run has the result of that run. */
async function findChildren(
  state: MapState,
  items: readonly MapItem[] | undefined,
  visit: Visit,
): Promise<ChildRuns> {
  const { before, frame } = visit;
  const known = before && jobsOf(before);
  const jobs = known ?? (await batches(state, items ?? (await itemsOf(state, visit)), visit));
  if (!known) frame.progress.state({ jobs });
  return {
    list: jobs.map((job, index) => keep(childOf(job, before?.children?.[index] ?? undefined), frame)),
    stateMachineArn: arnOf(state, visit, 'stateMachine'),
    arnPrefix: arnOf(state, visit, 'execution'),
  };
}

/** Starts a Map Run, or continues an earlier one. */
function startMapRun(state: MapState, length: number, visit: Visit): MapRunProgress {
  const { frame, before } = visit;
  const { track, progress, services } = frame;
  const startedEventId = before?.startedEventId ?? track.record('MapStateStarted', { length });
  track.continueBehind(startedEventId);
  const mapRun = before?.mapRun ?? {
    arn: `${arnOf(state, visit, 'mapRun')}:${randomUUID()}`,
    redriveCount: 0,
  };
  const details = { mapRunArn: mapRun.arn };
  if (!before?.mapRun) {
    track.record('MapRunStarted', details);
    progress.state({ startedEventId, mapRun, children: [] });
  } else if (services.isRedrive) {
    track.record('MapRunRedriven', { ...details, redriveCount: mapRun.redriveCount });
  }
  return mapRun;
}

/**
 * Returns a function that decides whether the failed items exceed a threshold. A state can set a count and a
 * percentage; exceeding one of them is enough. Without a threshold, no failure is tolerated.
 */
async function failureThreshold(state: MapState, { scope }: Visit): Promise<MapRun['threshold']> {
  const { toleratedFailureCount, toleratedFailurePercentage, flow } = state;
  const count = toleratedFailureCount && (await computeInteger(toleratedFailureCount, flow, scope));
  const percentage =
    toleratedFailurePercentage && (await computePercentage(toleratedFailurePercentage, flow, scope));
  const none = count === undefined && percentage === undefined;
  return (failed, total) =>
    (none && failed > 0) ||
    (count !== undefined && failed > count) ||
    (percentage !== undefined && failed * 100 > percentage * total);
}

/**
 * ARN derived from the state machine's ARN and the Map's label, such as `…:stateMachine:<machine>/<label>`.
 */
function arnOf(state: MapState, { scope }: Visit, type: 'execution' | 'mapRun' | 'stateMachine'): string {
  const { Execution: execution, StateMachine: machine } = scope.context;
  const label = state.label ?? state.name;
  if (type === 'stateMachine') return `${isObject(machine) ? String(machine['Id']) : ''}/${label}`;
  const parent = isObject(execution) ? String(execution['Id']) : '';
  return `${parent.slice(0, parent.lastIndexOf(':'))}/${label}`.replace(':execution:', `:${type}:`);
}

function keep(child: ChildRun, { services }: Frame): () => string {
  return services.keepString(JSON.stringify(child));
}

function childOf(job: MapJob, before: ChildProgress | undefined): ChildRun {
  const { name = randomUUID(), startDate, stopDate, failure } = before ?? {};
  const output = before && outputOf(before);
  return {
    name,
    size: job.size,
    job: jsonText(job),
    ...(startDate !== undefined && { startDate }),
    ...(stopDate !== undefined && { stopDate }),
    ...(output !== undefined && { output: jsonText(output) }),
    ...(failure && { failure }),
  };
}

/**
 * Runs a child, which has its own history and does not see variables of the parent.
 *
 * @returns the child with its result
 */
async function runChild(
  state: MapState,
  { children, child, index }: { children: ChildRuns; child: ChildRun; index: number },
  { scope, frame, before: mapBefore }: Visit,
  signal: AbortSignal,
): Promise<ChildRun> {
  const { services, progress } = frame;
  const { name, startDate = services.clock.now().toISOString() } = child;
  const { redriveCount = 0, position } = mapBefore?.children?.[index] ?? {};
  // A redrive restarts Express executions from the beginning.
  const before = state.childType === 'EXPRESS' && services.isRedrive ? undefined : position;
  const job = jobOf(child);
  const outer = isObject(scope.context['Execution']) ? scope.context['Execution'] : {};
  progress.childIs(index, { name, startDate, redriveCount });
  const Execution = {
    ...outer,
    Id: arnOfChild(children, child),
    Name: name,
    Input: job.input,
    StartTime: startDate,
    RedriveCount: redriveCount,
  };
  const history = new History(services.clock, undefined, before ? highestEventId(before) : 0);
  if (!before) history.record('ExecutionStarted', {}, 0);
  const start = startIn(state.processor, job.input, noVariables(), before);
  const context = { ...frame.context, ...job.context, Execution };
  let result: Pick<ChildProgress, 'output' | 'failure'> = {};
  let ended = child;
  let stopDate = startDate;
  try {
    const iteration = { map: state.name, index, total: children.list.length, job };
    const output = await runItem(iteration, { ...frame, signal }, ({ place }) =>
      runGraph(state.processor, start, {
        services,
        signal,
        track: new Track(history, signal),
        progress: progress.child(index),
        place,
        context,
      }),
    );
    result = { output };
  } catch (error) {
    if (!(error instanceof StatesError)) throw error;
    result = { failure: { error: error.error, cause: error.cause } };
  } finally {
    stopDate = services.clock.now().toISOString();
    ended = {
      ...child,
      startDate,
      stopDate,
      ...(result.output !== undefined && { output: jsonText(result.output) }),
      ...(result.failure && { failure: result.failure }),
    };
    children.list[index] = keep(ended, frame);
  }
  progress.childIs(index, { stopDate, ...result });
  return ended;
}

/** One child execution per item or, if the Map has an ItemBatcher, per batch of items. */
async function batches(state: MapState, items: readonly MapItem[], { scope }: Visit): Promise<MapJob[]> {
  const { itemBatcher: batcher, flow } = state;
  if (!batcher) return items.map(asJob);
  const most = batcher.maxItemsPerBatch && (await computeInteger(batcher.maxItemsPerBatch, flow, scope));
  const bytes =
    batcher.maxInputBytesPerBatch && (await computeInteger(batcher.maxInputBytesPerBatch, flow, scope));
  const shared: JsonObject =
    batcher.batchInput === undefined
      ? {}
      : { BatchInput: await fill(batcher.batchInput, 'ItemBatcher/BatchInput', flow, scope) };
  const groups = batchItems(
    items.map(({ input }) => input),
    shared,
    { items: most, bytes },
  );
  return groups.map((group) => ({ input: { ...shared, Items: group }, size: group.length, context: {} }));
}
