import { steadyNow } from '../../../steady-clock';
import { isInternalError } from '../../../training/failure-reason';
import type {
  Objective,
  TrainingJobDescription,
  TrainingJobStatus,
  TrainingJobSummary,
  TuningJobDescription,
  TuningJobStatus,
} from '../api-types';
import type { Jobs, TrainingJobRecord, TuningJobRecord } from '../jobs/job-types';
import { definitionNamed } from './tuning-definitions';
import { bestTrainingJob, searchProgress } from './tuning-progress';

/** Name of the metric to which SageMaker copies the objective of a tuning job's training jobs. */
export const OBJECTIVE_METRIC = 'ObjectiveMetric';

/**
 * A tuning job as Describe returns it. While it runs, members that depend on its training jobs are computed.
 * After its end, they no longer change, even if a training job is deleted.
 */
export function describeTuningJob(jobs: Jobs, record: TuningJobRecord): TuningJobDescription {
  return isRunning(record.description.HyperParameterTuningJobStatus)
    ? withTrainingJobs(jobs, record)
    : record.description;
}

/** A tuning job's description, with current values for the members that depend on the training jobs. */
export function withTrainingJobs(
  jobs: Jobs,
  { description, pausedSeconds = 0 }: TuningJobRecord,
): TuningJobDescription {
  const summaries = summarizeTrainingJobs(jobs, description);
  const best = bestTrainingJob(summaries);
  const overall = overallBest(jobs, description, summaries);
  const { jobsNotImproving, convergedAt } = searchProgress(summaries);
  const { CreationTime: created, HyperParameterTuningEndTime: ended = steadyNow() / 1000 } = description;
  return {
    ...description,
    ...countTrainingJobs(summaries),
    ...(best !== undefined && { BestTrainingJob: best }),
    ...(overall !== undefined && { OverallBestTrainingJob: overall }),
    TuningJobCompletionDetails: {
      NumberOfTrainingJobsObjectiveNotImproving: jobsNotImproving,
      ...(convergedAt !== undefined && { ConvergenceDetectedTime: convergedAt }),
    },
    // The job's elapsed time, as in the API, minus the time for which the job was interrupted.
    ConsumedResources: { RuntimeInSeconds: Math.max(1, Math.round(ended - created - pausedSeconds)) },
  };
}

/** Whether this is the status of a running tuning or training job, including a job that is being stopped. */
export function isRunning(status: TuningJobStatus | TrainingJobStatus): boolean {
  return status === 'InProgress' || status === 'Stopping';
}

/** Summaries of a tuning job's training jobs, ordered by creation. */
export function summarizeTrainingJobs(jobs: Jobs, tuningJob: TuningJobDescription): TrainingJobSummary[] {
  return trainingJobsOf(jobs, tuningJob).map((job) => summarizeTrainingJob(job, tuningJob));
}

/**
 * Caches the summary of each record, because a tuning job is described many times per second. Record objects never
 * change.
 */
const summaries = new WeakMap<TrainingJobRecord, TrainingJobSummary>();

/** Summarizes one of a tuning job's training jobs. */
export function summarizeTrainingJob(
  job: TrainingJobRecord,
  tuningJob: TuningJobDescription,
): TrainingJobSummary {
  const known = summaries.get(job);
  if (known !== undefined) return known;
  const objective = definitionNamed(tuningJob, job.definitionName)?.objective;
  const summary = summarize(job, tuningJob.HyperParameterTuningJobName, objective);
  summaries.set(job, summary);
  return summary;
}

/** Final objective value: the last one that the job printed. */
export function objectiveValue(job: TrainingJobDescription): number | undefined {
  return job.FinalMetricDataList?.find((metric) => metric.MetricName === OBJECTIVE_METRIC)?.Value;
}

/**
 * A tuning job's training jobs, ordered by creation. Excludes those of a deleted tuning job with the same
 * name.
 */
