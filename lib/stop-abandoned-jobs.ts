import { Duration, Stack } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { acknowledgeWildcards, resourcesOf } from './private/acknowledge';
import { KEY, PREFIX_OF_JOBS, STATE_MACHINE } from './private/aws-shapes';
import { bundledFunction } from './private/bundled-function';
import { endsOfExecutions } from './private/execution-events';
import { AUTOML_JOB, jobArn, TRAINING_JOB, TUNING_JOB } from './private/job-policies';
import { nonEmpty, oneOf, optional, requireShape, struct } from './private/shape';

/** A kind of job that an execution starts. */
export enum SageMakerJobKind {
  /** Hyperparameter tuning jobs. */
  TUNING = 'HyperParameterTuningJob',
  /** Training jobs that no other job has started. */
  TRAINING = 'TrainingJob',
  /** AutoML jobs. */
  AUTOML = 'AutoMLJob',
}

const RESOURCES: Record<SageMakerJobKind, { readonly resource: string }> = {
  [SageMakerJobKind.TUNING]: TUNING_JOB,
  [SageMakerJobKind.TRAINING]: TRAINING_JOB,
  [SageMakerJobKind.AUTOML]: AUTOML_JOB,
};

/** Maximum age of an event. Abandoned jobs cost money, so an event that still fails then goes to the dead-letter queue. */
const MAX_EVENT_AGE = Duration.hours(1);

/** Properties of what stops the jobs of executions that ended without them. */
export interface StopAbandonedJobsProps {
  /** The state machine; a standard one, as EventBridge hears nothing of express workflows. */
  readonly stateMachine: sfn.IStateMachine;
  /** What the names of the jobs begin with, as the fragment's `jobNamePrefix` says: no others are touched. */
  readonly jobNamePrefix: string;
  /**
   * The kinds of jobs to look for.
   *
   * @default - all
   */
  readonly kinds?: SageMakerJobKind[];
  /**
   * Key for the function's environment variables and its log. Amazon SQS encrypts the dead-letter queue with a key that it owns:
   * with this key, events would be lost unless the key policy lets EventBridge use it.
   *
   * @default - Lambda's and CloudWatch Logs' own encryption
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
 * Step Functions stops the jobs that it waits for itself (`.sync`), but not those that an execution starts
 * through the AWS SDK integration and looks at from time to time: they would run on, and cost. An EventBridge
 * rule on the end of executions starts a Lambda function, which stops the jobs that carry the execution's ARN in
 * their tag `cdk-sagemaker-tuning:execution` and are still in progress. What it stopped is in its log.
 *
 * An event that cannot be delivered, or for which the function fails three times, goes to a dead-letter queue: jobs may
 * still run then. Watch the queue with an alarm on `deadLetterQueue.metricApproximateNumberOfMessagesVisible()`.
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */
export class StopAbandonedJobs extends Construct {
  /** The rule on the end of executions. */
  readonly rule: events.Rule;
  /** The function that stops the jobs. */
  readonly stopJobsFunction: lambda.IFunction;
  /** Takes the events that did not lead to a successful run of the function. Keeps them for 14 days. */
  readonly deadLetterQueue: sqs.IQueue;

  constructor(scope: Construct, id: string, props: StopAbandonedJobsProps) {
    super(scope, id);
    requireShape(this.node.path, PROPS, props);
    const kinds = [...new Set(props.kinds ?? Object.values(SageMakerJobKind))];
    // With the hyphen that all names have: jobs of a prefix that only begins alike are not touched.
    const jobNamePrefix = props.jobNamePrefix.endsWith('-') ? props.jobNamePrefix : `${props.jobNamePrefix}-`;
    const deadLetterQueue = new sqs.Queue(this, 'DeadLetterQueue', {
      encryption: sqs.QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    this.deadLetterQueue = deadLetterQueue;
    const made = new lambda.Function(this, 'Function', {
      ...bundledFunction(this, 'Function', {
        name: 'stop-jobs',
        description: 'Stops the SageMaker jobs of executions that were stopped, timed out or failed',
        roleDescription: 'Stops SageMaker jobs of executions that have ended',
        memorySize: 256,
        timeout: Duration.minutes(5),
        encryptionKey: props.encryptionKey,
      }),
      environment: { JOB_NAME_PREFIX: jobNamePrefix, JOB_KINDS: kinds.join(',') },
      // Takes events that the function fails for. The rule's target takes those that do not reach it.
      deadLetterQueue,
      retryAttempts: 2,
      maxEventAge: MAX_EVENT_AGE,
    });
    this.stopJobsFunction = made;
    made.logGroup.grantWrite(made);
    const statements = [
      new iam.PolicyStatement({
        actions: ['sagemaker:ListTags', ...kinds.map((kind) => `sagemaker:Stop${kind}`)],
        resources: kinds.map((kind) => jobArn(Stack.of(this), RESOURCES[kind], jobNamePrefix)),
      }),
      // Have no resource-level permissions.
      new iam.PolicyStatement({
        actions: kinds.map((kind) => `sagemaker:List${kind}s`),
        resources: ['*'],
      }),
    ];
    for (const statement of statements) made.addToRolePolicy(statement);
    acknowledgeWildcards(
      made.role ?? made,
      resourcesOf(statements),
      'Jobs are named when they start: the permissions are limited to the prefix of their names; listing jobs has no resource-level permissions',
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
