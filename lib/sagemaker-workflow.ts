import { RemovalPolicy, Token } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as events from 'aws-cdk-lib/aws-events';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type * as scheduler from 'aws-cdk-lib/aws-scheduler';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { endsOfExecutions } from './private/execution-events';
import { executionSchedule } from './private/execution-schedule';
import type { Startable } from './private/execution-starter';
import { newDataRule, type WorkflowPlaces } from './private/new-data-rule';
import { WORKFLOW_ALIAS_OPTIONS } from './private/operations-shape';
import { optional, requireShape } from './private/shape';
import { trainingJobSearch } from './private/training-job-search';
import { validateNewData } from './private/validate-new-data';
import {
  validateAlarm,
  validateMetric,
  validateOnEvent,
  validateSchedule,
} from './private/validate-operations';
import { WorkflowAlias, type WorkflowAliasOptions } from './workflow-alias';
import type {
  ExecutionScheduleOptions,
  FailureAlarmOptions,
  NewDataOptions,
  TrainingJobMetricOptions,
} from './workflow-options';

/**
 * The base class of `TuningWorkflow`, `TuningFleet` and `AutoMlWorkflow`: a state machine that runs SageMaker jobs, and the bucket with
 * their data. Start it on a schedule or when new data arrives. Monitor it with metrics, alarms and events.
 */
export abstract class SageMakerWorkflow extends Construct implements ec2.IConnectable {
  /** The bucket for models and data. */
  abstract readonly bucket: s3.IBucket;
  /** The state machine. */
  abstract readonly stateMachine: sfn.StateMachine;
  /** Execution role of the SageMaker jobs. */
  abstract readonly trainingRole: iam.IRole;
  /** Security groups of the training containers; empty without a VPC. */
  abstract readonly connections: ec2.Connections;

  /** @internal */
  protected abstract readonly _places: WorkflowPlaces;
  /** Prefix of the job names. @internal */
  protected abstract get _jobNamePrefix(): string;

  /** Names of the aliases added so far. @internal */
  readonly _aliasNames = new Set<string>();

  private version: sfn.CfnStateMachineVersion | undefined;

  /**
   * Allows a principal to start executions.
   *
   * @param grantee the principal, such as a role or a function
   */
  grantStartExecution(grantee: iam.IGrantable): iam.Grant {
    return this.stateMachine.grantStartExecution(grantee);
  }

  /**
   * Starts executions on a schedule, with Amazon EventBridge Scheduler. An execution starts even if the previous one is
   * still running.
   *
   * @param id the construct's ID within this workflow
   * @param options when to start executions, and with what input
   * @throws Error named `TuningValidationError` that lists every problem with the options
   */
  startOnSchedule(id: string, options: ExecutionScheduleOptions): scheduler.Schedule {
    validateSchedule(`${this.node.path}/${id}`, this, options);
    return executionSchedule(this, id, this.startable(options.alias), options);
  }

  /**
   * Starts an execution when there is new data in S3. By default, the object `_SUCCESS` at the workflow's input prefix
   * starts the execution: write this object last. Each matching object starts one execution.
   *
   * The bucket must send its events to Amazon EventBridge. If this app creates the bucket, this method enables these
   * events. If the bucket is imported, its owner must enable them.
   *
   * @param id the construct's ID within this workflow
   * @param options which objects start an execution, and with what input
   * @throws Error named `TuningValidationError` that lists every problem with the options
   * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/EventBridge.html
   */
  startOnNewData(id: string, options: NewDataOptions = {}): events.Rule {
    validateNewData(`${this.node.path}/${id}`, this, options, this._places);
    return newDataRule(this, id, this.startable(options.alias), { ...options, places: this._places });
  }

  private startable(alias: WorkflowAlias | undefined): Startable {
    return {
      arn: alias?.aliasArn ?? this.stateMachine.stateMachineArn,
      grantStartExecution: (grantee) => (alias ?? this).grantStartExecution(grantee),
    };
  }

  /**
   * The version of the state machine that the deployment publishes. Each change to the definition publishes a new
   * version. Earlier versions are kept. A state machine can have at most 1,000 versions.
   *
   * A version is a snapshot of the definition and the settings of the state machine. It does not include the code of
   * the Lambda functions, the role policies or the container images.
   *
   * @see https://docs.aws.amazon.com/step-functions/latest/dg/concepts-state-machine-version.html
   */
  get currentVersion(): sfn.CfnStateMachineVersion {
    if (!this.version) {
      const { attrStateMachineRevisionId } = this.stateMachine.node.defaultChild as sfn.CfnStateMachine;
      this.version = new sfn.CfnStateMachineVersion(this, 'CurrentVersion', {
        stateMachineArn: this.stateMachine.stateMachineArn,
        stateMachineRevisionId: attrStateMachineRevisionId,
      });
      // Without RETAIN, the next deployment would delete the version that a rollback needs.
      this.version.applyRemovalPolicy(RemovalPolicy.RETAIN);
    }
    return this.version;
  }

  /**
   * Adds an alias: a name that points to a version of the state machine, and can later point to another version. If the
   * names of several aliases are tokens, use `new WorkflowAlias(…)`, because this method derives the construct ID from the
   * name.
   *
   * @param aliasName the name: 1 to 80 letters, digits, hyphens, underscores and dots, not only digits
   * @param options the version and the description
   * @throws Error named `TuningValidationError` that lists every problem with the name and the options
   */
  addAlias(aliasName: string, options?: WorkflowAliasOptions): WorkflowAlias {
    const id = Token.isUnresolved(aliasName) ? 'Alias' : `Alias${aliasName}`;
    requireShape(`${this.node.path}/${id}`, optional(WORKFLOW_ALIAS_OPTIONS), options);
    return new WorkflowAlias(this, id, { ...options, aliasName, workflow: this });
  }

