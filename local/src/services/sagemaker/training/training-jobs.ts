import { LONGEST_REASON } from '../../../training/failure-reason';
import type {
  CreateTrainingJobRequest,
  SecondaryStatusTransition,
  TrainingJobDescription,
} from '../api-types';

/** Changes to a training job's description when the job proceeds to its next step. */
export interface Transition {
  readonly secondaryStatus: string;
  readonly message?: string;
  readonly status?: TrainingJobDescription['TrainingJobStatus'];
  readonly failureReason?: string;
}

/** The description of a new job. */
export function newTrainingJob(
  { Tags: _tags, ...request }: CreateTrainingJobRequest,
  arn: string,
  tuningJobArn: string | undefined,
  now: number,
): TrainingJobDescription {
  return {
    ...request,
    TrainingJobArn: arn,
    ...(tuningJobArn !== undefined && { TuningJobArn: tuningJobArn }),
    ModelArtifacts: { S3ModelArtifacts: modelUri(request) },
    TrainingJobStatus: 'InProgress',
    SecondaryStatus: 'Starting',
    SecondaryStatusTransitions: [
      { Status: 'Starting', StartTime: now, StatusMessage: 'Starting the training job' },
    ],
    CreationTime: now,
    LastModifiedTime: now,
  };
}

/** The request that created a job. Running the job again needs this request. */
export function requestOf(description: TrainingJobDescription): CreateTrainingJobRequest {
  const {
    TrainingJobArn: _arn,
    TuningJobArn: _tuningJobArn,
    ModelArtifacts: _model,
    TrainingJobStatus: _status,
    SecondaryStatus: _secondaryStatus,
    SecondaryStatusTransitions: _transitions,
    CreationTime: _created,
    LastModifiedTime: _modified,
    TrainingStartTime: _started,
    TrainingEndTime: _ended,
    TrainingTimeInSeconds: _seconds,
    BillableTimeInSeconds: _billable,
    FinalMetricDataList: _metrics,
    FailureReason: _reason,
    ...request
  } = description;
  return request;
}

/**
 * Applies a transition to a description: sets the end of the previous step and, for a terminal status, the
 * job's times.
 */
export function moveTrainingJob(
  job: TrainingJobDescription,
  transition: Transition,
  now: number,
): TrainingJobDescription {
  const status = transition.status ?? job.TrainingJobStatus;
  const isOver = status === 'Completed' || status === 'Failed' || status === 'Stopped';
  const hasTrained = job.SecondaryStatusTransitions.some(({ Status }) => Status === 'Training');
  // Between Downloading and Training, the job may have waited for other jobs. That time does not count.
  const isStart = !hasTrained && ['Downloading', 'Training'].includes(transition.secondaryStatus);
  const started = isStart ? now : job.TrainingStartTime;
  const transitions = [
    ...job.SecondaryStatusTransitions.map((each) => ({ ...each, EndTime: each.EndTime ?? now })),
    nextTransition(transition, now, isOver),
  ];
  const seconds = Math.max(1, Math.round(trainingSeconds(transitions)));
  return {
    ...job,
    TrainingJobStatus: status,
    SecondaryStatus: transition.secondaryStatus,
    SecondaryStatusTransitions: transitions,
    LastModifiedTime: now,
    ...(started !== undefined && { TrainingStartTime: started }),
    ...(isOver && {
      TrainingEndTime: now,
      ...(started !== undefined && { TrainingTimeInSeconds: seconds, BillableTimeInSeconds: seconds }),
    }),
    ...(transition.failureReason !== undefined && {
      FailureReason: transition.failureReason.slice(0, LONGEST_REASON),
    }),
  };
}

/** URI prefix of all output of a job. */
export function outputUri({
  OutputDataConfig: output,
  TrainingJobName: name,
}: CreateTrainingJobRequest): string {
  return `${output.S3OutputPath.replace(/\/+$/, '')}/${name}/output`;
}

/** Location of the model: an archive, or a folder if the job disables compression. */
function modelUri(request: CreateTrainingJobRequest): string {
  const isFolder = request.OutputDataConfig.CompressionType === 'NONE';
  return `${outputUri(request)}/${isFolder ? 'model' : 'model.tar.gz'}`;
}

/** Total time on instances in all attempts. Excludes waiting for instances. */
function trainingSeconds(transitions: readonly SecondaryStatusTransition[]): number {
  return transitions
    .filter(({ Status }) => ['Training', 'Uploading', 'Stopping'].includes(Status))
    .reduce((total, { StartTime, EndTime = StartTime }) => total + EndTime - StartTime, 0);
}

function nextTransition(transition: Transition, now: number, isOver: boolean): SecondaryStatusTransition {
  return {
    Status: transition.secondaryStatus,
    StartTime: now,
    ...(isOver && { EndTime: now }),
    ...(transition.message !== undefined && { StatusMessage: transition.message }),
  };
}
