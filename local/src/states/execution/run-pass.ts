import type { PassState } from '../types';
import { complete, effectiveArguments } from './data-flow';
import type { Step, Visit } from './visit';

/** Outputs the state's `Result` or, if it has none, the state's input. */
export async function runPass(state: PassState, { scope }: Visit): Promise<Step> {
  const { flow, next } = state;
  if (flow.language === 'JSONata') return { ...(await complete(flow, scope)), next };
  const value = state.result === undefined ? await effectiveArguments(flow, scope) : state.result;
  return { ...(await complete(flow, scope, { as: 'result', value })), next };
}
