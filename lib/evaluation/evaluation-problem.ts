import { flag, knownNumber, optional, requireShape, struct } from '../private/shape';

/** Options for binary classification. */
export interface BinaryClassificationOptions {
  /**
   * Predictions of at least this threshold count as class 1. The threshold affects the accuracy, precision, recall and
   * F1, but not the AUC.
   *
   * @default 0.5
   */
  readonly threshold?: number;
}

/** Options for classification with several classes. */
export interface MulticlassClassificationOptions {
  /** Number of classes: 2 to 1,000. The labels are the whole numbers from 0 to `classes` - 1. */
  readonly classes: number;
  /**
   * Whether the model returns a probability for each class, as with XGBoost's objective `multi:softprob`. If false, the
   * model returns only the predicted class, as with `multi:softmax`.
   *
   * @default true
   */
  readonly probabilities?: boolean;
}

/** What a model predicts, which determines the metrics of its evaluation. */
export class EvaluationProblem {
  /** Regression: the model predicts a number. Metrics: RMSE, MAE, R² and others. */
  static regression(): EvaluationProblem {
    return new EvaluationProblem('Regression', {});
  }

  /**
   * Binary classification: labels are 0 and 1, and the model returns the probability of 1. Metrics: AUC, log loss, F1 and
   * others.
   *
   * @param options the threshold
   */
  static binaryClassification(options: BinaryClassificationOptions = {}): EvaluationProblem {
    const shape = struct({
      options: struct<BinaryClassificationOptions>({ threshold: optional(knownNumber) }),
    });
    requireShape('EvaluationProblem.binaryClassification', shape, { options });
    return new EvaluationProblem('BinaryClassification', { threshold: options.threshold ?? 0.5 });
  }

  /**
   * Classification with several classes. Metrics: log loss, accuracy, F1 and others.
   *
   * @param options the number of classes, and what the model returns
   */
  static multiclassClassification(options: MulticlassClassificationOptions): EvaluationProblem {
    const shape = struct({
      options: struct<MulticlassClassificationOptions>({
        classes: knownNumber,
        probabilities: optional(flag),
      }),
    });
    requireShape('EvaluationProblem.multiclassClassification', shape, { options });
    const { classes, probabilities = true } = options;
    return new EvaluationProblem('MulticlassClassification', { classes }, probabilities ? classes : 1);
  }

  /**
   * Ranking within groups. The second column of the test data, after the label, is the group. The model does not get this
   * column. Metric: NDCG.
   */
  static ranking(): EvaluationProblem {
    return new EvaluationProblem('Ranking', {});
  }

  private constructor(
    /**
     * Type of the evaluation problem: `Regression`, `BinaryClassification`, `MulticlassClassification` or `Ranking`.
     */
    readonly problemType: string,
    /** @internal */
    readonly _options: { readonly threshold?: number; readonly classes?: number },
    /**
     * Number of predictions for each row.
     *
     * @internal
     */
    readonly _predictions: number = 1,
  ) {}
}
