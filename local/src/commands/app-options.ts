import { resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import type { TaskStub } from '../executions/stub-types';
import type { LocalMode } from '../library/local-mode';
import { synthesize } from '../library/synthesize';
import { UserError } from '../user-error';
import { parseJsonOption } from './json-option';
import { addRootOptions, hideFromGit, pythonFolderOf, type RootOptions, rootOf } from './root-options';

/** Options of the commands that deploy an app. */
export interface DeployCommandOptions extends RootOptions {
  readonly quiet?: true;
  readonly assembly?: string;
  readonly stack?: string;
  readonly context?: readonly string[];
  readonly imageCommand?: readonly string[];
  readonly fileSystem?: readonly string[];
  readonly stubTask?: readonly string[];
  readonly stubCommand?: readonly string[];
  readonly spotInterruptions?: number;
}

/** Adds the options that choose the app and configure its deployment. */
export function addDeployOptions(command: Command): Command {
  return addRootOptions(command)
    .option('-a, --assembly <folder>', "a synthesized app (cdk.out), instead of the project's app")
    .option('-s, --stack <name>', 'the stack, if the app has several')
    .option('-c, --context <key=value>', 'a context value for synthesis; repeatable', collect)
    .option(
      '--image-command <image=command>',
      'a command that replaces a container image (repository name or full URI) and needs no Docker; runs in ' +
        'the project folder; repeatable',
      collect,
    )
    .option(
      '--file-system <id=folder>',
      'a folder that replaces a file system of the template; repeatable',
      collect,
    )
    .option(
      '--stub-task <task=json>',
      'a fixed result for a task, named by state or by resource (sns:publish): JSON or @<file>; repeatable',
      collect,
    )
    .option(
      '--stub-command <task=command>',
      "a command that replaces a task: reads the task's arguments from standard input and prints its result, both as JSON; " +
        'runs in the project folder; repeatable',
      collect,
    )
    .option(
      '--spot-interruptions <number>',
      'how often each job on spot instances is interrupted and restarted: 2 means twice, 0.3 means once for three ' +
        'jobs in ten (default: never)',
      parseSpotInterruptions,
    );
}

function parseSpotInterruptions(text: string): number {
  const number = Number(text);
  if (text.trim() !== '' && number >= 0 && Number.isFinite(number)) return number;
  throw new InvalidArgumentError('must be a number of 0 or more, such as 1 or 0.3');
}

/**
 * Collects the values of a repeatable option. The option itself has no default value, because the help would show the
 * default as an empty list.
 */
export function collect(value: string, values: readonly string[] = []): readonly string[] {
  return [...values, value];
}

/** Options of the endpoint that AWS clients use. */
interface EndpointOptions {
  readonly port?: number | undefined;
  readonly requestsPerSecond?: number | undefined;
}

/** Synthesizes the app if needed and deploys it. Notices for the user go to standard error. */
export async function deployFromCommand(
  options: DeployCommandOptions,
  { port, requestsPerSecond }: EndpointOptions = {},
): Promise<LocalMode> {
  const root = rootOf(options);
  const project = resolve(options.project);
  const stubTasks = stubsOf(options);
  const imageCommands = pairs('--image-command', options.imageCommand);
  const fileSystems = pairs('--file-system', options.fileSystem);
  const { assembly } = options;
  if (assembly === undefined && !options.quiet) console.error('Synthesizing the app ...');
  const source =
    assembly === undefined
      ? { synthesis: synthesize({ project, root, context: options.context ?? [] }) }
      : { assembly };
  source.synthesis?.catch(() => undefined); // Prevents an unhandled rejection: `deploy` reports the error.
  // Loads the rest of local mode while `cdk` synthesizes the app, because both take a while.
  const { LocalMode } = await import('../library/local-mode');
  const localMode = await LocalMode.deploy({
    ...source,
    project,
    root,
    pythonFolder: pythonFolderOf(options),
    ...(options.stack !== undefined && { stack: options.stack }),
    imageCommands,
    fileSystems,
    stubTasks,
    ...(options.spotInterruptions !== undefined && {
      spotInterruptions: { perJob: options.spotInterruptions },
    }),
    ...(port !== undefined && { port }),
    ...(requestsPerSecond !== undefined && { requestsPerSecond }),
    onNotice: console.error,
  });
  hideFromGit(options);
  return localMode;
}

/** The stubs for tasks, by state or resource. */
function stubsOf({ stubTask, stubCommand }: DeployCommandOptions): Record<string, TaskStub> {
  const answers = Object.entries(pairs('--stub-task', stubTask));
  const commands = Object.entries(pairs('--stub-command', stubCommand));
  const [twice] = commands.find(([name]) => answers.some(([other]) => other === name)) ?? [];
  if (twice !== undefined) {
    throw new UserError(`${twice} has both --stub-task and --stub-command: use only one`);
  }
  return Object.fromEntries<TaskStub>([
    ...answers.map(
      ([name, text]) => [name, { answer: parseJsonOption(`--stub-task ${name}=`, text) }] as const,
    ),
    ...commands.map(([name, command]) => [name, { command }] as const),
  ]);
}

/** Parses options of the form `name=value`. */
function pairs(option: string, values: readonly string[] = []): Record<string, string> {
  return Object.fromEntries(
    values.map((text) => {
      const [, name, value] = /^([^=]+)=(.+)$/s.exec(text) ?? [];
      if (name === undefined || value === undefined) {
        throw new UserError(`${option} ${text}: must be of the form name=value`);
      }
      return [name, value];
    }),
  );
}
