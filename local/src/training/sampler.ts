/** A range of the search space, as in `ParameterRanges` of SageMaker's API. Values are strings. */
export type SearchDimension =
  | {
      readonly kind: 'integer' | 'continuous';
      readonly name: string;
      readonly minValue: string;
      readonly maxValue: string;
      readonly scalingType: 'Auto' | 'Linear' | 'Logarithmic' | 'ReverseLogarithmic';
    }
  | { readonly kind: 'categorical'; readonly name: string; readonly values: readonly string[] };

/** A search, as the sampler receives it. */
export interface SearchSpecification {
  readonly strategy: 'Bayesian' | 'Random' | 'Grid' | 'Hyperband';
  readonly direction: 'Minimize' | 'Maximize';
  readonly dimensions: readonly SearchDimension[];
  readonly randomSeed?: number;
  /**
   * Enables the median rule (`TrainingJobEarlyStoppingType: Auto`), whose decisions `report` returns.
   * Hyperband has its own rule.
   */
  readonly earlyStopping?: boolean;
  /** Minimum and maximum resource of Hyperband. */
  readonly minResource?: number;
  readonly maxResource?: number;
  /**
   * File of the study (an Optuna journal, which optuna-dashboard can open during the search). If the file
   * exists, the search continues, and first repeats the trials that have no result.
   */
  readonly studyFile: string;
  /** Finished trials of earlier tuning jobs (warm start). */
  readonly previousTrials: readonly FinishedTrial[];
}

/** A finished training job, from which the sampler learns. If `value` is undefined, the job failed. */
export interface FinishedTrial {
  readonly hyperparameters: Readonly<Record<string, string>>;
  readonly value?: number;
}

/** The result of a trial. */
export interface EndedTrial {
  /** Returns the metric at each reported step. Only some strategies call this function. */
  readonly values: () => Promise<readonly number[]>;
  /** Final value; undefined if the trial failed. */
  readonly value?: number;
  /** Whether the trial was stopped early. */
  readonly isStopped: boolean;
}

/** A running search. Values of hyperparameters are strings in SageMaker's format. */
export interface Search {
  /** Proposes the next combination; undefined if all have been proposed (a grid, a small discrete space). */
  ask(): Promise<{ readonly trial: number; readonly hyperparameters: Record<string, string> } | undefined>;
  /**
   * Reports the metric at a step (an epoch or a boosting round, from 0). Returns whether the strategy stops
   * the trial here. The call costs nothing if the strategy ignores metrics of running trials.
   */
  report(trial: number, step: number, value: number): Promise<boolean>;
  /** Ends a trial that started in an earlier run of the search. */
  restore(trial: number, ended: EndedTrial): Promise<void>;
  /** Ends a trial with its final value, or without a value if it failed. */
  tell(trial: number, value: number | undefined): Promise<void>;
  close(): Promise<void>;
}

/** Starts searches. */
export interface Sampler {
  start(specification: SearchSpecification): Promise<Search>;
  /** Resolves when searches can be started. @throws Error when the sampler cannot start searches */
  readonly ready: Promise<unknown>;
  close(): Promise<void>;
}
