import type { AutoMLCandidate } from '@aws-sdk/client-sagemaker';

/** Metrics where less is better; all others of AutoML jobs are the better the higher they are. */
const MINIMIZED = ['MAE', 'MSE', 'RMSE', 'LogLoss', 'MAPE', 'MASE', 'WAPE', 'AverageWeightedQuantileLoss'];

/** A container that serves a candidate, and its model. */
export interface InferenceContainer {
  readonly image: string;
  readonly modelArtifacts: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** A candidate that has an objective value. */
export interface RankedCandidate {
  readonly name: string;
  readonly status: string;
  readonly metric: string;
  readonly type: 'Minimize' | 'Maximize';
  readonly value: number;
  readonly candidate: AutoMLCandidate;
}

/** The candidate with its objective value; `undefined` where it has none, or one that is no number (NaN, ±∞). */
export function ranked(candidate: AutoMLCandidate | undefined): RankedCandidate | undefined {
  const { CandidateName: name, CandidateStatus: status } = candidate ?? {};
  const {
    MetricName,
    StandardMetricName,
    Type,
    Value: value,
  } = candidate?.FinalAutoMLJobObjectiveMetric ?? {};
  // An objective's MetricName can be the algorithm's own name for it, such as `validation:f1`.
  const metric = StandardMetricName ?? MetricName;
  if (!candidate || !name || !status || !metric || value === undefined || !Number.isFinite(value)) {
    return undefined;
  }
  const type = Type ?? (MINIMIZED.includes(metric) ? 'Minimize' : 'Maximize');
  return { name, status, metric, type, value, candidate };
}

/** Sorts candidates of one AutoML job: negative when `a` is better than `b`. */
export function byObjective(a: RankedCandidate, b: RankedCandidate): number {
  return a.type === 'Minimize' ? a.value - b.value : b.value - a.value;
}

/** The containers for inference; where SageMaker tells several sets of them, those for CPUs. */
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
 * The model among the containers. The ones around it transform features and labels, and carry a variable that says
 * so (in SageMaker's own examples: `AUTOML_TRANSFORM_MODE`).
 */
export function modelArtifactsOf(candidate: AutoMLCandidate): string | null {
  const containers = containersOf(candidate);
  const model = containers.find(({ environment }) => !('AUTOML_TRANSFORM_MODE' in environment));
  return (model ?? containers[0])?.modelArtifacts ?? null;
}
