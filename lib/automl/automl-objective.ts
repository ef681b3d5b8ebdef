/** What kind of value is predicted. */
export enum AutoMlProblemType {
  /** A number. */
  REGRESSION = 'Regression',
  /** One of two classes. */
  BINARY_CLASSIFICATION = 'BinaryClassification',
  /** One of several classes. */
  MULTICLASS_CLASSIFICATION = 'MulticlassClassification',
}

/** How Autopilot searches. */
export enum AutoMlMode {
  /** `ENSEMBLING` for less than 100 MB of data, else `HYPERPARAMETER_TUNING`. */
  AUTO = 'AUTO',
  /** Several kinds of models and a stacked ensemble of them. */
  ENSEMBLING = 'ENSEMBLING',
  /** The best hyperparameters of one kind of model. */
  HYPERPARAMETER_TUNING = 'HYPERPARAMETER_TUNING',
}

const { REGRESSION, BINARY_CLASSIFICATION, MULTICLASS_CLASSIFICATION } = AutoMlProblemType;

/**
 * What the best model is best at.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_AutoMLJobObjective.html
 */
export class AutoMlObjective {
  /** Mean absolute error; the lower the better. Regression. */
  static readonly MAE = new AutoMlObjective('MAE', 'Minimize', [REGRESSION]);
  /** Mean squared error; the lower the better. Regression; what SageMaker takes by itself. */
  static readonly MSE = new AutoMlObjective('MSE', 'Minimize', [REGRESSION]);
  /** Root of the mean squared error; the lower the better. Regression. */
  static readonly RMSE = new AutoMlObjective('RMSE', 'Minimize', [REGRESSION]);
  /** Coefficient of determination; the higher the better. Regression. */
  static readonly R2 = new AutoMlObjective('R2', 'Maximize', [REGRESSION]);
  /** Share of right answers; the higher the better. Classification; for multiclass what SageMaker takes by itself. */
  static readonly ACCURACY = new AutoMlObjective('Accuracy', 'Maximize', [
    BINARY_CLASSIFICATION,
    MULTICLASS_CLASSIFICATION,
  ]);
  /** Mean over the classes of the share of right answers; the higher the better. Classification. */
  static readonly BALANCED_ACCURACY = new AutoMlObjective('BalancedAccuracy', 'Maximize', [
    BINARY_CLASSIFICATION,
    MULTICLASS_CLASSIFICATION,
  ]);
  /** Area under the ROC curve; the higher the better. Binary classification. */
  static readonly AUC = new AutoMlObjective('AUC', 'Maximize', [BINARY_CLASSIFICATION]);
  /** F1 score; the higher the better. Binary classification; what SageMaker takes by itself. */
  static readonly F1 = new AutoMlObjective('F1', 'Maximize', [BINARY_CLASSIFICATION]);
  /** Precision; the higher the better. Binary classification. */
  static readonly PRECISION = new AutoMlObjective('Precision', 'Maximize', [BINARY_CLASSIFICATION]);
  /** Recall; the higher the better. Binary classification. */
  static readonly RECALL = new AutoMlObjective('Recall', 'Maximize', [BINARY_CLASSIFICATION]);
  /** Mean of the classes' F1 scores; the higher the better. Multiclass classification. */
  static readonly F1_MACRO = new AutoMlObjective('F1macro', 'Maximize', [MULTICLASS_CLASSIFICATION]);
  /** Mean of the classes' precisions; the higher the better. Multiclass classification. */
  static readonly PRECISION_MACRO = new AutoMlObjective('PrecisionMacro', 'Maximize', [
    MULTICLASS_CLASSIFICATION,
  ]);
  /** Mean of the classes' recalls; the higher the better. Multiclass classification. */
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
    /** The problem types that the metric is for. */
    readonly problemTypes: AutoMlProblemType[],
  ) {}
}
