import type { Convergence, ObjectiveType } from '../report-data';
import { bestSoFar, median, type RankedJob } from './ranking';

/** Minimum number of jobs. With fewer jobs, the last third is too small for a conclusion. */
export const MIN_JOBS_FOR_CONVERGENCE = 12;

/** The search has converged if `share`, the relative gain of the last third of the jobs, is at most this number. */
const CONVERGED = 0.02;
/**
 * The search is still improving if `share`, the relative gain of the last third of the jobs, is greater than this
 * number.
 */
const IMPROVING = 0.1;

/**
 * Judges whether the search is still improving. Measures how much the last third of the jobs improved the best value,
 * divided by the distance from the median of all values to the best value. The median is used instead of the first
 * value, because the first value can be arbitrarily bad.
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
