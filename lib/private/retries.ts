import { Duration } from 'aws-cdk-lib';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';

/**
 * Retries for starting a job: after up to 10, 20 and 40 seconds, if the call was throttled or denied. Step Functions
 * does not distinguish the two errors, and calls with a role that was just created can be denied at first. Each attempt
 * uses a new job name, so a retry never conflicts with an existing job. A job that ran and failed is not retried: it
 * would fail again, and cost money again.
 */
export const RETRY_JOB_CREATION: readonly sfn.RetryProps[] = [
  {
    errors: ['SageMaker.AmazonSageMakerException', 'SageMaker.SageMakerException'],
    interval: Duration.seconds(10),
    backoffRate: 2,
    maxAttempts: 3,
    jitterStrategy: sfn.JitterType.FULL,
  },
];

/** Retries for reading a job: after 5, 10, … and at most 60 seconds, about 8 minutes in total. */
export const RETRY_READING: readonly sfn.RetryProps[] = [
  {
    errors: [sfn.Errors.TASKS_FAILED, sfn.Errors.TIMEOUT],
    interval: Duration.seconds(5),
    backoffRate: 2,
    maxDelay: Duration.seconds(60),
    maxAttempts: 10,
    jitterStrategy: sfn.JitterType.FULL,
  },
];
