import { Duration } from 'aws-cdk-lib';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';

/**
 * Starting a job, each time under a new name, so that a retry never meets a name in use: up to 10, 20 and 40 seconds
 * after a call that was throttled or refused. Step Functions does not tell the two apart, and a role that was just
 * created may be refused at first. A job that failed is not among these: it would fail again, and cost again.
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

/** Reading a job: 5, 10, … and at most 60 seconds between tries, about 8 minutes in all. */
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
