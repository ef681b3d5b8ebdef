import { App, CfnParameter, Duration, RemovalPolicy, Stack, TimeZone } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as s3n from 'aws-cdk-lib/aws-s3-notifications';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import * as sns from 'aws-cdk-lib/aws-sns';
import {
  AutoMlWorkflow,
  DataLocation,
  type SageMakerWorkflow,
  TuningFleet,
  type WorkflowLogOptions,
} from '../lib';
import { flat, type Json, stackOf, statementsIn, TUNING, workflow } from './fixtures';

type Options = WorkflowLogOptions & {
  bucket?: s3.IBucket;
  inputPrefix?: string;
  outputPrefix?: string;
};

const WORKFLOWS: [string, (stack: Stack, options?: Options) => SageMakerWorkflow][] = [
  ['TuningWorkflow', (stack, options) => workflow(options, stack)],
  [
    'TuningFleet',
    (stack, options) => new TuningFleet(stack, 'Tuning', { ...TUNING, jobNamePrefix: 'churn', ...options }),
  ],
  [
    'AutoMlWorkflow',
    (stack, options) =>
      new AutoMlWorkflow(stack, 'Tuning', { target: 'churned', jobNamePrefix: 'churn', ...options }),
  ],
];

const MACHINE = /^<TuningStateMachine[0-9A-F]{8}>$/;

/** The only resource of a type, with its CloudFormation functions as strings. */
function only(stack: Stack, type: string, matching = ''): Json {
  const found = Object.entries(Template.fromStack(stack).findResources(type)).filter(([id]) =>
    id.includes(matching),
  );
  expect(found.map(([id]) => id)).toHaveLength(1);
  return flat(found[0]?.[1]);
}

