import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  SendTaskFailureCommand,
  SendTaskHeartbeatCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { StateMachineResource } from '../../src/assembly';
import type { ExecutionRunner } from '../../src/executions/execution-runner';
import type { RunningServices } from '../../src/services';
import { functionIn, STATES, startWithExecutions } from './execution-support';
import { deploymentIn, ENVIRONMENT, temporaryRoot, until } from './helpers';

const ROLE = 'arn:aws:iam::123456789012:role/states';
const FUNCTION = 'arn:aws:lambda:us-east-1:123456789012:function:fn';

const nested = (resource: string, more: object = {}) => ({
  QueryLanguage: 'JSONata',
  StartAt: 'Nested',
  States: {
    Nested: {
      Type: 'Task',
      Resource: `arn:aws:states:::states:startExecution${resource}`,
      Arguments: {
        StateMachineArn: `${STATES}:stateMachine:Inner`,
        Input: { value: '{% $states.input %}' },
        Name: 'inner',
      },
      ...more,
      End: true,
    },
  },
});

const DEFINITIONS = {
  Inner: {
    QueryLanguage: 'JSONata',
    StartAt: 'Check',
    States: {
      Check: {
        Type: 'Choice',
        Choices: [
          { Condition: "{% $states.input.value = 'bad' %}", Next: 'Bad' },
          { Condition: "{% $states.input.value = 'slow' %}", Next: 'Slow' },
        ],
        Default: 'Good',
      },
      Bad: { Type: 'Fail', Error: 'Inner', Cause: 'for a reason' },
      Slow: { Type: 'Wait', Seconds: 3600, Next: 'Good' },
      Good: { Type: 'Pass', Output: { got: '{% $states.input.value %}' }, End: true },
    },
  },
  Started: nested(''),
  Waited: nested('.sync:2', { Output: '{% $states.result.Output %}' }),
  WaitedText: nested('.sync', { Output: '{% $states.result.Output %}' }),
  Callback: {
    QueryLanguage: 'JSONata',
    StartAt: 'Ask',
    States: {
      Ask: {
        Type: 'Task',
        Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
        Arguments: { FunctionName: FUNCTION, Payload: { token: '{% $states.context.Task.Token %}' } },
        End: true,
      },
    },
  },
};

let services: RunningServices;
let runner: ExecutionRunner;
let client: SFNClient;

beforeAll(async () => {
  const root = temporaryRoot();
  const allow = (...Action: string[]) => ({ Statement: [{ Effect: 'Allow', Action, Resource: '*' }] });
  const stateMachines: StateMachineResource[] = Object.entries(DEFINITIONS).map(([name, definition]) => ({
    logicalId: name,
    name,
    arn: `${STATES}:stateMachine:${name}`,
    roleArn: ROLE,
    definition,
  }));
  const deployment = {
    ...deploymentIn(root, {
      functions: [functionIn(root, 'exports.handler = async (event) => event;', { roleArn: ROLE })],
      roles: [
        {
          logicalId: 'States',
          name: 'states',
          arn: ROLE,
          trustPolicy: {
            Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: '*' }],
          },
          policies: [allow('lambda:InvokeFunction', 'states:*', 'events:*')],
        },
      ],
    }),
    stateMachines,
  };
  ({ services, runner } = await startWithExecutions(deployment));
  client = new SFNClient({
    endpoint: services.url,
    region: ENVIRONMENT.region,
    credentials: services.credentialsFor(services.user),
    maxAttempts: 1,
  });
});

afterAll(async () => {
  await runner.close();
  await services.close();
});

async function start(machine: string, input: unknown): Promise<string> {
  const { executionArn = '' } = await client.send(
    new StartExecutionCommand({
      stateMachineArn: `${STATES}:stateMachine:${machine}`,
      input: JSON.stringify(input),
    }),
  );
  return executionArn;
}

const whenEnded = (executionArn: string) =>
  until(
    () => client.send(new DescribeExecutionCommand({ executionArn })),
    ({ status }) => status !== 'RUNNING',
  );

async function innerExecutions() {
  const stateMachineArn = `${STATES}:stateMachine:Inner`;
  const { executions = [] } = await client.send(new ListExecutionsCommand({ stateMachineArn }));
  return executions;
}

