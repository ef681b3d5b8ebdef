import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { Deployment, StateMachineResource } from '../../src/assembly';
import type { ExecutionRunner } from '../../src/executions/execution-runner';
import type { Principal, RunningServices } from '../../src/services';
import { startWithExecutions } from './execution-support';
import {
  type Algorithm,
  BUCKET,
  deploymentIn,
  ENVIRONMENT,
  IMAGE,
  printX,
  TRAINING_ROLE,
  trainerOf,
  until,
} from './helpers';

export const ROLE = 'arn:aws:iam::123456789012:role/states';
export const CALLER = 'arn:aws:iam::123456789012:role/caller';
export const STATES = 'arn:aws:states:us-east-1:123456789012';

export const TRAIN = {
  Type: 'Task',
  Resource: 'arn:aws:states:::sagemaker:createTrainingJob.sync',
  Arguments: {
    TrainingJobName: "{% 'job-' & $states.context.Execution.RedriveCount %}",
    AlgorithmSpecification: { TrainingImage: IMAGE, TrainingInputMode: 'File' },
    RoleArn: TRAINING_ROLE,
    OutputDataConfig: { S3OutputPath: `s3://${BUCKET}/output/` },
    ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: 1, VolumeSizeInGB: 10 },
    StoppingCondition: { MaxRuntimeInSeconds: 3600 },
  },
  Output: '{% $states.result.TrainingJobName %}',
  End: true,
};

export const DEFINITIONS = {
  Echo: { StartAt: 'Pass', States: { Pass: { Type: 'Pass', End: true } } },
  Sleep: { StartAt: 'Wait', States: { Wait: { Type: 'Wait', Seconds: 3600, End: true } } },
  Train: {
    QueryLanguage: 'JSONata',
    StartAt: 'Prepare',
    States: { Prepare: { Type: 'Pass', Assign: { x: 1 }, Next: 'Train' }, Train: TRAIN },
  },
};

export interface Served {
  readonly services: RunningServices;
  readonly runner: ExecutionRunner;
  readonly client: SFNClient;
}

export const serving: Served[] = [];

/** Starts services with the test state machines, as local mode does. */
export async function serve(root: string, algorithm: Algorithm = printX): Promise<Served> {
  const stateMachines: StateMachineResource[] = Object.entries(DEFINITIONS).map(([name, definition]) => ({
    logicalId: name,
    name,
    arn: machine(name),
    roleArn: ROLE,
    definition,
    tags: { team: 'ml' },
  }));
  const statement = (Action: string, Resource: string) => ({ Effect: 'Allow', Action, Resource });
  const deployment: Deployment = {
    ...deploymentIn(root, {
      roles: [
        {
          logicalId: 'Caller',
          name: 'caller',
          arn: CALLER,
          trustPolicy: { Statement: [] },
          policies: [
            {
              Statement: [
                statement('states:StartExecution', machine('Echo')),
                statement('states:DescribeExecution', `${STATES}:execution:Echo:*`),
                statement('states:ListTagsForResource', machine('Echo')),
                {
                  ...statement('states:TagResource', machine('Echo')),
                  Condition: { StringEquals: { 'aws:RequestTag/stage': 'test' } },
                },
                {
                  ...statement('states:UntagResource', machine('Echo')),
                  Condition: { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['stage'] } },
                },
              ],
            },
          ],
        },
      ],
    }),
    stateMachines,
  };
  const { services, runner } = await startWithExecutions(deployment, { trainer: trainerOf(algorithm) });
  const served = { services, runner, client: clientOf(services) };
  serving.push(served);
  return served;
}

export async function end({ services, runner }: Served): Promise<void> {
  await runner.close();
  await services.close();
}

export function clientOf(services: RunningServices, principal: Principal = services.user): SFNClient {
  return new SFNClient({
    endpoint: services.url,
    region: ENVIRONMENT.region,
    credentials: services.credentialsFor(principal),
    maxAttempts: 1,
  });
}

export function machine(name: string): string {
  return `${STATES}:stateMachine:${name}`;
}

export function execution(machineName: string, name: string): string {
  return `${STATES}:execution:${machineName}:${name}`;
}

export async function startExecution(
  client: SFNClient,
  name: string,
  input?: unknown,
  executionName?: string,
) {
  const { executionArn = '', startDate } = await client.send(
    new StartExecutionCommand({
      stateMachineArn: machine(name),
      ...(input !== undefined && { input: typeof input === 'string' ? input : JSON.stringify(input) }),
      ...(executionName !== undefined && { name: executionName }),
    }),
  );
  return { executionArn, startDate };
}

export function whenEnded(client: SFNClient, executionArn: string) {
  return until(
    () => client.send(new DescribeExecutionCommand({ executionArn })),
    ({ status }) => status !== 'RUNNING',
  );
}

export async function eventsOf(client: SFNClient, executionArn: string) {
  const { events = [] } = await client.send(new GetExecutionHistoryCommand({ executionArn }));
  return events;
}

afterEach(async () => {
  await Promise.all(serving.splice(0).map(end));
});
