/**
 * Version of `report.json`. It changes when a field changes its meaning or goes; readers must ignore fields that they do
 * not know.
 */
export const SCHEMA_VERSION = 1;

/**
 * `report.json`: everything that the page shows. A field is absent where its value is unknown. Times are ISO 8601 in UTC;
 * values that are no number (NaN, ±∞) are left out.
 */
export interface Report {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  readonly createdAt: string;
  readonly search: Search;
  readonly objective: Objective;
  /** The definitions of the search; those of earlier tuning jobs (warm start) follow. */
  readonly definitions: readonly Definition[];
  /** In the order of their creation, those of earlier tuning jobs included. */
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
  /** Why there are no learning curves, in a sentence. */
  readonly learningCurvesNotice?: string;
  readonly finalModel?: FinalModel;
  readonly featureImportance?: FeatureImportance;
  /** What the numbers say, in plain words. */
  readonly reading: readonly Sentence[];
  /** What the report lacks because it could not be read, in sentences. */
  readonly notices: readonly string[];
  readonly links: Links;
}

export interface Search {
  readonly kind: 'HyperparameterTuning' | 'AutoML';
  readonly name: string;
  /** As SageMaker has it: `Completed`, `InProgress`, `Stopped`, `Failed`, … */
  readonly status: string;
  /** `Bayesian`, `Random`, `Hyperband` or `Grid`. */
  readonly strategy?: string;
  readonly failureReason?: string;
  readonly createdAt?: string;
  readonly endedAt?: string;
  readonly maxJobs?: number;
  readonly maxParallelJobs?: number;
  readonly warmStart?: { readonly type?: string; readonly parents: readonly string[] };
}

export interface Objective {
  readonly metric: string;
  readonly type: ObjectiveType;
}

export type ObjectiveType = 'Minimize' | 'Maximize';

export interface Definition {
  /** The tuning job that it belongs to. */
  readonly search: string;
  /** Only where the tuning job has several definitions. */
  readonly name?: string;
  readonly objective?: Objective;
  /** The training image, or the name of the algorithm. */
  readonly algorithm?: string;
  readonly ranges: readonly Range[];
  readonly staticHyperparameters: Readonly<Record<string, string>>;
}

/** A hyperparameter that is tuned, with the values that it may take. */
export interface Range {
  readonly name: string;
  readonly kind: 'Continuous' | 'Integer' | 'Categorical';
  readonly scaling: 'Linear' | 'Logarithmic' | 'ReverseLogarithmic';
  /** Of a continuous or integer range. */
  readonly min?: number;
  readonly max?: number;
  /** Of a categorical range. */
  readonly values?: readonly string[];
}

/** A training job of the search, or a candidate of an AutoML job. */
export interface Job {
  /** From 1, in the order of creation. */
  readonly number: number;
  readonly name: string;
  readonly status: string;
  /** The tuning job that started it. */
  readonly search: string;
  readonly definition?: string;
  /** Final value of the objective metric. */
  readonly value?: number;
  /** As SageMaker has them, those that were tuned. */
  readonly hyperparameters: Readonly<Record<string, string>>;
  /** Final values of all metrics. */
  readonly metrics: Readonly<Record<string, number>>;
  readonly createdAt?: string;
  readonly startedAt?: string;
  readonly endedAt?: string;
  readonly instanceType?: string;
  readonly instanceCount?: number;
  /** Of one instance: what SageMaker bills is this times `instanceCount`. */
  readonly billableSeconds?: number;
  readonly failureReason?: string;
}

/** How much better the best job is than another. */
export interface Difference {
  readonly value: number;
  /** Name of the other job; a median has none. */
  readonly job?: string;
  /** Positive: the best is better by this much. */
  readonly difference: number;
  /** `difference` as a share of the other's value; absent where that is zero or of the other sign. */
  readonly share?: number;
}

export interface Comparison {
  readonly first: Difference;
  readonly median: Difference;
  readonly second: Difference;
}

export interface Convergence {
  readonly verdict: 'converged' | 'slowing' | 'improving';
  /** How many jobs the last third has. */
  readonly lastJobs: number;
  /** How much the last third of the jobs improved the best value. */
  readonly gain: number;
  /** `gain` as a share of the distance between the median and the best job. */
  readonly share: number;
}

/** An end of a range that the best jobs crowd at. */
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
  /** How many jobs it was estimated from. */
  readonly jobs: number;
  /** Highest first; shares that add up to 1. */
  readonly hyperparameters: readonly HyperparameterImportance[];
}

export interface HyperparameterImportance {
  readonly name: string;
  readonly importance: number;
  /** Whether so much is unlikely for a hyperparameter that does not matter. */
  readonly isBeyondChance: boolean;
}

export interface Overfit {
  /** The metrics' common name, such as `rmse`. */
  readonly metric: string;
  readonly train: number;
  readonly validation: number;
  /**
   * `overfits`: the validation metric got worse while the train metric still got better. `gap`: the validation metric is much
   * worse than the train metric. `close`: neither.
   */
  readonly verdict: 'overfits' | 'gap' | 'close';
  /** Round at which the validation metric was best, and its value there; only with a learning curve by rounds. */
  readonly bestRound?: number;
  readonly bestValidation?: number;
  readonly rounds?: number;
}

/** A reason that failed jobs have in common. */
export interface Failure {
  readonly reason: string;
  readonly example: string;
  readonly count: number;
}

export interface Cost {
  /** Instance seconds that SageMaker bills: billable seconds times instances. */
  readonly billableSeconds: number;
  /** Those of jobs that failed. */
  readonly failedBillableSeconds: number;
  readonly byInstanceType: readonly { readonly instanceType: string; readonly billableSeconds: number }[];
  /** Jobs whose billable seconds are unknown. */
  readonly unknownJobs: number;
}

export interface LearningCurve {
  readonly job: string;
  readonly metric: string;
  /** What the first number of a point counts. */
  readonly unit: 'round' | 'second';
  readonly points: readonly (readonly [number, number])[];
}

export interface FinalModel {
  readonly job: string;
  readonly status: string;
  readonly metrics: Readonly<Record<string, number>>;
  readonly hyperparameters: Readonly<Record<string, string>>;
  readonly modelArtifacts?: string;
  readonly billableSeconds?: number;
  readonly instanceType?: string;
  readonly instanceCount?: number;
}

/** Importance of the columns in the final model, by kind (`gain`, `cover`, `weight`), highest first. */
export type FeatureImportance = Readonly<
  Record<string, readonly { readonly feature: string; readonly importance: number }[]>
>;

export interface Sentence {
  readonly about: string;
  readonly kind: 'fact' | 'good' | 'advice' | 'warning';
  readonly text: string;
}

/** Where to read on, with `{name}` in place of a job's name. Only `https:`, `http:` and `file:` are shown. */
export interface Links {
  readonly search?: string;
  readonly job?: string;
  readonly log?: string;
}
