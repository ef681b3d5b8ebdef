import type {
  Objective,
  TrainingJobDescription,
  TrainingJobSummary,
  TuningJobDescription,
} from './api-types';
import type { Jobs, TrainingJobRecord, TuningJobRecord } from './job-records';
import { definitionNamed } from './tuning-definitions';

/** Name of the metric that SageMaker adds to the training jobs of a tuning job for the objective. */
export const OBJECTIVE_METRIC = 'ObjectiveMetric';

/** A tuning job as Describe answers: whatever depends on its training jobs is worked out from them. */
export function describeTuningJob(jobs: Jobs, { description }: TuningJobRecord): TuningJobDescription {
  const summaries = summarizeTrainingJobs(jobs, description);
  const best = bestTrainingJob(summaries);
  return {
    ...description,
    ...countTrainingJobs(summaries),
    ...(best !== undefined && { BestTrainingJob: best }),
  };
}

/** Summaries of a tuning job's training jobs, in the order of their creation. */
export function summarizeTrainingJobs(jobs: Jobs, tuningJob: TuningJobDescription): TrainingJobSummary[] {
  return trainingJobsOf(jobs, tuningJob).map((job) => summarizeTrainingJob(job, tuningJob));
}

/** A tuning job's training jobs, in the order of their creation. */
export function trainingJobsOf({ training }: Jobs, tuningJob: TuningJobDescription): TrainingJobRecord[] {
  return training
    .list()
    .filter((job) => job.description.TuningJobArn === tuningJob.HyperParameterTuningJobArn);
}

/** Summary of one training job of a tuning job. */
export function summarizeTrainingJob(
  job: TrainingJobRecord,
  tuningJob: TuningJobDescription,
): TrainingJobSummary {
  const objective = definitionNamed(tuningJob, job.definitionName)?.objective;
  return summarize(job, tuningJob.HyperParameterTuningJobName, objective);
}

/** The completed training job with the best objective; undefined when none has one. */
export function bestTrainingJob(summaries: readonly TrainingJobSummary[]): TrainingJobSummary | undefined {
  let best: TrainingJobSummary | undefined;
  for (const each of summaries) {
    if (each.TrainingJobStatus === 'Completed' && isBetter(each, best)) {
      best = each;
    }
  }
  return best;
}

/** Final value of the objective: the last one that the job printed. */
export function objectiveValue(job: TrainingJobDescription): number | undefined {
  return job.FinalMetricDataList?.find((metric) => metric.MetricName === OBJECTIVE_METRIC)?.Value;
}

function isBetter(candidate: TrainingJobSummary, best: TrainingJobSummary | undefined): boolean {
  const [mine, theirs] = [candidate, best].map((each) => each?.FinalHyperParameterTuningJobObjectiveMetric);
  if (mine === undefined || theirs === undefined) {
    return mine !== undefined;
  }
  return mine.Type === 'Minimize' ? mine.Value < theirs.Value : mine.Value > theirs.Value;
}

function summarize(
  { description, definitionName, tunedHyperParameters = {} }: TrainingJobRecord,
  tuningJobName: string,
  objective: Objective | undefined,
): TrainingJobSummary {
  const value = objectiveValue(description);
  const isRunning = ['InProgress', 'Stopping'].includes(description.TrainingJobStatus);
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
      !isRunning &&
      objective !== undefined && {
        FinalHyperParameterTuningJobObjectiveMetric: {
          Type: objective.Type,
          MetricName: objective.MetricName,
          Value: value,
        },
      }),
    ObjectiveStatus: isRunning ? 'Pending' : value === undefined ? 'Failed' : 'Succeeded',
  };
}

function countTrainingJobs(
  summaries: readonly TrainingJobSummary[],
): Pick<TuningJobDescription, 'TrainingJobStatusCounters' | 'ObjectiveStatusCounters'> {
  const jobs = (...statuses: string[]): number =>
    summaries.filter((each) => statuses.includes(each.TrainingJobStatus)).length;
  const objectives = (status: string): number =>
    summaries.filter((each) => each.ObjectiveStatus === status).length;
  return {
    TrainingJobStatusCounters: {
      Completed: jobs('Completed'),
      InProgress: jobs('InProgress', 'Stopping'),
      RetryableError: 0,
      NonRetryableError: jobs('Failed'),
      Stopped: jobs('Stopped'),
    },
    ObjectiveStatusCounters: {
      Succeeded: objectives('Succeeded'),
      Pending: objectives('Pending'),
      Failed: objectives('Failed'),
    },
  };
}
