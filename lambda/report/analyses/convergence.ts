import type { Convergence, ObjectiveType } from '../report-data';
import { bestSoFar, median, type RankedJob } from './ranking';

/** With fewer jobs, the last third is too small for a conclusion. */
export const MIN_JOBS_FOR_CONVERGENCE = 12;

/** The search has converged if the last third gains at most the first share. It is still improving above the second. */
const CONVERGED = 0.02;
const IMPROVING = 0.1;

/**
 * Whether the search is still improving: the gain of the last third of the jobs, as a share of the distance between the
 * median and the best job. The comparison uses the median, because the first job can be arbitrarily bad.
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
