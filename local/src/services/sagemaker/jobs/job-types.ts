import type { Tag, TrainingJobDescription, TuningJobDescription } from '../api-types';
import type { AutoMLJobRecord } from '../automl/automl-types';
import type { JobRecord, JobStore } from './job-store';

/** What is kept of a training job. */
export interface TrainingJobRecord extends JobRecord {
  readonly description: TrainingJobDescription;
  readonly tags: readonly Tag[];
  /** The hyperparameters that the search chose, when the job belongs to a tuning job. */
  readonly tunedHyperParameters?: Readonly<Record<string, string>>;
  /** The definition of the tuning job that it was started from, where that has a name. */
  readonly definitionName?: string;
  /** Number of the trial in the study of the search that chose them. */
  readonly trial?: number;
  /** What a person should know of its metrics, by their names, such as that no number was captured. */
  readonly metricNotes?: Readonly<Record<string, string>>;
}

/** What is kept of a tuning job. */
export interface TuningJobRecord extends JobRecord {
  readonly description: TuningJobDescription;
  readonly tags: readonly Tag[];
  /** How long it was interrupted, all in all: no time that counts for its MaxRuntimeInSeconds. @default 0 */
  readonly pausedSeconds?: number;
}

/** All jobs of a deployment. */
export interface Jobs {
  readonly training: JobStore<TrainingJobRecord>;
  readonly tuning: JobStore<TuningJobRecord>;
  readonly automl: JobStore<AutoMLJobRecord>;
}
