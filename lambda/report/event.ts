import { InvalidEventError } from '../shared/errors';
import { fieldsOf, jobName, jobNames, show } from '../shared/event-fields';
import type { ModelResults } from './input';

/** Event that the state machine passes to the function. */
export interface ReportEvent extends ModelResults {
  /** Name of the tuning job. Specify either `tuningJobName` or `autoMlJobName`. */
  readonly tuningJobName?: string;
  readonly autoMlJobName?: string;
  /** Names of the tuning jobs that the same search ran before `tuningJobName`; missing if the search ran only one. */
  readonly earlierTuningJobNames?: readonly string[];
  /** Why the search ended before its last tuning job. */
  readonly searchFailure?: string;
  /** The best training job, whose hyperparameters the final training used. */
  readonly bestTrainingJobName?: string;
  readonly finalTrainingJobName?: string;
  /** The training job of a failed cross-validation, which has no results. */
  readonly crossValidationJobName?: string;
  /** Whether the model of the best training job is the final model. */
  readonly reusesBest?: boolean;
  /** `s3://bucket/prefix/`. The report is written below this prefix, in a folder with the name of the job. */
  readonly output: string;
  /** KMS key of the report. Without it, S3 uses the default encryption of the bucket. */
  readonly encryptionKey?: string;
  /** Names of the features of a model. */
  readonly features?: FeatureNames;
}

/** Names of the features in training data. */
export interface FeatureNames {
  /**
   * S3 URI of the data that has these features. If an execution uses other data, the report does not use the names.
   */
  readonly data: string;
  readonly names: readonly string[];
}

const FIELDS = [
  'tuningJobName',
  'autoMlJobName',
  'earlierTuningJobNames',
  'searchFailure',
  'bestTrainingJobName',
  'finalTrainingJobName',
  'crossValidationJobName',
  'reusesBest',
  'output',
  'encryptionKey',
  'features',
  'crossValidation',
  'evaluation',
  'charts',
  'gate',
  'modelPackage',
];

/** @throws InvalidEventError if a field is invalid or unknown; the message names the field and the allowed values */
export function parseEvent(event: unknown): ReportEvent {
  const fields = fieldsOf(event, FIELDS);
  const { tuningJobName, autoMlJobName, earlierTuningJobNames, output } = fields;
  if ((tuningJobName === undefined) === (autoMlJobName === undefined)) {
    throw new InvalidEventError('the event must have either tuningJobName or autoMlJobName');
  }
  if (typeof output !== 'string' || !/^s3:\/\/[^/]+\/(.*\/)?$/.test(output)) {
    throw new InvalidEventError(`output must be s3://bucket/prefix/, got ${show(output)}`);
  }
  return {
    ...(tuningJobName === undefined
      ? { autoMlJobName: jobName('autoMlJobName', autoMlJobName) }
      : { tuningJobName: jobName('tuningJobName', tuningJobName) }),
    output,
    ...(earlierTuningJobNames !== undefined && {
      earlierTuningJobNames: jobNames('earlierTuningJobNames', earlierTuningJobNames),
    }),
    ...optionalText(fields, 'searchFailure'),
    ...optionalText(fields, 'bestTrainingJobName'),
    ...optionalText(fields, 'finalTrainingJobName'),
    ...optionalText(fields, 'crossValidationJobName'),
    ...reusesBest(fields['reusesBest']),
    ...optionalText(fields, 'encryptionKey'),
    ...(fields['features'] !== undefined && { features: featureNames(fields['features']) }),
    ...optionalObject(fields, 'crossValidation', ['name', 'folds', 'rounds', 'metrics']),
    ...optionalObject(fields, 'evaluation', ['problem', 'rows', 'metrics']),
    ...optionalObject(fields, 'charts', []),
    ...optionalObject(fields, 'gate', ['passed', 'reason', 'conditions']),
    ...optionalObject(fields, 'modelPackage', ['arn', 'group', 'version', 'approvalStatus']),
  };
}

function reusesBest(value: unknown): Pick<ReportEvent, 'reusesBest'> {
  if (value === undefined) return {};
  if (typeof value === 'boolean') return { reusesBest: value };
  throw new InvalidEventError(`reusesBest must be true or false, got ${show(value)}`);
}

function optionalText<Name extends string>(
  fields: Record<string, unknown>,
  name: Name,
): { [K in Name]?: string } {
  const value = fields[name];
  if (value === undefined) return {};
  if (typeof value === 'string' && value !== '') return { [name]: value } as { [K in Name]?: string };
  throw new InvalidEventError(`${name} must be a non-empty string, got ${show(value)}`);
}

/** The result of another state. Only its required fields are checked. */
function optionalObject<Name extends keyof ModelResults>(
  fields: Record<string, unknown>,
  name: Name,
  required: readonly string[],
): Pick<ReportEvent, Name> {
  const value = fields[name];
  if (value === undefined) return {} as Pick<ReportEvent, Name>;
  const missing = required.find((field) => Object(value)[field] == null);
  if (typeof value === 'object' && missing === undefined) return { [name]: value } as Pick<ReportEvent, Name>;
  throw new InvalidEventError(
    `${name} must be an object${required.length > 0 ? ` with ${required.join(', ')}` : ''}, got ${show(value)}`,
  );
}

function featureNames(value: unknown): FeatureNames {
  const { data, names } = Object(value) as Record<string, unknown>;
  const isList = Array.isArray(names) && names.every((name) => typeof name === 'string');
  if (typeof data === 'string' && isList) return { data, names };
  throw new InvalidEventError(
    `features must be an object with data (a string) and names (an array of strings), got ${show(value)}`,
  );
}
