import type { Environment } from '../../../assembly/deployment';

/** ARN of a training job; SageMaker lower-cases the name. */
export function trainingJobArn(environment: Environment, name: string): string {
  return jobArn(environment, `training-job/${name.toLowerCase()}`);
}

/** ARN of a tuning job; SageMaker lower-cases the name. */
export function tuningJobArn(environment: Environment, name: string): string {
  return jobArn(environment, `hyper-parameter-tuning-job/${name.toLowerCase()}`);
}

/** ARN of an AutoML job; SageMaker lower-cases the name. */
export function automlJobArn(environment: Environment, name: string): string {
  return jobArn(environment, `automl-job/${name.toLowerCase()}`);
}

function jobArn({ partition, region, accountId }: Environment, resource: string): string {
  return `arn:${partition}:sagemaker:${region}:${accountId}:${resource}`;
}
