import type { TrainingMetricDefinition } from '../tasks/training-job-definition';

/** Options for a model of SageMaker JumpStart. */
export interface JumpStartOptions {
  /**
   * Path of a JSON file with the hub document of the model, for the region of the stack. Get it with
   * `aws sagemaker describe-hub-content --hub-name SageMakerPublicHub --hub-content-type Model
   * --hub-content-name <model id> > model.json`. A file with only the `HubContentDocument` of the response works, too.
   * Synth reads the file, so keep it with the app.
   */
  readonly document: string;
  /**
   * Whether you have read and accept the license of the model. Required if the model has a license; the error message
   * has the URL of the license.
   *
   * @default false
   */
  readonly acceptEula?: boolean;
  /**
   * ID of the model, such as `lightgbm-classification-model`.
   *
   * @default - `HubContentName` in the file, else derived from the name of the training artifact
   */
  readonly modelId?: string;
  /**
   * Metrics to find in the log, in addition to the metrics of the hub document. A metric given here replaces the hub
   * document's metric with the same name.
   *
   * @default - the metrics of the hub document, and for the tabular algorithms, the metrics of the SageMaker developer
   * guide
   */
  readonly metrics?: TrainingMetricDefinition[];
  /**
   * Name of the channel that the model's script reads training data from.
   *
   * @default 'training'
   */
  readonly trainChannelName?: string;
  /**
   * Name of the channel that the model's script reads validation data from.
   *
   * @default 'validation'
   */
  readonly validationChannelName?: string;
}
