import type { FunctionResource, StateMachineResource } from '../../src/assembly/deployment';
import { checkResources } from '../../src/services';

const FUNCTION = 'arn:aws:lambda:us-east-1:123456789012:function:';
const MACHINE = 'arn:aws:states:us-east-1:123456789012:stateMachine:';
const TARGETS = {
  functions: [functionOf('choose', 'nodejs22.x'), functionOf('score', 'python3.13')],
  stateMachines: [
    { arn: `${MACHINE}train`, qualifiers: { prod: `${MACHINE}train:1` } } as unknown as StateMachineResource,
  ],
};

function functionOf(name: string, runtime: string): FunctionResource {
  return { name, logicalId: name, runtime } as FunctionResource;
}

function task(resource: string, more: object = {}): object {
  return { Type: 'Task', Resource: resource, End: true, ...more };
}

function machineOf(states: Record<string, object>): Record<string, unknown> {
  return { StartAt: Object.keys(states)[0], States: states };
}

const sdk = (action: string) => `arn:aws:states:::aws-sdk:${action}`;
const states = (integration: string) => `arn:aws:states:::${integration}`;
const invoke = (FunctionName: string) => task(states('lambda:invoke'), { Arguments: { FunctionName } });
const startOf = (StateMachineArn: string) =>
  task(states('states:startExecution.sync:2'), { Arguments: { StateMachineArn } });

