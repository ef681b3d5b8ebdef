import { validationError } from '../aws-error';
import * as model from '../model/sagemaker-model.json';
import { type ServiceModel, validateAgainst } from '../model/validator';
import type { Input } from '../service';
import type { TrainingDefinition } from './api-types';

/** SageMaker's service model. */
export const SAGEMAKER_MODEL = model as ServiceModel;

/** Default time limit of a training job: one day. */
const DEFAULT_MAX_RUNTIME_SECONDS = 86_400;

/**
 * Validates a request against SageMaker's service model: required members, types, enums, patterns, lengths
 * and ranges. Then checks rules for training definitions that the model does not contain. Other consistency
 * checks are in the operations.
 *
 * @throws AwsError a ValidationException or SerializationException, with AWS's wording
 */
export function validateRequest(operation: string, input: Input): void {
  validateAgainst(SAGEMAKER_MODEL, operation, input);
  for (const definition of definitionsOf(operation, input)) {
    checkWaitTime(definition);
  }
}

function definitionsOf(operation: string, input: Input): SpotDefinition[] {
  switch (operation) {
    case 'CreateTrainingJob':
      return [input as unknown as SpotDefinition];
    case 'CreateHyperParameterTuningJob':
      return [
        input['TrainingJobDefinition'] ?? [],
        input['TrainingJobDefinitions'] ?? [],
      ].flat() as SpotDefinition[];
    default:
      return [];
  }
}

interface SpotDefinition {
  readonly StoppingCondition?: TrainingDefinition['StoppingCondition'] & {
    readonly MaxWaitTimeInSeconds?: number;
  };
  readonly EnableManagedSpotTraining?: boolean;
}

/**
 * MaxWaitTimeInSeconds is only for spot instances and includes the training time (API model,
 * StoppingCondition).
 */
function checkWaitTime({
  StoppingCondition: limits,
  EnableManagedSpotTraining: isSpot,
}: SpotDefinition): void {
  const { MaxWaitTimeInSeconds: wait, MaxRuntimeInSeconds: run = DEFAULT_MAX_RUNTIME_SECONDS } = limits ?? {};
  if (wait === undefined || wait === null) {
    return;
  }
  if (isSpot !== true) {
    throw validationError(
      'Invalid MaxWaitTimeInSeconds. It is only supported when EnableManagedSpotTraining is set to true',
    );
  }
  if (wait < run) {
    throw validationError(
      `Invalid MaxWaitTimeInSeconds. It must be equal to or greater than MaxRuntimeInSeconds (${run}), got ${wait}`,
    );
  }
}
