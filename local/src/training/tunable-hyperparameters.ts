import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isFirstPartyXGBoost } from './first-party-accounts';
import { PYTHON_FOLDER } from './python-process';
import { tabularModelOf } from './tabular-trainer';
import type { TrainedAlgorithm } from './trainer';
import { isXGBoostImage } from './xgboost-images';

/** A hyperparameter that can be tuned. */
export interface TunableHyperparameter {
  readonly kind: 'integer' | 'continuous';
  /** The range that the documentation recommends to search. */
  readonly min: number;
  readonly max: number;
  /** Whether the algorithm takes the value. */
  readonly isAllowed: (value: number) => boolean;
}

/**
 * The hyperparameters that a tuning job may search with an image. SageMaker holds its own images to what they declare,
 * whether they run the algorithm or a script (aws/sagemaker-python-sdk#2226, aws/sagemaker-xgboost-container#113);
 * undefined where anything may be tuned, or what is declared is not known here.
 */
export function tunableHyperparameters(trainingImage: string): readonly string[] | undefined {
  return isXGBoostImage(trainingImage) && isFirstPartyXGBoost(trainingImage)
    ? [...readTunable('xgboost').keys()]
    : undefined;
}

/** What can be tuned of an algorithm that local mode knows, with the recommended ranges; undefined of any other. */
export function recommendedRanges(
  algorithm: TrainedAlgorithm,
): ReadonlyMap<string, TunableHyperparameter> | undefined {
  const model = tabularModelOf(algorithm);
  if (model !== undefined) {
    return readTunable(model.library);
  }
  // With a program of its own the image runs whatever that is.
  return isXGBoostImage(algorithm.trainingImage) && algorithm.hyperparameters.sagemaker_program === undefined
    ? readTunable('xgboost')
    : undefined;
}

/** A hyperparameter in the data of an algorithm (`local/python/<algorithm>_hyperparameters.json`). */
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
