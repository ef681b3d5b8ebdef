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
   * What happens to these logs when the stack is deleted.
   *
   * @default RemovalPolicy.DESTROY
   */
  readonly logRemovalPolicy?: RemovalPolicy;
}

/** Options for an alarm on failed executions. */
export interface FailureAlarmOptions {
  /**
   * Name of the alarm.
   *
   * @default - CloudFormation generates a name
   */
  readonly alarmName?: string;
  /**
   * Description of the alarm, which its notifications include.
   *
   * @default - names the workflow
   */
  readonly alarmDescription?: string;
  /**
   * Number of failed executions within the period that sets off the alarm.
   *
   * @default 1
   */
  readonly threshold?: number;
  /**
   * Period in which failed executions are counted.
   *
   * @default Duration.minutes(5)
   */
  readonly period?: Duration;
}

/** Options for a metric of training jobs. */
export interface TrainingJobMetricOptions {
  /**
   * Statistic of each time series, such as `Average`, `Minimum`, `Maximum` or `Sum`.
   *
   * @default 'Average'
   */
  readonly statistic?: string;
  /**
   * Period of the statistic.
   *
   * @default Duration.minutes(5)
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
   * Alias of the state machine to start.
   *
   * @default - the latest definition
   */
  readonly alias?: WorkflowAlias;
  /**
   * Description of the schedule.
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
   * Alias of the state machine to start.
   *
   * @default - the latest definition
   */
  readonly alias?: WorkflowAlias;
  /**
   * Description of the rule.
   *
   * @default - names the workflow
   */
  readonly description?: string;
}
