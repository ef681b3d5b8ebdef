import type { Comparison, Difference, Job, ObjectiveType } from '../report-data';

/** A completed or stopped job that has an objective value. */
export type RankedJob = Job & { readonly value: number };

/** The completed and stopped jobs that have an objective value, in their original order. */
export function rankedJobs(jobs: readonly Job[]): RankedJob[] {
  return jobs.filter(
    (job): job is RankedJob =>
      job.value !== undefined && (job.status === 'Completed' || job.status === 'Stopped'),
  );
}

/** Whether `one` is better than `other`. */
export function isBetter(one: number, other: number, type: ObjectiveType): boolean {
  return type === 'Minimize' ? one < other : one > other;
}

/** Jobs, best first. With equal values, the earlier job comes first. */
export function byValue(jobs: readonly RankedJob[], type: ObjectiveType): RankedJob[] {
  return [...jobs].sort((one, other) =>
    type === 'Minimize' ? one.value - other.value : other.value - one.value,
  );
}

/** The best completed job or, if no job completed, the best stopped job. This is also SageMaker's rule. */
export function bestOf(jobs: readonly Job[], type: ObjectiveType): RankedJob | undefined {
  const sorted = byValue(rankedJobs(jobs), type);
  return sorted.find(({ status }) => status === 'Completed') ?? sorted[0];
}

/** For each job, the best value so far. */
export function bestSoFar(jobs: readonly RankedJob[], type: ObjectiveType): number[] {
  let best: number | undefined;
  return jobs.map(({ value }) => {
    if (best === undefined || isBetter(value, best, type)) best = value;
    return best;
  });
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)] ?? Number.NaN;
  return Number.isInteger(middle) ? ((sorted[middle - 1] ?? Number.NaN) + upper) / 2 : upper;
}

/** Compares the best job with the first, the median and the second best job; `undefined` for fewer than two jobs. */
export function compareBest(
  best: RankedJob,
  jobs: readonly RankedJob[],
  type: ObjectiveType,
): Comparison | undefined {
  const first = jobs[0];
  const second = byValue(jobs, type).find(({ name }) => name !== best.name);
  if (first === undefined || second === undefined) return undefined;
  const against = (value: number, job?: string): Difference => {
    const difference = type === 'Minimize' ? value - best.value : best.value - value;
    const isComparable = value !== 0 && Math.sign(value) === Math.sign(best.value);
    return {
      value,
      difference,
      ...(job !== undefined && { job }),
      ...(isComparable && { share: difference / Math.abs(value) }),
    };
  };
  return {
    first: against(first.value, first.name),
    median: against(median(jobs.map(({ value }) => value))),
    second: against(second.value, second.name),
  };
}
