import { availableParallelism } from 'node:os';
import type { Deployment, StateMachineResource } from './assembly';
import { ExecutionLog, type ExecutionRecord, endInterruptedExecutions } from './executions';
import { checkResources, type Jobs, type RunningServices, startServices } from './services';
import { type Json, parseStateMachine, type StateMachine, startExecution } from './states';
import {
  createOptunaSampler,
  createPythonEnvironments,
  createXGBoostTrainer,
  type Sampler,
  type XGBoostTrainer,
} from './training';
import { UserError } from './user-error';

/** What local mode runs with. */
export interface LocalModeOptions {
  readonly deployment: Deployment;
  /** Folder for the Python environments that have to be made. */
  readonly pythonFolder: string;
  /** Takes what a person should know, such as an installation. */
  readonly onNotice: (text: string) => void;
}

/** An execution under way. */
export interface RunningExecution {
  readonly name: string;
  readonly arn: string;
  /** File that keeps the execution's input, status and output. */
  readonly recordFile: string;
  /** The record when the execution has ended, however it ended. */
  readonly ended: Promise<ExecutionRecord>;
}

/** A deployed stack whose state machines can be started. */
export class LocalMode {
  /**
   * Checks the state machines and starts the services.
   *
   * @throws UserError when a definition has something that local mode does not run, Python lacks something that
   *   cannot be installed, or what an earlier run has kept cannot be read
   */
  static async start(options: LocalModeOptions): Promise<LocalMode> {
    const { deployment, pythonFolder, onNotice } = options;
    const machines = new Map(
      deployment.stateMachines.map((resource) => [resource.name, parseDefinition(resource)]),
    );
    endInterruptedExecutions(deployment.root);
    const environments = createPythonEnvironments({ folder: pythonFolder, onNotice });
    const cores = availableParallelism();
    const trainer = createXGBoostTrainer({
      pythonFor: (version, extras) => environments.forXGBoost(version, extras),
      maxWorkers: Math.max(2, cores),
    });
    let sampler: Sampler | undefined;
    try {
      // What has to be installed is installed now, not in the middle of a run.
      await Promise.all(imagesOf(deployment, trainer).map((image) => trainer.warm(image, cores)));
      sampler = createOptunaSampler((await environments.forSampler()).python);
      const services = await startServices(deployment, { trainer, sampler });
      return new LocalMode(deployment, machines, services, trainer, sampler);
    } catch (error) {
      // The processes that were started would keep this one alive.
      await Promise.all([trainer.close(), sampler?.close()]);
      throw error;
    }
  }

  private constructor(
    private readonly deployment: Deployment,
    private readonly machines: ReadonlyMap<string, StateMachine>,
    private readonly services: RunningServices,
    private readonly trainer: XGBoostTrainer,
    private readonly sampler: Sampler,
  ) {}

  /** The training and tuning jobs, those of earlier runs included. */
  get jobs(): Jobs {
    return this.services.jobs;
  }

  /**
   * Starts an execution.
   *
   * @param stateMachineName may be left out when the stack has only one
   * @param signal stops it, as StopExecution does
   * @throws UserError when there is no such state machine
   */
  startExecution(
    input: Json,
    { stateMachineName, signal }: { stateMachineName?: string; signal?: AbortSignal } = {},
  ): RunningExecution {
    const resource = this.stateMachine(stateMachineName);
    const machine = this.machines.get(resource.name);
    if (!machine) throw new Error(`${resource.name} was not parsed`);
    const role = { arn: resource.roleArn };
    const log = new ExecutionLog(this.deployment.root);
    const startTime = new Date();
    const record: ExecutionRecord = {
      name: log.name,
      processId: process.pid,
      arn: `${resource.arn.replace(':stateMachine:', ':execution:')}:${log.name}`,
      stateMachineArn: resource.arn,
      input,
      startDate: startTime.toISOString(),
      status: 'RUNNING',
    };
    log.write(record);
    const execution = startExecution(machine, {
      input,
      context: {
        id: record.arn,
        name: log.name,
        roleArn: resource.roleArn,
        startTime,
        stateMachine: { id: resource.arn, name: resource.name },
      },
      runTask: this.services.taskRunner(role),
      readItems: this.services.itemReader(role),
      onEvent: (event) => log.append(event),
      signal,
    });
    const end = (result: Pick<ExecutionRecord, 'status' | 'error' | 'cause' | 'output'>): ExecutionRecord => {
      const last = { ...record, ...result, stopDate: new Date().toISOString() };
      log.write(last);
      return last;
    };
    const ended = execution.result.then(end, (fault: Error) => {
      end({ status: 'FAILED', error: 'States.Runtime', cause: `local mode failed: ${fault.message}` });
      throw fault;
    });
    return { name: log.name, arn: record.arn, recordFile: log.file, ended };
  }

  /** Stops what still runs and ends the services. */
  async close(): Promise<void> {
    try {
      await this.services.close();
    } finally {
      await Promise.all([this.trainer.close(), this.sampler.close()]);
    }
  }

  private stateMachine(name: string | undefined): StateMachineResource {
    const { stateMachines, stackName } = this.deployment;
    const found = name === undefined ? stateMachines : stateMachines.filter((each) => isCalled(each, name));
    const [first] = found;
    if (first && found.length === 1) return first;
    const names = stateMachines.map((each) => `${each.logicalId} (${each.name})`).join(', ') || 'none';
    const problem =
      name === undefined ? `has ${found.length} state machines` : `has no state machine "${name}"`;
    throw new UserError(`Stack ${stackName} ${problem}; name one with --state-machine. There are: ${names}`);
  }
}

function isCalled(stateMachine: StateMachineResource, name: string): boolean {
  return [stateMachine.logicalId, stateMachine.name, stateMachine.arn].includes(name);
}

function parseDefinition(resource: StateMachineResource): StateMachine {
  const problems = checkResources(resource.definition);
  if (problems.length > 0) {
    const lines = problems.map(({ code, message, location }) => `  - ${code}: ${message} at ${location}`);
    throw new UserError(`State machine ${resource.name} cannot be run here:\n${lines.join('\n')}`);
  }
  try {
    return parseStateMachine(resource.definition);
  } catch (error) {
    throw new UserError(`State machine ${resource.name}: ${(error as Error).message}`);
  }
}

/** The training images that the definitions name and that can be trained here. */
function imagesOf(deployment: Deployment, trainer: XGBoostTrainer): string[] {
  const texts = new Set<string>();
  const collect = (value: unknown): void => {
    if (typeof value === 'string') texts.add(value);
    else if (typeof value === 'object' && value !== null) Object.values(value).forEach(collect);
  };
  for (const { definition } of deployment.stateMachines) collect(definition);
  return [...texts].filter((text) => trainer.accepts(text));
}
