import { readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { bucketsFolder, type Deployment } from '../assembly';
import { ExecutionRunner, type RunningExecution } from '../executions/execution-runner';
import type { ExecutionRecord, ExecutionStore } from '../executions/executions';
import { checkStubs, describeStubs } from '../executions/stub-tasks';
import { aloneIn, enterRoot, forgetKilled, othersIn } from '../local-folder/local-modes';
import { findLogFile } from '../local-folder/log-files';
import {
  type AutoMLJobDescription,
  describeTuningJob,
  type Jobs,
  type RunningServices,
  startServices,
  type TrainingJobDescription,
  type TuningJobDescription,
} from '../services';
import type { BucketStore } from '../services/s3/bucket-store';
import { checkName, executionAlreadyExists } from '../services/step-functions/requests';
import { copyJson, type Json, parseExact } from '../states';
import { DEFAULT_PYTHON_FOLDER } from '../training';
import { UserError } from '../user-error';
import type { ClientConfig } from './client-config';
import { type DeployOptions, deployApp } from './deploy-options';
import { writeDeployment } from './deployment-records';
import { HeadStart } from './head-start';
import { LocalBucket } from './local-bucket';
import { LocalExecution } from './local-execution';
import type { LocalModeOptions } from './local-mode-options';
import { findResource, isCalled, type NamedResource } from './named-resource';
import { ReportMaker } from './report-maker';
import type { ReportSource } from './report-server';
import { writesReports } from './report-task';
import { parseDefinition, requireTrainable } from './runnable-definitions';
import { servedReports } from './served-reports';
import { startTraining, type TrainingSide } from './start-training';

/** Options for starting an execution. */
export interface StartExecutionOptions {
  /**
   * Construct path, logical ID, name or ARN of the state machine.
   *
   * @default - the stack's only state machine
   */
  readonly stateMachine?: string;
  /**
   * The input: any JSON value.
   *
   * @default {}
   */
  readonly input?: unknown;
  /** The input as JSON text, stored unchanged. Replaces `input`. @internal */
  readonly inputText?: string;
  /**
   * Name of the execution, unique for the state machine.
   *
   * @default - a UUID
   */
  readonly name?: string;
  /**
   * Aborting this signal stops the execution.
   *
   * @default - only `stop()`, `close()` and clients stop it
   */
  readonly signal?: AbortSignal;
}

/** Interval at which `waitFor` calls its condition. */
const POLL_MILLISECONDS = 20;

/**
 * A stack deployed to this machine. Its state machines run, and an endpoint serves AWS clients.
 *
 * @example
 * const stack = await LocalMode.deploy({ assembly: app.synth() });
 * const execution = stack.startExecution({ input: { maxTrainingJobs: 3 } });
 * const output = await execution.output();
 * await stack.close();
 */
export class LocalMode {
  /**
   * Deploys a stack and starts the services and processes that run it. Installs missing Python packages.
   *
   * @throws UserError when the app cannot be synthesized or deployed, or local mode does not support a part
   *   of it
   */
  static async deploy(options: DeployOptions = {}): Promise<LocalMode> {
    const { root, pythonFolder = DEFAULT_PYTHON_FOLDER, onNotice = () => undefined } = options;
    // Starts processes while the app is being synthesized.
    const headStart =
      options.assembly === undefined && !options.stubTraining
        ? new HeadStart({
            ...(root !== undefined && { root }),
            pythonFolder: resolve(pythonFolder),
            onNotice,
          })
        : undefined;
    let deployed: LocalModeOptions | undefined;
    try {
      deployed = await deployApp(options);
      return await LocalMode.start(deployed, headStart);
    } catch (error) {
      await headStart?.close();
      if (deployed) removeIfTemporary(deployed);
      throw error;
    }
  }

  /**
   * Checks the state machines and starts the services.
   *
   * @throws UserError when local mode does not support a part of a definition, Python packages cannot be
   *   installed, or records of an earlier run cannot be read
   * @internal
   */
  static async start(options: LocalModeOptions, headStart?: HeadStart): Promise<LocalMode> {
    const { deployment, onNotice, stubTasks = {} } = options;
    checkStubs(
      stubTasks,
      deployment.stateMachines.map(({ definition }) => definition),
    );
    for (const resource of deployment.stateMachines) parseDefinition(resource, deployment, stubTasks);
    if (Object.keys(stubTasks).length > 0) onNotice(describeStubs(stubTasks));
    for (const processId of othersIn(deployment.root)) {
      onNotice(
        `Another instance of local mode (process ${processId}) is running in ${deployment.root}: this instance does not touch its jobs.`,
      );
    }
    const leaveRoot = enterRoot(deployment.root);
    let training: TrainingSide | undefined;
    try {
      training = await startTraining(options, headStart);
      const { trainer } = training;
      let services: RunningServices | undefined;
      const deploymentId = writeDeployment(options);
      const executions = new ExecutionRunner({
        root: deployment.root,
        onNotice,
        deploymentId,
        ...(options.waitTimeScale !== undefined && { waitTimeScale: options.waitTimeScale }),
        stubTasks,
        services: () => services as RunningServices,
        parse: (stateMachine) => {
          const machine = parseDefinition(stateMachine, deployment, stubTasks);
          requireTrainable(stateMachine, trainer, stubTasks);
          return machine;
        },
      });
      executions.store.endInterrupted();
      services = await startServices(deployment, {
        trainer,
        sampler: training.sampler,
        automl: training.automl,
        fileSystems: options.fileSystems,
        ...(options.spotInterruptions && { spotInterruptions: options.spotInterruptions }),
        executions,
        deploymentId,
        onFault: (error) => onNotice((error as Error).message),
        ...(options.port !== undefined && { port: options.port }),
        ...(options.requestsPerSecond !== undefined && { requestsPerSecond: options.requestsPerSecond }),
      });
      forgetKilled(deployment.root);
      return new LocalMode(options, deploymentId, executions, services, training, leaveRoot);
    } catch (error) {
      await training?.close();
      leaveRoot();
      throw error;
    }
  }

  private readonly buckets: BucketStore;
  private closing: Promise<void> | undefined;

  private constructor(
    private readonly options: LocalModeOptions,
    private readonly deploymentId: string,
    private readonly executions: ExecutionRunner,
    private readonly services: RunningServices,
    private readonly training: TrainingSide,
    private readonly leaveRoot: () => void,
  ) {
    this.buckets = services.buckets;
  }

  /** Absolute path of the folder with buckets, jobs, logs and executions. */
  get root(): string {
    return this.deployment.root;
  }

  /**
   * The stack's outputs by name, as CloudFormation would return them. Outputs that exist only on AWS are left
   * out.
   */
  get outputs(): Readonly<Record<string, string>> {
    return this.deployment.outputs;
  }

  /** The deployed template. @internal */
  get deployment(): Deployment {
    return this.options.deployment;
  }

  /**
   * Starts an execution.
   *
   * @typeParam Output type of the execution's output; it is not checked
   * @throws UserError when the state machine does not exist, or it trains an algorithm that cannot be trained on
   *   this machine
   * @throws AwsError `InvalidName`, or `ExecutionAlreadyExists` when the state machine already has an
   *   execution with this name
   */
  startExecution<Output = Json>(options: StartExecutionOptions = {}): LocalExecution<Output> {
    const { stateMachine: wanted, input = {}, inputText, name, signal } = options;
    const stateMachine = this.find(this.deployment.stateMachines, 'state machine', wanted, '--state-machine');
    if (name !== undefined) checkName(name);
    const data = inputText === undefined ? copyJson(input) : parseExact(inputText);
    const started = this.executions.start(stateMachine, data, {
      ...(inputText !== undefined && { inputText }),
      ...(name !== undefined && { name }),
      ...(signal && { signal }),
    });
    if (!started) throw executionAlreadyExists(stateMachine.arn, name);
    return new LocalExecution<Output>(started, this.executions);
  }

  /** Names of the interrupted executions of all deployments in the root folder. @internal */
  get interrupted(): string[] {
    return this.executions.store.listInterrupted().map(({ name }) => name);
  }

  /**
   * Resumes all interrupted work of this deployment: executions from their last position, their jobs, and
   * jobs that belong to no execution. Finished work does not run again. Sends a notice for an execution that
   * can no longer run, and resumes all others.
   *
   * @param names names of executions; if empty, resumes everything
   * @returns the executions, and a promise that resolves when all jobs have ended
   * @internal
   */
  resume(names: readonly string[] = []): {
    readonly executions: RunningExecution[];
    readonly jobsEnded: Promise<void>;
  } {
    return aloneIn(this.deployment.root, () => {
      const interrupted = this.executions.store
        .listInterrupted()
        .filter(({ deploymentId }) => deploymentId === this.deploymentId);
      const wanted = interrupted
        .filter(({ name }) => names.length === 0 || names.includes(name))
        .flatMap((record) => this.tryPrepareResume(record));
      const arns = new Set(wanted.map(({ arn }) => arn));
      // Resumes the jobs first, so that the executions find their jobs running.
      const jobsEnded = this.services.resumeJobs(({ deploymentId, createdBy }) =>
        deploymentId !== this.deploymentId
          ? false
          : createdBy === undefined
            ? names.length === 0
            : arns.has(createdBy.executionArn) || arns.has(createdBy.place?.executionArn ?? ''),
      );
      return { executions: wanted.map(({ resume }) => resume()), jobsEnded };
    });
  }

  private tryPrepareResume(
    record: ExecutionRecord,
  ): { readonly arn: string; readonly resume: () => RunningExecution }[] {
    try {
      return [{ arn: record.arn, resume: this.executions.prepareResume(record) }];
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      this.options.onNotice(error.message);
      return [];
    }
  }

  /**
   * Waits until a condition is true, for example until a job is running or an object exists. For tests that act
   * in the middle of a run.
   *
   * @param condition called every 20 milliseconds
   * @throws UserError when the stack is closed before the condition is true
   */
  async waitFor(condition: () => boolean | Promise<boolean>): Promise<void> {
    while (!(await condition())) {
      if (this.closing) throw new UserError('The stack was closed while waitFor was waiting.');
      await sleep(POLL_MILLISECONDS);
    }
  }

  /**
   * All training jobs, as DescribeTrainingJob returns them, including those of tuning jobs. Times are epoch
   * seconds.
   */
  trainingJobs(): TrainingJobDescription[] {
    return this.jobs.training.list().map(({ description }) => description);
  }

  /** All tuning jobs, as DescribeHyperParameterTuningJob returns them. Times are epoch seconds. */
  tuningJobs(): TuningJobDescription[] {
    return this.jobs.tuning.list().map((record) => describeTuningJob(this.jobs, record));
  }

  /** All AutoML jobs, as DescribeAutoMLJobV2 returns them. Times are epoch seconds. */
  autoMLJobs(): AutoMLJobDescription[] {
    return this.jobs.automl.list().map(({ description }) => description);
  }

  /** The store of executions, including those of earlier runs. @internal */
  get executionStore(): ExecutionStore {
    return this.executions.store;
  }

  /** The stores of jobs, including those of earlier runs. @internal */
  get jobs(): Jobs {
    return this.services.jobs;
  }

  /**
   * The reports of all searches, each created on request. Undefined if no state machine writes reports.
   *
   * @internal
   */
  get reports(): ReportSource | undefined {
    const { deployment, services, executionStore } = this;
    const isReported = deployment.stateMachines.some(({ definition }) => writesReports(definition));
    return isReported
      ? servedReports(services.jobs, executionStore, new ReportMaker(deployment, services))
      : undefined;
  }

  /**
   * The log of a job or a Lambda function, so far.
   *
   * @param name name of a training or AutoML job; construct path, logical ID, name or ARN of a function
   * @returns an empty string if there is no log yet
   * @throws UserError when the stack has no job or function with this name
   */
  logs(name: string): string {
    const { functions, stackName } = this.deployment;
    const ofTemplate = functions.find((each) => isCalled(each, name, stackName));
    const file = findLogFile(this.root, ofTemplate?.name ?? name);
    if (file !== undefined) return readFileSync(file, 'utf8');
    if (ofTemplate ?? this.jobs.training.get(name) ?? this.jobs.automl.get(name)) return '';
    throw new UserError(`Stack ${stackName} has no training job, AutoML job or function "${name}".`);
  }

  /**
   * A bucket of the stack, or one created by `createBucket`.
   *
   * @param name construct path, logical ID, name or ARN. Default: the stack's only bucket
   * @throws UserError when the bucket does not exist, or `name` is missing and the stack has several buckets
   */
  bucket(name?: string): LocalBucket {
    if (name !== undefined && this.buckets.has(name)) return this.bucketNamed(name);
    return this.bucketNamed(this.find(this.deployment.buckets, 'bucket', name).name);
  }

  /**
   * Creates a bucket that the stack refers to but does not own, such as another team's.
   *
   * @throws AwsError `InvalidBucketName`, `BucketAlreadyOwnedByYou`
   */
  createBucket(name: string): LocalBucket {
    this.buckets.create(name);
    return this.bucketNamed(name);
  }

  /**
   * Configuration for a client of the AWS SDK for JavaScript: `new S3Client(stack.clientConfig())`.
   *
   * @param role construct path, logical ID, name or ARN of a role of the template. Its policies limit the client.
   *   Default: an administrator, limited only by bucket and key policies
   * @throws UserError when the template does not have this role
   */
  clientConfig(role?: string): ClientConfig {
    const { user, url, credentialsFor } = this.services;
    const principal = role === undefined ? user : this.find(this.deployment.roles, 'role', role);
    return {
      endpoint: url,
      region: this.deployment.environment.region,
      credentials: credentialsFor(principal),
    };
  }

  /**
   * Stops all executions and jobs, waits until they have ended, and closes local mode. `resume` can continue them
   * later. If the root folder is temporary, deletes it.
   */
  close(): Promise<void> {
    this.closing ??= this.end();
    return this.closing;
  }

  /** Same as `close()`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  private async end(): Promise<void> {
    this.services.beginEnd();
    try {
      await this.executions.close();
      await this.services.close();
    } finally {
      await this.training.close();
      this.leaveRoot();
      removeIfTemporary(this.options);
    }
  }

  private bucketNamed(name: string): LocalBucket {
    return new LocalBucket(this.buckets, name, join(bucketsFolder(this.root), name));
  }

  private find<R extends NamedResource>(
    resources: readonly R[],
    kind: string,
    name: string | undefined,
    option?: string,
  ): R {
    const { stackName } = this.deployment;
    return findResource(resources, { kind, name, stackName, ...(option && { option }) });
  }
}

function removeIfTemporary({ isTemporary, deployment }: LocalModeOptions): void {
  if (isTemporary) rmSync(deployment.root, { recursive: true, force: true });
}
