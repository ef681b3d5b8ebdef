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

/** A synthesized app: what `app.synth()` of the AWS CDK returns. */
export interface SynthesizedApp {
  /** The folder of the cloud assembly. */
  readonly directory: string;
}

/** What is deployed to this machine, and how. */
export interface DeployOptions {
  /**
   * The app, synthesized: its folder (`cdk.out`), or what `app.synth()` returns.
   *
   * @default - the app of `project` is synthesized, with the `cdk` that it depends on, else the one in `$PATH`
   */
  readonly assembly?: string | SynthesizedApp;
  /** The folder of an app that is being synthesized for this deployment, which removes it. @internal */
  readonly synthesis?: Promise<string>;
  /**
   * Folder of the app, where its `cdk.json` and, perhaps, its `local-mode.json` are.
   *
   * @default - the current folder; with `assembly` none, and no `local-mode.json` is read
   */
  readonly project?: string;
  /**
   * The stack: its name, ID or path.
   *
   * @default - the only one of the app
   */
  readonly stack?: string;
  /**
   * Context values for the synthesis; of no meaning with `assembly`.
   *
   * @default - those of `cdk.json`
   */
  readonly context?: Readonly<Record<string, string>>;
  /**
   * Values for parameters of the template.
   *
   * @default - their defaults
   */
  readonly parameters?: Readonly<Record<string, string>>;
  /**
   * Folder for buckets, jobs, logs and executions. What is there stays.
   *
   * @default - a temporary folder, which `close()` removes
   */
  readonly root?: string;
  /**
   * A STUB: answers training jobs, in place of training. A search draws its hyperparameters at random then, whatever
   * its strategy, the same ones each time, and no Python is needed. All else is real: permissions, requests, data, state
   * machine, functions. AutoML jobs are not stubbed.
   *
   * @default - real training, and a search by Optuna
   */
  readonly stubTraining?: StubTraining;
  /**
   * STUBS for tasks that local mode does not run, such as `sns:publish` or a Lambda function in Python: by the name of
   * the state, or by its resource, with or without `arn:aws:states:::`. A stub is a function, or data: an answer, a file,
   * or a command, which runs in `project`. Neither permissions nor arguments of such a task are checked.
   *
   * @default - those of `local-mode.json`; a stack with another task that local mode does not run is refused
   */
  readonly stubTasks?: StubTasks;
  /**
   * How much of their time Wait states and retries wait: more than 0, at most 1. Timeouts keep theirs.
   *
   * @default 1 - as on AWS
   */
  readonly waitTimeScale?: number;
  /**
   * Commands that stand for images of training containers, as texts for the shell, by repository, `repository:tag` or
   * whole URI. They run in `project`.
   *
   * @default - those of `local-mode.json`; containers without one run in Docker
   */
  readonly imageCommands?: Readonly<Record<string, string>>;
  /**
   * Folders that stand for file systems (EFS, FSx for Lustre), by their IDs.
   *
   * @default - those of `local-mode.json`
   */
  readonly fileSystems?: Readonly<Record<string, string>>;
  /**
   * Interrupts training jobs with `EnableManagedSpotTraining`, to see what they make of it.
   *
   * @default - spot jobs run as others do
   */
  readonly spotInterruptions?: LocalModeOptions['spotInterruptions'];
  /**
   * Folder for the Python environments that have to be made: once for the same packages. Those in `.venv` in the current
   * folder are used, too.
   *
   * @default - `.venv` in the current folder
   */
  readonly pythonFolder?: string;
  /**
   * Port of the endpoint for AWS clients, on 127.0.0.1.
   *
   * @default - any free one
   */
  readonly port?: number;
  /**
   * Requests that AWS clients, and functions, may send in a second for each operation, to see what they make of being
   * throttled: what is beyond is answered with `ThrottlingException`, or what the service calls it.
   *
   * @default - any number
   */
  readonly requestsPerSecond?: number;
  /**
   * Takes what a person should know: an installation, what of the template is left out, faults of local mode.
   *
   * @default - nothing is said
   */
  readonly onNotice?: (text: string) => void;
}

/** Synthesizes the app, unless it is, and deploys it. @throws UserError */
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
  throw new UserError(`requestsPerSecond: must be above 0, such as 5 or 0.5, got ${requestsPerSecond}`);
}

function checkTimeScale(scale: number | undefined): void {
  if (scale === undefined || (scale > 0 && scale <= 1)) return;
  // At 0, a state machine that waits for a job would use up its 25,000 events at once.
  throw new UserError(`waitTimeScale: must be more than 0 and at most 1, got ${scale}`);
}

async function deployTo(root: string, options: DeployOptions): Promise<LocalModeOptions['deployment']> {
  const { assembly, stack, parameters, synthesis, onNotice = () => undefined } = options;
  const given = assembly === undefined ? undefined : folderOf(assembly);
  const folder = given ?? (await (synthesis ?? synthesizeTo(root, options)));
  try {
    return deploy(readAssembly(folder, stack), root, {
      ...(parameters && { parameters }),
      onWarning: onNotice,
    });
  } finally {
    // Everything that is needed of it was copied.
    if (given === undefined) rmSync(folder, { recursive: true, force: true });
  }
}

/** JavaScript has no compiler that would say it: an `App` is easily given in place of what its `synth()` returns. */
function folderOf(assembly: string | SynthesizedApp): string {
  const folder = typeof assembly === 'string' ? assembly : assembly.directory;
  if (typeof folder === 'string') return folder;
  throw new UserError(
    `assembly: must be a folder (cdk.out), or what app.synth() returns, got ${String(assembly)}`,
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

/** What stands for images, file systems and tasks: as the project has it each time, and as it is said here. */
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
    // Commands are texts for the shell, as a person types them.
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