  /**
   * Creates an EventBridge rule that triggers when an execution succeeds.
   *
   * @param id the construct's ID within this workflow
   * @param options the target of the rule, and its settings
   */
  onSucceeded(id: string, options?: events.OnEventOptions): events.Rule {
    return this.onStatus(id, ['SUCCEEDED'], options);
  }

  /**
   * Creates an EventBridge rule that triggers when an execution fails or times out.
   *
   * @param id the construct's ID within this workflow
   * @param options the target of the rule, and its settings
   */
  onFailed(id: string, options?: events.OnEventOptions): events.Rule {
    return this.onStatus(id, ['FAILED', 'TIMED_OUT'], options);
  }

  /**
   * Creates an EventBridge rule that triggers when an execution ends: when it succeeds, fails, times out or is stopped.
   *
   * @param id the construct's ID within this workflow
   * @param options the target of the rule, and its settings
   */
  onFinished(id: string, options?: events.OnEventOptions): events.Rule {
    return this.onStatus(id, ['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'], options);
  }

  private onStatus(id: string, status: string[], options: events.OnEventOptions = {}): events.Rule {
    validateOnEvent(`${this.node.path}/${id}`, options);
    const rule = new events.Rule(this, id, options);
    rule.addTarget(options.target);
    rule.addEventPattern(endsOfExecutions(this.stateMachine, status));
    return rule;
  }

  /**
   * Creates an alarm on failed executions. The alarm returns to OK after a period without failures, even if no
   * executions ran. Add actions to the alarm, such as a notification.
   *
   * The alarm does not count executions that never started. For those, use `scheduler.Schedule.metricAllDropped()` or the
   * metric `FailedInvocations` of a rule.
   *
   * @param id the construct's ID within this workflow
   * @param options the threshold, the period, and the name of the alarm
   * @throws Error named `TuningValidationError` that lists every problem with the options
   */
  alarmOnFailure(id: string, options: FailureAlarmOptions = {}): cloudwatch.Alarm {
    validateAlarm(`${this.node.path}/${id}`, options);
    // The state machine has no timeout, so executions never time out: a state that takes too long fails the execution.
    return this.metricFailed(options.period && { period: options.period }).createAlarm(this, id, {
      alarmName: options.alarmName,
      alarmDescription: options.alarmDescription ?? `Executions of ${this.node.path} failed`,
      threshold: options.threshold ?? 1,
      evaluationPeriods: 1,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    });
  }

  /**
   * A metric that SageMaker publishes for each training job of this workflow: one time series for each job, or for each
   * instance of a job. Use it on a dashboard. CloudWatch does not support alarms on search expressions.
   *
   * - Utilization: `CPUUtilization`, `MemoryUtilization`, `DiskUtilization`, `GPUUtilization`, `GPUMemoryUtilization`
   * - Metrics that the algorithm reports, by name, such as `validation:rmse`
   *
   * Job names are known only when the jobs start, so the metric is a search expression for their prefix. CloudWatch
   * finds jobs of the last two weeks, and at most 500 time series.
   *
   * @param metricName the metric's name in namespace `/aws/sagemaker/TrainingJobs`: 1 to 255 characters, no quotes or
   * backslashes
   * @param options the statistic, the period and the label
   * @default - average over 5 minutes
   * @throws Error named `TuningValidationError` that lists every problem with the name and the options
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html#cloudwatch-metrics-jobs
   */
  metricTrainingJobs(metricName: string, options?: TrainingJobMetricOptions): cloudwatch.SearchExpression {
    validateMetric(`${this.node.path}.metricTrainingJobs`, metricName, options);
    return trainingJobSearch(this._jobNamePrefix, metricName, options);
  }

  /**
   * A metric of the state machine.
   *
   * @param metricName the metric's name in namespace `AWS/States`
   * @param props the statistic, the period and other settings of the metric
   * @default - sum over 5 minutes
   * @see https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html
   */
  metric(metricName: string, props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.stateMachine.metric(metricName, props);
  }

  /**
   * Number of executions that were started.
   *
   * @param props the statistic, the period and other settings of the metric
   * @default - sum over 5 minutes
   */
  metricStarted(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.stateMachine.metricStarted(props);
  }

  /**
   * Number of executions that succeeded.
   *
   * @param props the statistic, the period and other settings of the metric
   * @default - sum over 5 minutes
   */
  metricSucceeded(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.stateMachine.metricSucceeded(props);
  }

  /**
   * Number of executions that failed.
   *
   * @param props the statistic, the period and other settings of the metric
   * @default - sum over 5 minutes
   */
  metricFailed(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.stateMachine.metricFailed(props);
  }

  /**
   * Number of executions that were stopped.
   *
   * @param props the statistic, the period and other settings of the metric
   * @default - sum over 5 minutes
   */
  metricAborted(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.stateMachine.metricAborted(props);
  }

  /**
   * Number of executions that timed out.
   *
   * @param props the statistic, the period and other settings of the metric
   * @default - sum over 5 minutes
   */
  metricTimedOut(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.stateMachine.metricTimedOut(props);
  }

  /**
   * Number of state transitions that were throttled.
   *
   * @param props the statistic, the period and other settings of the metric
   * @default - sum over 5 minutes
   */
  metricThrottled(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.stateMachine.metricThrottled(props);
  }

  /**
   * Duration of the executions, in milliseconds.
   *
   * @param props the statistic, the period and other settings of the metric
   * @default - average over 5 minutes
   */
  metricTime(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.stateMachine.metricTime(props);
  }
}
