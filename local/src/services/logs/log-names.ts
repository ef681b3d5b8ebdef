import type { Environment } from '../../assembly/deployment';

/** The log group of SageMaker's training jobs. */
export const TRAINING_JOBS_GROUP = '/aws/sagemaker/TrainingJobs';

/** The log group of transform jobs. */
export const TRANSFORM_JOBS_GROUP = '/aws/sagemaker/TransformJobs';

/** All log groups. */
export const LOG_GROUPS = [TRAINING_JOBS_GROUP, TRANSFORM_JOBS_GROUP];

/** ARN of a log group. */
export function logGroupArn({ partition, region, accountId }: Environment, group: string): string {
  return `arn:${partition}:logs:${region}:${accountId}:log-group:${group}`;
}

/** ARN of a log stream. */
export function logStreamArn(environment: Environment, stream: string, group: string): string {
  return `${logGroupArn(environment, group)}:log-stream:${stream}`;
}

/** The name of the log group in a request, which can contain the name or the ARN. */
export function logGroupOf({
  logGroupName: name,
  logGroupIdentifier: id,
}: Readonly<Record<string, unknown>>): string {
  return String(name ?? id ?? '').replace(/^arn:[^:]+:logs:[^:]*:\d*:log-group:/, '');
}
