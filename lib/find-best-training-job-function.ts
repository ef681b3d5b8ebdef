import { Duration } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { KEY, PREFIX_OF_JOBS } from './private/aws-shapes';
import { allowFunction, bundledFunctionProps } from './private/bundled-function';
import { tuningReadStatements } from './private/job-policies';
import { optional, requireShape, struct } from './private/shape';

/** Properties of `FindBestTrainingJobFunction`. */
export interface FindBestTrainingJobFunctionProps {
  /** Prefix of the job names. The function can read only jobs with this prefix. */
  readonly jobNamePrefix: string;
  /**
   * KMS key for the function's environment variables and its log.
   *
   * @default - the default encryption of Lambda and CloudWatch Logs
   */
  readonly encryptionKey?: kms.IKey;
}

const PROPS = struct<FindBestTrainingJobFunctionProps>({
  jobNamePrefix: PREFIX_OF_JOBS,
  encryptionKey: optional(KEY),
});

/**
 * A Lambda function that returns the best training job of a tuning job, with its metrics, hyperparameters and
 * model. It fails with one of these errors:
 *
 * - `NoCompletedTrainingJobError`: no training job completed. The message has the most common reason for failure.
 * - `TuningJobNotFoundError`: the tuning job does not exist.
 *
 * This library ships the bundled code of the function; synth builds nothing.
 */
export class FindBestTrainingJobFunction extends lambda.Function {
  /**
   * @param scope the parent construct
   * @param id the construct's ID, unique within `scope`
   * @param props the prefix of the jobs that the function can read, and its encryption key
   * @throws Error named `TuningValidationError` that lists every problem with the properties
   */
  constructor(scope: Construct, id: string, props: FindBestTrainingJobFunctionProps) {
    requireShape(`${scope.node.path}/${id}`, PROPS, props);
    super(
      scope,
      id,
      bundledFunctionProps(scope, id, {
        name: 'find-best-training-job',
        description: 'Finds the best training job of a SageMaker tuning job',
        roleDescription: 'Reads the results of SageMaker tuning jobs',
        memorySize: 256,
        timeout: Duration.minutes(5),
        encryptionKey: props.encryptionKey,
      }),
    );
    allowFunction(
      this,
      tuningReadStatements(this, props.jobNamePrefix),
      'Jobs get their names when they start, so the permissions are limited to the prefix of the names; listing the training jobs of a tuning job is allowed for all resources, because the AWS documentation contradicts itself about resource-level permissions for this action',
    );
  }
}
