import { Duration } from 'aws-cdk-lib';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { FleetItemOptions } from './fleet-item';

/**
 * Error names for throttled, denied or invalid requests to SageMaker: first in Step Functions' optimized integration,
 * then in its AWS SDK integration.
 */
export const REJECTED_REQUEST: readonly string[] = [
  'SageMaker.AmazonSageMakerException',
  'SageMaker.SageMakerException',
];

/**
 * Retries for starting a job: after up to 10, 20 and 40 seconds, if the call was throttled or denied. Denied calls are
 * retried for two reasons: AWS can deny calls with a role that was just created, and Step Functions gives throttling
 * and denial the same error name. Each attempt uses a new job name, so a retry never conflicts with an existing job. A
 * job that ran and failed is not retried: it would fail again and cost money again.
 */
const RETRY_JOB_CREATION: readonly sfn.RetryProps[] = [
  {
    errors: [...REJECTED_REQUEST],
    interval: Duration.seconds(10),
    backoffRate: 2,
    maxAttempts: 3,
    jitterStrategy: sfn.JitterType.FULL,
  },
];

/** Retries for the jobs of a fleet's items. Their short names can collide, so each attempt uses another name. */
const RETRY_TAKEN_NAME: sfn.RetryProps = {
  errors: ['SageMaker.ResourceInUseException'],
  interval: Duration.seconds(1),
  maxAttempts: 3,
  jitterStrategy: sfn.JitterType.FULL,
};

/** Adds the retries for starting a job to a state. */
export function retryJobCreation(task: sfn.TaskStateBase, { _isFleetItem }: FleetItemOptions): void {
  for (const retry of RETRY_JOB_CREATION) task.addRetry(retry);
  if (_isFleetItem) task.addRetry(RETRY_TAKEN_NAME);
}

/**
 * Adds a few retries for creating the model package group of an item. If these retries fail, other states look for the
 * group and start over: up to ten times if SageMaker throttled the requests, otherwise twice. Ten times take about 12
 * minutes in total.
 */
export function retryGroupCreation(task: sfn.TaskStateBase): void {
  for (const retry of RETRY_JOB_CREATION) task.addRetry({ ...retry, maxDelay: Duration.minutes(1) });
}

/**
 * Adds retries for registering a model. A repeated request creates no second version, so all errors are retried, even
 * if the request succeeded and only the response was lost. There are few retries, because Step Functions does not
 * distinguish throttled calls from invalid ones.
 */
export function retryRegistration(task: sfn.TaskStateBase): void {
  for (const retry of RETRY_JOB_CREATION) task.addRetry({ ...retry, errors: [sfn.Errors.TASKS_FAILED] });
}

/**
 * Names of errors with which AWS services and the AWS SDK ask to repeat a request later. A function fails with such an error
 * after its own attempts (lambda/shared/transient-errors.ts).
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/CommonErrors.html
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 */
export const TRANSIENT_ERRORS: readonly string[] = [
  'ThrottlingException',
  'ServiceUnavailable',
  'InternalFailure',
  'InternalError',
  'SlowDown',
  'RequestTimeout',
  'TimeoutError',
];

/**
 * Adds retries for a function whose invocation or whose requests are throttled, and for a function that reached its
 * timeout. Without these retries, an execution could fail although its paid jobs succeeded, because the results of a
 * job could not be read. All functions of this library can safely run again. Together with the waits, the 12 attempts
 * take about 17 minutes at most.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/bp-lambda-serviceexception.html
 */
export function retryFunction(task: sfn.TaskStateBase): void {
  task.addRetry({
    errors: ['Lambda.TooManyRequestsException', ...TRANSIENT_ERRORS],
    interval: Duration.seconds(5),
    backoffRate: 2,
    maxDelay: Duration.minutes(2),
    maxAttempts: 12,
    jitterStrategy: sfn.JitterType.FULL,
  });
  task.addRetry({
    errors: ['Sandbox.Timedout', 'Lambda.Unknown'],
    interval: Duration.seconds(5),
    backoffRate: 2,
    maxAttempts: 2,
    jitterStrategy: sfn.JitterType.FULL,
  });
}

/** Retries for reading a job. The waits take 5, 10, … and at most 60 seconds, and about 8 minutes in total. */
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