describe('a task that starts an execution', () => {
  test('returns the ARN of the execution, and fails if the name is already used', async () => {
    const { output } = await whenEnded(await start('Started', 'first'));
    expect(JSON.parse(output ?? '')).toMatchObject({
      ExecutionArn: `${STATES}:execution:Inner:inner`,
      StartDate: expect.stringMatching(/^\d{4}-.*Z$/),
    });
    expect(await whenEnded(await start('Started', 'second'))).toMatchObject({
      status: 'FAILED',
      error: 'StepFunctions.ExecutionAlreadyExistsException',
      cause: expect.stringContaining('Execution Already Exists'),
    });
  });
});

describe('a task that waits for an execution', () => {
  // Each child execution needs a unique name.
  const rename = (machine: keyof typeof DEFINITIONS, name: string) => {
    const { Nested } = DEFINITIONS[machine].States as unknown as { Nested: { Arguments: { Name: string } } };
    Nested.Arguments.Name = name;
  };

  test.each([
    ['Waited', { got: 1 }],
    ['WaitedText', '{"got":1}'],
  ] as const)('%s returns its output', async (machine, output) => {
    rename(machine, machine);
    const ended = await whenEnded(await start(machine, 1));
    expect([ended.status, ended.output]).toEqual(['SUCCEEDED', JSON.stringify(output)]);
  });

  test('fails when the execution fails', async () => {
    rename('Waited', 'bad');
    const { error, cause } = await whenEnded(await start('Waited', 'bad'));
    expect(error).toBe('States.TaskFailed');
    expect(JSON.parse(cause ?? '')).toMatchObject({
      Error: 'Inner',
      Cause: 'for a reason',
      Name: 'bad',
      Status: 'FAILED',
      Input: '{"value":"bad"}',
      InputDetails: { Included: true },
      StartDate: expect.any(Number),
    });
  });

  test('stops the execution when the task is stopped', async () => {
    rename('Waited', 'slow');
    const executionArn = await start('Waited', 'slow');
    await until(innerExecutions, (executions) => executions.some(({ name }) => name === 'slow'));
    await client.send(new StopExecutionCommand({ executionArn }));
    await until(innerExecutions, (executions) =>
      executions.some(({ name, status }) => name === 'slow' && status === 'ABORTED'),
    );
  });
});

describe('a task that waits for a worker', () => {
  /** Starts an execution and returns the task token that the function received. */
  async function ask() {
    const executionArn = await start('Callback', {});
    const history = () => client.send(new GetExecutionHistoryCommand({ executionArn }));
    const { events = [] } = await until(history, (page) =>
      (page.events ?? []).some(({ type }) => type === 'TaskSubmitted'),
    );
    const { output = '' } =
      events.find(({ type }) => type === 'TaskSubmitted')?.taskSubmittedEventDetails ?? {};
    return { executionArn, taskToken: (JSON.parse(output) as { Payload: { token: string } }).Payload.token };
  }

  test("ends with the worker's answer, which is accepted only once", async () => {
    const { executionArn, taskToken } = await ask();
    await client.send(new SendTaskHeartbeatCommand({ taskToken }));
    await expect(
      client.send(new SendTaskSuccessCommand({ taskToken, output: 'no JSON' })),
    ).rejects.toMatchObject({ name: 'InvalidOutput' });
    await client.send(new SendTaskSuccessCommand({ taskToken, output: '{"answer":42}' }));
    expect(await whenEnded(executionArn)).toMatchObject({ status: 'SUCCEEDED', output: '{"answer":42}' });
    await expect(client.send(new SendTaskSuccessCommand({ taskToken, output: '1' }))).rejects.toMatchObject({
      name: 'TaskTimedOut',
    });
    await expect(client.send(new SendTaskHeartbeatCommand({ taskToken: 'other' }))).rejects.toMatchObject({
      name: 'InvalidToken',
    });
  });

  test("fails with the worker's error", async () => {
    const { executionArn, taskToken } = await ask();
    await client.send(new SendTaskFailureCommand({ taskToken, error: 'Busy', cause: 'try later' }));
    expect(await whenEnded(executionArn)).toMatchObject({
      status: 'FAILED',
      error: 'Busy',
      cause: 'try later',
    });
  });
});
