/** Event that the state machine passes to the function. `parseEvent` checks it. */
export interface FindBestTrainingJobEvent {
  /** Name of the tuning job, in this account and region. */
  readonly tuningJobName: string;
  /** Names of the tuning jobs that the same search ran before this one; missing if the search can run only one. */
  readonly earlierTuningJobNames?: readonly string[];
  /** The error that Step Functions reported if the tuning state failed. Used only in error messages. */
  readonly failure?: StepFunctionsFailure;
  /** Number of best training jobs to list: 1 to 50, default 10. */
  readonly topTrainingJobs?: number;
}

/** The error of a failed state, from `$states.errorOutput`. `Cause` can be missing. */
export interface StepFunctionsFailure {
  readonly Error: string;
  readonly Cause?: string;
}

/** Result of the function: the part of the state machine's output that is known before the final training. */
export interface FindBestTrainingJobResult {
  readonly tuningJob: TuningJobResult;
  readonly bestTrainingJob: BestTrainingJobResult;
  /**
   * The search's training jobs that have an objective value, best first. Does not include training jobs of other tuning
   * jobs (warm start). Limited by `topTrainingJobs` and by the size of the whole result (`RESULT_BUDGET_BYTES`).
   */
  readonly topTrainingJobs: readonly TopTrainingJobResult[];
}

export interface TuningJobResult {
  readonly name: string;
  readonly arn: string;
  /** Status in SageMaker: `Completed`, `Stopped`, `Failed`, … */
  readonly status: string;
  /** Numbers of training jobs by status. If the search ran several tuning jobs, these are the totals. */
  readonly trainingJobs: TrainingJobCounts;
  /**
   * Names of the tuning jobs that the search ran before this one, oldest first. Present only if the search ran several
   * tuning jobs.
   */
  readonly earlierTuningJobNames?: readonly string[];
  /** Why the search ended early. Present only if the search ran several tuning jobs. */
  readonly failureReason?: string;
}

export interface TrainingJobCounts {
  readonly completed: number;
  readonly stopped: number;
  /** Number of failed training jobs: the sum of `NonRetryableError` and `RetryableError`. */
  readonly failed: number;
}

export interface BestTrainingJobResult {
  readonly name: string;
  readonly arn: string;
  /** Name of the training job definition, if the tuning job has several. */
  readonly definitionName?: string;
  readonly objective: {
    readonly metric: string;
    readonly type: ObjectiveType;
    readonly value: number;
  };
  /** Final value of every metric that the training job reported. Values that are not numbers are left out. */
  readonly metrics: Readonly<Record<string, number>>;
  /**
   * All hyperparameters, static and tuned, except those that SageMaker added because a tuning job started the training
   * job.
   */
  readonly hyperparameters: Readonly<Record<string, string>>;
  readonly tunedHyperparameters: Readonly<Record<string, string>>;
  /** `null` if the training job has no model, for example because it was stopped early. */
  readonly modelArtifacts: string | null;
}

export interface TopTrainingJobResult {
  readonly name: string;
  /** Name of the training job definition, if the tuning job has several definitions. */
  readonly definitionName?: string;
  readonly status: string;
  readonly objectiveValue: number;
  readonly tunedHyperparameters: Readonly<Record<string, string>>;
}

export type ObjectiveType = 'Minimize' | 'Maximize';
