import type {
  DescribeHyperParameterTuningJobResponse,
  HyperParameterTrainingJobSummary,
  TrainingJob,
} from '@aws-sdk/client-sagemaker';
import { definitionOf } from './definition-of';

/**
 * Instances and billed time of a training job for which there is no DescribeTrainingJob response. SageMaker bills the
 * time from the start to the end of the job. For spot instances, the billed time is unknown, because interruptions are
 * not billed.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeTrainingJob.html (TrainingStartTime)
 */
export function billedTimeOf(
  summary: HyperParameterTrainingJobSummary,
  tuningJob: DescribeHyperParameterTuningJobResponse,
): TrainingJob | undefined {
  const { TrainingJobStatus, TrainingStartTime: start, TrainingEndTime: end } = summary;
  const definition = definitionOf(tuningJob, summary);
  if (!definition?.ResourceConfig) return undefined;
  const { ResourceConfig, EnableManagedSpotTraining: isSpot } = definition;
  if (!start) return { TrainingJobStatus, ResourceConfig };
  if (!end || isSpot) return undefined;
  const seconds = Math.max(1, Math.round((end.getTime() - start.getTime()) / 1000));
  return { TrainingJobStatus, TrainingStartTime: start, BillableTimeInSeconds: seconds, ResourceConfig };
}
