import { Duration } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { KEY, PREFIX_OF_JOBS } from './private/aws-shapes';
import { allowFunction, bundledFunction } from './private/bundled-function';
import { tuningReadStatements } from './private/job-policies';
import { optional, requireShape, struct } from './private/shape';

/** Properties of the function that finds the best training job. */
export interface FindBestTrainingJobFunctionProps {
  /** What the names of the jobs begin with: the function may read no others. */
  readonly jobNamePrefix: string;
  /**
   * Key for the function's environment variables and its log.
   *
   * @default - Lambda's and CloudWatch Logs' own encryption
   */
  readonly encryptionKey?: kms.IKey;
}

const PROPS = struct<FindBestTrainingJobFunctionProps>({
  jobNamePrefix: PREFIX_OF_JOBS,
  encryptionKey: optional(KEY),
});

/**
 * A Lambda function that returns the best training job of a tuning job, with its metrics, hyperparameters and
 * model, and fails with a named error where there is none:
 *
 * - `NoCompletedTrainingJobError`, with the most common reason why training jobs failed
 * - `TuningJobNotFoundError`
 *
 * Its code is bundled with this library; nothing is built when an app is synthesized.
 */
export class FindBestTrainingJobFunction extends lambda.Function {
  constructor(scope: Construct, id: string, props: FindBestTrainingJobFunctionProps) {
    requireShape(`${scope.node.path}/${id}`, PROPS, props);
    super(
      scope,
      id,
      bundledFunction(scope, id, {
        name: 'find-best-training-job',
        description: 'Finds the best training job of a SageMaker tuning job',
        roleDescription: 'Reads the results of SageMaker tuning jobs',
        memorySize: 256,
        timeout: Duration.minutes(2),
        encryptionKey: props.encryptionKey,
      }),
    );
    allowFunction(
      this,
      tuningReadStatements(this, props.jobNamePrefix),
      'Jobs are named when they start: the permissions are limited to the prefix of their names; whether listing the training jobs of a tuning job has resource-level permissions is documented in two ways',
    );
  }
}
