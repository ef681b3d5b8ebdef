import { InvalidEventError } from '../shared/errors';
import { fieldsOf, jobName, jobNames, listSize, show } from '../shared/event-fields';
import type { FindBestTrainingJobEvent, StepFunctionsFailure } from './types';

/** A valid event, with its defaults filled in. */
export type CheckedEvent = FindBestTrainingJobEvent &
  Required<Pick<FindBestTrainingJobEvent, 'topTrainingJobs'>>;

/**
 * Checks an event and fills in its defaults.
 *
 * @throws InvalidEventError if a field is invalid or unknown; the message names the field and the allowed values
 */
export function parseEvent(event: unknown): CheckedEvent {
  const { tuningJobName, earlierTuningJobNames, failure, topTrainingJobs } = fieldsOf(event, [
    'tuningJobName',
    'earlierTuningJobNames',
    'failure',
    'topTrainingJobs',
  ]);
  return {
    tuningJobName: jobName('tuningJobName', tuningJobName),
    topTrainingJobs: listSize('topTrainingJobs', topTrainingJobs),
    ...(earlierTuningJobNames !== undefined && {
      earlierTuningJobNames: jobNames('earlierTuningJobNames', earlierTuningJobNames),
    }),
    ...(failure !== undefined && { failure: parseFailure(failure) }),
  };
}

function parseFailure(value: unknown): StepFunctionsFailure {
  const { Error: error, Cause: cause } = Object(value) as Record<string, unknown>;
  if (typeof error !== 'string' || !(typeof cause === 'string' || cause === undefined || cause === null)) {
    throw new InvalidEventError(
      `failure must be an object with the strings Error and Cause, got ${show(value)}`,
    );
  }
  return { Error: error, Cause: cause ?? undefined };
}
