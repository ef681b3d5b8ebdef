import { availableParallelism } from 'node:os';
import type { Deployment, StateMachineResource } from './assembly';
import { ExecutionRunner } from './execution-runner';
import type { ExecutedStateMachine, ExecutionRecord } from './executions';
import { enterRoot, othersIn } from './local-modes';
import {
  checkResources,
  type Jobs,
  type RunningServices,
  type SpotInterruptionOptions,
  startServices,
  type TemporaryCredentials,
} from './services';
import { type Json, parseStateMachine, type StateMachine } from './states';
import { trainedAlgorithms, trainingImages } from './trained-algorithms';
import {
  checkImageCommands,
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
  /**
   * Interrupts training jobs with `EnableManagedSpotTraining`, to see what they make of it.
   *
   * @default - spot jobs run as others do
   */
  readonly spotInterruptions?: SpotInterruptionOptions;
  /** Port of the endpoint. @default - any free one */
  readonly port?: number;
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
    for (const resource of deployment.stateMachines) parseDefinition(resource);
    for (const processId of othersIn(deployment.root)) {
      onNotice(
        `Another local mode (process ${processId}) works in ${deployment.root}: its jobs are left to it.`,
      );
    }
    checkImageCommands(
      options.imageCommands ?? new Map(),
      deployment.stateMachines.flatMap(({ definition }) => trainingImages(definition)),
    );
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
      let services: RunningServices | undefined;
      const executions = new ExecutionRunner({
        root: deployment.root,
        services: () => services as RunningServices,
        parse: (stateMachine) => {
          const machine = parseDefinition(stateMachine);
          requireTrainable(stateMachine, trainer);
          return machine;
        },
      });
      executions.store.endInterrupted();
      services = await startServices(deployment, {
        trainer,
        sampler,
        automl,
        fileSystems: options.fileSystems,
        ...(options.spotInterruptions && { spotInterruptions: options.spotInterruptions }),
        executions,
        ...(options.port !== undefined && { port: options.port }),
      });
      return new LocalMode(deployment, executions, services, trainer, sampler);
    } catch (error) {
      // The processes that were started would keep this one alive.
      await Promise.all([trainer.close(), sampler?.close()]);
      throw error;
    }
  }

  private readonly leaveRoot: () => void;

  private constructor(
    private readonly deployment: Deployment,
    private readonly executions: ExecutionRunner,
    private readonly services: RunningServices,
    private readonly trainer: Trainer,
    private readonly sampler: Sampler,
  ) {
    this.leaveRoot = enterRoot(deployment.root);
  }

  /** What an AWS client needs to act as the person at the keyboard, who may do everything. */
  get endpoint(): {
    readonly url: string;
    readonly region: string;
    readonly credentials: TemporaryCredentials;
  } {
    return this.endpointOf(this.services.user);
  }

  /**
   * What an AWS client needs to act as a role of the template, which may do what its policies say.
   *
   * @param name logical ID, name or ARN of the role
   * @throws UserError when there is no such role
   */
  endpointFor(name: string): LocalMode['endpoint'] {
    const { roles, stackName } = this.deployment;
    const role = roles.find((each) => isCalled(each, name));
    if (role) return this.endpointOf(role);
    const names = roles.map((each) => `${each.logicalId} (${each.name})`).join(', ') || 'none';
    throw new UserError(`Stack ${stackName} has no role "${name}". There are: ${names}`);
  }

  private endpointOf(principal: { readonly arn: string }): LocalMode['endpoint'] {
    const { url, credentialsFor } = this.services;
    return { url, region: this.deployment.environment.region, credentials: credentialsFor(principal) };
  }

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
    return this.executions.start(this.stateMachine(stateMachineName), input, { signal });
  }

  /** Stops what still runs and ends the services. */
  async close(): Promise<void> {
    try {
      await this.executions.close();
      await this.services.close();
    } finally {
      await Promise.all([this.trainer.close(), this.sampler.close()]);
      this.leaveRoot();
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

function isCalled(resource: Pick<StateMachineResource, 'logicalId' | 'name' | 'arn'>, name: string): boolean {
  return [resource.logicalId, resource.name, resource.arn].includes(name);
}

function parseDefinition(resource: ExecutedStateMachine): StateMachine {
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
function requireTrainable({ name, definition }: ExecutedStateMachine, trainer: Trainer): void {
  const refusals = trainedAlgorithms(definition).flatMap((algorithm) => {
    const refusal = trainer.refusal?.(algorithm);
    if (refusal === undefined || !algorithm.mayRunProgram) return refusal ?? [];
    return trainer.refusal?.({ ...algorithm, hyperparameters: { sagemaker_program: 'unknown.py' } }) ?? [];
  });
  if (refusals.length === 0) return;
  throw new UserError(`State machine ${name} cannot be run here: ${[...new Set(refusals)].join('; ')}`);
}
