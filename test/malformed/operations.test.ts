import { Duration, Lazy } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import { DataLocation, type SageMakerWorkflow, WorkflowAlias } from '../../lib';
import { autoMlWorkflow } from '../automl/fixtures';
import { stackOf, workflow } from '../fixtures';
import { js, type Row, refused } from './fixtures';

const DAILY = scheduler.ScheduleExpression.rate(Duration.days(1));
const VERSION = 'arn:aws:states:eu-west-1:123456789012:stateMachine:tune:1';
const someSeconds = () => Duration.seconds(Lazy.number({ produce: () => 60 }));

type Method = 'startOnSchedule' | 'startOnNewData' | 'alarmOnFailure' | 'onFailed';

/** Calls a method of a workflow with options of any type. */
const calls =
  (method: Method, made: () => SageMakerWorkflow = workflow) =>
  (what: string, options: unknown, message: string): Row => [
    what,
    () => made()[method]('It', js(options)),
    message,
  ];

describe('startOnSchedule', () => {
  const row = calls('startOnSchedule');
  const schedule = (what: string, change: object, message: string) =>
    row(what, { schedule: DAILY, ...change }, message);
  refused([
    row('no options', undefined, 'Stack/Tuning/It: 1 problem found:\n  - props: is required: give an object'),
    row('options that are a string', 'rate(1 day)', 'props: must be an object, got "rate(1 day)"'),
    row('no schedule', {}, 'schedule: is required: give a ScheduleExpression of aws-scheduler'),
    schedule('a schedule as text', { schedule: 'rate(1 day)' }, 'schedule: must be a ScheduleExpression'),
    schedule(
      'a schedule of aws-events',
      { schedule: events.Schedule.rate(Duration.days(1)) },
      'schedule: must be a ScheduleExpression of aws-scheduler',
    ),
    schedule(
      'an expression without its kind',
      { schedule: scheduler.ScheduleExpression.expression('0 3 * * *') },
      'schedule: must be rate(…), cron(…) or at(…), got "0 3 * * *"',
    ),
    schedule(
      'an expression of 257 characters',
      { schedule: scheduler.ScheduleExpression.expression(`cron(${'1'.repeat(251)})`) },
      'schedule: must have 1 to 256 characters, got 257',
    ),
    schedule('an input as an object', { input: { a: 1 } }, 'input: must be a ScheduleTargetInput'),
    schedule('an alias as a string', { alias: 'live' }, 'alias: must be a WorkflowAlias: use addAlias'),
    schedule(
      'an alias of another workflow',
      { alias: workflow({}, stackOf(), 'Other').addAlias('live') },
      'alias: must be an alias of this workflow, got an alias of Stack/Other: use addAlias of Stack/Tuning',
    ),
    schedule(
      'a description of 513 characters',
      { description: 'x'.repeat(513) },
      'description: must have 0 to 512 characters, got 513',
    ),
    schedule('a flag as a string', { enabled: 'no' }, 'enabled: must be true or false, got "no"'),
  ]);
});

describe('startOnNewData', () => {
  const row = calls('startOnNewData');
  refused([
    row('options that are null', null, 'props: must be an object, got null'),
    row('one object', { objects: 'data.csv' }, 'objects: must be a list, got "data.csv"'),
    row('no objects', { objects: [] }, 'objects: must have at least 1 elements, got 0'),
    row('an object that is null', { objects: ['a', null] }, 'objects[1]: must be a string, got null'),
    row('a location as a URI', { location: 's3://lake/' }, 'location: must be a DataLocation'),
    row(
      'a location without a bucket construct',
      { location: DataLocation.fromUri('s3://lake/bikes/') },
      'location: must come from a bucket construct',
    ),
    row('an input as an object', { input: {} }, 'input: must be a RuleTargetInput of aws-events, got {}'),
    row(
      'an alias of another workflow',
      { alias: autoMlWorkflow().addAlias('live') },
      'alias: must be an alias of this workflow',
    ),
    row('a description as a list', { description: ['x'] }, 'description: must be a string'),
    row('513 characters', { description: 'x'.repeat(513) }, 'description: must have 0 to 512 characters'),
  ]);
});

