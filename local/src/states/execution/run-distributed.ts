import { randomUUID } from 'node:crypto';
import { StatesError } from '../errors';
import { isObject, type Json, type JsonObject, jsonSize } from '../json';
import type { MapState } from '../types';
import { computeInteger, computePercentage } from './computed-number';
import { fill } from './data-flow';
import type { Frame } from './frame';
import { History, recordEnd, Track } from './history';
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
): Promise<Json[]> {
  const { frame, scope } = visit;
  const { toleratedFailureCount: count, toleratedFailurePercentage: percentage, flow } = state;
  const most = Math.max(
    count ? await computeInteger(count, flow, scope) : 0,
    percentage ? ((await computePercentage(percentage, flow, scope)) / 100) * items.length : 0,
  );
  const children = await batches(state, items, visit);
  const execution = isObject(scope.context['Execution']) ? scope.context['Execution'] : {};
  const mapRunArn = `${String(execution['Id']).replace(':execution:', ':mapRun:')}/${state.label ?? state.name}:${randomUUID()}`;
  frame.track.record('MapRunStarted', { mapRunArn });
  const outputs: Json[] = [];
  let failed = 0;
  await recordEnd('MapRun', frame.track, () =>
    runAll(children, concurrency || DISTRIBUTED_CONCURRENCY, frame.signal, async (child, signal, index) => {
      try {
        outputs[index] = await runChild(state, child, execution, { ...frame, signal });
      } catch (error) {
        if (!(error instanceof StatesError)) throw error;
        failed += child.size;
        if (failed > most) throw new StatesError('States.ExceedToleratedFailureThreshold', EXCEEDED);
      }
    }),
  );
  return outputs.filter((output) => output !== undefined);
}

const EXCEEDED = 'The specified tolerated failure threshold was exceeded';

/** A child execution's input and the number of items in it. */
interface Child {
  readonly input: Json;
  readonly size: number;
  readonly context: JsonObject;
}

/** A child has its own history and sees no variables of the outer machine. */
function runChild(state: MapState, child: Child, execution: JsonObject, frame: Frame): Promise<Json> {
  const { services, signal } = frame;
  const name = randomUUID();
  const Execution = {
    ...execution,
    Id: `${execution['Id']}/${state.label ?? state.name}:${name}`,
    Name: name,
    Input: child.input,
  };
  const track = new Track(new History(services.clock), signal);
  track.record('ExecutionStarted');
  const start = { stateName: state.processor.startAt, input: child.input, variables: noVariables() };
  const context = { ...frame.context, ...child.context, Execution };
  return runGraph(state.processor, start, { services, signal, track: track.fork(signal), context });
}

/** One child an item, or what ItemBatcher asks for. */
async function batches(state: MapState, items: readonly MapItem[], { scope }: Visit): Promise<Child[]> {
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
