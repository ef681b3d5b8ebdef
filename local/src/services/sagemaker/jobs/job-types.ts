import type { Tag, TrainingJobDescription, TuningJobDescription } from '../api-types';
import type { AutoMLJobRecord } from '../automl/automl-types';
import type { ModelRecord } from '../models/model-types';
import type { ModelPackageGroupRecord, ModelPackageRecord } from '../registry/registry-types';
import type { TransformJobRecord } from '../transform/transform-types';
import type { JobRecord, JobStore } from './job-store';

/** The stored record of a training job. */
export interface TrainingJobRecord extends JobRecord {
  readonly description: TrainingJobDescription;
  readonly tags: readonly Tag[];
  /** The hyperparameters that the search chose, if the job belongs to a tuning job. */
  readonly tunedHyperParameters?: Readonly<Record<string, string>>;
  /** Name of the job's definition in the tuning job, if it has one. */
  readonly definitionName?: string;
  /** Number of the job's trial in the study of the search. */
  readonly trial?: number;
  /** Notes for the user, indexed by metric name, for example that the captured text is not a number. */
  readonly metricNotes?: Readonly<Record<string, string>>;
  /** Warnings about the job's data, for example that a CSV file has a header. */
  readonly dataWarnings?: readonly string[];
}

/** The stored record of a tuning job. */
export interface TuningJobRecord extends JobRecord {
  readonly description: TuningJobDescription;
  readonly tags: readonly Tag[];
  /** Total time for which the job was interrupted. Does not count toward MaxRuntimeInSeconds. @default 0 */
  readonly pausedSeconds?: number;
}

/** All jobs of a deployment, and its models and model packages. */
export interface Jobs {
  readonly training: JobStore<TrainingJobRecord>;
  readonly tuning: JobStore<TuningJobRecord>;
  readonly automl: JobStore<AutoMLJobRecord>;
  readonly models: JobStore<ModelRecord>;
  readonly modelPackageGroups: JobStore<ModelPackageGroupRecord>;
  readonly modelPackages: JobStore<ModelPackageRecord>;
  readonly transform: JobStore<TransformJobRecord>;
}
