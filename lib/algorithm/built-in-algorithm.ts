import { FACTORIZATION_MACHINES } from './built-in/factorization-machines';
import type { BuiltInFacts } from './built-in/facts';
import { K_MEANS } from './built-in/k-means';
import { K_NEAREST_NEIGHBORS } from './built-in/k-nearest-neighbors';
import { LINEAR_LEARNER } from './built-in/linear-learner';
import { RANDOM_CUT_FOREST } from './built-in/random-cut-forest';

/**
 * SageMaker's own algorithms that can be tuned and whose code is not public. They train in AWS only, not in local mode.
 *
 * PCA is not among them: it reports no metric that a tuning job could optimise.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/algos.html
 */
export class BuiltInAlgorithm {
  /**
   * Linear models: regression, binary and multiclass classification. Metrics begin with `validation:`.
   *
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/linear-learner.html
   */
  static readonly LINEAR_LEARNER = new BuiltInAlgorithm('linear-learner', LINEAR_LEARNER);
  /**
   * Classification and regression by the k nearest neighbors. Metrics begin with `test:`, the channel that the
   * validation data goes to.
   *
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/k-nearest-neighbors.html
   */
  static readonly KNN = new BuiltInAlgorithm('knn', K_NEAREST_NEIGHBORS);
  /**
   * Regression and binary classification on sparse data, such as clicks and ratings. Metrics begin with `test:`, the
   * channel that the validation data goes to. Takes RecordIO-protobuf only.
   *
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/fact-machines.html
   */
  static readonly FACTORIZATION_MACHINES = new BuiltInAlgorithm(
    'factorization-machines',
    FACTORIZATION_MACHINES,
  );
  /**
   * Clustering. Metrics begin with `test:`, the channel that the validation data goes to.
   *
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/k-means.html
   */
  static readonly K_MEANS = new BuiltInAlgorithm('kmeans', K_MEANS);
  /**
   * Detection of anomalies. Its metric is `test:f1`, on the channel that the validation data goes to, which needs
   * labels (1 is an anomaly). The training data has no labels, and is given with `DataDistribution.SHARDED_BY_S3_KEY`.
   *
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/randomcutforest.html
   */
  static readonly RANDOM_CUT_FOREST = new BuiltInAlgorithm('randomcutforest', RANDOM_CUT_FOREST);

  private constructor(
    /** The algorithm as SageMaker's image repositories call it. */
    readonly algorithmName: string,
    /** @internal */
    readonly _facts: BuiltInFacts,
  ) {}
}

/** Options of one of SageMaker's own algorithms. */
export interface BuiltInAlgorithmOptions {
  /**
   * AWS account whose registry holds the image, for a region that this library does not know.
   *
   * @default - looked up by region, at synth or (in an environment-agnostic stack) at deploy time
   */
  readonly registryAccount?: string;
}
