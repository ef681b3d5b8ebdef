import type { InputData } from './input-data';
import { INPUT_DATA } from './private/aws-shapes';
import { optional, requireShape, struct } from './private/shape';

/** The data that the final training trains on. */
export class FinalTrainingData {
  /**
   * The training and validation data of the search, as the best training job used them.
   *
   * With a fixed `seed`, the same instances and unchanged hyperparameters, built-in XGBoost reproduces the model of the
   * best training job. In that case, `reuseBest` gives the same result without another job.
   */
  static sameAsSearch(): FinalTrainingData {
    return new FinalTrainingData('same');
  }

  /**
   * The training data and the validation data of the search together. The final training gets both in its training channel
   * and has no validation channel, so it reports no validation metric.
   *
   * If the search uses early stopping (`early_stopping_rounds`), the final training does not: it uses the best number
   * of rounds that the best training job found (`best_iteration`).
   *
   * Available for `Algorithm.xgboost` from version 3.0-5, and for scripts and containers that can run without a
   * validation channel. Both data sets must be in the same bucket, in the same format.
   *
   * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_S3DataSource.html (`ManifestFile`)
   */
  static trainAndValidation(): FinalTrainingData {
    return new FinalTrainingData('together');
  }

  /**
   * Data that differs from the data of the search. In an execution's input, `finalTrain` and `finalValidation` override
   * the locations given here.
   *
   * Without validation data, the final training reports no validation metric. In that case, if the search uses early
   * stopping (`early_stopping_rounds`), the final training does not: it uses the best number of rounds that the best
   * training job found.
   *
   * @param train the training data
   * @param validation the validation data; by default, the final training has none
   */
  static of(train: InputData, validation?: InputData): FinalTrainingData {
    const shape = struct({ train: INPUT_DATA, validation: optional(INPUT_DATA) });
    requireShape('FinalTrainingData.of', shape, { train, validation });
    return new FinalTrainingData('other', train, validation);
  }

  private constructor(
    /** @internal */
    readonly _source: 'same' | 'together' | 'other',
    /** @internal */
    readonly _train?: InputData,
    /** @internal */
    readonly _validation?: InputData,
  ) {}
}
