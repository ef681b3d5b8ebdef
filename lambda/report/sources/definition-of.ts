import type {
  DescribeHyperParameterTuningJobResponse,
  HyperParameterTrainingJobDefinition,
  HyperParameterTrainingJobSummary,
} from '@aws-sdk/client-sagemaker';

/** The definition of a training job. A tuning job with a single definition does not name it. */
export function definitionOf(
  { TrainingJobDefinition, TrainingJobDefinitions }: DescribeHyperParameterTuningJobResponse,
  summary: HyperParameterTrainingJobSummary | undefined,
): HyperParameterTrainingJobDefinition | undefined {
  const name = summary?.TrainingJobDefinitionName;
  return (
    TrainingJobDefinitions?.find(({ DefinitionName }) => DefinitionName === name) ?? TrainingJobDefinition
  );
}
