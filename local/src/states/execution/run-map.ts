import { queryError, runtimeError } from '../errors';
import { isArray, isObject, type Json } from '../json';
import { unexpectedType } from '../jsonata/expression';
import type { MapState } from '../types';
import { computeInteger } from './computed-number';
import { complete, compute, fill, type Scope } from './data-flow';
import { recordEnd } from './history';
import { readItems } from './item-reader';
import { runAll } from './run-all';
import { runDistributed } from './run-distributed';
import { runGraph, type Step, type Visit } from './run-graph';
import { Stop } from './stop';
import { innerScope } from './variables';

/** An item as a Map hands it to its processor. */
export interface MapItem {
  /** What the context object has under `Map`. */
  readonly context: { readonly Item: { readonly [member: string]: Json } };
  /** The processor's input. */
  readonly input: Json;
}

/** As many iterations of an inline Map run at once on AWS. */
const INLINE_CONCURRENCY = 40;

/** Runs a graph for each item; the result has the outputs in the order of the items. */
export async function runMap(state: MapState, visit: Visit): Promise<Step> {
  const { frame, scope } = visit;
  const items = await mapItems(state, visit);
  const concurrency = state.maxConcurrency
    ? await computeInteger(state.maxConcurrency, state.flow, scope)
    : 0;
  frame.track.record('MapStateStarted', { length: items.length });
  const value = await recordEnd(
    'MapState',
    frame.track,
    async (): Promise<Json> =>
      state.mode === 'INLINE'
        ? runInline(state, items, concurrency || INLINE_CONCURRENCY, visit)
        : runDistributed(state, items, concurrency, visit),
  );
  return { ...(await complete(state.flow, scope, { as: 'result', value })), next: state.next };
}

function runInline(
  state: MapState,
  items: readonly MapItem[],
  concurrency: number,
  visit: Visit,
): Promise<Json[]> {
  const { frame, scope } = visit;
  const started = frame.track.fork(frame.signal);
  return runAll(items, concurrency, frame.signal, async (item, signal, index) => {
    const track = started.fork(signal);
    const event = { name: state.name, index };
    track.record('MapIterationStarted', event);
    try {
      const start = {
        stateName: state.processor.startAt,
        input: item.input,
        variables: innerScope(scope.variables),
      };
      const context = { ...frame.context, Map: item.context };
      const output = await runGraph(state.processor, start, { ...frame, signal, track, context });
      track.record('MapIterationSucceeded', event);
      return output;
    } catch (error) {
      if (error instanceof Stop) track.recordAbort('MapIterationAborted', event);
      else track.record('MapIterationFailed', event);
      throw error;
    }
  });
}

/** Items with ItemSelector applied. */
async function mapItems(state: MapState, visit: Visit): Promise<MapItem[]> {
  const { scope } = visit;
  const found = await findItems(state, visit);
  const entries = isArray(found)
    ? found.map((value, index) => ({ Index: index, Value: value }))
    : Object.entries(found as object).map(([key, value], index) => ({
        Index: index,
        Key: key,
        Value: value as Json,
      }));
  const items: MapItem[] = [];
  for (const entry of entries) {
    const context = { Item: entry };
    const inside: Scope = { ...scope, context: { ...scope.context, Map: context } };
    const input =
      state.itemSelector === undefined
        ? entry.Value
        : await fill(state.itemSelector, 'ItemSelector', state.flow, inside);
    items.push({ context, input });
  }
  return items;
}

async function findItems(state: MapState, visit: Visit): Promise<Json> {
  const { scope } = visit;
  if (state.itemReader) return readItems(state.itemReader, state, visit);
  const items = state.items ? await compute(state.items, state.flow, scope) : scope.input;
  if (isArray(items)) return items;
  const field = state.items;
  if (state.flow.language === 'JSONPath') {
    throw runtimeError(`Reference path "${field?.kind === 'path' ? field.path : '$'}" must point to array.`);
  }
  if (!field) throw queryError(`Map state input must be an array but was: ${JSON.stringify(items)}`);
  if (state.mode === 'DISTRIBUTED' && isObject(items)) return items;
  const source = field.kind === 'expression' ? field.expression : JSON.stringify(items);
  throw unexpectedType(source, field.field, 'array', items);
}
