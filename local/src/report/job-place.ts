import type { JobRecord, Jobs, TrainingJobRecord, TuningJobRecord } from '../services';
import type { MapPlace } from '../states';

/** Finds a tuning job by its ARN, which ends with the job's name. The status in the record may be out of date. */
export function tuningJobOf(tuning: Jobs['tuning'], arn: string): TuningJobRecord | undefined {
  return tuning.known(arn.slice(arn.lastIndexOf('/') + 1));
}

/** The Map item that a job runs for. A tuning job's training jobs run for the same item as the tuning job. */
export function placeOf({ tuning }: Jobs, job: JobRecord | TrainingJobRecord): MapPlace | undefined {
  const arn = 'description' in job ? job.description.TuningJobArn : undefined;
  if (job.createdBy?.place || arn === undefined) return job.createdBy?.place;
  return tuningJobOf(tuning, arn)?.createdBy?.place;
}

/** An item as shown to the user: `2: houses`; in nested Maps `2: houses / 0: price`. */
export function renderPlace({ path }: Pick<MapPlace, 'path'>): string {
  return path.map(({ index, label }) => `${index}: ${label}`).join(' / ');
}

/** Prefix of a line about something that runs for an item. */
export function placePrefix(place: MapPlace | undefined): string {
  return place === undefined ? '' : `[${renderPlace(place)}] `;
}
