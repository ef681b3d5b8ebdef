/** What the state machine passes to the function. `parseEvent` checks it. */
export interface FindBestTrainingJobEvent {
  /** The tuning job, of this account and region. */
  readonly tuningJobName: string;
  /** What Step Functions reported when the tuning state failed, if it did. It only adds to error messages. */
  readonly failure?: StepFunctionsFailure;
  /** How many of the best training jobs to list: 1 to 50, default 10. */
  readonly topTrainingJobs?: number;
}

/** `$states.errorOutput`; `Cause` is not always there. */
export interface StepFunctionsFailure {
  readonly Error: string;
  readonly Cause?: string;
}

/** What the function returns: the part of the state machine's output contract that is known before the final training. */
export interface FindBestTrainingJobResult {
  readonly tuningJob: TuningJobResult;
  readonly bestTrainingJob: BestTrainingJobResult;
  /**
   * Training jobs of this tuning job (never of a warm start's parents) that have an objective value, best first.
   * Bounded by `topTrainingJobs` and by the size of the whole result: see `RESULT_BUDGET_BYTES`.
   */
  readonly topTrainingJobs: readonly TopTrainingJobResult[];
}

export interface TuningJobResult {
  readonly name: string;
  readonly arn: string;
  /** As SageMaker has it: `Completed`, `Stopped`, `Failed`, … */
  readonly status: string;
  readonly trainingJobs: TrainingJobCounts;
}

export interface TrainingJobCounts {
  readonly completed: number;
  readonly stopped: number;
  /** `NonRetryableError` and `RetryableError` together: both count training jobs that failed. */
  readonly failed: number;
}

export interface BestTrainingJobResult {
  readonly name: string;
  readonly arn: string;
  /** Which definition won; only in a tuning job with several. */
  readonly definitionName?: string;
  readonly objective: {
    readonly metric: string;
    readonly type: ObjectiveType;
    readonly value: number;
  };
  /** The final value of every metric that the training job reported; values that are no number are left out. */
  readonly metrics: Readonly<Record<string, number>>;
  /** All hyperparameters, static and tuned, without those that SageMaker added for the tuning. */
  readonly hyperparameters: Readonly<Record<string, string>>;
  readonly tunedHyperparameters: Readonly<Record<string, string>>;
  /** `null` where the training job left no model: a stopped one may not have come to it. */
  readonly modelArtifacts: string | null;
}

export interface TopTrainingJobResult {
  readonly name: string;
  /** Only in a tuning job with several definitions. */
  readonly definitionName?: string;
  readonly status: string;
  readonly objectiveValue: number;
  readonly tunedHyperparameters: Readonly<Record<string, string>>;
}

export type ObjectiveType = 'Minimize' | 'Maximize';
