import { availableParallelism } from 'node:os';
import type { Deployment, StateMachineResource } from './assembly';
import { ExecutionLog, type ExecutionRecord, endInterruptedExecutions } from './executions';
import { checkResources, type Jobs, type RunningServices, startServices } from './services';
import { type Json, parseStateMachine, type StateMachine, startExecution } from './states';
import { trainedAlgorithms } from './trained-algorithms';
import {
  combineTrainers,
  createAutoMLRunner,
  createContainerTrainer,
  createOptunaSampler,
  createPythonEnvironments,
  createScriptTrainer,
  createTabularTrainer,
  createXGBoostTrainer,
  type ImageCommand,
  type Sampler,
  type TrainedAlgorithm,
  type Trainer,
} from './training';
import { UserError } from './user-error';

/** What local mode runs with. */
export interface LocalModeOptions {
  readonly deployment: Deployment;
  /** Folder for the Python environments that have to be made. */
  readonly pythonFolder: string;
  /** Commands that stand for images of training containers: by whole URI, `repository:tag`, or repository. */
  readonly imageCommands?: ReadonlyMap<string, ImageCommand>;
  /** Folders that stand for file systems, by their IDs. */
  readonly fileSystems?: ReadonlyMap<string, string>;
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
    const maxJobs = Math.max(2, cores);
    const trainer = combineTrainers([
      createXGBoostTrainer({
        pythonFor: (version, extras) => environments.forXGBoost(version, extras),
        maxWorkers: maxJobs,
      }),
      createTabularTrainer({ pythonFor: (wanted) => environments.forPackages(wanted), maxWorkers: maxJobs }),
      createScriptTrainer({ environments, maxJobs }),
      createContainerTrainer({
        commands: options.imageCommands ?? new Map(),
        builds: deployment.imageBuilds,
        maxJobs,
      }),
    ]);
    let sampler: Sampler | undefined;
    try {
      // What has to be installed is installed now, not in the middle of a run.
      const algorithms = trainableAlgorithms(deployment, trainer);
      await Promise.all(algorithms.map((algorithm) => trainer.prepare?.(algorithm, cores)));
      sampler = createOptunaSampler((await environments.forSampler()).python);
      const automl = createAutoMLRunner({ environments, maxWorkers: maxJobs });
      if (deployment.stateMachines.some(startsAutoMLJobs)) await automl.prepare();
      const services = await startServices(deployment, {
        trainer,
        sampler,
        automl,
        fileSystems: options.fileSystems,
      });
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
    private readonly trainer: Trainer,
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
   * @throws UserError when there is no such state machine, or it trains what cannot be trained here
   */
  startExecution(
    input: Json,
    { stateMachineName, signal }: { stateMachineName?: string; signal?: AbortSignal } = {},
  ): RunningExecution {
    const resource = this.stateMachine(stateMachineName);
    const machine = this.machines.get(resource.name);
    if (!machine) throw new Error(`${resource.name} was not parsed`);
    requireTrainable(resource, this.trainer);
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
    const end = async (
      result: Pick<ExecutionRecord, 'status' | 'error' | 'cause' | 'output'>,
    ): Promise<ExecutionRecord> => {
      const last = { ...record, ...result, stopDate: new Date().toISOString() };
      log.write(last);
      await this.services.onExecutionEnded(last);
      return last;
    };
    const ended = execution.result.then(end, async (fault: Error) => {
      await end({ status: 'FAILED', error: 'States.Runtime', cause: `local mode failed: ${fault.message}` });
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

function startsAutoMLJobs({ definition }: StateMachineResource): boolean {
  return /:sagemaker:createAutoMLJobV2\b/.test(JSON.stringify(definition));
}

/** What the state machines train and can be trained here. */
function trainableAlgorithms({ stateMachines }: Deployment, trainer: Trainer): TrainedAlgorithm[] {
  return stateMachines
    .flatMap(({ definition }) => trainedAlgorithms(definition))
    .filter((algorithm) => trainer.accepts(algorithm));
}

/** @throws UserError when a state machine trains what cannot be trained here: before it starts anything */
function requireTrainable({ name, definition }: StateMachineResource, trainer: Trainer): void {
  const refusals = trainedAlgorithms(definition).flatMap((algorithm) => trainer.refusal?.(algorithm) ?? []);
  if (refusals.length === 0) return;
  throw new UserError(`State machine ${name} cannot be run here: ${[...new Set(refusals)].join('; ')}`);
}
