import type { SucceedState } from '../types';
import { complete } from './data-flow';
import type { Step, Visit } from './visit';

/** Ends the graph with success. */
export function runSucceed(state: SucceedState, { scope }: Visit): Promise<Step> {
  return complete(state.flow, scope);
}
