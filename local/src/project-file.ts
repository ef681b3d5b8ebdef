import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { UserError } from './user-error';

/** What an app needs of local mode each time, as options of the same names say it. */
export interface ProjectFile {
  /** Commands that stand for images, by repository name or whole URI; they run in the project folder. */
  readonly imageCommands: Readonly<Record<string, string>>;
  /** Folders that stand for file systems, by their IDs; absolute. */
  readonly fileSystems: Readonly<Record<string, string>>;
}

const NAME = 'local-mode.json';

/**
 * Reads `local-mode.json` in a project folder; there need not be one.
 *
 * @throws UserError when it is not `{"imageCommands": {…}, "fileSystems": {…}}`, all texts
 */
export function readProjectFile(project: string): ProjectFile {
  const file = join(project, NAME);
  const content = existsSync(file) ? parse(file) : {};
  const { imageCommands = {}, fileSystems = {}, ...others } = content;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) {
    throw new UserError(`${file}: ${unknown} is not known; known are imageCommands, fileSystems`);
  }
  const folders = Object.entries(requireTexts(file, 'fileSystems', fileSystems));
  return {
    imageCommands: requireTexts(file, 'imageCommands', imageCommands),
    fileSystems: Object.fromEntries(folders.map(([id, folder]) => [id, resolve(project, folder)])),
  };
}

function parse(file: string): Record<string, unknown> {
  try {
    return requireObject(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    throw new UserError(`${file}: ${(error as Error).message}`);
  }
}

function requireTexts(file: string, member: string, value: unknown): Record<string, string> {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  if (isObject && Object.values(value).every((text) => typeof text === 'string')) {
    return value as Record<string, string>;
  }
  throw new UserError(`${file}: ${member} must be an object of texts, got ${JSON.stringify(value)}`);
}

function requireObject(value: unknown): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw new Error(`must be an object, got ${JSON.stringify(value)}`);
}
