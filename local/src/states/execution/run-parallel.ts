import type { ParallelState } from '../types';
import { complete, effectiveArguments } from './data-flow';
import { runChildren } from './run-children';
import { runGraph, startIn } from './run-graph';
import type { Step, Visit } from './visit';

/** Runs branches in parallel. The result contains one output per branch. */
export async function runParallel(state: ParallelState, visit: Visit): Promise<Step> {
  const { frame, scope, before } = visit;
  const { flow, branches, next } = state;
  const input = await effectiveArguments(flow, scope);
  const startedEventId = before?.startedEventId ?? frame.track.record('ParallelStateStarted');
  if (!before?.children) frame.progress.state({ startedEventId, children: [] });
  const value = await runChildren(
    branches,
    {
      type: 'Parallel',
      limit: branches.length,
      startedEventId,
      run: (branch, inner, child) =>
        runGraph(branch, startIn(branch, input, scope.variables, child?.position), inner),
    },
    visit,
  );
  return { ...(await complete(flow, scope, { as: 'result', value })), next };
}
