import { InvalidEventError } from '../shared/errors';
import { fieldsOf, show } from '../shared/event-fields';

/** Event that the state machine passes to the function. */
export interface CheckTabularDataEvent {
  /** Name of the column to predict. */
  readonly target: string;
  /** S3 URI of a training file, or prefix of several files. */
  readonly train: string;
  /** S3 URI or prefix of the validation files, if there are any. */
  readonly validation?: string;
  /** Content type. The content is checked only if it is `text/csv;header=present`. */
  readonly contentType: string;
  /** Whether the files are compressed with gzip. */
  readonly gzip: boolean;
  /** `Regression`, `BinaryClassification` or `MulticlassClassification`, if known. */
  readonly problemType?: string;
  /** Name of the column with the weight of each row, if there is one. */
  readonly sampleWeightColumn?: string;
}

const FIELDS = ['target', 'train', 'validation', 'contentType', 'gzip', 'problemType', 'sampleWeightColumn'];

/**
 * Checks an event and fills in its defaults.
 *
 * @throws InvalidEventError if a field is invalid or unknown; the message names the field and the allowed values
 */
export function parseEvent(event: unknown): CheckTabularDataEvent {
  const {
    target,
    train,
    validation,
    contentType = 'text/csv;header=present',
    gzip = false,
    problemType,
    sampleWeightColumn,
  } = fieldsOf(event, FIELDS);
  if (typeof gzip !== 'boolean') throw new InvalidEventError(`gzip must be true or false, got ${show(gzip)}`);
  return {
    target: text('target', target),
    train: s3Uri('train', train),
    validation: validation === undefined ? undefined : s3Uri('validation', validation),
    contentType: text('contentType', contentType),
    gzip,
    problemType: problemType === undefined ? undefined : text('problemType', problemType),
    sampleWeightColumn:
      sampleWeightColumn === undefined ? undefined : text('sampleWeightColumn', sampleWeightColumn),
  };
}

function text(field: string, value: unknown): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new InvalidEventError(`${field} must be a non-empty string, got ${show(value)}`);
}

function s3Uri(field: string, value: unknown): string {
  if (typeof value === 'string' && /^s3:\/\/[^/]+(\/|$)/.test(value)) return value;
  throw new InvalidEventError(`${field} must be s3://bucket/key, got ${show(value)}`);
}
