import type { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type * as events from 'aws-cdk-lib/aws-events';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type * as scheduler from 'aws-cdk-lib/aws-scheduler';
import type { DataLocation } from './data-location';
import type { WorkflowAlias } from './workflow-alias';

/** Options for the logs of a workflow. */
export interface WorkflowLogOptions {
  /**
   * How long CloudWatch Logs keeps the logs of the state machine and of the Lambda functions. The logs of SageMaker
   * jobs are not included: SageMaker writes them to log groups that all jobs in an account and region share.
   *
   * @default logs.RetentionDays.ONE_YEAR
   */
  readonly logRetention?: logs.RetentionDays;
  /**
   * Removal policy of these logs, which applies when the stack is deleted. `RemovalPolicy.SNAPSHOT` is not supported
   * for logs.
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
   * Description of the alarm: at most 1,024 characters. Notifications include it.
   *
   * @default - 'Executions of <path of the workflow> failed'
   */
  readonly alarmDescription?: string;
  /**
   * The alarm triggers at this number of failed executions within the period: a whole number of at least 1.
   *
   * @default 1
   */
  readonly threshold?: number;
  /**
   * Period in which failed executions are counted: a multiple of 60 seconds, at most 7 days. It must be known at synth.
   *
   * CloudWatch also accepts 10, 20 and 30 seconds, but these periods are for high-resolution metrics, whose alarms cost
   * more.
   *
   * @default Duration.minutes(5)
   * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
   */
  readonly period?: Duration;
}

/** Options for a metric of training jobs. */
export interface TrainingJobMetricOptions {
  /**
   * Statistic of each time series, such as `Average`, `Minimum`, `Maximum`, `Sum` or `p99`. See `cloudwatch.Stats`.
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
   * Label in a graph, shown before the name of each time series.
   *
   * @default - the metric's name
   */
  readonly label?: string;
}

/** Options for a schedule that starts executions. */
export interface ExecutionScheduleOptions {
  /** When executions start: a `cron`, `rate` or `at` expression, optionally with a time zone. */
  readonly schedule: scheduler.ScheduleExpression;
  /**
   * Input of the executions, as described in `TuningFragment` or `AutoMlFragment`.
   *
   * @default - `{}`, which overrides no settings
   */
  readonly input?: scheduler.ScheduleTargetInput;
  /**
   * Alias to start. It must be an alias of this workflow.
   *
   * @default - the latest definition
   */
  readonly alias?: WorkflowAlias;
  /**
   * Description of the schedule, at most 512 characters.
   *
   * @default - a description that names the workflow
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
   * Location of the data. Create it with `DataLocation.fromBucket`.
   *
   * @default - the workflow's `inputPrefix` in its bucket
   */
  readonly location?: DataLocation;
  /**
   * The objects that start an execution when they are created: keys relative to the location, where `*` matches any number
   * of characters. Each matching object starts one execution, so name only the object that you write last.
   *
   * @default ['_SUCCESS']
   */
  readonly objects?: string[];
  /**
   * Input of the executions, as described in `TuningFragment` or `AutoMlFragment`. Use `events.EventField` to take values
   * from the event, such as `$.detail.object.key`. The whole event is not a valid input.
   *
   * @default - `{}`, which overrides no settings
   */
  readonly input?: events.RuleTargetInput;
  /**
   * Alias to start. It must be an alias of this workflow.
   *
   * @default - the latest definition
   */
  readonly alias?: WorkflowAlias;
  /**
   * Description of the rule, at most 512 characters.
   *
   * @default - a description that names the workflow
   */
  readonly description?: string;
}
