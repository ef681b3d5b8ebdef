import type { Environment } from '../../../assembly/deployment';

/** ARN of a training job. SageMaker converts the name to lower case. */
export function trainingJobArn(environment: Environment, name: string): string {
  return jobArn(environment, `training-job/${name.toLowerCase()}`);
}

/** ARN of a tuning job. SageMaker converts the name to lower case. */
export function tuningJobArn(environment: Environment, name: string): string {
  return jobArn(environment, `hyper-parameter-tuning-job/${name.toLowerCase()}`);
}

/** ARN of an AutoML job. SageMaker converts the name to lower case. */
export function automlJobArn(environment: Environment, name: string): string {
  return jobArn(environment, `automl-job/${name.toLowerCase()}`);
}

/** ARN of a transform job; SageMaker lower-cases the name. */
export function transformJobArn(environment: Environment, name: string): string {
  return jobArn(environment, `transform-job/${name.toLowerCase()}`);
}

/** ARN of a model; SageMaker lower-cases the name. */
export function modelArn(environment: Environment, name: string): string {
  return jobArn(environment, `model/${name.toLowerCase()}`);
}

/** ARN of a model package group; SageMaker lower-cases the name. */
export function modelPackageGroupArn(environment: Environment, name: string): string {
  return jobArn(environment, `model-package-group/${name.toLowerCase()}`);
}

/** ARN of a model package; SageMaker lower-cases the name. @param name `my-group/3` for a version of a group */
export function modelPackageArn(environment: Environment, name: string): string {
  return jobArn(environment, `model-package/${name.toLowerCase()}`);
}

function jobArn({ partition, region, accountId }: Environment, resource: string): string {
  return `arn:${partition}:sagemaker:${region}:${accountId}:${resource}`;
}