describe.each([
  ['TuningWorkflow', workflow],
  ['AutoMlWorkflow', autoMlWorkflow],
])('alarmOnFailure of %s', (_name, made) => {
  const row = calls('alarmOnFailure', () => made());
  refused([
    row('options that are a number', 3, 'props: must be an object, got 3'),
    row('a threshold of 0', { threshold: 0 }, 'threshold: must be a whole number of at least 1, got 0'),
    row('a negative threshold', { threshold: -1 }, 'threshold: must be a whole number of at least 1'),
    row(
      'a threshold of NaN',
      { threshold: Number.NaN },
      'threshold: must be a whole number of at least 1, got NaN',
    ),
    row('an endless threshold', { threshold: Number.POSITIVE_INFINITY }, 'threshold: must be a whole number'),
    row('half a failure', { threshold: 1.5 }, 'threshold: must be a whole number of at least 1, got 1.5'),
    row('a threshold as a string', { threshold: '1' }, 'threshold: must be a number, got "1"'),
    row(
      'a period as a number',
      { period: 300 },
      'period: must be a Duration, such as Duration.hours(1), got 300',
    ),
    row(
      'a period of 0',
      { period: Duration.seconds(0) },
      'period: must be 10, 20, 30 seconds or a multiple of 60 seconds of at most 604800, got 0 seconds',
    ),
    row(
      'a period of 45 seconds',
      { period: Duration.seconds(45) },
      'period: must be 10, 20, 30 seconds or a',
    ),
    row('a period of 5 seconds', { period: Duration.seconds(5) }, 'period: must be 10, 20, 30 seconds or a'),
    row('half a second', { period: Duration.millis(500) }, 'got 0.5 seconds'),
    row('a period of 8 days', { period: Duration.days(8) }, 'of at most 604800, got 691200 seconds'),
    row('a period that is a token', { period: someSeconds() }, 'period: must be known at synth, got a token'),
    row('an empty name', { alarmName: '' }, 'alarmName: must have 1 to 255 characters, got 0'),
    row(
      'a name of 256 characters',
      { alarmName: 'x'.repeat(256) },
      'alarmName: must have 1 to 255 characters',
    ),
    row(
      'a description of 1,025 characters',
      { alarmDescription: 'x'.repeat(1025) },
      'alarmDescription: must have 0 to 1024 characters, got 1025',
    ),
    row(
      'two at once',
      { threshold: 0, period: Duration.seconds(1) },
      '2 problems found:\n  - threshold: must be a whole number',
    ),
  ]);
});

describe('onSucceeded, onFailed and onFinished', () => {
  const row = calls('onFailed');
  refused([
    row('options that are null', null, 'props: must be an object, got null'),
    row('a target by ARN', { target: 'arn:aws:sns:x' }, 'target: must be a target of aws-events-targets'),
    row('513 characters', { description: 'x'.repeat(513) }, 'description: must have 0 to 512 characters'),
  ]);
});

