import { InvalidEventError } from './errors';
import type { FindBestTrainingJobEvent, StepFunctionsFailure } from './types';

const DEFAULT_TOP_TRAINING_JOBS = 10;
const MAX_TOP_TRAINING_JOBS = 50;

const FIELDS = ['tuningJobName', 'failure', 'topTrainingJobs'];

/** An event that was checked, with its defaults filled in. */
export type CheckedEvent = FindBestTrainingJobEvent &
  Required<Pick<FindBestTrainingJobEvent, 'topTrainingJobs'>>;

/**
 * Checks an event and fills in its defaults.
 *
 * @throws InvalidEventError that names the field and what is allowed. A field that is not known is refused as well: a
 * mistyped one would otherwise change nothing, silently.
 */
export function parseEvent(event: unknown): CheckedEvent {
  if (!isRecord(event)) {
    throw new InvalidEventError(`the event must be an object, got ${show(event)}`);
  }
  const unknown = Object.keys(event).find((field) => !FIELDS.includes(field));
  if (unknown !== undefined) {
    throw new InvalidEventError(
      `unknown field ${show(unknown)} in the event, known are ${FIELDS.join(', ')}`,
    );
  }
  const failure = parseFailure(event['failure']);
  return {
    tuningJobName: parseTuningJobName(event['tuningJobName']),
    topTrainingJobs: parseTopTrainingJobs(event['topTrainingJobs']),
    ...(failure && { failure }),
  };
}

function parseTuningJobName(value: unknown): string {
  // CreateHyperParameterTuningJob: its pattern leaves runs of hyphens free, so that the length is checked apart.
  if (typeof value !== 'string' || value.length > 32 || !/^[a-zA-Z0-9](-*[a-zA-Z0-9])*$/.test(value)) {
    throw new InvalidEventError(
      `tuningJobName must be 1 to 32 letters, digits and inner hyphens, got ${show(value)}`,
    );
  }
  return value;
}

function parseFailure(value: unknown): StepFunctionsFailure | undefined {
  if (value === undefined || value === null) {
    return undefined;
  }
  if (!isRecord(value) || typeof value['Error'] !== 'string' || !isAbsentOrString(value['Cause'])) {
    throw new InvalidEventError(`failure must hold the strings Error and Cause, got ${show(value)}`);
  }
  return { Error: value['Error'], Cause: value['Cause'] ?? undefined };
}

function parseTopTrainingJobs(value: unknown): number {
  if (value === undefined || value === null) {
    return DEFAULT_TOP_TRAINING_JOBS;
  }
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1 || value > MAX_TOP_TRAINING_JOBS) {
    throw new InvalidEventError(
      `topTrainingJobs must be an integer from 1 to ${MAX_TOP_TRAINING_JOBS}, got ${show(value)}`,
    );
  }
  return value;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isAbsentOrString(value: unknown): value is string | null | undefined {
  return value === undefined || value === null || typeof value === 'string';
}

function show(value: unknown): string {
  return (JSON.stringify(value) ?? 'nothing').slice(0, 200);
}
