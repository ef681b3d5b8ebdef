import { countOf } from '../../count-of';
import { StatesError } from '../errors';
import { isObject, type Json, jsonText, numberIn } from '../json';
import { executionIn, type Frame } from './frame';
import type { MapItemName, MapItemState } from './map-place';
import type { MapJob } from './position';
import { Stop } from './stop';

/** Members that identify an item, best first. */
const NAMES = ['id', 'name', 'key', 'label', 'title'];

const LONGEST_LABEL = 40;
/** How many characters a shortened label keeps from the end of the text. */
const END = 15;

/** An iteration of a Map. */
export interface MapIteration {
  readonly map: string;
  readonly index: number;
  readonly total: number;
  readonly job: MapJob;
}

/** Runs the Map's processor for an item and reports the item's state. */
export async function runItem(
  { map, index, total, job }: MapIteration,
  frame: Frame,
  run: (frame: Frame) => Promise<Json>,
): Promise<Json> {
  const { onItem } = frame.services;
  const outer = frame.place ?? { executionArn: executionIn(frame), path: [] };
  const place = { ...outer, path: [...outer.path, { map, index, ...nameOf(job) }] };
  const tell = (state: Pick<MapItemState, 'status' | 'error' | 'cause'>) =>
    onItem?.({ ...place, ...state, total });
  tell({ status: 'RUNNING' });
  try {
    const output = await run({ ...frame, place });
    tell({ status: 'SUCCEEDED' });
    return output;
  } catch (error) {
    if (error instanceof StatesError) tell({ status: 'FAILED', error: error.error, cause: error.cause });
    else if (error instanceof Stop) tell({ status: 'ABORTED' });
    throw error;
  }
}

/**
 * Label of an item: its key, its name, or its value. If the label shortens the key or name, `id` contains the whole key
 * or name.
 */
export function nameOf({ context: { Map: map }, size }: MapJob): Pick<MapItemName, 'label' | 'id'> {
  const item = isObject(map) ? map['Item'] : undefined;
  if (!isObject(item)) return { label: countOf(size, 'item') };
  const { Key: key, Value: value = null } = item;
  const id = typeof key === 'string' ? key : idOf(value);
  const label = shorten(id ?? jsonText(value));
  return { label, ...(id !== undefined && id !== label && { id }) };
}

function idOf(value: Json): string | undefined {
  if (typeof value === 'string') return value;
  if (isObject(value)) {
    const members = Object.entries(value).filter(
      ([, member]) => typeof member === 'string' || numberIn(member) !== undefined,
    );
    const names = NAMES.flatMap((name) => members.filter(([member]) => member.toLowerCase() === name));
    if (names[0]) return String(names[0][1]);
  }
  return undefined;
}

/**
 * Shortens text to one line without terminal control characters. Leaves out the middle, because long names often differ
 * only at their ends.
 */
function shorten(text: string): string {
  const line = text.replace(/[\p{C}\s]+/gu, ' ').trim();
  return line.length <= LONGEST_LABEL
    ? line
    : `${line.slice(0, LONGEST_LABEL - 1 - END)}…${line.slice(-END)}`;
}
