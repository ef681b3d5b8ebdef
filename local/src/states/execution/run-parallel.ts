import type { ParallelState } from '../types';
import { complete, effectiveArguments } from './data-flow';
import { recordEnd } from './history';
import { runAll } from './run-all';
import { runGraph, type Step, type Visit } from './run-graph';
import { innerScope } from './variables';

/** Runs branches side by side; the result has one element a branch. */
export async function runParallel(state: ParallelState, { frame, scope }: Visit): Promise<Step> {
  const { flow, branches, next } = state;
  const input = await effectiveArguments(flow, scope);
  frame.track.record('ParallelStateStarted');
  const started = frame.track.fork(frame.signal);
  const value = await recordEnd('ParallelState', frame.track, () =>
    runAll(branches, branches.length, frame.signal, (branch, signal) => {
      const start = { stateName: branch.startAt, input, variables: innerScope(scope.variables) };
      return runGraph(branch, start, { ...frame, signal, track: started.fork(signal) });
    }),
  );
  return { ...(await complete(flow, scope, { as: 'result', value })), next };
}
