import { number, optional, requireShape, struct } from '../private/shape';

/** Options for a random search. */
export interface RandomStrategyOptions {
  /**
   * Random seed of the search: a whole number of at least 0. The same seed gives the same hyperparameters.
   *
   * @default - a different search each time
   */
  readonly seed?: number;
}

/** Options for Hyperband. */
export interface HyperbandStrategyOptions {
  /**
   * Minimum number of epochs (boosting rounds for XGBoost) that a training job runs before it can be stopped.
   *
   * @default - chosen by SageMaker
   */
  readonly minResource?: number;
  /**
   * Maximum number of epochs (boosting rounds for XGBoost) that a training job runs: at most 20,000. Required for XGBoost,
   * because SageMaker infers it only from hyperparameters with names such as `epochs`.
   *
   * @default - SageMaker infers the maximum from a static hyperparameter
   */
  readonly maxResource?: number;
  /**
   * Random seed of the search: a whole number of at least 0.
   *
   * @default - a different search each time
   */
  readonly seed?: number;
}

const RANDOM = struct({ options: struct<RandomStrategyOptions>({ seed: optional(number) }) });

const HYPERBAND = struct({
  options: struct<HyperbandStrategyOptions>({
    minResource: optional(number),
    maxResource: optional(number),
    seed: optional(number),
  }),
});

/**
 * How a tuning job chooses the hyperparameters of the next training jobs.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/automatic-model-tuning-how-it-works.html
 */
export class TuningStrategy {
  /** Bayesian optimization. It learns from completed training jobs, so it learns less if many run at the same time. */
  static bayesian(): TuningStrategy {
    return new TuningStrategy('Bayesian', {});
  }

  /**
   * Random search. Running many training jobs at the same time does not affect its results.
   *
   * @param options the random seed
   */
  static random(options: RandomStrategyOptions = {}): TuningStrategy {
    requireShape('TuningStrategy.random', RANDOM, { options });
    return new TuningStrategy('Random', options);
  }

  /** Grid search: every combination of the values, at most 750. Only for categorical ranges. */
  static grid(): TuningStrategy {
    return new TuningStrategy('Grid', {});
  }

  /**
   * Hyperband starts many short training jobs and gives more epochs to the best ones. It has its own early stopping, so
   * `earlyStopping` must be false.
   *
   * @param options the minimum and maximum number of epochs, and the random seed
   */
  static hyperband(options: HyperbandStrategyOptions = {}): TuningStrategy {
    requireShape('TuningStrategy.hyperband', HYPERBAND, { options });
    return new TuningStrategy('Hyperband', options);
  }

  private constructor(
    /** The strategy's name in the SageMaker API: `Bayesian`, `Random`, `Grid` or `Hyperband`. */
    readonly name: string,
    /** @internal */
    readonly _options: HyperbandStrategyOptions,
  ) {}

  /**
   * The part of `HyperParameterTuningJobConfig` that depends on the strategy.
   *
   * @internal
   */
  _render(): Record<string, unknown> {
    const { minResource, maxResource, seed } = this._options;
    return {
      Strategy: this.name,
      ...(this.name === 'Hyperband' && {
        StrategyConfig: {
          HyperbandStrategyConfig: {
            ...(minResource !== undefined && { MinResource: minResource }),
            ...(maxResource !== undefined && { MaxResource: maxResource }),
          },
        },
      }),
      ...(seed !== undefined && { RandomSeed: seed }),
    };
  }
}