describe('unsupported tasks are refused, unless they are stubbed', () => {
  test.each<[string, object, RegExp]>([
    ['a service', task(states('sns:publish')), /does not support the resource ".*:sns:publish"/],
    ['a service that is waited for', task(states('glue:startJobRun.sync')), /glue:startJobRun.sync/],
    ['a service with a token', task(states('sqs:sendMessage.waitForTaskToken')), /sqs:sendMessage/],
    ['an HTTP endpoint', task(states('http:invoke')), /http:invoke/],
    ['an activity', task('arn:aws:states:us-east-1:123456789012:activity:work'), /activity:work/],
    ['a pattern that does not exist', task(states('states:startExecution.sync:3')), /sync:3/],
    ['a pattern of Lambda', task(states('lambda:invoke.sync')), /lambda:invoke.sync/],
    [
      'a token for a training job',
      task(states('sagemaker:createTrainingJob.waitForTaskToken')),
      /createTraining/,
    ],
    ['an optimized action', task(states('sagemaker:createEndpoint')), /sagemaker:createEndpoint/],
    ['a pattern of a model', task(states('sagemaker:createModel.sync')), /createModel.sync/],
    [
      'an optimized action with .sync',
      task(states('sagemaker:createProcessingJob.sync')),
      /createProcessingJob/,
    ],
    ['an action of SageMaker', task(sdk('sagemaker:createEndpoint')), /aws-sdk:sagemaker:createEndpoint/],
    ['a deployment', task(sdk('sagemaker:createEndpoint')), /aws-sdk:sagemaker:createEndpoint/],
    ['an earlier AutoML', task(sdk('sagemaker:createAutoMLJob')), /createAutoMLJob"/],
    ['a mistyped action', task(sdk('sagemaker:createTraningJob')), /createTraningJob/],
    ['an action with a pattern', task(sdk('sagemaker:createTrainingJob.sync')), /createTrainingJob.sync/],
    ['another SDK', task(sdk('dynamodb:putItem')), /aws-sdk:dynamodb:putItem/],
    ['the SDK of a supported service', task(sdk('s3:getObject')), /aws-sdk:s3:getObject/],
    ['Step Functions by SDK', task(sdk('sfn:startExecution')), /aws-sdk:sfn:startExecution/],
    ['no ARN', task('sns:publish'), /does not support the resource "sns:publish"/],
    [
      'a function of another stack',
      invoke('other'),
      /Function not found: other \(functions of the template: choose/,
    ],
    [
      'a function in Python',
      invoke(`${FUNCTION}score`),
      /only runs Node.js functions; "score" has .* python3.13/,
    ],
    ['a function in Python by its ARN', task(`${FUNCTION}score`), /only runs Node.js functions/],
    ['a function by the ARN of another stack', task(`${FUNCTION}other:1`), /Function not found/],
    [
      'a state machine of another stack',
      startOf(`${MACHINE}other`),
      /no state machine ".*:other" in the template\. Available: .*:train, /,
    ],
    ['a missing alias', startOf(`${MACHINE}train:dev`), /no state machine ".*:train:dev"/],
    [
      "another account's role",
      task(`${FUNCTION}choose`, { Credentials: { RoleArn: 'arn:aws:iam::123456789012:role/r' } }),
      /'Credentials' is not supported here/,
    ],
  ])('%s', (_name, state, message) => {
    const definition = machineOf({ Notify: state });
    expect(checkResources(definition, TARGETS)).toEqual([
      {
        stateName: 'Notify',
        message: expect.stringMatching(message),
        location: expect.stringMatching(/^\/States\/Notify\/(Resource|Credentials)$/),
        isStubbable: true,
      },
    ]);
    expect(checkResources(definition, TARGETS, (name) => name === 'Notify')).toEqual([]);
  });
});

test.each<[string, object]>([
  ['every supported action of SageMaker', task(sdk('sagemaker:describeTrainingJob'))],
  ['AutoML', task(sdk('sagemaker:createAutoMLJobV2'))],
  ['tags', task(sdk('sagemaker:addTags'))],
  ['a job that is waited for', task(states('sagemaker:createHyperParameterTuningJob.sync'))],
  ['a function by its name and alias', invoke('choose:live')],
  ['a function with a version', invoke(`${FUNCTION}choose:1`)],
  ['a function that an expression names', invoke('{% $states.input.function %}')],
  [
    'a function that a path names',
    task(states('lambda:invoke.waitForTaskToken'), { Parameters: { 'FunctionName.$': '$.f' } }),
  ],
  ['a state machine', startOf(`${MACHINE}train`)],
  ['its alias', startOf(`${MACHINE}train:prod`)],
  [
    'arguments from an expression',
    task(states('states:startExecution'), { Arguments: '{% $states.input %}' }),
  ],
])('%s is accepted', (_name, state) => {
  expect(checkResources(machineOf({ Task: state }), TARGETS)).toEqual([]);
});

test('tasks are found at any depth', () => {
  const inner = machineOf({ Inner: task(states('sns:publish')) });
  const problems = checkResources(
    machineOf({
      Branches: { Type: 'Parallel', Branches: [machineOf({ Ok: { Type: 'Pass' } }), inner] },
      Each: { Type: 'Map', ItemProcessor: inner },
      Old: { Type: 'Map', Iterator: inner },
      Far: {
        Type: 'Map',
        ItemProcessor: {
          ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
          ...machineOf({ Nested: { Type: 'Map', ItemProcessor: inner } }),
        },
      },
      // Data that looks like a state is not checked as a state.
      Data: { Type: 'Pass', Output: inner, Result: { States: { X: task(states('sns:publish')) } } },
    }),
    TARGETS,
    // A stub replaces the task with this name, but not the tasks inside a Map or Parallel state with this name.
    (name) => name === 'Each',
  );
  expect(problems.map(({ location }) => location)).toEqual([
    '/States/Branches/Branches[1]/States/Inner/Resource',
    '/States/Each/ItemProcessor/States/Inner/Resource',
    '/States/Old/Iterator/States/Inner/Resource',
    '/States/Far/ItemProcessor/States/Nested/ItemProcessor/States/Inner/Resource',
  ]);
});

test.each<[string, object, string, string]>([
  [
    'a function',
    task(states('lambda:invoke'), { Parameters: { 'FunctionName.$': '$.f', Retries: 1 } }),
    'Retries',
    '/Parameters',
  ],
  [
    'an execution',
    task(states('states:startExecution'), { Arguments: { Machine: 'm' } }),
    'Machine',
    '/Arguments',
  ],
  [
    'a tuning job',
    task(states('sagemaker:createHyperParameterTuningJob.sync'), {
      Arguments: { HyperParameterTuningJobConfig: { StrategyConfig: {} } },
    }),
    'StrategyConfig',
    '/Arguments/HyperParameterTuningJobConfig',
  ],
])('an unsupported field of %s is refused, even with a stub', (_name, state, field, place) => {
  expect(checkResources(machineOf({ Task: state }), TARGETS)).toEqual([
    {
      stateName: 'Task',
      message: `The field "${field}" is not supported by Step Functions`,
      location: `/States/Task${place}`,
      isStubbable: false,
    },
  ]);
});
