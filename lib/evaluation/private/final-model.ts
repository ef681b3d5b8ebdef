import type { DataLocation } from '../../data-location';
import { trainsFinalModel } from '../../private/final-training';
import type { TuningInput } from '../../private/tuning-definitions';
import type { BoundDefinition } from '../../private/tuning-requests';
import type { TuningOptions } from '../../tuning-options';

/** Whether the final model is evaluated or registered. */
export function isUsed({ evaluation, registry }: TuningOptions): boolean {
  return evaluation !== undefined || registry !== undefined;
}

/** JSONata for the training job of the final model: its name, hyperparameters and model archive. */
export function finalJob(tuning: TuningOptions): string {
  return trainsFinalModel(tuning) ? '$states.input.finalTrainingJob' : '$states.input.result.bestTrainingJob';
}

/**
 * JSONata for a sentence that names the final model. Errors after the training include it, so that the user can still
 * find the model.
 */
export function finalModelSentence(tuning: TuningOptions): string {
  const job = finalJob(tuning);
  return `'. Training job of the final model: ' & ${job}.name & ', model ' & ${job}.modelArtifacts`;
}

/** Location of the model archives that can become the final model. */
export function finalModels(tuning: TuningInput): DataLocation {
  return tuning.output._child(trainsFinalModel(tuning) ? 'models/' : 'trials/');
}

/** ARNs of the repositories of the images that serve the models. */
export function servingRepositories(definitions: readonly BoundDefinition[]): string[] {
  return [...new Set(definitions.map(({ serving }) => serving.image.repositoryArn))];
}

/** Location of the predictions and the metrics. */
export function evaluationLocation({ output }: TuningInput): DataLocation {
  return output._child('evaluations/');
}
