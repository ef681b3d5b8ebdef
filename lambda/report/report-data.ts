import type { CrossValidation } from '../shared/cross-validation';
import type { Charts, Evaluation, GateResult, ModelPackage } from '../shared/evaluation';

/**
 * Version of `report.json`. It changes when a field is removed or its meaning changes. Readers must ignore unknown
 * fields.
 */
export const SCHEMA_VERSION = 1;

/**
 * Content of `report.json`: everything that the page shows. A field is missing if its value is unknown. Times are ISO
 * 8601 in UTC. Values that are not numbers (NaN, ±∞) are left out.
 */
export interface Report {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  readonly createdAt: string;
  readonly search: Search;
  readonly objective: Objective;
  /** The definitions of the search, followed by the definitions of earlier tuning jobs (warm start). */
  readonly definitions: readonly Definition[];
  /** All jobs in order of creation, including those of earlier tuning jobs. */
  readonly jobs: readonly Job[];
  /** Name of the best job. */
  readonly bestJob?: string;
  readonly comparison?: Comparison;
  readonly convergence?: Convergence;
  readonly edges: readonly Edge[];
  readonly importance: readonly DefinitionImportance[];
  readonly overfit?: Overfit;
  readonly failures: readonly Failure[];
  readonly cost?: Cost;
  readonly learningCurves: readonly LearningCurve[];
  /** A sentence that explains why there are no learning curves. */
  readonly learningCurvesNotice?: string;
  /** The cross-validation of the best hyperparameters. */
  readonly crossValidation?: CrossValidation;
  readonly finalModel?: FinalModel;
  /** The evaluation of the final model on test data. */
  readonly evaluation?: EvaluationReport;
  /** The decision of the quality gate. */
  readonly gate?: GateResult;
  /** The version of the final model in the Model Registry. */
  readonly modelPackage?: ModelPackage;
  readonly featureImportance?: FeatureImportance;
  /** Sentences that explain the numbers. */
  readonly reading: readonly Sentence[];
  /** Sentences about data that is missing from the report because it could not be read. */
  readonly notices: readonly string[];
  readonly links: Links;
}

export interface Search {
  readonly kind: 'HyperparameterTuning' | 'AutoML';
  /** Name of the tuning job or AutoML job. If the search ran several tuning jobs, the last one. */
  readonly name: string;
  /** Names of the tuning jobs that the search ran before this one, oldest first; missing if the search ran only one. */
  readonly earlierTuningJobs?: readonly string[];
  /** Status in SageMaker: `Completed`, `InProgress`, `Stopped`, `Failed`, … */
  readonly status: string;
  /** `Bayesian`, `Random`, `Hyperband` or `Grid`. */
  readonly strategy?: string;
  readonly failureReason?: string;
  readonly createdAt?: string;
  readonly endedAt?: string;
  readonly maxJobs?: number;
  readonly maxParallelJobs?: number;
  /** Minimum number of jobs of the search that are not in `jobs`; missing if `jobs` has all of them. */
  readonly unreadJobs?: number;
  readonly warmStart?: { readonly type?: string; readonly parents: readonly string[] };
}

/** Whether the report has all jobs of its search. */
export function isWhole({ unreadJobs }: Search): boolean {
  return unreadJobs === undefined;
}

export interface Objective {
  readonly metric: string;
  readonly type: ObjectiveType;
}

export type ObjectiveType = 'Minimize' | 'Maximize';

export interface Definition {
  /** Name of the tuning job that the definition belongs to. */
  readonly search: string;
  /** Name of the definition, if the tuning job has several definitions. */
  readonly name?: string;
  readonly objective?: Objective;
  /** The training image, or the name of the algorithm. */
  readonly algorithm?: string;
  readonly ranges: readonly Range[];
  readonly staticHyperparameters: Readonly<Record<string, string>>;
}

/** A tuned hyperparameter, with its range of values. */
export interface Range {
  readonly name: string;
  readonly kind: 'Continuous' | 'Integer' | 'Categorical';
  readonly scaling: 'Linear' | 'Logarithmic' | 'ReverseLogarithmic';
  /** Bounds of a continuous or integer range. */
  readonly min?: number;
  readonly max?: number;
  /** Values of a categorical range. */
  readonly values?: readonly string[];
}

/** A training job of the search, or a candidate of an AutoML job. */
export interface Job {
  /** Number of the job in order of creation, from 1. */
  readonly number: number;
  readonly name: string;
  readonly status: string;
  /** Name of the tuning job or AutoML job that started this job. */
  readonly search: string;
  readonly definition?: string;
  /** Final value of the objective metric. */
  readonly value?: number;
  /** Tuned hyperparameters. Values are strings, as in SageMaker. */
  readonly hyperparameters: Readonly<Record<string, string>>;
  /** Final values of all metrics. */
  readonly metrics: Readonly<Record<string, number>>;
  readonly createdAt?: string;
  readonly startedAt?: string;
  readonly endedAt?: string;
  readonly instanceType?: string;
  readonly instanceCount?: number;
  /** Billable seconds of one instance. SageMaker bills this number times `instanceCount`. */
  readonly billableSeconds?: number;
  readonly failureReason?: string;
}