describe.each(WORKFLOWS)('%s', (_name, make) => {
  describe('metrics', () => {
    test.each<[string, (made: SageMakerWorkflow) => cloudwatch.Metric, string, string]>([
      ['metric', (made) => made.metric('ExecutionsStarted'), 'ExecutionsStarted', 'Sum'],
      ['metricStarted', (made) => made.metricStarted(), 'ExecutionsStarted', 'Sum'],
      ['metricSucceeded', (made) => made.metricSucceeded(), 'ExecutionsSucceeded', 'Sum'],
      ['metricFailed', (made) => made.metricFailed(), 'ExecutionsFailed', 'Sum'],
      ['metricAborted', (made) => made.metricAborted(), 'ExecutionsAborted', 'Sum'],
      ['metricTimedOut', (made) => made.metricTimedOut(), 'ExecutionsTimedOut', 'Sum'],
      ['metricThrottled', (made) => made.metricThrottled(), 'ExecutionThrottled', 'Sum'],
      ['metricTime', (made) => made.metricTime(), 'ExecutionTime', 'Average'],
    ])('%s is a metric of the state machine', (_method, metricOf, metricName, statistic) => {
      const made = make(stackOf());
      expect(metricOf(made)).toMatchObject({
        namespace: 'AWS/States',
        metricName,
        statistic,
        dimensions: { StateMachineArn: made.stateMachine.stateMachineArn },
      });
    });

    test('metricTrainingJobs searches for the jobs of the workflow', () => {
      const metric = make(stackOf()).metricTrainingJobs('validation:rmse', {
        statistic: 'Minimum',
        period: Duration.minutes(1),
      });
      expect(metric).toMatchObject({
        expression:
          'SEARCH(\'Namespace="/aws/sagemaker/TrainingJobs" MetricName="validation:rmse" churn\', \'Minimum\', 60)',
        label: 'validation:rmse',
        period: Duration.minutes(1),
      });
    });

    test('metricTrainingJobs can be put on a dashboard', () => {
      const stack = stackOf();
      const metric = make(stack).metricTrainingJobs('CPUUtilization');
      const dashboard = new cloudwatch.Dashboard(stack, 'Dashboard');
      dashboard.addWidgets(new cloudwatch.GraphWidget({ left: [metric] }));
      expect(only(stack, 'AWS::CloudWatch::Dashboard').Properties.DashboardBody).toContain(
        `MetricName=\\"CPUUtilization\\" churn', 'Average', 300)`,
      );
    });
  });

  test('alarmOnFailure alarms after one failed execution, and by default has no actions', () => {
    const stack = stackOf();
    make(stack).alarmOnFailure('Failed');
    expect(only(stack, 'AWS::CloudWatch::Alarm').Properties).toEqual({
      AlarmDescription: 'Executions of Stack/Tuning failed',
      Namespace: 'AWS/States',
      MetricName: 'ExecutionsFailed',
      Dimensions: [{ Name: 'StateMachineArn', Value: expect.stringMatching(MACHINE) }],
      Statistic: 'Sum',
      Period: 300,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData: 'notBreaching',
    });
  });

  test('alarmOnFailure uses the given name, threshold and period', () => {
    const stack = stackOf();
    make(stack).alarmOnFailure('Failed', {
      alarmName: 'nightly',
      alarmDescription: 'call us',
      threshold: 3,
      period: Duration.days(1),
    });
    expect(only(stack, 'AWS::CloudWatch::Alarm').Properties).toMatchObject({
      AlarmName: 'nightly',
      AlarmDescription: 'call us',
      Threshold: 3,
      Period: 86_400,
    });
  });

  describe('events', () => {
    test.each<['onSucceeded' | 'onFailed' | 'onFinished', string[]]>([
      ['onSucceeded', ['SUCCEEDED']],
      ['onFailed', ['FAILED', 'TIMED_OUT']],
      ['onFinished', ['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED']],
    ])('%s sends events about the end of executions to its target', (method, status) => {
      const stack = stackOf();
      const target = new targets.SnsTopic(new sns.Topic(stack, 'Topic'));
      make(stack)[method]('MyRule', { target, eventPattern: { account: ['123456789012'] } });
      expect(only(stack, 'AWS::Events::Rule', 'MyRule').Properties).toMatchObject({
        EventPattern: {
          account: ['123456789012'],
          source: ['aws.states'],
          'detail-type': ['Step Functions Execution Status Change'],
          detail: {
            stateMachineArn: [
              expect.stringMatching(MACHINE),
              { prefix: expect.stringMatching(/^<TuningStateMachine\w{8}>:$/) },
            ],
            status,
          },
        },
        Targets: [{ Arn: expect.stringMatching(/^<Topic/) }],
      });
    });

    test('targets can be added later', () => {
      const stack = stackOf();
      const rule = make(stack).onFailed('MyRule');
      rule.addTarget(new targets.SnsTopic(new sns.Topic(stack, 'Topic')));
      expect(only(stack, 'AWS::Events::Rule', 'MyRule').Properties.Targets).toHaveLength(1);
    });
  });

  describe('logs', () => {
    const groupsOf = (options: WorkflowLogOptions) => {
      const stack = stackOf();
      make(stack, options);
      const groups: Json[] = Object.values(Template.fromStack(stack).findResources('AWS::Logs::LogGroup'));
      expect(groups.length).toBeGreaterThan(1);
      return groups.map((group) => ({
        days: group.Properties?.RetentionInDays,
        policy: group.DeletionPolicy,
      }));
    };

    test.each<[string, WorkflowLogOptions, object]>([
      ['for a year, and deleted with the stack', {}, { days: 365, policy: 'Delete' }],
      ['a week', { logRetention: logs.RetentionDays.ONE_WEEK }, { days: 7, policy: 'Delete' }],
      ['forever', { logRetention: logs.RetentionDays.INFINITE }, { days: undefined, policy: 'Delete' }],
      ['after the stack', { logRemovalPolicy: RemovalPolicy.RETAIN }, { days: 365, policy: 'Retain' }],
    ])('all log groups are kept %s', (_how, options, kept) => {
      for (const group of groupsOf(options)) expect(group).toEqual(kept);
    });
  });

  describe('startOnSchedule', () => {
    const nightly = scheduler.ScheduleExpression.cron({
      hour: '3',
      minute: '0',
      timeZone: TimeZone.EUROPE_BERLIN,
    });

    test('starts executions with an empty input', () => {
      const stack = stackOf();
      make(stack).startOnSchedule('Nightly', { schedule: nightly });
      expect(only(stack, 'AWS::Scheduler::Schedule').Properties).toMatchObject({
        Description: 'Starts executions of Stack/Tuning',
        ScheduleExpression: 'cron(0 3 * * ? *)',
        ScheduleExpressionTimezone: 'Europe/Berlin',
        State: 'ENABLED',
        FlexibleTimeWindow: { Mode: 'OFF' },
        Target: {
          Arn: expect.stringMatching(MACHINE),
          Input: '{}',
          RoleArn: expect.stringMatching(/^<TuningNightlyRole\w+\.Arn>$/),
        },
      });
    });

    test('starts executions with a given input, and no executions if it is disabled', () => {
      const stack = stackOf();
      const input = scheduler.ScheduleTargetInput.fromObject({ maxParallelTrainingJobs: 1 });
      make(stack).startOnSchedule('Nightly', {
        schedule: nightly,
        input,
        enabled: false,
        description: 'off',
      });
      expect(only(stack, 'AWS::Scheduler::Schedule').Properties).toMatchObject({
        Description: 'off',
        State: 'DISABLED',
        Target: { Input: '{"maxParallelTrainingJobs":1}' },
      });
    });

    test('has a role that only the account’s schedules can assume and that can only start the state machine', () => {
      const stack = stackOf();
      make(stack).startOnSchedule('Nightly', { schedule: nightly });
      expect(statementsIn(stack, /NightlyRole/)).toEqual([
        { Effect: 'Allow', Action: 'states:StartExecution', Resource: expect.stringMatching(MACHINE) },
      ]);
      expect(
        only(stack, 'AWS::IAM::Role', 'NightlyRole').Properties.AssumeRolePolicyDocument.Statement,
      ).toEqual([
        {
          Effect: 'Allow',
          Action: 'sts:AssumeRole',
          Principal: { Service: 'scheduler.amazonaws.com' },
          Condition: {
            StringEquals: {
              'aws:SourceAccount': '<AWS::AccountId>',
              'aws:SourceArn':
                'arn:<AWS::Partition>:scheduler:<AWS::Region>:<AWS::AccountId>:schedule-group/default',
            },
          },
        },
      ]);
    });
  });

  describe('startOnNewData', () => {
    const ruleOf = (stack: Stack) => only(stack, 'AWS::Events::Rule', 'NewData').Properties;
    const keysOf = (stack: Stack) => ruleOf(stack).EventPattern.detail.object.key;

    test('starts an execution when the data is marked as complete', () => {
      const stack = stackOf();
      make(stack).startOnNewData('NewData');
      expect(ruleOf(stack)).toMatchObject({
        Description: 'New data for Stack/Tuning',
        EventPattern: {
          source: ['aws.s3'],
          'detail-type': ['Object Created'],
          detail: {
            bucket: { name: [expect.stringMatching(/^<TuningBucket\w{8}>$/)] },
            object: { key: ['input/_SUCCESS'] },
          },
        },
        Targets: [
          {
            Arn: expect.stringMatching(MACHINE),
            // The event is not used as the input.
            Input: '{}',
            RoleArn: expect.stringMatching(/^<TuningNewDataRole\w+\.Arn>$/),
          },
        ],
      });
    });

    test('has a role that can only start the state machine', () => {
      const stack = stackOf();
      make(stack).startOnNewData('NewData');
      expect(statementsIn(stack, /NewDataRole/)).toEqual([
        { Effect: 'Allow', Action: 'states:StartExecution', Resource: expect.stringMatching(MACHINE) },
      ]);
    });

    test('enables the bucket’s EventBridge events without a custom resource', () => {
      const stack = stackOf();
      make(stack).startOnNewData('NewData');
      expect(only(stack, 'AWS::S3::Bucket', 'TuningBucket').Properties.NotificationConfiguration).toEqual({
        EventBridgeConfiguration: { EventBridgeEnabled: true },
      });
      Template.fromStack(stack).resourceCountIs('Custom::S3BucketNotifications', 0);
    });

    test.each([['before'], ['after']])(
      'keeps the events enabled if other notifications are added %s it',
      (when) => {
        const stack = stackOf();
        const made = make(stack);
        const notify = () =>
          made.bucket.addEventNotification(
            s3.EventType.OBJECT_REMOVED,
            new s3n.SnsDestination(new sns.Topic(stack, 'Topic')),
          );
        if (when === 'before') notify();
        made.startOnNewData('NewData');
        if (when === 'after') notify();
        Template.fromStack(stack).hasResourceProperties('Custom::S3BucketNotifications', {
          NotificationConfiguration: { EventBridgeConfiguration: {}, TopicConfigurations: Match.anyValue() },
        });
      },
    );

    test('warns that the owner of an imported bucket must enable its EventBridge events', () => {
      const stack = stackOf();
      const bucket = s3.Bucket.fromBucketName(stack, 'Lake', 'lake');
      make(stack, { bucket }).startOnNewData('NewData');
      expect(ruleOf(stack).EventPattern.detail.bucket).toEqual({ name: ['lake'] });
      Annotations.fromStack(stack).hasWarning(
        '/Stack/Tuning',
        Match.stringLikeRegexp(
          'NewData: the bucket lake belongs to another stack: its owner must send its events',
        ),
      );
      Template.fromStack(stack).resourceCountIs('Custom::S3BucketNotifications', 0);
    });

    test.each<[string[], unknown]>([
      [['train/data.csv'], 'input/train/data.csv'],
      [['train/*.csv'], { wildcard: 'input/train/*.csv' }],
      [['*'], { wildcard: 'input/*' }],
    ])('objects %j match %j', (objects, pattern) => {
      const stack = stackOf();
      make(stack).startOnNewData('NewData', { objects });
      expect(keysOf(stack)).toEqual([pattern]);
    });

    test('a star in the location is not a wildcard', () => {
      const stack = stackOf();
      const bucket = new s3.Bucket(stack, 'Lake');
      const location = DataLocation.fromBucket(bucket, 'a*b\\c/');
      make(stack).startOnNewData('NewData', { location, objects: ['d\\*', 'e*f'] });
      expect(keysOf(stack)).toEqual([{ wildcard: 'a\\*b\\\\c/d\\\\*' }, { wildcard: 'a\\*b\\\\c/e*f' }]);
    });

    test('has the given location, input and description', () => {
      const stack = stackOf();
      const folder = new CfnParameter(stack, 'Folder').valueAsString;
      make(stack).startOnNewData('NewData', {
        location: DataLocation.fromBucket(new s3.Bucket(stack, 'Lake'), folder),
        input: events.RuleTargetInput.fromObject({
          train: events.EventField.fromPath('$.detail.object.key'),
        }),
        description: 'new bikes',
      });
      expect(ruleOf(stack)).toMatchObject({
        Description: 'new bikes',
        EventPattern: {
          detail: {
            bucket: { name: [expect.stringMatching(/^<Lake/)] },
            object: { key: ['<Folder>_SUCCESS'] },
          },
        },
        Targets: [{ InputTransformer: { InputTemplate: '{"train":<detail-object-key>}' } }],
      });
    });

    test.each<[string, Options, Json, string]>([
      [
        'everything, the output below it',
        { inputPrefix: '', outputPrefix: 'out/' },
        ['*'],
        'must not match objects',
      ],
      [
        'a pattern that begins alike',
        { inputPrefix: 'a/', outputPrefix: 'a/out/' },
        ['o*'],
        'must not match objects',
      ],
      [
        'what is below the output',
        { inputPrefix: 'out/in/', outputPrefix: 'out/' },
        ['*.csv'],
        'must not match objects',
      ],
      [
        'an object below the output',
        { inputPrefix: 'out/in/', outputPrefix: 'out/' },
        ['a'],
        'must not match objects',
      ],
      ['nothing', {}, [], 'objects: must have'],
      ['an empty key', {}, [''], 'objects[0]: must be a key relative to the location'],
      ['a leading slash', {}, ['a', '/b'], 'objects[1]: must be a key relative to the location'],
      ['two stars', {}, ['**/a'], 'objects[0]: must be a key relative to the location'],
    ])('rejects %s', (_what, options, objects, message) => {
      const made = make(stackOf(), options);
      expect(() => made.startOnNewData('NewData', { objects })).toThrow(message);
    });

    test('rejects a location without a bucket construct', () => {
      const made = make(stackOf());
      const location = DataLocation.fromUri('s3://lake/bikes/');
      expect(() => made.startOnNewData('NewData', { location })).toThrow(
        /location: must come from a bucket.*s3:\/\/lake/,
      );
    });

    test('the object may be next to the output location', () => {
      const stack = stackOf();
      make(stack, { inputPrefix: 'a/', outputPrefix: 'a/out/' }).startOnNewData('NewData');
      expect(keysOf(stack)).toEqual(['a/_SUCCESS']);
    });
  });

  describe('versions and aliases', () => {
    test('a version is published for each revision, and is retained', () => {
      const stack = stackOf();
      const made = make(stack);
      expect(made.currentVersion).toBe(made.currentVersion);
      expect(only(stack, 'AWS::StepFunctions::StateMachineVersion')).toMatchObject({
        Properties: {
          StateMachineArn: expect.stringMatching(MACHINE),
          StateMachineRevisionId: expect.stringMatching(
            /^<TuningStateMachine\w{8}\.StateMachineRevisionId>$/,
          ),
        },
        DeletionPolicy: 'Retain',
        UpdateReplacePolicy: 'Retain',
      });
    });

    test('aliases point to that version', () => {
      const stack = stackOf();
      const made = make(stack);
      made.addAlias('live', { description: 'what runs every night' });
      made.addAlias('candidate');
      Template.fromStack(stack).resourceCountIs('AWS::StepFunctions::StateMachineVersion', 1);
      expect(only(stack, 'AWS::StepFunctions::StateMachineAlias', 'live').Properties).toEqual({
        Name: 'live',
        Description: 'what runs every night',
        RoutingConfiguration: [
          { StateMachineVersionArn: expect.stringMatching(/^<TuningCurrentVersion\w+\.Arn>$/), Weight: 100 },
        ],
      });
    });

    test('an alias can point to an earlier version', () => {
      const stack = stackOf();
      const made = make(stack);
      const versionArn = `${made.stateMachine.stateMachineArn}:3`;
      made.addAlias('live', { versionArn });
      expect(only(stack, 'AWS::StepFunctions::StateMachineAlias').Properties.RoutingConfiguration).toEqual([
        { StateMachineVersionArn: expect.stringMatching(/^<TuningStateMachine\w{8}>:3$/), Weight: 100 },
      ]);
      Template.fromStack(stack).resourceCountIs('AWS::StepFunctions::StateMachineVersion', 0);
    });

    test('schedules and new data can start the alias, and their roles are limited to it', () => {
      const stack = stackOf();
      const made = make(stack);
      const alias = made.addAlias('live');
      made.startOnSchedule('Nightly', {
        schedule: scheduler.ScheduleExpression.rate(Duration.days(1)),
        alias,
      });
      made.startOnNewData('NewData', { alias });
      const arn = expect.stringMatching(/^<TuningAliaslive\w+\.Arn>$/);
      expect(only(stack, 'AWS::Scheduler::Schedule').Properties.Target.Arn).toEqual(arn);
      expect(only(stack, 'AWS::Events::Rule', 'NewData').Properties.Targets[0].Arn).toEqual(arn);
      for (const role of [/NightlyRole/, /NewDataRole/]) {
        expect(statementsIn(stack, role)).toEqual([
          {
            Effect: 'Allow',
            Action: 'states:StartExecution',
            Resource: expect.stringMatching(MACHINE),
            Condition: { 'ForAnyValue:StringEquals': { 'states:StateMachineQualifier': ['live'] } },
          },
        ]);
      }
    });

    test('a role with grantStartExecution of an alias can start only this alias', () => {
      const stack = stackOf();
      const role = new iam.Role(stack, 'Analysts', { assumedBy: new iam.AccountRootPrincipal() });
      make(stack).addAlias('live').grantStartExecution(role);
      expect(statementsIn(stack, /Analysts/)).toMatchObject([
        { Condition: { 'ForAnyValue:StringEquals': { 'states:StateMachineQualifier': ['live'] } } },
      ]);
    });

    test('the name of an alias can be a token', () => {
      const stack = stackOf();
      make(stack).addAlias(new CfnParameter(stack, 'Name').valueAsString);
      expect(only(stack, 'AWS::StepFunctions::StateMachineAlias').Properties.Name).toBe('<Name>');
    });
  });

  test('features that are not used add nothing to the template', () => {
    const stack = new Stack(new App(), 'Stack');
    make(stack);
    for (const type of [
      'AWS::Scheduler::Schedule',
      'AWS::CloudWatch::Alarm',
      'AWS::StepFunctions::StateMachineVersion',
    ]) {
      Template.fromStack(stack).resourceCountIs(type, 0);
    }
  });
});
