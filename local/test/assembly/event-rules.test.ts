import * as cdk from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { checkPattern, matchesPattern } from '../../src/assembly/event-pattern';
import { deployStack, removeTemporaryFolders } from './helpers';

afterAll(removeTemporaryFolders);

function inlineFunction(stack: cdk.Stack): lambda.Function {
  return new lambda.Function(stack, 'Cleanup', {
    runtime: lambda.Runtime.NODEJS_22_X,
    handler: 'index.handler',
    code: lambda.Code.fromInline('exports.handler = async () => {};'),
  });
}

const pattern = (stateMachineArn: string) => ({
  source: ['aws.states'],
  detailType: ['Step Functions Execution Status Change'],
  detail: { status: ['ABORTED', 'TIMED_OUT', 'FAILED'], stateMachineArn: [stateMachineArn] },
});

test('a rule on executions is deployed with its functions and their permissions', () => {
  const warnings: string[] = [];
  const deployment = deployStack(
    (stack) => {
      const machine = new sfn.StateMachine(stack, 'Machine', {
        definitionBody: sfn.DefinitionBody.fromChainable(new sfn.Pass(stack, 'Pass')),
      });
      const rule = new events.Rule(stack, 'Ends', { eventPattern: pattern(machine.stateMachineArn) });
      rule.addTarget(new targets.LambdaFunction(inlineFunction(stack)));
      rule.addTarget(new targets.SnsTopic(new sns.Topic(stack, 'Topic')));
      new events.Rule(stack, 'Disabled', { eventPattern: pattern('x'), enabled: false });
      new events.Rule(stack, 'Nightly', { schedule: events.Schedule.rate(cdk.Duration.days(1)) });
      new events.Rule(stack, 'Objects', {
        eventPattern: { source: ['aws.s3'], detail: { size: [{ numeric: ['>', 0] }] } },
      });
      new events.Rule(stack, 'Instances', { eventPattern: { source: ['aws.ec2'] } });
    },
    { onWarning: (message) => warnings.push(message) },
  );
  const [machine] = deployment.stateMachines;
  const [fn] = deployment.functions;
  expect(deployment.eventRules).toHaveLength(2);
  const [rule] = deployment.eventRules;
  expect(rule).toMatchObject({
    pattern: {
      source: ['aws.states'],
      'detail-type': ['Step Functions Execution Status Change'],
      detail: { stateMachineArn: [machine?.arn] },
    },
    targets: [{ functionArn: fn?.arn }],
  });
  expect(deployment.functionPermissions).toEqual([
    {
      function: fn?.arn,
      action: 'lambda:InvokeFunction',
      principal: 'events.amazonaws.com',
      sourceArn: rule?.arn,
    },
  ]);
  expect(warnings.join('\n')).toMatch(
    /Targets\/1: local mode only supports Lambda functions and state machines as targets: arn:aws:sns:/,
  );
  expect(warnings.join('\n')).toMatch(/Nightly.*nothing triggers this rule/);
  expect(warnings.join('\n')).toMatch(/Instances.*nothing triggers this rule/);
});

test.each<[string, object, RegExp]>([
  [
    'a comparison',
    { source: ['aws.states'], detail: { name: [{ cidr: '10.0.0.0/24' }] } },
    /EventPattern\/detail\/name\/0: local mode does not support the comparison "cidr" in event patterns\. It supports equality, prefix, /,
  ],
  [
    'a comparison within another',
    { source: ['aws.states'], detail: { name: [{ 'anything-but': { cidr: 'a*' } }] } },
    /name\/0\/anything-but: .*"cidr"/,
  ],
  ['alternatives', { source: ['aws.states'], detail: { $or: [{ a: [1] }] } }, /does not support \$or/],
])(
  '%s in an event pattern is unsupported: the template is refused when it is deployed',
  (_name, EventPattern, message) => {
    expect(() =>
      deployStack((stack) => {
        new cdk.CfnResource(stack, 'Rule', {
          type: 'AWS::Events::Rule',
          properties: { EventPattern, Targets: [] },
        });
      }),
    ).toThrow(message);
  },
);

test.each<[string, object, boolean]>([
  ['equality', { a: ['x', 'y'] }, true],
  ['another value', { a: ['y'] }, false],
  ['text is not a number', { n: ['1'] }, false],
  ['numbers', { n: [1] }, true],
  ['a member below', { deep: { b: ['z'] } }, true],
  ['two members, of which one does not match', { a: ['x'], deep: { b: ['q'] } }, false],
  ['a missing member', { other: { b: ['z'] } }, false],
  ['a list has one of them', { list: ['q', 'm'] }, true],
  ['prefix', { a: [{ prefix: 'x' }] }, true],
  ['prefix of nothing', { no: [{ prefix: '' }] }, false],
  ['suffix', { arn: [{ suffix: ':run' }] }, true],
  ['another suffix', { arn: [{ suffix: ':other' }] }, false],
  ['equals-ignore-case', { a: [{ 'equals-ignore-case': 'X' }] }, true],
  ['anything-but it', { a: [{ 'anything-but': ['x', 'q'] }] }, false],
  ['anything-but others', { a: [{ 'anything-but': 'q' }] }, true],
  ['anything-but its prefix', { arn: [{ 'anything-but': { prefix: 'arn:' } }] }, false],
  ['exists', { a: [{ exists: true }] }, true],
  ['does not exist', { no: [{ exists: false }] }, true],
  ['null', { none: [null] }, true],
  ['wildcard', { arn: [{ wildcard: 'arn:*:r*n' }] }, true],
  ['wildcard for nothing', { a: [{ wildcard: '*x*' }] }, true],
  ['wildcard of another text', { arn: [{ wildcard: 'arn:*x' }] }, false],
  ['wildcard of a part', { arn: [{ wildcard: 'run*' }] }, false],
  ['a star that is none', { star: [{ wildcard: 'a\\*b' }] }, true],
  ['a star that is none, elsewhere', { a: [{ wildcard: '\\*' }] }, false],
  ['a backslash', { path: [{ wildcard: 'c:\\\\*' }] }, true],
  ['a character of expressions', { a: [{ wildcard: '.' }] }, false],
  ['numeric', { n: [{ numeric: ['>', 0, '<=', 1] }] }, true],
  ['numeric, one of two', { n: [{ numeric: ['>=', 1, '<', 1] }] }, false],
  ['numeric equality', { n: [{ numeric: ['=', 1] }] }, true],
  ['numeric comparison of a string', { a: [{ numeric: ['>', 0] }] }, false],
])('pattern: %s', (_name, given, expected) => {
  checkPattern(given, 'EventPattern');
  const event = {
    a: 'x',
    n: 1,
    deep: { b: 'z' },
    list: ['m', 'n'],
    arn: 'arn:run:run',
    none: null,
    star: 'a*b',
    path: 'c:\\d',
  };
  expect(matchesPattern(given, event)).toBe(expected);
});
