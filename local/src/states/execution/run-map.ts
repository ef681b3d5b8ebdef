import type { Json } from '../json';
import type { MapState } from '../types';
import { complete } from './data-flow';
import { asJob, findItems, mapItems, maxConcurrency } from './map-items';
import { jobsOf } from './position';
import { runChildren } from './run-children';
import { runDistributed } from './run-distributed';
import { runGraph, startIn } from './run-graph';
import { runItem } from './run-item';
import type { Step, Visit } from './visit';

/** Maximum number of parallel iterations of an inline Map on AWS. */
const INLINE_CONCURRENCY = 40;

/** Runs the processor for each item. The result contains the outputs in the order of the items. */
export async function runMap(state: MapState, visit: Visit): Promise<Step> {
  const { flow, next } = state;
  const value = state.mode === 'INLINE' ? await runInline(state, visit) : await runDistributed(state, visit);
  return { ...(await complete(flow, visit.scope, { as: 'result', value })), next };
}

async function runInline(state: MapState, visit: Visit): Promise<Json[]> {
  const { frame, scope, before } = visit;
  const known = before && jobsOf(before);
  const jobs = known ?? (await mapItems(await findItems(state, visit), state, visit)).map(asJob);
  const limit = (await maxConcurrency(state, visit)) || INLINE_CONCURRENCY;
  const startedEventId =
    before?.startedEventId ?? frame.track.record('MapStateStarted', { length: jobs.length });
  if (!known) frame.progress.state({ startedEventId, jobs, children: [] });
  return runChildren(
    jobs,
    {
      type: 'Map',
      limit,
      startedEventId,
      iteration: (index) => ({ name: state.name, index }),
      run: (job, inner, child, index) => {
        const start = startIn(state.processor, job.input, scope.variables, child?.position);
        const iteration = { map: state.name, index, total: jobs.length, job };
        return runItem(iteration, inner, (frame) =>
          runGraph(state.processor, start, { ...frame, context: { ...frame.context, ...job.context } }),
        );
      },
    },
    visit,
  );
}
