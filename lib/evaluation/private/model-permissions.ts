import type * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { grantJobs, type JobPolicy } from '../../private/training-permissions';
import type { TuningInput } from '../../private/tuning-definitions';
import type { TuningRequestProps } from '../../private/tuning-requests';
import { evaluationLocation, finalModels, servingRepositories } from './final-model';

const TRANSFORM_POLICY: JobPolicy = {
  id: 'EvaluationPolicy',
  prop: 'evaluation.role',
  logGroup: '/aws/sagemaker/TransformJobs',
};

/**
 * Grants the role of the SageMaker model the permissions that the transform job needs. A transform job has no role of
 * its own.
 */
export function grantTransform(
  scope: Construct,
  role: iam.IRole,
  props: TuningInput & Pick<TuningRequestProps, 'definitions' | 'jobNamePrefix'>,
): void {
  const { test, allowedInputLocations = [], encryptionKey, jobNamePrefix } = props;
  const access = {
    jobNamePrefix,
    repositoryArns: servingRepositories(props.definitions),
    inputs: [...(test?.location ? [test.location] : []), ...allowedInputLocations],
    output: evaluationLocation(props),
    models: finalModels(props),
    encryptionKey,
    inVpc: props.vpc !== undefined,
  };
  grantJobs(scope, role, access, TRANSFORM_POLICY);
}
