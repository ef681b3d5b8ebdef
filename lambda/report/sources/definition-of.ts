import type {
  DescribeHyperParameterTuningJobResponse,
  HyperParameterTrainingJobDefinition,
  HyperParameterTrainingJobSummary,
} from '@aws-sdk/client-sagemaker';

/** The definition of a training job. If the tuning job has a single definition, that definition has no name. */
export function definitionOf(
  { TrainingJobDefinition, TrainingJobDefinitions }: DescribeHyperParameterTuningJobResponse,
  summary: HyperParameterTrainingJobSummary | undefined,
): HyperParameterTrainingJobDefinition | undefined {
  const name = summary?.TrainingJobDefinitionName;
  return (
    TrainingJobDefinitions?.find(({ DefinitionName }) => DefinitionName === name) ?? TrainingJobDefinition
  );
}
