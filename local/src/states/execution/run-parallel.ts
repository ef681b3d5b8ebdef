import { StatesError } from '../errors';
import type { ParallelState } from '../types';
import { complete, effectiveArguments } from './data-flow';
import { runAll } from './run-all';
import { runGraph, type Step, type Visit } from './run-graph';
import { innerScope } from './variables';

/** Runs branches side by side; the result has one element a branch. */
export async function runParallel(state: ParallelState, { frame, scope }: Visit): Promise<Step> {
  const { flow, branches, next } = state;
  const input = await effectiveArguments(flow, scope);
  frame.track.record('ParallelStateStarted');
  const started = frame.track.fork(frame.signal);
  try {
    const value = await runAll(branches.length, branches.length, frame.signal, (index, signal) => {
      const branch = branches[index] as (typeof branches)[number];
      const start = { stateName: branch.startAt, input, variables: innerScope(scope.variables) };
      return runGraph(branch, start, { ...frame, signal, track: started.fork(signal) });
    });
    frame.track.record('ParallelStateSucceeded');
    return { ...(await complete(flow, scope, { as: 'result', value })), next };
  } catch (error) {
    if (error instanceof StatesError) {
      frame.track.record('ParallelStateFailed', { error: error.error, cause: error.cause });
    }
    throw error;
  }
}
