import type { AutoMLCandidate } from '@aws-sdk/client-sagemaker';

/** Metrics to minimize. All other metrics of AutoML jobs are maximized. */
const MINIMIZED = ['MAE', 'MSE', 'RMSE', 'LogLoss', 'MAPE', 'MASE', 'WAPE', 'AverageWeightedQuantileLoss'];

/** An inference container of a candidate, and its model. */
export interface InferenceContainer {
  readonly image: string;
  readonly modelArtifacts: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** A candidate with an objective value. */
export interface RankedCandidate {
  readonly name: string;
  readonly status: string;
  readonly metric: string;
  readonly type: 'Minimize' | 'Maximize';
  readonly value: number;
  readonly candidate: AutoMLCandidate;
}

/** The candidate with its objective value; `undefined` if the value is missing or not a number (NaN, ±∞). */
export function ranked(candidate: AutoMLCandidate | undefined): RankedCandidate | undefined {
  const { CandidateName: name, CandidateStatus: status } = candidate ?? {};
  const {
    MetricName,
    StandardMetricName,
    Type,
    Value: value,
  } = candidate?.FinalAutoMLJobObjectiveMetric ?? {};
  // MetricName can be the algorithm's own name for the objective, such as `validation:f1`.
  const metric = StandardMetricName ?? MetricName;
  if (!candidate || !name || !status || !metric || value === undefined || !Number.isFinite(value)) {
    return undefined;
  }
  const type = Type ?? (MINIMIZED.includes(metric) ? 'Minimize' : 'Maximize');
  return { name, status, metric, type, value, candidate };
}

/** Compares candidates of an AutoML job: negative if `a` is better than `b`. */
export function byObjective(a: RankedCandidate, b: RankedCandidate): number {
  return a.type === 'Minimize' ? a.value - b.value : b.value - a.value;
}

/** The inference containers. If SageMaker returns several sets of containers, the result is the set for CPUs. */
export function containersOf(candidate: AutoMLCandidate): InferenceContainer[] {
  const sets = candidate.InferenceContainerDefinitions ?? {};
  const containers = candidate.InferenceContainers?.length
    ? candidate.InferenceContainers
    : (sets.CPU ?? Object.values(sets)[0] ?? []);
  return containers.flatMap(({ Image: image, ModelDataUrl: modelArtifacts, Environment: environment }) =>
    image && modelArtifacts ? [{ image, modelArtifacts, environment: environment ?? {} }] : [],
  );
}

/**
 * The model artifacts of the container that has the model. The other containers transform features and labels. They are
 * marked by an environment variable (`AUTOML_TRANSFORM_MODE` in SageMaker's examples).
 */
export function modelArtifactsOf(candidate: AutoMLCandidate): string | null {
  const containers = containersOf(candidate);
  const model = containers.find(({ environment }) => !('AUTOML_TRANSFORM_MODE' in environment));
  return (model ?? containers[0])?.modelArtifacts ?? null;
}
