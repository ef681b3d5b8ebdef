import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { deploy, readAssembly } from '../assembly';
import { readyStubs } from '../executions/stub-options';
import type { StubTasks } from '../executions/stub-types';
import { DEFAULT_PYTHON_FOLDER, type StubTraining } from '../training';
import { UserError } from '../user-error';
import type { LocalModeOptions } from './local-mode-options';
import { EMPTY_PROJECT_FILE, readProjectFile } from './project-file';
import { synthesize } from './synthesize';

/** A synthesized app: the result of the AWS CDK's `app.synth()`. */
export interface SynthesizedApp {
  /** Folder of the cloud assembly. */
  readonly directory: string;
}

/** Options of a deployment to this machine. */
export interface DeployOptions {
  /**
   * The synthesized app: the folder of its cloud assembly (`cdk.out`), or the result of `app.synth()`.
   *
   * @default - synthesizes the app of `project`, with the `cdk` that the project depends on, or else with the
   *   one in `$PATH`
   */
  readonly assembly?: string | SynthesizedApp;
  /** Resolves to a temporary folder with the synthesized app. The deployment removes the folder. @internal */
  readonly synthesis?: Promise<string>;
  /**
   * Folder of the app, with its `cdk.json` and, optionally, a `local-mode.json`.
   *
   * @default - the current folder. If `assembly` is given, there is no project folder, and no
   *   `local-mode.json` is read
   */
  readonly project?: string;
  /**
   * Name, ID or path of the stack.
   *
   * @default - the app's only stack
   */
  readonly stack?: string;
  /**
   * Context values for synthesis. Ignored if `assembly` is given.
   *
   * @default - only the context of `cdk.json`
   */
  readonly context?: Readonly<Record<string, string>>;
  /**
   * Values of the template's parameters.
   *
   * @default - the defaults of the parameters
   */
  readonly parameters?: Readonly<Record<string, string>>;
  /**
   * Folder for buckets, jobs, logs and executions. Existing content stays.
   *
   * @default - a temporary folder, which `close()` removes
   */
  readonly root?: string;
  /**
   * A STUB that returns results of training jobs without training. A search then samples hyperparameters at
   * random, with a fixed seed, whatever its strategy. Python is not needed. Everything else is real:
   * permissions, requests, data, state machine, functions. AutoML jobs are not stubbed.
   *
   * @default - real training, and searches by Optuna
   */
  readonly stubTraining?: StubTraining;
  /**
   * STUBS for tasks that local mode cannot run, such as `sns:publish` or a Lambda function in Python. Keys
   * are names of states or resources, with or without `arn:aws:states:::`. A stub is a function, a fixed
   * result, a file with a result, or a command, which runs in `project`. Neither the permissions nor the
   * arguments of a stubbed task are checked.
   *
   * @default - the stubs in `local-mode.json`. If a task that local mode cannot run has no stub, the stack is refused
   */
  readonly stubTasks?: StubTasks;
  /**
   * Factor for the duration of Wait states and of waits between retries: more than 0, at most 1. Timeouts are
   * not scaled.
   *
   * @default 1 - as on AWS
   */
  readonly waitTimeScale?: number;
  /**
   * Shell commands that replace training containers. Keys are repositories, `repository:tag` or full image
   * URIs. The commands run in `project`.
   *
   * @default - the commands in `local-mode.json`. Containers without a command run in Docker
   */
  readonly imageCommands?: Readonly<Record<string, string>>;
  /**
   * Folders that replace file systems (EFS, FSx for Lustre), by file system ID.
   *
   * @default - the folders in `local-mode.json`
   */
  readonly fileSystems?: Readonly<Record<string, string>>;
  /**
   * Interrupts training jobs that have `EnableManagedSpotTraining`, to test how they handle interruptions.
   *
   * @default - spot jobs are not interrupted
   */
  readonly spotInterruptions?: LocalModeOptions['spotInterruptions'];
  /**
   * Folder for new Python environments: one for each set of packages. Environments in `.venv` of the current
   * folder are used, too.
   *
   * @default - `.venv` in the current folder
   */
  readonly pythonFolder?: string;
  /**
   * Port of the endpoint for AWS clients, on 127.0.0.1.
   *
   * @default - any free port
   */
  readonly port?: number;
  /**
   * Maximum requests per second that AWS clients and functions may send for each operation, to test how they
   * handle throttling. Further requests fail with `ThrottlingException` or the service's equivalent.
   *
   * @default - no limit
   */
  readonly requestsPerSecond?: number;
  /**
   * Receives notices for the user: installations, template resources that are not deployed, faults of local
   * mode.
   *
   * @default - notices are dropped
   */
  readonly onNotice?: (text: string) => void;
}

