import { queryError, runtimeError } from '../errors';
import { isArray, isObject, type Json, jsonText } from '../json';
import { unexpectedType } from '../jsonata/expression';
import type { Computed, MapState } from '../types';
import { computeInteger } from './computed-number';
import { compute, fill, type Scope, takeAtPath } from './data-flow';
import type { MapJob } from './position';
import type { Visit } from './visit';

/** An item before ItemSelector is applied. */
export interface FoundItem {
  readonly value: Json;
  /** Key of the item, if the item is a member of an object. */
  readonly key?: string;
  /** S3 URI of the object that contains the item. @default - the item is in the state's data */
  readonly source?: string;
}

/** An item in the form that the Map passes to its processor. */
export interface MapItem {
  /** The members of `Map` in the context object. */
  readonly context: { readonly Item: { readonly [member: string]: Json } };
  /** Input of the processor. */
  readonly input: Json;
}

/** The elements of an array, or the members of an object. */
export function itemsIn(found: Json): FoundItem[] {
  if (isArray(found)) return found.map((value) => ({ value }));
  return Object.entries(found as object).map(([key, value]) => ({ key, value: value as Json }));
}

/** Finds the items in the state's data. */
export async function findItems(state: MapState, { scope }: Visit): Promise<FoundItem[]> {
  const items = state.items ? await itemsField(state.items, state, scope) : scope.input;
  if (isArray(items)) return itemsIn(items);
  const field = state.items;
  if (state.flow.language === 'JSONPath') {
    throw runtimeError(`Reference path "${field?.kind === 'path' ? field.path : '$'}" must point to array.`);
  }
  if (!field) throw queryError(`Map state input must be an array but was: ${jsonText(items)}`);
  if (state.mode === 'DISTRIBUTED' && isObject(items)) return itemsIn(items);
  const source = field.kind === 'expression' ? field.expression : jsonText(items);
  throw unexpectedType(source, field.field, 'array', items);
}

function itemsField(field: Computed, { flow }: MapState, scope: Scope): Json | Promise<Json> {
  return field.kind === 'path' ? takeAtPath(field.path, scope) : compute(field, flow, scope);
}

/** Applies ItemSelector to the items. */
export async function mapItems(
  found: readonly FoundItem[],
  state: MapState,
  { scope }: Visit,
): Promise<MapItem[]> {
  const items: MapItem[] = [];
  for (const [index, { value, key, source }] of found.entries()) {
    const Item = {
      Index: index,
      ...(key !== undefined && { Key: key }),
      Value: value,
      // The developer guide documents `Source` for Map Runs (Accessing execution data from the Context object).
      ...(state.mode === 'DISTRIBUTED' && { Source: source ?? 'STATE_DATA' }),
    };
    const context = { Item };
    const inside: Scope = { ...scope, context: { ...scope.context, Map: context } };
    const input =
      state.itemSelector === undefined
        ? value
        : await fill(state.itemSelector, 'ItemSelector', state.flow, inside);
    items.push({ context, input });
  }
  return items;
}

/** Converts a single item to a {@link MapJob}. */
export function asJob({ input, context }: MapItem): MapJob {
  return { input, context: { Map: context }, size: 1 };
}

/** Maximum number of concurrent iterations or child executions; 0 if the state sets no limit. */
export async function maxConcurrency(state: MapState, { scope }: Visit): Promise<number> {
  return state.maxConcurrency ? computeInteger(state.maxConcurrency, state.flow, scope) : 0;
}
