import { type Json, jsonText, parseExact } from '../json';
import { jobsOf, outputOf, type PositionChange, type ResumePoint } from './position';
import type { KeepString } from './service-calls';

/**
 * Stores the large data of a change outside of memory: the inputs of a Map's iterations or child executions (`jobs`),
 * or the output of one of them.
 */
export function withKeptData(change: PositionChange, keepString: KeepString): PositionChange {
  const keep = <Data extends object | Json>(data: Data): (() => Data) => {
    const read = keepString(jsonText(data));
    return () => parseExact(read()) as Data;
  };
  if (change.type === 'child' && change.child.output !== undefined) {
    const { output, ...child } = change.child;
    return { ...change, child: { ...child, readOutput: keep(output) } };
  }
  if (change.type === 'state' && change.state.jobs) {
    const { jobs, ...state } = change.state;
    return { ...change, state: { ...state, readJobs: jobs.map((job) => keep(job)) } };
  }
  return change;
}

/**
 * The changes that lead to a position. Each change contains the output of at most one child, so that no change is too
 * large.
 */
export function* changesTo(point: ResumePoint, at: readonly number[] = []): Generator<PositionChange> {
  const { state, ...place } = point;
  const { children = [], jobs: _jobs, readJobs: _readJobs, ...progress } = state ?? {};
  const started = state && { ...progress, ...(state.children && { children: [] }) };
  yield { at, type: 'reached', point: { ...place, ...(started && { state: started as typeof state }) } };
  const jobs = state && jobsOf(state);
  if (jobs) yield { at, type: 'state', state: { jobs } };
  for (const [index, child] of children.entries()) {
    if (!child) continue;
    const { position, readOutput: _readOutput, ...kept } = child;
    const output = outputOf(child);
    const inner = [...at, index];
    if (position) yield* changesTo(position, inner);
    yield { at: inner, type: 'child', child: { ...kept, ...(output !== undefined && { output }) } };
  }
}
