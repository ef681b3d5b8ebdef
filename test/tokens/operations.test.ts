import { Duration, Lazy } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import { DataLocation, type TuningWorkflow, WorkflowAlias } from '../../lib';
import { workflow } from '../fixtures';
import { js } from '../malformed/fixtures';
import { type Make, type Tokens, testTokens } from './fixtures';

const DAILY = scheduler.ScheduleExpression.rate(Duration.days(1));

const calls =
  (call: (made: TuningWorkflow, tokens: Tokens) => unknown): Make =>
  (stack, tokens) =>
    call(workflow({}, stack), tokens);

/** Puts the metric on a dashboard, so that it appears in the template. */
const onDashboard =
  (metricOf: (made: TuningWorkflow, tokens: Tokens) => cloudwatch.IMetric): Make =>
  (stack, tokens) => {
    const left = [metricOf(workflow({}, stack), tokens)];
    new cloudwatch.Dashboard(stack, 'Dashboard').addWidgets(new cloudwatch.GraphWidget({ left }));
  };

testTokens(
  [
    [
      'startOnSchedule, schedule',
      calls((made, { text }) =>
        made.startOnSchedule('It', { schedule: scheduler.ScheduleExpression.expression(text) }),
      ),
    ],
    [
      'startOnSchedule, description',
      calls((made, { text }) => made.startOnSchedule('It', { schedule: DAILY, description: text })),
    ],
    ['startOnNewData, objects', calls((made, { text }) => made.startOnNewData('It', { objects: [text] }))],
    [
      'startOnNewData, description',
      calls((made, { text }) => made.startOnNewData('It', { description: text })),
    ],
    [
      'startOnNewData, location',
      (stack, { text }) =>
        workflow({}, stack).startOnNewData('It', {
          location: DataLocation.fromBucket(new s3.Bucket(stack, 'Lake'), text),
        }),
    ],
    ['onFailed, description', calls((made, { text }) => made.onFailed('It', { description: text }))],
    ['alarmOnFailure, alarmName', calls((made, { text }) => made.alarmOnFailure('It', { alarmName: text }))],
    [
      'alarmOnFailure, alarmDescription',
      calls((made, { text }) => made.alarmOnFailure('It', { alarmDescription: text })),
    ],
    [
      'alarmOnFailure, threshold',
      calls((made, { number }) => made.alarmOnFailure('It', { threshold: number })),
    ],
    ['addAlias, aliasName', calls((made, { text }) => made.addAlias(text))],
    ['addAlias, description', calls((made, { text }) => made.addAlias('live', { description: text }))],
    ['addAlias, versionArn', calls((made, { text }) => made.addAlias('live', { versionArn: text }))],
    ['metricTrainingJobs, metricName', onDashboard((made, { text }) => made.metricTrainingJobs(text))],
    [
      'metricTrainingJobs, statistic',
      onDashboard((made, { text }) => made.metricTrainingJobs('loss', { statistic: text })),
    ],
    [
      'metricTrainingJobs, label',
      onDashboard((made, { text }) => made.metricTrainingJobs('loss', { label: text })),
    ],
  ],
  [
    [
      'startOnSchedule, enabled',
      calls((made) =>
        made.startOnSchedule('It', {
          schedule: DAILY,
          enabled: js(Lazy).any({ produce: () => true }),
        }),
      ),
      'enabled: must be true or false, got a token',
    ],
    [
      'startOnNewData, a list of objects',
      calls((made) => made.startOnNewData('It', { objects: Lazy.list({ produce: () => ['a'] }) })),
      'objects: must be a list that is known at synth',
    ],
    [
      'alarmOnFailure, period',
      calls((made, { number }) => made.alarmOnFailure('It', { period: Duration.seconds(number) })),
      'period: must be known at synth, got a token',
    ],
    [
      'metricTrainingJobs, period',
      calls((made, { number }) => made.metricTrainingJobs('loss', { period: Duration.minutes(number) })),
      'period: must be known at synth, got a token',
    ],
    [
      'WorkflowAlias, a name twice',
      calls((made, { text }) => {
        made.addAlias(text);
        return new WorkflowAlias(made, 'Again', { workflow: made, aliasName: text });
      }),
      'aliasName: is the name of another alias of Stack/Tuning',
    ],
  ],
);
