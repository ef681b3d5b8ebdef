import type { PreparedData } from '../tables';
import type { ServedModel } from '../training';

/** A trained model, with the known properties of its training data. */
export interface TrainedModel extends ServedModel {
  /** Name for messages, such as `training job churn-1`. */
  readonly title: string;
  /** Path of the model archive. */
  readonly archive: string;
  readonly hyperparameters: Readonly<Record<string, string>>;
  readonly data: TrainedData;
}

/** The training data of a model. */
export interface TrainedData {
  /** Location for messages. */
  readonly uri: string;
  /** The content of the training data's `columns.json`. @default - there is none */
  readonly prepared?: PreparedData;
  /** Names of the columns before the features: `label` and, if rows have weights, `weight`. */
  readonly leading: readonly string[];
  /** Number of features. @default - unknown, because the data no longer exists */
  readonly features?: number;
}
