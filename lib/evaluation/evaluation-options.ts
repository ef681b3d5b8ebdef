import type * as iam from 'aws-cdk-lib/aws-iam';
import type { ContainerImage } from '../algorithm/container-image';
import type { EvaluationProblem } from './evaluation-problem';

/** Instances of the transform job that computes the predictions for an evaluation. */
export interface EvaluationResources {
  /**
   * Instance type, such as `ml.m5.xlarge`.
   *
   * @default 'ml.m5.xlarge'
   */
  readonly instanceType?: string;
  /**
   * Number of instances. Several instances share the files of the test data, so they help only if there are several files.
   *
   * @default 1
   */
  readonly instanceCount?: number;
}

/**
 * Options for the evaluation of the final model on test data, which neither the search nor the final training uses. A
 * SageMaker transform job computes the predictions, and a Lambda function computes the metrics.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/batch-transform.html
 */
export interface EvaluationOptions {
  /**
   * What the model predicts.
   *
   * @default - derived from the hyperparameter `objective` for `Algorithm.xgboost`; required for other algorithms
   */
  readonly problem?: EvaluationProblem;
  /**
   * Instances of the transform job.
   *
   * @default - one ml.m5.xlarge
   */
  readonly resources?: EvaluationResources;
  /**
   * Execution role of the SageMaker model: the transform job reads the model and the test data with this role, and writes the
   * predictions. It must be in the stack's account and trust `sagemaker.amazonaws.com`. The construct adds the required
   * permissions as an inline policy. If it cannot change the role, a warning at synth lists the actions that the role must
   * already allow.
   *
   * @default - a new role with the minimum permissions
   */
  readonly role?: iam.IRole;
}

/** The container that serves the models of an algorithm. */
export interface InferenceContainer {
  /**
   * The image.
   *
   * @default - the training image
   */
  readonly image?: ContainerImage;
  /**
   * Environment variables of the container, such as `SAGEMAKER_PROGRAM`: at most 100. Names and values can have at most
   * 1,024 characters.
   *
   * @default - none
   */
  readonly environment?: { [name: string]: string };
}
