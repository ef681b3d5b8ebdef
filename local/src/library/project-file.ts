import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { checkTaskStub } from '../executions/stub-options';
import type { TaskStub } from '../executions/stub-types';
import { isObject } from '../states';
import { UserError } from '../user-error';

/** The content of `local-mode.json`: defaults for the options with the same names. */
export interface ProjectFile {
  /** Commands that replace images, by repository name or full URI. They run in the project folder. */
  readonly imageCommands: Readonly<Record<string, string>>;
  /** Absolute paths of folders that replace file systems, by file system ID. */
  readonly fileSystems: Readonly<Record<string, string>>;
  /**
   * Stubs for tasks, by state or resource. Paths of files are absolute; commands run in the project folder.
   */
  readonly stubTasks: Readonly<Record<string, TaskStub>>;
}

/** The content for a project without a `local-mode.json`. */
export const EMPTY_PROJECT_FILE: ProjectFile = { imageCommands: {}, fileSystems: {}, stubTasks: {} };

const NAME = 'local-mode.json';

/**
 * Reads the optional `local-mode.json` of a project folder. Paths in it are relative to that folder.
 *
 * @throws UserError when the content is not `{"imageCommands": {…}, "fileSystems": {…}, "stubTasks": {…}}`
 */
export function readProjectFile(project: string): ProjectFile {
  const file = join(project, NAME);
  const content = existsSync(file) ? parse(file) : {};
  const known = Object.keys(EMPTY_PROJECT_FILE);
  const unknown = Object.keys(content).find((member) => !known.includes(member));
  if (unknown !== undefined) {
    throw new UserError(`${file}: unknown key ${unknown}; allowed are ${known.join(', ')}`);
  }
  const { imageCommands, fileSystems, stubTasks } = { ...EMPTY_PROJECT_FILE, ...content };
  return {
    imageCommands: requireTexts(file, 'imageCommands', imageCommands),
    fileSystems: mapValues(requireTexts(file, 'fileSystems', fileSystems), (folder) =>
      resolve(project, folder),
    ),
    stubTasks: mapValues(requireMembers(file, 'stubTasks', stubTasks), (value, name) => {
      const stub = checkTaskStub(`${file}: stubTasks: ${name}`, value);
      return 'file' in stub ? { file: resolve(project, stub.file) } : stub;
    }),
  };
}

function parse(file: string): Readonly<Record<string, unknown>> {
  try {
    const content: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (isObject(content)) return content;
    throw new Error(`must be an object, got ${JSON.stringify(content)}`);
  } catch (error) {
    throw new UserError(`${file}: ${(error as Error).message}`);
  }
}

function requireTexts(file: string, member: string, value: unknown): Record<string, string> {
  if (isObject(value) && Object.values(value).every((text) => typeof text === 'string')) {
    return value as Record<string, string>;
  }
  throw new UserError(`${file}: ${member} must be a map of strings, got ${JSON.stringify(value)}`);
}

function requireMembers(file: string, member: string, value: unknown): Readonly<Record<string, unknown>> {
  if (isObject(value)) return value;
  throw new UserError(`${file}: ${member} must be an object, got ${JSON.stringify(value)}`);
}

function mapValues<T, R>(
  values: Readonly<Record<string, T>>,
  change: (value: T, name: string) => R,
): Record<string, R> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, change(value, name)]));
}
