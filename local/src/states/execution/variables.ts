import { EvaluationError } from '../errors';
import { type Json, type JsonObject, jsonSize, PAYLOAD_LIMIT } from '../json';

/** Variables by name. Variables of outer scopes are on the prototype chain. */
export type Variables = JsonObject;

/** Maximum total size of an execution's variables. */
const TOTAL_LIMIT = 10 * 1024 * 1024;

/** A scope without variables and without an outer scope. */
export function noVariables(): Variables {
  return Object.create(null) as Variables;
}

/** The scope of a branch or an iteration. It sees the outer scope and never changes it. */
export function innerScope(outer: Variables): Variables {
  return Object.create(outer) as Variables;
}

/** A new scope with assigned variables. The old scope is not changed. */
export function assign(before: Variables, assigned: JsonObject): Variables {
  const after = Object.create(Object.getPrototypeOf(before)) as Record<string, Json>;
  return Object.assign(after, before, assigned);
}

/**
 * Checks the size limits of variables: each variable, all variables that a state assigns, and all variables
 * in total. AWS counts the JSON of the values, but not the names.
 *
 * @throws EvaluationError when a limit is exceeded
 */
export function checkSizes(before: Variables, assigned: JsonObject, stateName: string): void {
  let total = 0;
  for (const [name, value] of Object.entries(assigned)) {
    const size = jsonSize(value);
    total += size;
    const given = `Variable '${name}' in state '${stateName}' was assigned ${size} bytes`;
    if (size > PAYLOAD_LIMIT) throw tooLarge(`Variable size limit exceeded. ${given}.`);
    if (total > PAYLOAD_LIMIT) {
      const by = total - PAYLOAD_LIMIT;
      throw tooLarge(
        `State total variable size limit exceeded. ${given}, which caused the size of variables assigned in the state to exceed its limit by ${by} bytes.`,
      );
    }
  }
  if (total === 0) return;
  for (const name in before) if (!Object.hasOwn(assigned, name)) total += jsonSize(before[name] ?? null);
  if (total > TOTAL_LIMIT) {
    throw tooLarge(
      `Execution total variable size limit exceeded. State '${stateName}' assigned variables that exceed the total execution limit by ${total - TOTAL_LIMIT} bytes.`,
    );
  }
}

function tooLarge(message: string): EvaluationError {
  return new EvaluationError('States.DataLimitExceeded', message, 'Assign', true);
}
