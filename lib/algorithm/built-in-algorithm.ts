import { FACTORIZATION_MACHINES } from './built-in/factorization-machines';
import type { BuiltInFacts } from './built-in/facts';
import { K_MEANS } from './built-in/k-means';
import { K_NEAREST_NEIGHBORS } from './built-in/k-nearest-neighbors';
import { LINEAR_LEARNER } from './built-in/linear-learner';
import { RANDOM_CUT_FOREST } from './built-in/random-cut-forest';

/**
 * Built-in algorithms of SageMaker that can be tuned. Local mode cannot run them, because their code is not public.
 *
 * PCA is not in the list, because it reports no metric that a tuning job can optimize.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/algos.html
 */
export class BuiltInAlgorithm {
  /**
   * Linear models for regression, and for binary and multiclass classification. The names of the metrics begin with
   * `validation:`.
   *
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/linear-learner.html
   */
  static readonly LINEAR_LEARNER = new BuiltInAlgorithm('linear-learner', LINEAR_LEARNER);
  /**
   * Classification and regression with k-nearest neighbors. The validation data goes to the channel `test`, so the
   * names of the metrics begin with `test:`.
   *
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/k-nearest-neighbors.html
   */
  static readonly KNN = new BuiltInAlgorithm('knn', K_NEAREST_NEIGHBORS);
  /**
   * Regression and binary classification on sparse data, such as clicks and ratings. The algorithm reads only
   * RecordIO-protobuf. The validation data goes to the channel `test`, so the names of the metrics begin with `test:`.
   *
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/fact-machines.html
   */
  static readonly FACTORIZATION_MACHINES = new BuiltInAlgorithm(
    'factorization-machines',
    FACTORIZATION_MACHINES,
  );
  /**
   * Clustering. The validation data goes to the channel `test`, so the names of the metrics begin with `test:`.
   *
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/k-means.html
   */
  static readonly K_MEANS = new BuiltInAlgorithm('kmeans', K_MEANS);
  /**
   * Anomaly detection. The training data has no labels, and must use `DataDistribution.SHARDED_BY_S3_KEY`. The
   * validation data needs labels (1 is an anomaly), because the metric, `test:f1`, is computed on it.
   *
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/randomcutforest.html
   */
  static readonly RANDOM_CUT_FOREST = new BuiltInAlgorithm('randomcutforest', RANDOM_CUT_FOREST);

  private constructor(
    /** Name of the algorithm in SageMaker's image repositories. */
    readonly algorithmName: string,
    /** @internal */
    readonly _facts: BuiltInFacts,
  ) {}
}

/** Options for a built-in algorithm. */
export interface BuiltInAlgorithmOptions {
  /**
   * AWS account of the registry that has the image. Required for a region that this library does not know.
   *
   * @default - looked up by region: at synth or, in an environment-agnostic stack, at deploy time
   */
  readonly registryAccount?: string;
}
