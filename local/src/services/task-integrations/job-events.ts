import type { Tag, TrainingJobDescription, TuningJobDescription } from '../sagemaker/api-types';
import { epochMilliseconds, mapTimestamps } from './timestamps';

/**
 * Output of `createHyperParameterTuningJob.sync`: the detail of the EventBridge event. It contains only the
 * name of the best training job, and no counters.
 */
export function tuningJobEvent(job: TuningJobDescription, tags: readonly Tag[]): unknown {
  const {
    TrainingJobStatusCounters: _jobs,
    ObjectiveStatusCounters: _objectives,
    OverallBestTrainingJob: _overall,
    TuningJobCompletionDetails: _details,
    ConsumedResources: _consumed,
    BestTrainingJob: best,
    ...detail
  } = job;
  return {
    ...(mapTimestamps(detail, epochMilliseconds) as object),
    ...(best !== undefined && { BestTrainingJob: { TrainingJobName: best.TrainingJobName } }),
    Tags: tagMap(tags),
  };
}

/**
 * Output of `createTrainingJob.sync`. It omits the final metrics, because there is no evidence that AWS's
 * output contains them.
 */
export function trainingJobEvent(job: TrainingJobDescription, tags: readonly Tag[]): unknown {
  const { FinalMetricDataList: _metrics, ...detail } = job;
  return { ...(mapTimestamps(detail, epochMilliseconds) as object), Tags: tagMap(tags) };
}

/**
 * The output of `createTransformJob.sync`: the detail of the event "SageMaker Transform Job State Change".
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html
 */
export function transformJobEvent(job: Record<string, unknown>, tags: readonly Tag[]): unknown {
  return { ...(mapTimestamps(job, epochMilliseconds) as object), Tags: tagMap(tags) };
}

function tagMap(tags: readonly Tag[]): Record<string, string> {
  return Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value]));
}
