import type * as events from 'aws-cdk-lib/aws-events';
import type { WorkflowAliasOptions, WorkflowAliasProps } from '../workflow-alias';
import type {
  ExecutionScheduleOptions,
  FailureAlarmOptions,
  NewDataOptions,
  TrainingJobMetricOptions,
} from '../workflow-options';
import * as aws from './aws-shapes';
import {
  flag,
  instance,
  knownDuration,
  type Members,
  nonEmpty,
  number,
  optional,
  type Shape,
  struct,
  text,
} from './shape';

// Types of the options of methods that start and monitor a workflow.

const ALIAS = instance('a WorkflowAlias: use addAlias of the workflow', 'aliasArn', 'grantStartExecution');
const SCHEDULE = instance(
  'a ScheduleExpression of aws-scheduler, such as ScheduleExpression.rate(Duration.days(1))',
  'expressionString',
  'timeZone',
);

/** Types of the options of `startOnSchedule`. */
export const EXECUTION_SCHEDULE: Shape = struct<ExecutionScheduleOptions>({
  schedule: SCHEDULE,
  input: optional(instance('a ScheduleTargetInput of aws-scheduler', 'bind')),
  alias: optional(ALIAS),
  description: optional(text),
  enabled: optional(flag),
});

/** Types of the options of `startOnNewData`. */
export const NEW_DATA: Shape = struct<NewDataOptions>({
  location: optional(aws.DATA_LOCATION),
  objects: optional(nonEmpty(text)),
  input: optional(instance('a RuleTargetInput of aws-events', 'bind')),
  alias: optional(ALIAS),
  description: optional(text),
});

/** Types of the options of `alarmOnFailure`. */
export const FAILURE_ALARM: Shape = struct<FailureAlarmOptions>({
  alarmName: optional(text),
  alarmDescription: optional(text),
  threshold: optional(number),
  period: optional(knownDuration),
});

/** Types of the options of `metricTrainingJobs`. */
export const TRAINING_JOB_METRIC: Shape = struct<TrainingJobMetricOptions>({
  statistic: optional(text),
  period: optional(knownDuration),
  label: optional(text),
});

/** Types of the options that this library reads in `onSucceeded`, `onFailed` and `onFinished`. */
export const ON_EVENT: Shape = struct<Pick<events.OnEventOptions, 'target' | 'description'>>({
  target: optional(instance('a target of aws-events-targets', 'bind')),
  description: optional(text),
});

const ALIAS_OPTIONS: Members<WorkflowAliasOptions> = {
  versionArn: optional(text),
  description: optional(text),
};

/** Types of the options of `addAlias`. */
export const WORKFLOW_ALIAS_OPTIONS: Shape = struct<WorkflowAliasOptions>(ALIAS_OPTIONS);

/** Types of the props of a `WorkflowAlias`. */
export const WORKFLOW_ALIAS: Shape = struct<WorkflowAliasProps>({
  ...ALIAS_OPTIONS,
  workflow: instance('a TuningWorkflow or AutoMlWorkflow', 'stateMachine', 'currentVersion'),
  aliasName: text,
});
