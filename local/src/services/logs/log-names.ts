import type { Environment } from '../../assembly/deployment';

/** The log group that SageMaker writes the logs of training jobs to. */
export const TRAINING_JOBS_GROUP = '/aws/sagemaker/TrainingJobs';

/** ARN of a log group. */
export function logGroupArn(
  { partition, region, accountId }: Environment,
  group = TRAINING_JOBS_GROUP,
): string {
  return `arn:${partition}:logs:${region}:${accountId}:log-group:${group}`;
}

/** ARN of a stream of a log group. */
export function logStreamArn(environment: Environment, stream: string, group?: string): string {
  return `${logGroupArn(environment, group)}:log-stream:${stream}`;
}

/** The log group that a request names, in one of the two ways there are. */
export function logGroupOf({
  logGroupName: name,
  logGroupIdentifier: id,
}: Readonly<Record<string, unknown>>): string {
  return String(name ?? id ?? '').replace(/^arn:[^:]+:logs:[^:]*:\d*:log-group:/, '');
}
