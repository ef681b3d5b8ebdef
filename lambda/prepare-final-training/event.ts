import { check, fieldsOf, isOptional, isS3Uri, isStrings } from '../shared/event-fields';

/** Event that the state machine passes to the function. */
export interface PrepareFinalTrainingEvent {
  /** Hyperparameters of the best training job. */
  readonly hyperparameters: Readonly<Record<string, string>>;
  /** S3 URI of the model of the best training job; missing if that job saved no model. */
  readonly modelArtifacts?: string;
  /** Early stopping to remove from the final training; missing if the final training keeps early stopping. */
  readonly earlyStopping?: EarlyStopping;
  /** S3 URIs of the training data, all in one bucket; missing if no manifest is needed. */
  readonly data?: readonly string[];
  /** S3 URI of the manifest to write. */
  readonly manifest?: string;
  /** KMS key of the manifest. Without it, S3 uses the default encryption of the bucket. */
  readonly encryptionKey?: string;
}

/** Names of the hyperparameters for an algorithm's early stopping. */
export interface EarlyStopping {
  readonly patience: string;
  /** Hyperparameter to set to the best number of rounds. Missing if the user sets the number of rounds. */
  readonly rounds?: string;
}

const FIELDS = ['hyperparameters', 'modelArtifacts', 'earlyStopping', 'data', 'manifest', 'encryptionKey'];

/** @throws InvalidEventError if a field is invalid or unknown; the message names the field and the allowed values */
export function parseEvent(event: unknown): PrepareFinalTrainingEvent {
  const fields = fieldsOf(event, FIELDS);
  const { hyperparameters, modelArtifacts, earlyStopping, data, manifest, encryptionKey } = fields;
  check(isStrings(hyperparameters), 'hyperparameters', 'a map of strings', hyperparameters);
  check(isOptional(modelArtifacts, isS3Uri), 'modelArtifacts', 's3://bucket/key', modelArtifacts);
  check(
    isOptional(earlyStopping, (value) => isStrings(value) && 'patience' in value),
    'earlyStopping',
    'an object with patience',
    earlyStopping,
  );
  check(
    isOptional(data, (value) => Array.isArray(value) && value.length > 0 && value.every(isS3Uri)),
    'data',
    'a list of S3 URIs',
    data,
  );
  check(
    data === undefined ? manifest === undefined : isS3Uri(manifest),
    'manifest',
    's3://bucket/key, with data',
    manifest,
  );
  check(
    isOptional(encryptionKey, (value) => typeof value === 'string'),
    'encryptionKey',
    'a string',
    encryptionKey,
  );
  return fields as unknown as PrepareFinalTrainingEvent;
}
