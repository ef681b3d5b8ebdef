export type ProblemType = 'Regression' | 'BinaryClassification' | 'MulticlassClassification' | 'Ranking';

/** A metric on the test data. No number is NaN or infinite. */
export interface Metric {
  /** The value; null if the metric is undefined for the data. In that case, there is a `reason`. */
  readonly value: number | null;
  /**
   * Bounds of the 95% bootstrap confidence interval; null if there is no value, or if there are fewer than two rows.
   */
  readonly lower: number | null;
  readonly upper: number | null;
  /** The metric of the best constant prediction; null if it is undefined. */
  readonly baseline: number | null;
  readonly reason?: string;
}

/** The evaluation of a model. It becomes part of the execution's output. */
export interface Evaluation {
  readonly problem: ProblemType;
  readonly rows: number;
  readonly metrics: Readonly<Record<string, Metric>>;
  /** S3 URI of `evaluation.json`. */
  readonly statistics: string;
}

/** Mean prediction and mean label of a group of rows with similar predictions. */
export interface CalibrationBin {
  readonly prediction: number;
  readonly label: number;
  readonly rows: number;
}

/** Data of the report's charts. Which fields exist depends on the problem. */
export interface Charts {
  readonly calibration?: readonly CalibrationBin[];
  /** Quantiles of the residuals (label − prediction). */
  readonly residuals?: readonly { readonly share: number; readonly value: number }[];
  /** Number or weight of the rows, by label, then by predicted class. */
  readonly confusionMatrix?: readonly (readonly number[])[];
  /** Number of groups with an NDCG, and total number of groups. */
  readonly groups?: { readonly ranked: number; readonly all: number };
}

/** A condition of the gate with its result. */
export interface ConditionResult {
  /** The condition as text, such as `rmse is at most 0.3`. */
  readonly condition: string;
  readonly passed: boolean;
  readonly value: number | null;
  /** The value that the metric is compared with; null if there is none. */
  readonly limit: number | null;
  /** The reason for the decision, such as `rmse is 0.412, the gate allows at most 0.3`. */
  readonly reason: string;
}

/** The decision of the gate. */
export interface GateResult {
  readonly passed: boolean;
  readonly reason: string;
  /** All conditions in order, including those within `All` and `Any`. */
  readonly conditions: readonly ConditionResult[];
}

/** The version that was registered in a group of model packages. */
export interface ModelPackage {
  readonly arn: string;
  readonly group: string;
  readonly version: number;
  /** `Approved`, `PendingManualApproval` or `Rejected`. */
  readonly approvalStatus: string;
}
