import { dataLimitError } from '../errors';
import { type Json, type JsonObject, jsonSize, PAYLOAD_LIMIT } from '../json';

/** Variables by name; those of outer scopes are on the prototype chain. */
export type Variables = JsonObject;

/** The most that the variables of an execution may take. */
const TOTAL_LIMIT = 10 * 1024 * 1024;

/** A scope with no variables and nothing around it. */
export function noVariables(): Variables {
  return Object.create(null) as Variables;
}

/** The scope of a branch or an iteration: it sees the outer one, and never changes it. */
export function innerScope(outer: Variables): Variables {
  return Object.create(outer) as Variables;
}

/** The scope after an Assign; the one before stays as it was. */
export function assign(before: Variables, assigned: JsonObject, stateName: string): Variables {
  if (jsonSize(assigned) > PAYLOAD_LIMIT) throw dataLimitError(stateName, false);
  const after = Object.create(Object.getPrototypeOf(before)) as Record<string, Json>;
  Object.assign(after, before, assigned);
  const all: Record<string, Json> = {};
  for (const name in after) all[name] = after[name] ?? null;
  if (jsonSize(all) > TOTAL_LIMIT) throw dataLimitError(stateName, false);
  return after;
}
