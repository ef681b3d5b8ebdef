import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isFirstPartyXGBoost } from './first-party-accounts';
import { PYTHON_FOLDER } from './python-process';
import { tabularModelOf } from './tabular-trainer';
import type { TrainedAlgorithm } from './trainer';
import { isXGBoostImage } from './xgboost-images';

/** A tunable hyperparameter. */
export interface TunableHyperparameter {
  readonly kind: 'integer' | 'continuous';
  /** The range that the algorithm's documentation recommends. */
  readonly min: number;
  readonly max: number;
  /** Whether the algorithm accepts the value. */
  readonly isAllowed: (value: number) => boolean;
}

/**
 * The hyperparameters that a tuning job with this image may tune. SageMaker's own images declare them, and
 * SageMaker refuses others, even for scripts (aws/sagemaker-python-sdk#2226,
 * aws/sagemaker-xgboost-container#113). Undefined if anything may be tuned, or the declaration is not known.
 */
export function tunableHyperparameters(trainingImage: string): readonly string[] | undefined {
  return isXGBoostImage(trainingImage) && isFirstPartyXGBoost(trainingImage)
    ? [...readTunable('xgboost').keys()]
    : undefined;
}

/** The tunable hyperparameters of a known algorithm, with recommended ranges; undefined for any other. */
export function recommendedRanges(
  algorithm: TrainedAlgorithm,
): ReadonlyMap<string, TunableHyperparameter> | undefined {
  const model = tabularModelOf(algorithm);
  if (model !== undefined) {
    return readTunable(model.library);
  }
  // With a user's program, the image does not run the built-in algorithm.
  return isXGBoostImage(algorithm.trainingImage) && algorithm.hyperparameters.sagemaker_program === undefined
    ? readTunable('xgboost')
    : undefined;
}

/** A hyperparameter in an algorithm's data file (`local/python/<algorithm>_hyperparameters.json`). */
interface Specification {
  readonly min_closed?: number;
  readonly min_open?: number;
  readonly max_closed?: number;
  readonly max_open?: number;
  readonly tuning?: Pick<TunableHyperparameter, 'kind' | 'min' | 'max'>;
}

type Algorithm = 'xgboost' | 'lightgbm' | 'catboost';

const read = new Map<Algorithm, ReadonlyMap<string, TunableHyperparameter>>();

function readTunable(algorithm: Algorithm): ReadonlyMap<string, TunableHyperparameter> {
  const known = read.get(algorithm);
  if (known !== undefined) return known;
  const file = join(PYTHON_FOLDER, `${algorithm}_hyperparameters.json`);
  const { hyperparameters } = JSON.parse(readFileSync(file, 'utf8')) as {
    readonly hyperparameters: Readonly<Record<string, Specification>>;
  };
  const tunable = new Map(
    Object.entries(hyperparameters).flatMap(([name, specification]) =>
      specification.tuning === undefined
        ? []
        : [[name, { ...specification.tuning, isAllowed: inInterval(specification) }] as const],
    ),
  );
  read.set(algorithm, tunable);
  return tunable;
}

function inInterval({ min_closed, min_open, max_closed, max_open }: Specification) {
  return (value: number): boolean =>
    (min_closed === undefined || value >= min_closed) &&
    (min_open === undefined || value > min_open) &&
    (max_closed === undefined || value <= max_closed) &&
    (max_open === undefined || value < max_open);
}
