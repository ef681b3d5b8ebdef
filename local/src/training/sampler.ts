/** One range of the search space, as in `ParameterRanges` of the SageMaker API (values are strings). */
export type SearchDimension =
  | {
      readonly kind: 'integer' | 'continuous';
      readonly name: string;
      readonly minValue: string;
      readonly maxValue: string;
      readonly scalingType: 'Auto' | 'Linear' | 'Logarithmic' | 'ReverseLogarithmic';
    }
  | { readonly kind: 'categorical'; readonly name: string; readonly values: readonly string[] };

/** A search as the sampler needs it. */
export interface SearchSpecification {
  readonly strategy: 'Bayesian' | 'Random' | 'Grid' | 'Hyperband';
  readonly direction: 'Minimize' | 'Maximize';
  readonly dimensions: readonly SearchDimension[];
  readonly randomSeed?: number;
  /**
   * Stops trials by the median rule (`TrainingJobEarlyStoppingType: Auto`), through what `report` returns.
   * Hyperband has a rule of its own.
   */
  readonly earlyStopping?: boolean;
  /** Hyperband's resource bounds. */
  readonly minResource?: number;
  readonly maxResource?: number;
  /**
   * File that keeps the study (an Optuna journal, which optuna-dashboard opens while the search runs). A file
   * that is there already is gone on with: trials that were asked for and never told come again, first.
   */
  readonly studyFile: string;
  /** Finished trials of earlier tuning jobs (warm start). */
  readonly previousTrials: readonly FinishedTrial[];
}

/** A finished training job as the sampler learns from it; without a value it failed. */
export interface FinishedTrial {
  readonly hyperparameters: Readonly<Record<string, string>>;
  readonly value?: number;
}

/** What became of a trial. */
export interface EndedTrial {
  /** Finds out the metric at each step, as far as it was reported; only some strategies ask. */
  readonly values: () => Promise<readonly number[]>;
  /** Its final value; without one it failed. */
  readonly value?: number;
  /** Whether it was stopped before its end. */
  readonly isStopped: boolean;
}

/** A running search: ask for hyperparameters, tell what came of them. Values are strings, as SageMaker prints them. */
export interface Search {
  /** The next set to try; undefined when every combination has been handed out (a grid, a small discrete space). */
  ask(): Promise<{ readonly trial: number; readonly hyperparameters: Record<string, string> } | undefined>;
  /**
   * Reports the metric at a step (an epoch or a boosting round, from 0); true: the strategy would stop the trial
   * here. Free of cost where the strategy does not look at it.
   */
  report(trial: number, step: number, value: number): Promise<boolean>;
  /** Ends a trial that an earlier run of the search had begun, and that has ended since. */
  restore(trial: number, ended: EndedTrial): Promise<void>;
  /** Ends a trial with its final value, or without one when it failed. */
  tell(trial: number, value: number | undefined): Promise<void>;
  close(): Promise<void>;
}

/** Starts searches. */
export interface Sampler {
  start(specification: SearchSpecification): Promise<Search>;
  /** Resolves when searches can be started at once. @throws Error when they cannot */
  readonly ready: Promise<unknown>;
  close(): Promise<void>;
}