export function trainingJobsOf(
  jobs: Jobs,
  { HyperParameterTuningJobArn: arn, CreationTime: since }: TuningJobDescription,
): TrainingJobRecord[] {
  return jobs.training.listGroup(arn).filter(({ description }) => description.CreationTime >= since);
}

/**
 * The best training job of the tuning job and its parents. Undefined unless the warm start has the type
 * IdenticalDataAndAlgorithm: objective values for different data or algorithms are not comparable.
 */
function overallBest(
  jobs: Jobs,
  tuningJob: TuningJobDescription,
  own: readonly TrainingJobSummary[],
): TrainingJobSummary | undefined {
  const { WarmStartConfig: warmStart } = tuningJob;
  if (warmStart?.WarmStartType !== 'IdenticalDataAndAlgorithm') return undefined;
  const ofParents = warmStart.ParentHyperParameterTuningJobs.flatMap(
    ({ HyperParameterTuningJobName: name = '' }) => {
      const parent = jobs.tuning.get(name)?.description;
      return parent === undefined ? [] : summarizeTrainingJobs(jobs, parent);
    },
  );
  return bestTrainingJob([...ofParents, ...own]);
}

function summarize(
  { description, definitionName, tunedHyperParameters = {} }: TrainingJobRecord,
  tuningJobName: string,
  objective: Objective | undefined,
): TrainingJobSummary {
  const isPending = isRunning(description.TrainingJobStatus);
  // The search ignores values that a job printed before it failed.
  const value = description.TrainingJobStatus === 'Failed' ? undefined : objectiveValue(description);
  return {
    ...(definitionName !== undefined && { TrainingJobDefinitionName: definitionName }),
    TrainingJobName: description.TrainingJobName,
    TrainingJobArn: description.TrainingJobArn,
    TuningJobName: tuningJobName,
    CreationTime: description.CreationTime,
    ...(description.TrainingStartTime !== undefined && { TrainingStartTime: description.TrainingStartTime }),
    ...(description.TrainingEndTime !== undefined && { TrainingEndTime: description.TrainingEndTime }),
    TrainingJobStatus: description.TrainingJobStatus,
    TunedHyperParameters: tunedHyperParameters,
    ...(description.FailureReason !== undefined && { FailureReason: description.FailureReason }),
    ...(value !== undefined &&
      !isPending &&
      objective !== undefined && {
        FinalHyperParameterTuningJobObjectiveMetric: {
          Type: objective.Type,
          MetricName: objective.MetricName,
          Value: value,
        },
      }),
    ObjectiveStatus: isPending ? 'Pending' : value === undefined ? 'Failed' : 'Succeeded',
  };
}

function countTrainingJobs(
  summaries: readonly TrainingJobSummary[],
): Pick<TuningJobDescription, 'TrainingJobStatusCounters' | 'ObjectiveStatusCounters'> {
  const count = (isCounted: (summary: TrainingJobSummary) => boolean): number =>
    summaries.filter(isCounted).length;
  const failed = count((each) => each.TrainingJobStatus === 'Failed');
  // Jobs that failed with an internal error and have no retries left. A job that is being retried counts as in
  // progress.
  const retryable = count(
    (each) => each.TrainingJobStatus === 'Failed' && isInternalError(each.FailureReason),
  );
  return {
    TrainingJobStatusCounters: {
      Completed: count((each) => each.TrainingJobStatus === 'Completed'),
      InProgress: count((each) => isRunning(each.TrainingJobStatus)),
      RetryableError: retryable,
      NonRetryableError: failed - retryable,
      Stopped: count((each) => each.TrainingJobStatus === 'Stopped'),
    },
    ObjectiveStatusCounters: {
      Succeeded: count((each) => each.ObjectiveStatus === 'Succeeded'),
      Pending: count((each) => each.ObjectiveStatus === 'Pending'),
      Failed: count((each) => each.ObjectiveStatus === 'Failed'),
    },
  };
}