describe('metricTrainingJobs', () => {
  const metric = (what: string, name: unknown, options: unknown, message: string): Row => [
    what,
    () => workflow().metricTrainingJobs(js(name), js(options)),
    message,
  ];
  refused([
    metric(
      'no name',
      undefined,
      undefined,
      'Stack/Tuning.metricTrainingJobs: 1 problem found:\n  - metricName: is',
    ),
    metric('a name that is a number', 7, {}, 'metricName: must be a string, got 7'),
    metric('an empty name', '', {}, 'metricName: must have 1 to 255 characters, got 0'),
    metric('256 characters', 'x'.repeat(256), {}, 'metricName: must have 1 to 255 characters, got 256'),
    metric('a double quote', 'a" OR "b', {}, 'metricName: must not have quotes or backslashes'),
    metric('a single quote', "it's", {}, 'metricName: must not have quotes or backslashes'),
    metric('a backslash', 'a\\', {}, 'metricName: must not have quotes or backslashes'),
    metric('options that are a string', 'loss', 'Average', 'props: must be an object, got "Average"'),
    metric(
      'an unknown statistic',
      'loss',
      { statistic: 'Mean' },
      'statistic: must be a statistic of CloudWatch',
    ),
    metric('p101', 'loss', { statistic: 'p101' }, 'statistic: must be a statistic of CloudWatch'),
    metric('a statistic that ends', 'loss', { statistic: "Sum', 1), x" }, 'statistic: must be a statistic'),
    metric(
      'a period of 45 seconds',
      'loss',
      { period: Duration.seconds(45) },
      'period: must be 1, 5, 10, 20, 30 seconds or a multiple of 60 seconds, got 45 seconds',
    ),
    metric('a period as a number', 'loss', { period: 60 }, 'period: must be a Duration'),
    metric('a period that is a token', 'loss', { period: someSeconds() }, 'period: must be known at synth'),
    metric('a label that is null', 'loss', { label: null }, 'label: must be a string, got null'),
  ]);

  test.each(['p99', 'p99.9', 'tm90', 'IQM', 'TM(10%:90%)', 'PR(:300)', 'SampleCount'])(
    'takes the statistic %s',
    (statistic) => {
      const metric = workflow().metricTrainingJobs('loss', { statistic, period: Duration.seconds(5) });
      expect(metric).toMatchObject({ expression: expect.stringMatching(/', 5\)$/) });
    },
  );
});

describe('addAlias', () => {
  const alias = (what: string, name: unknown, options: unknown, message: string): Row => [
    what,
    () => workflow().addAlias(js(name), js(options)),
    message,
  ];
  refused([
    alias('no name', undefined, undefined, 'aliasName: is required: give a string'),
    alias('a name that is a number', 1, {}, 'aliasName: must be a string, got 1'),
    alias('digits only', '12', {}, 'aliasName: must have 1 to 80 letters'),
    alias('an empty name', '', {}, 'aliasName: must have 1 to 80 letters'),
    alias('a name with a space', 'a b', {}, 'aliasName: must have 1 to 80 letters'),
    alias('81 characters', 'x'.repeat(81), {}, 'aliasName: must have 1 to 80 letters'),
    alias('a description for options', 'live', 'the one', 'props: must be an object, got "the one"'),
    alias(
      '257 characters',
      'live',
      { description: 'x'.repeat(257) },
      'description: must have 0 to 256 characters',
    ),
    alias('a version by number', 'live', { versionArn: 3 }, 'versionArn: must be a string, got 3'),
    alias(
      'a version that is nonsense',
      'live',
      { versionArn: 'v3' },
      'versionArn: must be the ARN of a version',
    ),
    alias(
      'a state machine for a version',
      'live',
      { versionArn: VERSION.replace(/:1$/, '') },
      'versionArn: must be the ARN of a version',
    ),
    alias(
      'an alias for a version',
      'live',
      { versionArn: VERSION.replace(/1$/, 'other') },
      'versionArn: must be the ARN of a version',
    ),
    [
      'a name twice',
      () => {
        const made = workflow();
        made.addAlias('live');
        return made.addAlias('live');
      },
      'Stack/Tuning/Aliaslive: 1 problem found:\n  - aliasName: is the name of another alias of Stack/Tuning',
    ],
    [
      'a name twice, at another place',
      () => {
        const made = workflow();
        made.addAlias('live');
        return new WorkflowAlias(made, 'Again', { workflow: made, aliasName: 'live' });
      },
      'aliasName: is the name of another alias of Stack/Tuning',
    ],
    ['no props', () => new WorkflowAlias(stackOf(), 'Alias', js(undefined)), 'props: is required'],
    [
      'a state machine for a workflow',
      () => new WorkflowAlias(stackOf(), 'A', js({ aliasName: 'live', workflow: workflow().stateMachine })),
      'workflow: must be a TuningWorkflow or AutoMlWorkflow',
    ],
  ]);

  test('accepts a version in another partition, and the same alias name in two workflows', () => {
    const stack = stackOf();
    const versionArn = VERSION.replace('arn:aws:', 'arn:aws-us-gov:');
    for (const id of ['A', 'B']) {
      expect(workflow({}, stack, id).addAlias('live', { versionArn }).aliasName).toBe('live');
    }
  });
});
