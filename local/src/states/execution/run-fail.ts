import { StatesError } from '../errors';
import { unexpectedType } from '../jsonata/expression';
import type { Computed, FailState } from '../types';
import { compute, fieldError } from './data-flow';
import type { Step, Visit } from './visit';

/** Ends the graph with an error. */
export async function runFail(state: FailState, visit: Visit): Promise<Step> {
  const error = await text(state.error, state, visit);
  const cause = await text(state.cause, state, visit);
  throw new StatesError(error, cause);
}

async function text(
  field: Computed | undefined,
  state: FailState,
  { scope }: Visit,
): Promise<string | undefined> {
  if (field === undefined) return undefined;
  const value = await compute(field, state.flow, scope);
  if (typeof value === 'string') return value;
  if (field.kind === 'expression') throw unexpectedType(field.expression, field.field, 'string', value);
  throw fieldError(state.flow, `The value of the field '${field.field}' is not a string`, field.field);
}
