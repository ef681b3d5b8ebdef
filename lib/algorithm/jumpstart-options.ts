import type { TrainingMetricDefinition } from '../tasks/training-job-definition';

/** Options of a model of SageMaker JumpStart. */
export interface JumpStartOptions {
  /**
   * Path of a JSON file with the hub document of the model, in the region of the stack. Get it with
   * `aws sagemaker describe-hub-content --hub-name SageMakerPublicHub --hub-content-type Model
   * --hub-content-name <model id> > model.json`; only the `HubContentDocument` of it will do too. It is read when
   * the app is synthesized, so keep it with the app.
   */
  readonly document: string;
  /**
   * Whether you have read and accept the licence of a model that has one. The error without it says where it
   * is.
   *
   * @default false
   */
  readonly acceptEula?: boolean;
  /**
   * The model's id, such as `lightgbm-classification-model`.
   *
   * @default - what the file says: `HubContentName`, or what the training artifact is called
   */
  readonly modelId?: string;
  /**
   * Metrics to find in the log, beside those that the document has (or instead, under the same name).
   *
   * @default - those of the document, and for the tabular algorithms those of the developer guide
   */
  readonly metrics?: TrainingMetricDefinition[];
  /**
   * What the model's script calls the channel of the training data.
   *
   * @default 'training'
   */
  readonly trainChannelName?: string;
  /**
   * What the model's script calls the channel of the validation data.
   *
   * @default 'validation'
   */
  readonly validationChannelName?: string;
}
