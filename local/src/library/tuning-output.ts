/**
 * Output of an execution of `TuningWorkflow` or `TuningFragment`. The fields of disabled parts are absent.
 *
 * @example
 * const { finalTrainingJob } = await stack.startExecution<TuningOutput>().output();
 */
export interface TuningOutput {
  /** The tuning job. */
  readonly tuningJob: {
    readonly name: string;
    readonly arn: string;
    /** Status in SageMaker, such as `Completed`. */
    readonly status: string;
    /** Number of training jobs by status, over all tuning jobs of the search. */
    readonly trainingJobs: { readonly completed: number; readonly stopped: number; readonly failed: number };
    /** Names of the earlier tuning jobs of the search, if it ran several. */
    readonly earlierTuningJobNames?: readonly string[];
    /** Why a search with several tuning jobs ended early, if it did. */
    readonly failureReason?: string;
  };
  /** The best training job of the search. */
  readonly bestTrainingJob: BestTrainingJobOutput;
  /** The best training jobs with an objective value, best first. */
  readonly topTrainingJobs: readonly {
    readonly name: string;
    /** Name of the training job definition, if there are several. */
    readonly definitionName?: string;
    readonly status: string;
    readonly objectiveValue: number;
    readonly tunedHyperparameters: Readonly<Record<string, string>>;
  }[];
  /** The final training job, or the best training job if its model is reused. */
  readonly finalTrainingJob?: TrainedJobOutput & {
    readonly hyperparameters: Readonly<Record<string, string>>;
    /** S3 URI of the model archive. */
    readonly modelArtifacts: string;
    /** True if no job has trained the final model, because the best model is reused. */
    readonly reused?: boolean;
  };
  /** The cross-validation of the best hyperparameters. Its metrics are means over all folds. */
  readonly crossValidation?: TrainedJobOutput & {
    readonly folds: number;
    readonly rounds: number;
    /** S3 URI of the archive with a model for each fold. */
    readonly modelArtifacts: string;
  };
  /** The evaluation on test data. */
  readonly evaluation?: EvaluationOutput;
  /** The decision of the quality gate. */
  readonly gate?: QualityGateOutput;
  /** The version in the Model Registry. */
  readonly modelPackage?: {
    readonly arn: string;
    /** Name of the model package group. */
    readonly group: string;
    readonly version: number;
    readonly approvalStatus: 'Approved' | 'PendingManualApproval' | 'Rejected';
  };
  /** Upper bounds of the instance time and the cost. Present if the property `cost` is set. */
  readonly cost?: {
    readonly bound: {
      readonly instanceSeconds: number;
      /** Upper bound of the cost, in the currency of `pricePerHour`; absent without prices. */
      readonly cost?: number;
    };
  };
  /** S3 URI of the report; null if it could not be written. */
  readonly report?: string | null;
  /** Why the report could not be written. */
  readonly reportError?: string;
  /** Billed time of the instances of all jobs, in seconds. */
  readonly instanceSeconds?: number;
}

/** A training job in the output. */
export interface TrainedJobOutput {
  readonly name: string;
  readonly arn: string;
  /** Final values by metric, such as `validation:rmse`. */
  readonly metrics: Readonly<Record<string, number>>;
}

/** The best training job of a search. */
export interface BestTrainingJobOutput extends TrainedJobOutput {
  /** Name of the training job definition, if there are several. */
  readonly definitionName?: string;
  /** The metric that the search optimizes. */
  readonly objective: {
    readonly metric: string;
    readonly type: 'Minimize' | 'Maximize';
    readonly value: number;
  };
  /** All hyperparameters. */
  readonly hyperparameters: Readonly<Record<string, string>>;
  /** The hyperparameters that were tuned. */
  readonly tunedHyperparameters: Readonly<Record<string, string>>;
  /** S3 URI of the model archive; null if the job was stopped before it had a model. */
  readonly modelArtifacts: string | null;
}

/** The evaluation of the final model on test data. */
export interface EvaluationOutput {
  readonly problem: 'Regression' | 'BinaryClassification' | 'MulticlassClassification' | 'Ranking';
  /** Number of rows of the test data. */
  readonly rows: number;
  /** The metrics by name, such as `rmse`. */
  readonly metrics: Readonly<
    Record<
      string,
      {
        /** The metric's value; null if the metric is not defined for the data. Then `reason` says why. */
        readonly value: number | null;
        /** Lower bound of the 95% confidence interval. */
        readonly lower: number | null;
        /** Upper bound of the 95% confidence interval. */
        readonly upper: number | null;
        /** The metric of the best constant prediction. */
        readonly baseline: number | null;
        readonly reason?: string;
      }
    >
  >;
  /** S3 URI of `evaluation.json`. */
  readonly statistics: string;
  readonly transformJob: { readonly name: string; readonly arn: string };
  /** The SageMaker model that the transform job used. */
  readonly model: { readonly name: string; readonly arn: string };
}

/** The decision of a quality gate. */
export interface QualityGateOutput {
  readonly passed: boolean;
  /** The reasons for the decision, in words. */
  readonly reason: string;
  readonly conditions: readonly {
    /** The condition in words, such as `rmse is at most 0.3`. */
    readonly condition: string;
    readonly passed: boolean;
    /** The value of the metric; null if it is not defined. */
    readonly value: number | null;
    /** The value that the metric is compared with; null if there is none. */
    readonly limit: number | null;
    readonly reason: string;
  }[];
}
