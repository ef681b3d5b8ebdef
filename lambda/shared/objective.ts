import type {
  DescribeHyperParameterTuningJobResponse,
  HyperParameterTrainingJobSummary,
} from '@aws-sdk/client-sagemaker';
import { UnexpectedResponseError } from './errors';

/** The metric that a tuning job optimizes, and whether it is minimized or maximized. */
export interface Objective {
  readonly metric: string;
  readonly type: 'Minimize' | 'Maximize';
}

/** A training job with an objective value. Other training jobs cannot be the best. */
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
 * A tuning job with one algorithm has the objective in its configuration. With several algorithms
 * (`TrainingJobDefinitions`), each definition has its own objective, and a training job names its definition. Without a
 * training job, the result is the objective of the first definition. All definitions have the same direction, because
 * SageMaker compares the values of all definitions. Where there is no objective, SageMaker can return an empty structure.
 */
export function objectiveOf(
  tuningJob: DescribeHyperParameterTuningJobResponse,
  trainingJob?: Pick<RankedTrainingJob, 'definitionName'>,
): Objective {
  const definitions = [tuningJob.TrainingJobDefinition, ...(tuningJob.TrainingJobDefinitions ?? [])];
  const named = trainingJob?.definitionName;
  const own = definitions.find((definition) => named !== undefined && definition?.DefinitionName === named);
  const objective = [
    own?.TuningObjective,
    tuningJob.HyperParameterTuningJobConfig?.HyperParameterTuningJobObjective,
    ...definitions.map((definition) => definition?.TuningObjective),
  ].find((one) => one?.MetricName !== undefined && one.Type !== undefined);
  if (objective?.MetricName === undefined || objective.Type === undefined) {
    throw new UnexpectedResponseError(
      `SageMaker's description of the tuning job ${tuningJob.HyperParameterTuningJobName} has no objective`,
    );
  }
  return { metric: objective.MetricName, type: objective.Type };
}

/** The training job with its objective value; `undefined` if the value is missing or not a number (NaN, ±∞). */
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

/** Compares training jobs: negative if `a` is better than `b`. */
export function compareBy(type: Objective['type']): (a: RankedTrainingJob, b: RankedTrainingJob) => number {
  return (a, b) => (type === 'Minimize' ? a.value - b.value : b.value - a.value);
}