/** How much better the best job is than another job. */
export interface Difference {
  readonly value: number;
  /** Name of the other job; missing if the best job is compared with the median of all jobs. */
  readonly job?: string;
  /** How much better the best job is: a positive number. */
  readonly difference: number;
  /**
   * `difference` divided by the other job's value; missing if this value is zero or has the opposite sign of the best
   * job's value.
   */
  readonly share?: number;
}

export interface Comparison {
  readonly first: Difference;
  readonly median: Difference;
  readonly second: Difference;
}

export interface Convergence {
  readonly verdict: 'converged' | 'slowing' | 'improving';
  /** Number of jobs in the last third. */
  readonly lastJobs: number;
  /** How much the last third of the jobs improved the best value. */
  readonly gain: number;
  /** `gain` as a share of the difference between the median and the best value. */
  readonly share: number;
}

/** A limit of a hyperparameter's range. Most of the best jobs have values close to this limit. */
export interface Edge {
  readonly definition?: string;
  readonly hyperparameter: string;
  readonly side: 'min' | 'max';
  readonly limit: number;
  /** The best job's value. */
  readonly value: number;
}

export interface DefinitionImportance {
  readonly definition?: string;
  /** Number of jobs that the estimate is based on. */
  readonly jobs: number;
  /** Importance of each hyperparameter, highest first. The shares add up to 1. */
  readonly hyperparameters: readonly HyperparameterImportance[];
}

export interface HyperparameterImportance {
  readonly name: string;
  readonly importance: number;
  /** Whether the importance is unlikely to be due to chance alone. */
  readonly isBeyondChance: boolean;
}

export interface Overfit {
  /** Name of the metric without the data set, such as `rmse` for `train:rmse` and `validation:rmse`. */
  readonly metric: string;
  readonly train: number;
  readonly validation: number;
  /**
   * `overfits`: the validation metric got worse while the train metric still improved, without early stopping. `gap`: the validation metric is much
   * worse than the train metric. `close`: neither.
   */
  readonly verdict: 'overfits' | 'gap' | 'close';
  /** Round with the best validation metric. Missing if no learning curve has a value for each round. */
  readonly bestRound?: number;
  readonly bestValidation?: number;
  readonly rounds?: number;
  /** Number of rounds without improvement after which early stopping ends the job; missing without early stopping. */
  readonly patience?: number;
}

/** A failure reason that several jobs share. */
export interface Failure {
  readonly reason: string;
  readonly example: string;
  readonly count: number;
}

export interface Cost {
  /** Instance seconds that SageMaker bills: billable seconds times number of instances. */
  readonly billableSeconds: number;
  /** Billed instance seconds of failed jobs. */
  readonly failedBillableSeconds: number;
  readonly byInstanceType: readonly { readonly instanceType: string; readonly billableSeconds: number }[];
  /** Number of jobs whose billable seconds are unknown. */
  readonly unknownJobs: number;
}

export interface LearningCurve {
  readonly job: string;
  readonly metric: string;
  /** Unit of the first number in each point. */
  readonly unit: 'round' | 'second';
  readonly points: readonly (readonly [number, number])[];
}

export interface FinalModel {
  readonly job: string;
  readonly status: string;
  readonly metrics: Readonly<Record<string, number>>;
  readonly hyperparameters: Readonly<Record<string, string>>;
  /** Whether the job had no validation data, and therefore has no validation metrics. */
  readonly withoutValidation?: boolean;
  /** Whether the model of the best job is reused, so that no final training ran. */
  readonly reused?: boolean;
  readonly modelArtifacts?: string;
  readonly billableSeconds?: number;
  readonly instanceType?: string;
  readonly instanceCount?: number;
}

/** The evaluation, with the data of its charts. */
export type EvaluationReport = Evaluation & { readonly charts?: Charts };

/** Importance of the columns in the final model, by kind (`gain`, `cover`, `weight`). Highest first. */
export type FeatureImportance = Readonly<
  Record<string, readonly { readonly feature: string; readonly importance: number }[]>
>;

export interface Sentence {
  readonly about: string;
  readonly kind: 'fact' | 'good' | 'advice' | 'warning';
  readonly text: string;
}

/**
 * URLs for details about a job, with `{name}` in place of the job's name. The page allows only `https:`, `http:` and
 * `file:`.
 */
export interface Links {
  readonly search?: string;
  readonly job?: string;
  readonly log?: string;
}
