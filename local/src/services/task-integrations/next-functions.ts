import type { Deployment, FunctionResource } from '../../assembly/deployment';
import { statesIn } from '../../states';
import { findFunction } from '../lambda/find-function';
import { targetOf } from './check-resources';
import { parseResource } from './resource-arn';

/** Maps each function to the function that a state machine invokes next, in the order of the definition. */
export function nextFunctions({
  stateMachines,
  functions,
}: Pick<Deployment, 'stateMachines' | 'functions'>): ReadonlyMap<FunctionResource, FunctionResource> {
  return new Map(
    stateMachines.flatMap(({ definition }) => {
      const invoked = statesIn(definition).flatMap(({ state }) => functionOf(state, functions) ?? []);
      return invoked.flatMap((each, index): [FunctionResource, FunctionResource][] => {
        const next = invoked[index + 1];
        return next === undefined || next === each ? [] : [[each, next]];
      });
    }),
  );
}

/** The function that a state invokes; undefined if the state invokes none, or if an expression names the function. */
function functionOf(
  {
    Type: type,
    Resource: resource,
    Arguments: given,
    Parameters: parameters,
  }: Readonly<Record<string, unknown>>,
  functions: readonly FunctionResource[],
): FunctionResource | undefined {
  if (type !== 'Task') return undefined;
  try {
    return findFunction(functions, String(targetOf(parseResource(String(resource)), given ?? parameters)));
  } catch {
    return undefined;
  }
}
