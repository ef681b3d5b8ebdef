import { number, optional, requireShape, struct } from '../private/shape';

/** Options of a random search. */
export interface RandomStrategyOptions {
  /**
   * Seed of the search: a whole number of at least 0. The same seed tries the same hyperparameters.
   *
   * @default - a different search each time
   */
  readonly seed?: number;
}

/** Options of Hyperband. */
export interface HyperbandStrategyOptions {
  /**
   * The fewest epochs (boosting rounds, for XGBoost) a training job runs before it may be stopped.
   *
   * @default - SageMaker chooses
   */
  readonly minResource?: number;
  /**
   * The most epochs (boosting rounds, for XGBoost) a training job runs; at most 20,000. For XGBoost it has
   * to be given: SageMaker infers it only from hyperparameters called `epochs` and the like.
   *
   * @default - SageMaker infers it from a static hyperparameter
   */
  readonly maxResource?: number;
  /**
   * Seed of the search: a whole number of at least 0.
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
 * How a tuning job chooses the next hyperparameters.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/automatic-model-tuning-how-it-works.html
 */
export class TuningStrategy {
  /** Learns from the training jobs that have finished; the more run at once, the less it can learn. */
  static bayesian(): TuningStrategy {
    return new TuningStrategy('Bayesian', {});
  }

  /** Tries values at random; any number of training jobs can run at once. */
  static random(options: RandomStrategyOptions = {}): TuningStrategy {
    requireShape('TuningStrategy.random', RANDOM, { options });
    return new TuningStrategy('Random', options);
  }

  /** Tries every combination, of categorical ranges only: at most 750. */
  static grid(): TuningStrategy {
    return new TuningStrategy('Grid', {});
  }

  /**
   * Starts many short training jobs and gives the promising ones more epochs. Has its own early stopping,
   * so that of the tuning job must be off.
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
   * The part of `HyperParameterTuningJobConfig` that the strategy decides.
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
