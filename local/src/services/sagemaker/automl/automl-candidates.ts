import type { Environment } from '../../../assembly/deployment';
import { trainingJobArn } from '../jobs/job-arns';
import type { AutoMLCandidate, AutoMLJobRecord } from './automl-types';

/** Metrics that are values of StandardMetricName, but not of MetricDatum.MetricName. */
const STANDARD_ONLY = ['LogLoss'];

/**
 * A candidate that has just started. Its only step is named like a training job on AWS, but local mode has no
 * such job.
 */
export function newCandidate(environment: Environment, name: string, now: number): AutoMLCandidate {
  return {
    CandidateName: name,
    CandidateStatus: 'InProgress',
    ObjectiveStatus: 'Pending',
    CandidateSteps: [
      {
        CandidateStepType: 'AWS::SageMaker::TrainingJob',
        CandidateStepArn: trainingJobArn(environment, name),
        CandidateStepName: name,
      },
    ],
    CreationTime: now,
    LastModifiedTime: now,
  };
}

/** Validation metrics in the format of `CandidateProperties.CandidateMetrics`. */
export function standardMetrics(
  metrics: Readonly<Record<string, number>>,
): NonNullable<AutoMLCandidate['CandidateProperties']>['CandidateMetrics'] {
  return Object.entries(metrics).map(([name, value]) => ({
    ...(!STANDARD_ONLY.includes(name) && { MetricName: name }),
    StandardMetricName: name,
    Set: 'Validation',
    Value: value,
  }));
}

/** The record of a job after its process has exited: the job is stopped and keeps its finished candidates. */
export function endInterruptedAutoMLJob(job: AutoMLJobRecord, reason: string, now: number): AutoMLJobRecord {
  const isOpen = (status: string): boolean => status === 'InProgress' || status === 'Stopping';
  return {
    ...job,
    description: {
      ...job.description,
      AutoMLJobStatus: 'Stopped',
      AutoMLJobSecondaryStatus: 'Stopped',
      FailureReason: reason,
      LastModifiedTime: now,
      EndTime: now,
    },
    candidates: job.candidates.map((candidate) =>
      isOpen(candidate.CandidateStatus)
        ? { ...candidate, CandidateStatus: 'Stopped', ObjectiveStatus: 'Failed', FailureReason: reason }
        : candidate,
    ),
  };
}
