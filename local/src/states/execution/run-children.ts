import { StatesError } from '../errors';
import type { Json } from '../json';
import type { Frame } from './frame';
import type { EventDetails, Track } from './history';
import { type ChildProgress, outputOf } from './position';
import { runAll } from './run-all';
import type { Visit } from './visit';

/** How to run the branches of a Parallel state or the iterations of an inline Map. */
export interface ChildRunner<Job> {
  readonly type: 'Parallel' | 'Map';
  /** Maximum number of branches or iterations that run in parallel. */
  readonly limit: number;
  readonly startedEventId: number;
  /** Details of the events of an iteration. */
  readonly iteration?: (index: number) => EventDetails;
  readonly run: (job: Job, frame: Frame, before: ChildProgress | undefined, index: number) => Promise<Json>;
}

/**
 * Runs branches or iterations in parallel, except those that succeeded in an earlier run. The first failure
 * stops the others.
 *
 * @returns the outputs of all branches or iterations, in order
 */
export async function runChildren<Job>(
  jobs: readonly Job[],
  runner: ChildRunner<Job>,
  visit: Visit,
): Promise<Json[]> {
  const { frame, before } = visit;
  const { track, progress } = frame;
  const { type, limit, startedEventId } = runner;
  const behind: number[] = [];
  let lastEventId = startedEventId;
  const outputs = await runAll(jobs, limit, frame.signal, async (job, signal, index, worker) => {
    const child = before?.children?.[index] ?? undefined;
    const known = child && outputOf(child);
    if (known !== undefined) return known;
    const iteration = runner.iteration?.(index);
    const line = track.fork(signal, behind[worker] ?? startedEventId, iteration);
    const inner = { ...frame, signal, track: line, progress: progress.child(index) };
    const output = await watched(line, track, async () => {
      // An iteration that was started earlier continues without a second start event.
      if (iteration && !child?.position) line.record('MapIterationStarted', iteration);
      return runner.run(job, inner, child, index);
    });
    behind[worker] = line.last;
    lastEventId = iteration ? line.recordAside('MapIterationSucceeded', iteration) : line.last;
    progress.childIs(index, { output });
    return output;
  });
  progress.state({ childrenEnded: true });
  track.continueBehind(lastEventId);
  track.recordAside(`${type}StateSucceeded`);
  return outputs;
}

/** Runs a branch or an iteration and records its failure. */
async function watched(line: Track, around: Track, run: () => Promise<Json>): Promise<Json> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof StatesError) around.recordFailure(line, error.catchable);
    throw error;
  } finally {
    around.close(line);
  }
}
