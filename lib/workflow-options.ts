import type { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type * as events from 'aws-cdk-lib/aws-events';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type * as scheduler from 'aws-cdk-lib/aws-scheduler';
import type { DataLocation } from './data-location';
import type { WorkflowAlias } from './workflow-alias';

/** How the logs of a workflow are kept. */
export interface WorkflowLogOptions {
  /**
   * How long CloudWatch Logs keeps the logs of the state machine and of the Lambda functions. The logs of SageMaker
   * jobs are not included: SageMaker writes them to log groups that all jobs in an account and region share.
   *
   * @default logs.RetentionDays.ONE_YEAR
   */
  readonly logRetention?: logs.RetentionDays;
  /**
   * What happens to these logs when the stack is deleted. `RemovalPolicy.SNAPSHOT` is not for logs.
   *
   * @default RemovalPolicy.DESTROY
   */
  readonly logRemovalPolicy?: RemovalPolicy;
}

/** Options for an alarm on failed executions. */
export interface FailureAlarmOptions {
  /**
   * Name of the alarm, at most 255 characters.
   *
   * @default - CloudFormation generates a name
   */
  readonly alarmName?: string;
  /**
   * Description of the alarm, which its notifications include. At most 1,024 characters.
   *
   * @default - names the workflow
   */
  readonly alarmDescription?: string;
  /**
   * Number of failed executions within the period that sets off the alarm: a whole number of at least 1.
   *
   * @default 1
   */
  readonly threshold?: number;
  /**
   * Period in which failed executions are counted: a multiple of 60 seconds, at most 7 days. It must be known at synth.
   *
   * CloudWatch accepts 10, 20 and 30 seconds too, but they are meant for metrics of high resolution, and such an alarm
   * costs more.
   *
   * @default Duration.minutes(5)
   * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
   */
  readonly period?: Duration;
}

/** Options for a metric of training jobs. */
export interface TrainingJobMetricOptions {
  /**
   * Statistic of each time series, such as `Average`, `Minimum`, `Maximum`, `Sum` or `p99`. `cloudwatch.Stats` has them
   * all.
   *
   * @default 'Average'
   * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html
   */
  readonly statistic?: string;
  /**
   * Period of the statistic: 1, 5, 10, 20 or 30 seconds, or a multiple of 60 seconds. It must be known at synth.
   *
   * @default Duration.minutes(5)
   * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricStat.html
   */
  readonly period?: Duration;
  /**
   * Label in a graph, shown in front of the name of each time series.
   *
   * @default - the metric's name
   */
  readonly label?: string;
}

/** Options for a schedule that starts executions. */
export interface ExecutionScheduleOptions {
  /** When executions start: `cron`, `rate` or `at`, with a time zone if you like. */
  readonly schedule: scheduler.ScheduleExpression;
  /**
   * Input of the executions, as the workflow's fragment describes it.
   *
   * @default - `{}`: the settings of the props
   */
  readonly input?: scheduler.ScheduleTargetInput;
  /**
   * Alias of the state machine to start: one of this workflow.
   *
   * @default - the latest definition
   */
  readonly alias?: WorkflowAlias;
  /**
   * Description of the schedule, at most 512 characters.
   *
   * @default - names the workflow
   */
  readonly description?: string;
  /**
   * Whether the schedule starts executions.
   *
   * @default true
   */
  readonly enabled?: boolean;
}

/** Options for a rule that starts an execution when there is new data in S3. */
export interface NewDataOptions {
  /**
   * Where the data is. Use `DataLocation.fromBucket`.
   *
   * @default - the workflow's `inputPrefix` in its bucket
   */
  readonly location?: DataLocation;
  /**
   * The objects whose creation starts an execution: keys relative to the location, where `*` stands for any number
   * of characters. Every object that matches starts an execution of its own, so name the one that you write last.
   *
   * @default ['_SUCCESS']
   */
  readonly objects?: string[];
  /**
   * Input of the executions, as the workflow's fragment describes it. It can take values from the event with
   * `events.EventField`, such as `$.detail.object.key`. The event as a whole is not a valid input.
   *
   * @default - `{}`: the settings of the props
   */
  readonly input?: events.RuleTargetInput;
  /**
   * Alias of the state machine to start: one of this workflow.
   *
   * @default - the latest definition
   */
  readonly alias?: WorkflowAlias;
  /**
   * Description of the rule, at most 512 characters.
   *
   * @default - names the workflow
   */
  readonly description?: string;
}
