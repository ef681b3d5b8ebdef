import type { Cost, Job } from '../report-data';

/** The fields that the billed time of a job is calculated from. */
export type BilledJob = Pick<Job, 'status' | 'billableSeconds' | 'instanceCount' | 'instanceType'>;

/**
 * Billed instance time of the jobs; `undefined` if it is unknown for every job.
 *
 * @param unreadJobs number of further jobs, whose time is unknown
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeTrainingJob.html (BillableTimeInSeconds must
 * be multiplied by InstanceCount)
 */
export function cost(jobs: readonly BilledJob[], unreadJobs = 0): Cost | undefined {
  const known = jobs.filter(({ billableSeconds }) => billableSeconds !== undefined);
  if (known.length === 0) return undefined;
  const sum = (some: typeof known) =>
    some.reduce(
      (total, { billableSeconds = 0, instanceCount = 1 }) => total + billableSeconds * instanceCount,
      0,
    );
  const types = [...new Set(known.map(({ instanceType }) => instanceType ?? 'unknown'))];
  return {
    billableSeconds: sum(known),
    failedBillableSeconds: sum(known.filter(({ status }) => status === 'Failed')),
    byInstanceType: types.map((type) => ({
      instanceType: type,
      billableSeconds: sum(known.filter(({ instanceType = 'unknown' }) => instanceType === type)),
    })),
    unknownJobs: jobs.length - known.length + unreadJobs,
  };
}
