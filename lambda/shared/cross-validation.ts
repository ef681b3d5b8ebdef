/** The cross-validation of the best hyperparameters, in the output of an execution. */
export interface CrossValidation {
  readonly name: string;
  readonly folds: number;
  readonly rounds: number;
  /** The means over all folds, by metric. */
  readonly metrics: Readonly<Record<string, number>>;
}
