import { queryError, runtimeError } from '../errors';
import { isArray, isObject, type Json } from '../json';
import { unexpectedType } from '../jsonata/expression';
import type { MapState } from '../types';
import { computeInteger } from './computed-number';
import { complete, compute, fill, type Scope } from './data-flow';
import { readItems } from './item-reader';
import type { MapJob } from './position';
import { runChildren } from './run-children';
import { runDistributed } from './run-distributed';
import { runGraph, type Step, startIn, type Visit } from './run-graph';

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
  const { frame, scope, before } = visit;
  const items = before?.jobs ? undefined : await mapItems(state, visit);
  const concurrency = state.maxConcurrency
    ? await computeInteger(state.maxConcurrency, state.flow, scope)
    : 0;
  const startedEventId =
    before?.startedEventId ?? frame.track.record('MapStateStarted', { length: items?.length });
  const start = { startedEventId, concurrency };
  const value =
    state.mode === 'INLINE'
      ? await runInline(state, before?.jobs ?? (items ?? []).map(asJob), start, visit)
      : await runDistributed(state, items, start, visit);
  return { ...(await complete(state.flow, scope, { as: 'result', value })), next: state.next };
}

/** How a Map has started. */
export interface MapStart {
  readonly startedEventId: number;
  /** How many iterations or child executions may run at once; 0 when the state says nothing. */
  readonly concurrency: number;
}

/** What runs for a single item. */
export function asJob({ input, context }: MapItem): MapJob {
  return { input, context: { Map: context }, size: 1 };
}

function runInline(
  state: MapState,
  jobs: readonly MapJob[],
  { startedEventId, concurrency }: MapStart,
  visit: Visit,
): Promise<Json[]> {
  const { frame, scope, before } = visit;
  if (!before?.jobs) frame.progress.state({ startedEventId, jobs, children: [] });
  return runChildren(
    jobs,
    {
      type: 'Map',
      limit: concurrency || INLINE_CONCURRENCY,
      startedEventId,
      iteration: (index) => ({ name: state.name, index }),
      run: (job, inner, child) => {
        const start = startIn(state.processor, job.input, scope.variables, child?.position);
        return runGraph(state.processor, start, { ...inner, context: { ...frame.context, ...job.context } });
      },
    },
    visit,
  );
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
