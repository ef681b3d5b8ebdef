import { queryError, runtimeError } from '../errors';
import { isArray, isObject, type Json, jsonText } from '../json';
import { unexpectedType } from '../jsonata/expression';
import type { Computed, MapState } from '../types';
import { computeInteger } from './computed-number';
import { compute, fill, type Scope, takeAtPath } from './data-flow';
import type { MapJob } from './position';
import type { Visit } from './visit';

/** An item as the Map finds it. */
export interface FoundItem {
  readonly value: Json;
  /** Of a member of an object. */
  readonly key?: string;
  /** Where it was read from, as an S3 URI. @default - it is in the state's data */
  readonly source?: string;
}

/** An item as a Map hands it to its processor. */
export interface MapItem {
  /** What the context object has under `Map`. */
  readonly context: { readonly Item: { readonly [member: string]: Json } };
  /** The processor's input. */
  readonly input: Json;
}

/** The items of an array, or the members of an object. */
export function itemsIn(found: Json): FoundItem[] {
  if (isArray(found)) return found.map((value) => ({ value }));
  return Object.entries(found as object).map(([key, value]) => ({ key, value: value as Json }));
}

/** The items that the state's data has. */
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

/** Items with ItemSelector applied. */
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
      // The developer guide (Accessing execution data from the Context object) has it for Map Runs.
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

/** What runs for a single item. */
export function asJob({ input, context }: MapItem): MapJob {
  return { input, context: { Map: context }, size: 1 };
}

/** How many iterations or child executions may run at once; 0 when the state says nothing. */
export async function maxConcurrency(state: MapState, { scope }: Visit): Promise<number> {
  return state.maxConcurrency ? computeInteger(state.maxConcurrency, state.flow, scope) : 0;
}
