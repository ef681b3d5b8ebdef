import type { JobRecord, Jobs, TrainingJobRecord } from '../services';
import type { MapPlace } from '../states';

/** The item of a Map that a job runs for: a training job of a tuning job runs for the item of that. */
export function placeOf({ tuning }: Jobs, job: JobRecord | TrainingJobRecord): MapPlace | undefined {
  const arn = 'description' in job ? job.description.TuningJobArn : undefined;
  if (job.createdBy?.place || arn === undefined) return job.createdBy?.place;
  return tuning.list().find(({ description }) => description.HyperParameterTuningJobArn === arn)?.createdBy
    ?.place;
}

/** An item as a person knows it: `2: houses`; of Maps in Maps `2: houses / 0: price`. */
export function renderPlace({ path }: Pick<MapPlace, 'path'>): string {
  return path.map(({ index, label }) => `${index}: ${label}`).join(' / ');
}

/** What stands before a line on a job that runs for an item. */
export function placePrefix(place: MapPlace | undefined): string {
  return place === undefined ? '' : `[${renderPlace(place)}] `;
}
