import { validationError } from '../aws-error';
import * as model from '../model/sagemaker-model.json';
import { type ServiceModel, validateAgainst } from '../model/validator';
import type { Input } from '../service';
import type { TrainingDefinition } from './api-types';

/** SageMaker's service model. */
export const SAGEMAKER_MODEL = model as ServiceModel;

/** How long a training job may run when a request does not say it: a day. */
const DEFAULT_MAX_RUNTIME_SECONDS = 86_400;

/**
 * Checks a request against SageMaker's service model: required members, types, enums, patterns, lengths and ranges;
 * then what the model does not say of every training definition. What else has to go together is checked where an
 * operation is carried out.
 *
 * @throws AwsError a ValidationException or SerializationException, worded as AWS words it
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

/** Waiting is for spot capacity, and the time for it includes that of the training (API model, StoppingCondition). */
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
