import type { AutoMLCandidate } from '@aws-sdk/client-sagemaker';
import { containersOf, modelArtifactsOf, type RankedCandidate } from '../shared/automl-candidate';
import type { BestCandidateResult } from './types';

/** Describes the best candidate, with everything needed to deploy or inspect it. */
export function describeCandidate({
  name,
  metric,
  type,
  value,
  candidate,
}: RankedCandidate): BestCandidateResult {
  return {
    name,
    objective: { metric, type, value },
    metrics: metricsOf(candidate),
    inferenceContainers: containersOf(candidate),
    modelArtifacts: modelArtifactsOf(candidate),
    steps: (candidate.CandidateSteps ?? []).flatMap(
      ({ CandidateStepType: stepType, CandidateStepName: stepName, CandidateStepArn: arn }) =>
        stepType && stepName && arn
          ? [{ type: stepType.replace(/^AWS::SageMaker::/, ''), name: stepName, arn }]
          : [],
    ),
  };
}

function metricsOf({ CandidateProperties }: AutoMLCandidate): Record<string, number> {
  const metrics: Record<string, number> = {};
  for (const {
    MetricName,
    StandardMetricName,
    Set: source,
    Value: value,
  } of CandidateProperties?.CandidateMetrics ?? []) {
    const name = StandardMetricName ?? MetricName;
    // JSON has no NaN: `JSON.stringify` would write null, although the type of the value is number.
    if (name === undefined || value === undefined || !Number.isFinite(value)) continue;
    metrics[source ? `${source.toLowerCase()}:${name}` : name] = value;
  }
  return metrics;
}
