import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Deployment, FunctionResource, StateMachineResource } from '../../src/assembly';
import { ExecutionRunner } from '../../src/executions/execution-runner';
import { type RunningServices, type ServicesOptions, startServices } from '../../src/services';
import { parseStateMachine } from '../../src/states';
import { ENVIRONMENT, noNotice, printX, samplerOf, trainerOf } from './helpers';

/** Prefix of Step Functions ARNs. */
export const STATES = `arn:aws:states:${ENVIRONMENT.region}:${ENVIRONMENT.accountId}`;

/** A state machine that returns its input. */
export const ECHO: StateMachineResource = {
  logicalId: 'Echo',
  name: 'Echo',
  arn: `${STATES}:stateMachine:Echo`,
  roleArn: 'arn:aws:iam::123456789012:role/states',
  definition: { StartAt: 'Pass', States: { Pass: { Type: 'Pass', End: true } } },
};

/** Deploys a function with this code under a root folder. */
export function functionIn(
  root: string,
  code: string,
  change: Partial<FunctionResource> = {},
): FunctionResource {
  const { logicalId = 'Fn', name = 'fn' } = change;
  const folder = path.join(root, 'functions', logicalId);
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, 'index.js'), code);
  return {
    logicalId,
    name,
    arn: `arn:aws:lambda:${ENVIRONMENT.region}:${ENVIRONMENT.accountId}:function:${name}`,
    roleArn: 'arn:aws:iam::123456789012:role/function',
    folder,
    handler: 'index.handler',
    runtime: 'nodejs22.x',
    environment: {},
    timeoutSeconds: 10,
    memoryMegabytes: 128,
    ...change,
  };
}

/** Starts the services of a deployment and its execution runner. The caller closes both, the runner first. */
export async function startWithExecutions(
  deployment: Deployment,
  options: Partial<Pick<ServicesOptions, 'trainer' | 'onFault'>> = {},
): Promise<{ readonly services: RunningServices; readonly runner: ExecutionRunner }> {
  let services: RunningServices | undefined;
  const runner = new ExecutionRunner({
    onNotice: noNotice,
    root: deployment.root,
    services: () => services as RunningServices,
    parse: ({ definition }) => parseStateMachine(definition),
  });
  services = await startServices(deployment, {
    trainer: trainerOf(printX),
    sampler: samplerOf([]),
    executions: runner,
    ...options,
  });
  return { services, runner };
}
