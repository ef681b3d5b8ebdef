import { randomUUID } from 'node:crypto';
import { StatesError } from '../errors';
import { isObject, type Json, type JsonObject, jsonSize } from '../json';
import type { MapState } from '../types';
import { computeInteger, computePercentage } from './computed-number';
import { fill } from './data-flow';
import type { Frame } from './frame';
import { History, recordEnd, Track } from './history';
import { type ChildRun, collectResults, resultTarget } from './map-results';
import { runAll } from './run-all';
import { runGraph, type Visit } from './run-graph';
import type { MapItem } from './run-map';
import { noVariables } from './variables';

/** As many child executions of a distributed Map run at once on AWS. */
const DISTRIBUTED_CONCURRENCY = 10_000;

/** Runs each item, or batch of items, as an execution of its own, and tolerates as many failures as it may. */
export async function runDistributed(
  state: MapState,
  items: readonly MapItem[],
  concurrency: number,
  visit: Visit,
): Promise<Json> {
  const { frame } = visit;
  const breached = await failureThreshold(state, items.length, visit);
  const target = await resultTarget(state, visit);
  const arns = mapRunArns(state, visit);
  const children = (await batches(state, items, visit)).map((batch) => newChild(batch, arns));
  frame.track.record('MapRunStarted', { mapRunArn: arns.mapRun });
  let failed = 0;
  return recordEnd('MapRun', frame.track, async () => {
    const breach = await runAll(
      children,
      concurrency || DISTRIBUTED_CONCURRENCY,
      frame.signal,
      async (child, signal) => {
        await runChild(state, child, visit, { ...frame, signal });
        if (child.failure) failed += child.size;
        if (breached(failed)) throw new StatesError('States.ExceedToleratedFailureThreshold', EXCEEDED);
      },
    ).then(
      () => undefined,
      (error: unknown) => {
        if (!(error instanceof StatesError)) throw error;
        return error;
      },
    );
    const result = await collectResults(state.resultWriter, target, arns.mapRun, children, frame);
    if (breach) throw breach;
    return result;
  });
}

const EXCEEDED = 'The specified tolerated failure threshold was exceeded';

/** Whether so many failed items are too many: either of the thresholds will do, and without any, one item. */
async function failureThreshold(
  state: MapState,
  total: number,
  { scope }: Visit,
): Promise<(failed: number) => boolean> {
  const { toleratedFailureCount, toleratedFailurePercentage, flow } = state;
  const count = toleratedFailureCount && (await computeInteger(toleratedFailureCount, flow, scope));
  const percentage =
    toleratedFailurePercentage && (await computePercentage(toleratedFailurePercentage, flow, scope));
  const none = count === undefined && percentage === undefined;
  return (failed) =>
    (none && failed > 0) ||
    (count !== undefined && failed > count) ||
    (percentage !== undefined && failed * 100 > percentage * total);
}

/** What the ARNs of a Map Run and its children are made of: `…:execution:<machine>:<run>` is the parent's. */
function mapRunArns(state: MapState, { scope }: Visit): MapRunArns {
  const { Execution: execution, StateMachine: machine } = scope.context;
  const parent = isObject(execution) ? String(execution['Id']) : '';
  const label = state.label ?? state.name;
  const child = `${parent.slice(0, parent.lastIndexOf(':'))}/${label}`;
  return {
    mapRun: `${child.replace(':execution:', ':mapRun:')}:${randomUUID()}`,
    execution: child,
    stateMachine: `${isObject(machine) ? String(machine['Id']) : ''}/${label}`,
  };
}

interface MapRunArns {
  readonly mapRun: string;
  /** Without the name of the execution. */
  readonly execution: string;
  readonly stateMachine: string;
}

/** A child execution and the number of items in it. */
interface Child extends ChildRun {
  readonly size: number;
  readonly context: JsonObject;
}

/** A child execution's input and what its context has beside that. */
type Batch = Pick<Child, 'input' | 'size' | 'context'>;

function newChild(batch: Batch, arns: MapRunArns): Child {
  const name = randomUUID();
  return { ...batch, name, arn: `${arns.execution}:${name}`, stateMachineArn: arns.stateMachine };
}

/** A child has its own history and sees no variables of the outer machine. */
async function runChild(state: MapState, child: Child, { scope }: Visit, frame: Frame): Promise<void> {
  const { services, signal } = frame;
  const outer = isObject(scope.context['Execution']) ? scope.context['Execution'] : {};
  child.startDate = services.clock.now();
  const Execution = {
    ...outer,
    Id: child.arn,
    Name: child.name,
    Input: child.input,
    StartTime: child.startDate.toISOString(),
  };
  const track = new Track(new History(services.clock), signal);
  track.record('ExecutionStarted');
  const start = { stateName: state.processor.startAt, input: child.input, variables: noVariables() };
  const context = { ...frame.context, ...child.context, Execution };
  try {
    child.output = await runGraph(state.processor, start, {
      services,
      signal,
      track: track.fork(signal),
      context,
    });
  } catch (error) {
    if (!(error instanceof StatesError)) throw error;
    child.failure = error;
  } finally {
    child.stopDate = services.clock.now();
  }
}

/** One child an item, or what ItemBatcher asks for. */
async function batches(state: MapState, items: readonly MapItem[], { scope }: Visit): Promise<Batch[]> {
  const { itemBatcher: batcher, flow } = state;
  if (!batcher) return items.map(({ input, context }) => ({ input, size: 1, context: { Map: context } }));
  const most = batcher.maxItemsPerBatch && (await computeInteger(batcher.maxItemsPerBatch, flow, scope));
  const bytes =
    batcher.maxInputBytesPerBatch && (await computeInteger(batcher.maxInputBytesPerBatch, flow, scope));
  const shared: JsonObject =
    batcher.batchInput === undefined
      ? {}
      : { BatchInput: await fill(batcher.batchInput, 'ItemBatcher/BatchInput', flow, scope) };
  const groups: Json[][] = [];
  for (const { input } of items) {
    const last = groups.at(-1);
    const longer = last && [...last, input];
    const fits =
      longer &&
      (!most || longer.length <= most) &&
      (!bytes || jsonSize({ ...shared, Items: longer }) <= bytes);
    if (fits) last.push(input);
    else groups.push([input]);
  }
  return groups.map((group) => ({ input: { ...shared, Items: group }, size: group.length, context: {} }));
}
