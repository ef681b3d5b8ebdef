/** The kind of value to predict. */
export enum AutoMlProblemType {
  /** A number. */
  REGRESSION = 'Regression',
  /** One of two classes. */
  BINARY_CLASSIFICATION = 'BinaryClassification',
  /** One of several classes. */
  MULTICLASS_CLASSIFICATION = 'MulticlassClassification',
}

/** The training mode of Autopilot. */
export enum AutoMlMode {
  /** `ENSEMBLING` for less than 100 MB of data, else `HYPERPARAMETER_TUNING`. */
  AUTO = 'AUTO',
  /** Trains several kinds of models, and a stacked ensemble of them. */
  ENSEMBLING = 'ENSEMBLING',
  /** Chooses suitable algorithms and tunes their hyperparameters. */
  HYPERPARAMETER_TUNING = 'HYPERPARAMETER_TUNING',
}

const { REGRESSION, BINARY_CLASSIFICATION, MULTICLASS_CLASSIFICATION } = AutoMlProblemType;

/**
 * The metric that an AutoML job optimizes.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_AutoMLJobObjective.html
 */
export class AutoMlObjective {
  /** Mean absolute error (lower is better). For regression. */
  static readonly MAE = new AutoMlObjective('MAE', 'Minimize', [REGRESSION]);
  /** Mean squared error (lower is better). For regression; SageMaker's default. */
  static readonly MSE = new AutoMlObjective('MSE', 'Minimize', [REGRESSION]);
  /** Root mean squared error (lower is better). For regression. */
  static readonly RMSE = new AutoMlObjective('RMSE', 'Minimize', [REGRESSION]);
  /** Coefficient of determination (higher is better). For regression. */
  static readonly R2 = new AutoMlObjective('R2', 'Maximize', [REGRESSION]);
  /** Accuracy: the share of correct predictions (higher is better). For classification; SageMaker's default for multiclass. */
  static readonly ACCURACY = new AutoMlObjective('Accuracy', 'Maximize', [
    BINARY_CLASSIFICATION,
    MULTICLASS_CLASSIFICATION,
  ]);
  /** Balanced accuracy: the mean of the accuracies of the classes (higher is better). For classification. */
  static readonly BALANCED_ACCURACY = new AutoMlObjective('BalancedAccuracy', 'Maximize', [
    BINARY_CLASSIFICATION,
    MULTICLASS_CLASSIFICATION,
  ]);
  /** Area under the ROC curve (higher is better). For binary classification. */
  static readonly AUC = new AutoMlObjective('AUC', 'Maximize', [BINARY_CLASSIFICATION]);
  /** F1 score (higher is better). For binary classification; SageMaker's default. */
  static readonly F1 = new AutoMlObjective('F1', 'Maximize', [BINARY_CLASSIFICATION]);
  /** Precision (higher is better). For binary classification. */
  static readonly PRECISION = new AutoMlObjective('Precision', 'Maximize', [BINARY_CLASSIFICATION]);
  /** Recall (higher is better). For binary classification. */
  static readonly RECALL = new AutoMlObjective('Recall', 'Maximize', [BINARY_CLASSIFICATION]);
  /** Macro-averaged F1 score: the mean of the classes' F1 scores (higher is better). For multiclass classification. */
  static readonly F1_MACRO = new AutoMlObjective('F1macro', 'Maximize', [MULTICLASS_CLASSIFICATION]);
  /** Macro-averaged precision: the mean of the classes' precisions (higher is better). For multiclass classification. */
  static readonly PRECISION_MACRO = new AutoMlObjective('PrecisionMacro', 'Maximize', [
    MULTICLASS_CLASSIFICATION,
  ]);
  /** Macro-averaged recall: the mean of the classes' recalls (higher is better). For multiclass classification. */
  static readonly RECALL_MACRO = new AutoMlObjective('RecallMacro', 'Maximize', [MULTICLASS_CLASSIFICATION]);

  /** @internal */
  static readonly _ALL: readonly AutoMlObjective[] = [
    AutoMlObjective.MAE,
    AutoMlObjective.MSE,
    AutoMlObjective.RMSE,
    AutoMlObjective.R2,
    AutoMlObjective.ACCURACY,
    AutoMlObjective.BALANCED_ACCURACY,
    AutoMlObjective.AUC,
    AutoMlObjective.F1,
    AutoMlObjective.PRECISION,
    AutoMlObjective.RECALL,
    AutoMlObjective.F1_MACRO,
    AutoMlObjective.PRECISION_MACRO,
    AutoMlObjective.RECALL_MACRO,
  ];

  private constructor(
    /** Name of the metric, as in the SageMaker API. */
    readonly metric: string,
    /** `Minimize` or `Maximize`. */
    readonly type: string,
    /** The problem types that support the metric. */
    readonly problemTypes: AutoMlProblemType[],
  ) {}
}
