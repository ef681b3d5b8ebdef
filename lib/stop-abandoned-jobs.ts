import { Duration, Stack } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { KEY, PREFIX_OF_JOBS, STATE_MACHINE } from './private/aws-shapes';
import { allowFunction, bundledFunction } from './private/bundled-function';
import { createDeadLetterQueue } from './private/dead-letter-queue';
import { endsOfExecutions } from './private/execution-events';
import { AUTOML_JOB, jobArn, TRAINING_JOB, TUNING_JOB } from './private/job-policies';
import { nonEmpty, oneOf, optional, requireShape, struct } from './private/shape';

/** A kind of SageMaker job that an execution starts. */
export enum SageMakerJobKind {
  /** Hyperparameter tuning jobs. */
  TUNING = 'HyperParameterTuningJob',
  /** Training jobs that were not started by a tuning or AutoML job. */
  TRAINING = 'TrainingJob',
  /** AutoML jobs. */
  AUTOML = 'AutoMLJob',
}

const RESOURCES: Record<SageMakerJobKind, { readonly resource: string }> = {
  [SageMakerJobKind.TUNING]: TUNING_JOB,
  [SageMakerJobKind.TRAINING]: TRAINING_JOB,
  [SageMakerJobKind.AUTOML]: AUTOML_JOB,
};

/**
 * Maximum age of an event before it goes to the dead-letter queue. The maximum is low, because abandoned jobs cost
 * money until somebody notices the event in the queue.
 */
const MAX_EVENT_AGE = Duration.hours(1);

/** Properties of `StopAbandonedJobs`. */
export interface StopAbandonedJobsProps {
  /** The state machine. It must be a standard workflow: EventBridge gets no events from express workflows. */
  readonly stateMachine: sfn.IStateMachine;
  /** Prefix of the job names, such as the `jobNamePrefix` of the fragment. Only jobs with this prefix are stopped. */
  readonly jobNamePrefix: string;
  /**
   * The kinds of jobs to stop.
   *
   * @default - all kinds
   */
  readonly kinds?: SageMakerJobKind[];
  /**
   * KMS key for the function's environment variables and its log. It does not encrypt the dead-letter queue, because
   * events would be lost if the key policy did not allow EventBridge to use the key. Amazon SQS encrypts the queue with
   * a key that it owns.
   *
   * @default - the default encryption of Lambda and CloudWatch Logs
   */
  readonly encryptionKey?: kms.IKey;
}

const PROPS = struct<StopAbandonedJobsProps>({
  stateMachine: STATE_MACHINE,
  jobNamePrefix: PREFIX_OF_JOBS,
  kinds: optional(nonEmpty(oneOf(SageMakerJobKind))),
  encryptionKey: optional(KEY),
});

/**
 * Stops the SageMaker jobs of executions that were stopped, timed out or failed.
 *
 * Step Functions itself stops the jobs that it waits for (`.sync`). It does not stop jobs that an execution starts and
 * polls through the AWS SDK integration. These jobs would keep running and cost money. When an execution ends, an
 * EventBridge rule invokes a Lambda function. The function stops each job that is still in progress and whose tag
 * `cdk-sagemaker-tuning:execution` has the execution's ARN. The function's log lists the jobs that it stopped.
 *
 * If an event cannot be delivered, or if the function fails three times to process it, the event goes to a dead-letter
 * queue. In that case, jobs may still be running. Create an alarm on
 * `deadLetterQueue.metricApproximateNumberOfMessagesVisible()`.
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */
export class StopAbandonedJobs extends Construct {
  /** The EventBridge rule that detects the end of executions. */
  readonly rule: events.Rule;
  /** The Lambda function that stops the jobs. */
  readonly stopJobsFunction: lambda.IFunction;
  /** A queue for events that the function did not process successfully. The queue keeps the events for 14 days. */
  readonly deadLetterQueue: sqs.IQueue;

  /**
   * @param scope the parent construct
   * @param id the construct's ID, unique within `scope`
   * @param props the state machine, and the jobs to stop
   * @throws Error named `TuningValidationError` that lists every problem with the properties
   */
  constructor(scope: Construct, id: string, props: StopAbandonedJobsProps) {
    super(scope, id);
    requireShape(this.node.path, PROPS, props);
    const kinds = [...new Set(props.kinds ?? Object.values(SageMakerJobKind))];
    // The hyphen excludes the jobs of other constructs whose longer prefix begins with this prefix.
    const jobNamePrefix = props.jobNamePrefix.endsWith('-') ? props.jobNamePrefix : `${props.jobNamePrefix}-`;
    const deadLetterQueue = createDeadLetterQueue(this);
    this.deadLetterQueue = deadLetterQueue;
    const made = bundledFunction(this, 'Function', {
      name: 'stop-jobs',
      description: 'Stops the SageMaker jobs of executions that were stopped, timed out or failed',
      roleDescription: 'Stops SageMaker jobs of executions that have ended',
      memorySize: 256,
      timeout: Duration.minutes(5),
      encryptionKey: props.encryptionKey,
      environment: { JOB_NAME_PREFIX: jobNamePrefix, JOB_KINDS: kinds.join(',') },
      // This queue receives events that the function failed to process. The rule's target also uses this queue, for
      // events that never reach the function.
      deadLetterQueue,
      retryAttempts: 2,
      maxEventAge: MAX_EVENT_AGE,
    });
    this.stopJobsFunction = made;
    allowFunction(
      made,
      [
        new iam.PolicyStatement({
          actions: ['sagemaker:ListTags', ...kinds.map((kind) => `sagemaker:Stop${kind}`)],
          resources: kinds.map((kind) => jobArn(Stack.of(this), RESOURCES[kind], jobNamePrefix)),
        }),
        // The List actions have no resource-level permissions.
        new iam.PolicyStatement({
          actions: kinds.map((kind) => `sagemaker:List${kind}s`),
          resources: ['*'],
        }),
      ],
      'Jobs get their names when they start, so the permissions are limited to the prefix of the names; listing jobs has no resource-level permissions',
    );
    this.rule = new events.Rule(this, 'Rule', {
      description: 'Executions that ended without waiting for their SageMaker jobs',
      eventPattern: endsOfExecutions(props.stateMachine, ['ABORTED', 'TIMED_OUT', 'FAILED']),
      targets: [
        new targets.LambdaFunction(made, { deadLetterQueue, retryAttempts: 50, maxEventAge: MAX_EVENT_AGE }),
      ],
    });
  }
}
