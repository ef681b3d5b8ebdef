import type { Convergence, ObjectiveType } from '../report-data';
import { bestSoFar, median, type RankedJob } from './ranking';

/** Fewer jobs say nothing about the last third of them. */
export const MIN_JOBS_FOR_CONVERGENCE = 12;

/** A last third that gains no more than this has converged; one that gains more than the other is still improving. */
const CONVERGED = 0.02;
const IMPROVING = 0.1;

/**
 * Whether the search still improves: what the last third of the jobs gained, as a share of the distance between the
 * median and the best job. The median is a job as the search makes them; the first one can be arbitrarily bad.
 */
export function convergence(jobs: readonly RankedJob[], type: ObjectiveType): Convergence | undefined {
  if (jobs.length < MIN_JOBS_FOR_CONVERGENCE) return undefined;
  const best = bestSoFar(jobs, type);
  const lastJobs = Math.floor(jobs.length / 3);
  const before = best[jobs.length - lastJobs - 1] ?? Number.NaN;
  const after = best[jobs.length - 1] ?? Number.NaN;
  const distance = Math.abs(median(jobs.map(({ value }) => value)) - after);
  if (!(distance > 0)) return undefined;
  const gain = Math.abs(before - after);
  const share = gain / distance;
  const verdict = share <= CONVERGED ? 'converged' : share <= IMPROVING ? 'slowing' : 'improving';
  return { verdict, lastJobs, gain, share };
}