/**
 * Synthesizes the app if needed and deploys it. @throws UserError when an option is invalid, or synthesis or
 * deployment fails
 */
export async function deployApp(options: DeployOptions): Promise<LocalModeOptions> {
  checkTimeScale(options.waitTimeScale);
  checkRequestRate(options.requestsPerSecond);
  const isTemporary = options.root === undefined;
  const root = resolve(options.root ?? mkdtempSync(join(tmpdir(), `local-mode-${process.pid}-`)));
  const { onNotice = () => undefined } = options;
  try {
    return {
      deployment: await deployTo(root, options),
      ...(isTemporary && { isTemporary }),
      pythonFolder: resolve(options.pythonFolder ?? DEFAULT_PYTHON_FOLDER),
      ...projectOptions(options),
      ...(options.stubTraining && { stubTraining: options.stubTraining }),
      ...(options.waitTimeScale !== undefined && { waitTimeScale: options.waitTimeScale }),
      ...(options.spotInterruptions && { spotInterruptions: options.spotInterruptions }),
      ...(options.port !== undefined && { port: options.port }),
      ...(options.requestsPerSecond !== undefined && { requestsPerSecond: options.requestsPerSecond }),
      onNotice,
    };
  } catch (error) {
    if (isTemporary) rmSync(root, { recursive: true, force: true });
    throw error;
  }
}

function checkRequestRate(requestsPerSecond: number | undefined): void {
  if (requestsPerSecond === undefined || (requestsPerSecond > 0 && Number.isFinite(requestsPerSecond)))
    return;
  throw new UserError(`requestsPerSecond: must be more than 0, such as 5 or 0.5, got ${requestsPerSecond}`);
}

function checkTimeScale(scale: number | undefined): void {
  if (scale === undefined || (scale > 0 && scale <= 1)) return;
  // With a scale of 0, a loop that waits for a job would quickly reach the limit of 25,000 events.
  throw new UserError(`waitTimeScale: must be more than 0 and at most 1, got ${scale}`);
}

async function deployTo(root: string, options: DeployOptions): Promise<LocalModeOptions['deployment']> {
  const { assembly, stack, parameters, synthesis, onNotice = () => undefined } = options;
  const given = assembly === undefined ? undefined : folderOf(assembly);
  const folder = given ?? (await (synthesis ?? synthesizeTo(root, options)));
  try {
    return deploy(readAssembly(folder, stack), root, {
      ...(parameters && { parameters }),
      ...(given === undefined && { temporaryFolder: folder }),
      onWarning: onNotice,
    });
  } finally {
    // The folder is no longer needed: the deployment has copied everything from it.
    if (given === undefined) rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Folder of the assembly. Checks the type, because JavaScript users may pass an `App` instead of the result
 * of `synth()`.
 */
function folderOf(assembly: string | SynthesizedApp): string {
  const folder = typeof assembly === 'string' ? assembly : assembly.directory;
  if (typeof folder === 'string') return folder;
  throw new UserError(
    `assembly: must be a folder (cdk.out) or the result of app.synth(), got ${String(assembly)}`,
  );
}

function synthesizeTo(
  root: string,
  { project = '.', context = {}, onNotice }: DeployOptions,
): Promise<string> {
  return synthesize({
    project: resolve(project),
    root,
    context: Object.entries(context).map(([key, value]) => `${key}=${value}`),
    onLine: onNotice ?? (() => undefined),
  });
}

/** Replacements for images, file systems and tasks: from `local-mode.json`, overridden by the options. */
function projectOptions(
  options: DeployOptions,
): Pick<LocalModeOptions, 'imageCommands' | 'fileSystems' | 'stubTasks'> {
  const cwd = resolve(options.project ?? '.');
  const hasProject = options.project !== undefined || options.assembly === undefined;
  const file = hasProject ? readProjectFile(cwd) : EMPTY_PROJECT_FILE;
  const commands = Object.entries({ ...file.imageCommands, ...options.imageCommands });
  const folders = Object.entries(options.fileSystems ?? {}).map(
    ([id, folder]) => [id, resolve(folder)] as const,
  );
  return {
    // The user's command is a shell command. The shell appends the container's arguments to it.
    imageCommands: new Map(
      commands.map(([image, command]) => [
        image,
        { command: ['/bin/sh', '-c', `${command} "$@"`, command], cwd },
      ]),
    ),
    fileSystems: new Map([...Object.entries(file.fileSystems), ...folders]),
    stubTasks: readyStubs({ ...file.stubTasks, ...options.stubTasks }, cwd),
  };
}
