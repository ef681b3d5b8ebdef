import type {
  DescribeHyperParameterTuningJobResponse,
  HyperParameterTrainingJobSummary,
} from '@aws-sdk/client-sagemaker';
import { UnexpectedResponseError } from './errors';

/** What a tuning job tries to make small or large. */
export interface Objective {
  readonly metric: string;
  readonly type: 'Minimize' | 'Maximize';
}

/** A training job that has an objective value: the only kind that can be the best. */
export interface RankedTrainingJob {
  readonly name: string;
  readonly arn: string;
  readonly status: string;
  readonly value: number;
  readonly definitionName: string | undefined;
  readonly tunedHyperparameters: Readonly<Record<string, string>>;
}

/**
 * The objective of a tuning job, or of one of its training jobs.
 *
 * A tuning job with one algorithm has it in its configuration. One with several (`TrainingJobDefinitions`) has one in
 * each definition; a training job names its definition. Without a training job, the first definition's is taken:
 * SageMaker compares the values of all definitions with each other, so that their types must agree anyway.
 */
export function objectiveOf(
  tuningJob: DescribeHyperParameterTuningJobResponse,
  trainingJob?: Pick<RankedTrainingJob, 'definitionName'>,
): Objective {
  const definitions = [tuningJob.TrainingJobDefinition, ...(tuningJob.TrainingJobDefinitions ?? [])];
  const named = trainingJob?.definitionName;
  const objective =
    definitions.find((definition) => named !== undefined && definition?.DefinitionName === named)
      ?.TuningObjective ??
    tuningJob.HyperParameterTuningJobConfig?.HyperParameterTuningJobObjective ??
    definitions.find((definition) => definition?.TuningObjective)?.TuningObjective;
  if (objective?.MetricName === undefined || objective.Type === undefined) {
    throw new UnexpectedResponseError(
      `SageMaker's description of the tuning job ${tuningJob.HyperParameterTuningJobName} has no objective`,
    );
  }
  return { metric: objective.MetricName, type: objective.Type };
}

/** The training job with its objective value; `undefined` where it has none, or one that is no number (NaN, ±∞). */
export function ranked(summary: HyperParameterTrainingJobSummary | undefined): RankedTrainingJob | undefined {
  const value = summary?.FinalHyperParameterTuningJobObjectiveMetric?.Value;
  if (
    summary?.TrainingJobName === undefined ||
    summary.TrainingJobArn === undefined ||
    summary.TrainingJobStatus === undefined ||
    value === undefined ||
    !Number.isFinite(value)
  ) {
    return undefined;
  }
  return {
    name: summary.TrainingJobName,
    arn: summary.TrainingJobArn,
    status: summary.TrainingJobStatus,
    value,
    definitionName: summary.TrainingJobDefinitionName,
    tunedHyperparameters: summary.TunedHyperParameters ?? {},
  };
}

/** Sorts training jobs: negative when `a` is better than `b`. */
export function compareBy(type: Objective['type']): (a: RankedTrainingJob, b: RankedTrainingJob) => number {
  return (a, b) => (type === 'Minimize' ? a.value - b.value : b.value - a.value);
}
