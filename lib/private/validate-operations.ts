import { type Duration, Token } from 'aws-cdk-lib';
import type * as events from 'aws-cdk-lib/aws-events';
import type { SageMakerWorkflow } from '../sagemaker-workflow';
import type { WorkflowAlias, WorkflowAliasProps } from '../workflow-alias';
import type {
  ExecutionScheduleOptions,
  FailureAlarmOptions,
  TrainingJobMetricOptions,
} from '../workflow-options';
import {
  EXECUTION_SCHEDULE,
  FAILURE_ALARM,
  ON_EVENT,
  TRAINING_JOB_METRIC,
  WORKFLOW_ALIAS,
} from './operations-shape';
import { Problems } from './problems';
import { requireShape, struct, text } from './shape';

// Sources, unless another is given: botocore's service models (shapes of CreateSchedule, PutRule, PutMetricAlarm and
// CreateStateMachineAlias).
const LIMITS = {
  /** For schedules and rules. */
  descriptionLength: 512,
  scheduleLength: 256,
  alarmNameLength: 255,
  alarmDescriptionLength: 1024,
  /** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html */
  alarmPeriod: { short: [10, 20, 30], longest: 604_800 },
  /** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricStat.html */
  searchPeriod: { short: [1, 5, 10, 20, 30], longest: Number.POSITIVE_INFINITY },
  metricNameLength: 255,
  /** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html */
  statisticPattern:
    /^(SampleCount|Sum|Average|Minimum|Maximum|IQM|(p|tm|wm|tc|ts)(100|\d{1,2}(\.\d+)?)|(PR|TM|WM|TC|TS)\([\d.]*%?:[\d.]*%?\))$/,
  aliasPattern: /^(?!\d+$)[\w.-]{1,80}$/,
  aliasDescriptionLength: 256,
  versionArnPattern: /^arn:[\w-]+:states:[\w-]+:\d{12}:stateMachine:[^:]+:\d+$/,
} as const;

/**
 * Checks the options of a schedule.
 *
 * @throws Error named `TuningValidationError` that lists every problem
 */
export function validateSchedule(
  path: string,
  workflow: SageMakerWorkflow,
  options: ExecutionScheduleOptions,
): void {
  requireShape(path, EXECUTION_SCHEDULE, options);
  const problems = new Problems();
  const { expressionString: expression } = options.schedule;
  if (!Token.isUnresolved(expression) && !/^(rate|cron|at)\(.+\)$/.test(expression)) {
    problems.add(
      'schedule',
      `must be rate(…), cron(…) or at(…), got ${JSON.stringify(expression)}: use ScheduleExpression.rate, cron or at`,
    );
  }
  problems.length('schedule', expression, 1, LIMITS.scheduleLength);
  checkAlias(problems, workflow, options.alias);
  checkDescription(problems, options.description);
  problems.throwIfAny(path);
}

/** Checks that an alias belongs to the workflow. */
export function checkAlias(
  problems: Problems,
  workflow: SageMakerWorkflow,
  alias: WorkflowAlias | undefined,
): void {
  if (!alias || alias._workflow === workflow) return;
  problems.add(
    'alias',
    `must be an alias of this workflow, got an alias of ${alias._workflow.node.path}: use addAlias of ${workflow.node.path}`,
  );
}

/** Checks the description of a schedule or a rule. */
export function checkDescription(problems: Problems, description: string | undefined): void {
  problems.length('description', description, 0, LIMITS.descriptionLength);
}

/**
 * Checks the options of an event rule.
 *
 * @throws Error named `TuningValidationError` that lists every problem
 */
export function validateOnEvent(path: string, options: events.OnEventOptions): void {
  requireShape(path, ON_EVENT, options);
  const problems = new Problems();
  checkDescription(problems, options.description);
  problems.throwIfAny(path);
}

/**
 * Checks the options of an alarm.
 *
 * @throws Error named `TuningValidationError` that lists every problem
 */
export function validateAlarm(path: string, options: FailureAlarmOptions): void {
  requireShape(path, FAILURE_ALARM, options);
  const problems = new Problems();
  problems.length('alarmName', options.alarmName, 1, LIMITS.alarmNameLength);
  problems.length('alarmDescription', options.alarmDescription, 0, LIMITS.alarmDescriptionLength);
  problems.integer('threshold', options.threshold, 1, Number.POSITIVE_INFINITY, 'failed executions');
  checkPeriod(problems, options.period, LIMITS.alarmPeriod);
  problems.throwIfAny(path);
}

/**
 * Checks the name and the options of a metric of training jobs. They become part of a search expression.
 *
 * @throws Error named `TuningValidationError` that lists every problem
 */
export function validateMetric(
  path: string,
  metricName: string,
  options: TrainingJobMetricOptions = {},
): void {
  requireShape(path, struct({ metricName: text }), { metricName });
  requireShape(path, TRAINING_JOB_METRIC, options);
  const { statistic } = options;
  const problems = new Problems();
  problems.length('metricName', metricName, 1, LIMITS.metricNameLength);
  if (!Token.isUnresolved(metricName) && /["'\\]/.test(metricName)) {
    problems.add(
      'metricName',
      `must not have quotes or backslashes, which would end a term of the search expression, got ${JSON.stringify(metricName)}`,
    );
  }
  if (statistic !== undefined && !Token.isUnresolved(statistic) && !LIMITS.statisticPattern.test(statistic)) {
    problems.add(
      'statistic',
      `must be a statistic of CloudWatch, such as Average, Minimum, Maximum, Sum, SampleCount or p99, got ${JSON.stringify(statistic)}`,
    );
  }
  checkPeriod(problems, options.period, LIMITS.searchPeriod);
  problems.throwIfAny(path);
}

function checkPeriod(
  problems: Problems,
  period: Duration | undefined,
  { short, longest }: { readonly short: readonly number[]; readonly longest: number },
): void {
  const seconds = period?.toSeconds({ integral: false });
  if (seconds === undefined || short.includes(seconds)) return;
  if (seconds > 0 && seconds % 60 === 0 && seconds <= longest) return;
  const most = longest === Number.POSITIVE_INFINITY ? '' : ` of at most ${longest}`;
  problems.add(
    'period',
    `must be ${short.join(', ')} seconds or a multiple of 60 seconds${most}, got ${seconds} seconds`,
  );
}

/**
 * Checks the props of an alias.
 *
 * @throws Error named `TuningValidationError` that lists every problem
 */
export function validateAlias(path: string, props: WorkflowAliasProps): void {
  requireShape(path, WORKFLOW_ALIAS, props);
  const { aliasName, versionArn, workflow } = props;
  const problems = new Problems();
  if (!Token.isUnresolved(aliasName) && !LIMITS.aliasPattern.test(aliasName)) {
    problems.add(
      'aliasName',
      `must have 1 to 80 letters, digits, hyphens, underscores and dots, and not only digits, got ${JSON.stringify(aliasName)}`,
    );
  }
  if (workflow._aliasNames.has(aliasName)) {
    problems.add('aliasName', `is the name of another alias of ${workflow.node.path}: give another name`);
  }
  if (
    versionArn !== undefined &&
    !Token.isUnresolved(versionArn) &&
    !LIMITS.versionArnPattern.test(versionArn)
  ) {
    problems.add(
      'versionArn',
      `must be the ARN of a version, arn:<partition>:states:<region>:<account>:stateMachine:<name>:<version>, got ${JSON.stringify(versionArn)}`,
    );
  }
  problems.length('description', props.description, 0, LIMITS.aliasDescriptionLength);
  problems.throwIfAny(path);
}
