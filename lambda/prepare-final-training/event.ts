import { InvalidEventError } from '../shared/errors';
import { fieldsOf, show } from '../shared/event-fields';

/** What the state machine passes to the function. */
export interface PrepareFinalTrainingEvent {
  /** Hyperparameters of the best training job. */
  readonly hyperparameters: Readonly<Record<string, string>>;
  /** S3 URI of its model; missing if it left none. */
  readonly modelArtifacts?: string;
  /** Early stopping that the final training goes without; missing if it keeps it. */
  readonly earlyStopping?: EarlyStopping;
  /** S3 URIs of the data to train on, all in one bucket; missing if no manifest is needed. */
  readonly data?: readonly string[];
  /** S3 URI that the manifest is written to. */
  readonly manifest?: string;
  /** KMS key of the manifest. Without it, S3 encrypts as the bucket says. */
  readonly encryptionKey?: string;
}

/** Names of the hyperparameters of an algorithm's early stopping. */
export interface EarlyStopping {
  readonly patience: string;
  /** Missing if the number of rounds is set otherwise, so that no model is read. */
  readonly rounds?: string;
}

const FIELDS = ['hyperparameters', 'modelArtifacts', 'earlyStopping', 'data', 'manifest', 'encryptionKey'];

/** @throws InvalidEventError that names the field and what is allowed; unknown fields are refused as well */
export function parseEvent(event: unknown): PrepareFinalTrainingEvent {
  const fields = fieldsOf(event, FIELDS);
  const { hyperparameters, modelArtifacts, earlyStopping, data, manifest, encryptionKey } = fields;
  check(isStrings(hyperparameters), 'hyperparameters', 'a map of strings', hyperparameters);
  check(isOptional(modelArtifacts, isUri), 'modelArtifacts', 's3://bucket/key', modelArtifacts);
  check(
    isOptional(earlyStopping, (value) => isStrings(value) && 'patience' in value),
    'earlyStopping',
    'an object with patience',
    earlyStopping,
  );
  check(
    isOptional(data, (value) => Array.isArray(value) && value.length > 0 && value.every(isUri)),
    'data',
    'a list of S3 URIs',
    data,
  );
  check(
    data === undefined ? manifest === undefined : isUri(manifest),
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

function check(isValid: boolean, field: string, allowed: string, value: unknown): void {
  if (!isValid) throw new InvalidEventError(`${field} must be ${allowed}, got ${show(value)}`);
}

function isOptional(value: unknown, is: (value: unknown) => boolean): boolean {
  return value === undefined || is(value);
}

function isStrings(value: unknown): value is Record<string, string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((inner) => typeof inner === 'string');
}

function isUri(value: unknown): boolean {
  return typeof value === 'string' && /^s3:\/\/[^/]+(\/|$)/.test(value);
}
