import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, utimesSync } from 'node:fs';
import { basename, join, sep } from 'node:path';
import type { Deployment } from '../assembly';
import { writeRecord } from '../local-folder/write-record';
import { UserError } from '../user-error';
import type { LocalModeOptions } from './local-mode-options';

/**
 * Folder for the configurations with which local mode was started. Records of executions and jobs refer to
 * them, so that a resume uses the same configuration.
 */
const FOLDER = 'stacks';

/** The settings that must stay the same for a resume. */
export type DeploymentRecord = Pick<
  LocalModeOptions,
  'deployment' | 'imageCommands' | 'fileSystems' | 'stubTasks'
>;

/** Stored paths contain this placeholder for the root folder, because the user may move or copy the root folder. */
const ROOT = '<root>';

/**
 * Stores the configuration, without stubs that are functions.
 *
 * @returns the configuration's ID, which depends only on the content, not on the root folder
 */
export function writeDeployment({
  deployment,
  imageCommands,
  fileSystems,
  stubTasks = {},
}: DeploymentRecord): string {
  const data = Object.entries(stubTasks).filter(([, stub]) => typeof stub !== 'function');
  const content = JSON.stringify(
    {
      deployment: withoutRoot(deployment),
      imageCommands,
      fileSystems,
      ...(data.length > 0 && { stubTasks: Object.fromEntries(data) }),
    },
    mapsAsEntries,
    1,
  );
  const id = createHash('sha256').update(content).digest('hex').slice(0, 16);
  const file = join(deployment.root, FOLDER, `${id}.json`);
  const now = new Date();
  if (existsSync(file)) utimesSync(file, now, now);
  else writeRecord(file, content);
  return id;
}

/** IDs of the stored deployments, most recent first. */
export function deploymentIds(root: string): string[] {
  const folder = join(root, FOLDER);
  if (!existsSync(folder)) return [];
  const startedAt = (name: string) => statSync(join(folder, name)).mtimeMs;
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort((one, other) => startedAt(other) - startedAt(one))
    .map((name) => basename(name, '.json'));
}

/** The most recent deployment; undefined if there is none or it cannot be read. */
export function lastDeployment(root: string): DeploymentRecord | undefined {
  const [last] = deploymentIds(root);
  try {
    return last === undefined ? undefined : readDeployment(root, last);
  } catch {
    return undefined; // `resume` reports why a deployment is unreadable
  }
}

/** Reads a stored deployment. @throws UserError when it no longer exists or cannot be read */
export function readDeployment(root: string, id: string): DeploymentRecord {
  const file = join(root, FOLDER, `${id}.json`);
  try {
    const kept = JSON.parse(readFileSync(file, 'utf8'), entriesAsMaps) as DeploymentRecord;
    return { ...kept, deployment: withRoot(kept.deployment, root) };
  } catch (error) {
    throw new UserError(
      `the deployment ${file} cannot be read (${(error as Error).message}): its executions and jobs cannot be resumed`,
    );
  }
}

function withoutRoot(deployment: Deployment): Deployment {
  const { root } = deployment;
  return mapStrings(deployment, (text) =>
    text === root || text.startsWith(`${root}${sep}`) ? `${ROOT}${text.slice(root.length)}` : text,
  );
}

function withRoot(deployment: Deployment, root: string): Deployment {
  return mapStrings(deployment, (text) =>
    text === ROOT || text.startsWith(`${ROOT}${sep}`) ? `${root}${text.slice(ROOT.length)}` : text,
  );
}

/** Copies a value and applies a function to every string in it. */
function mapStrings<T>(value: T, change: (text: string) => string): T {
  const copy = (each: unknown): unknown => {
    if (typeof each === 'string') return change(each);
    if (Array.isArray(each)) return each.map(copy);
    if (each instanceof Map) return new Map([...each].map(([key, item]) => [key, copy(item)]));
    if (typeof each !== 'object' || each === null) return each;
    return Object.fromEntries(Object.entries(each).map(([key, item]) => [key, copy(item)]));
  };
  return copy(value) as T;
}

const MAP = 'entries of a Map';

function mapsAsEntries(_key: string, value: unknown): unknown {
  return value instanceof Map ? { [MAP]: [...value] } : value;
}

function entriesAsMaps(_key: string, value: unknown): unknown {
  const isMap = typeof value === 'object' && value !== null && Object.hasOwn(value, MAP);
  return isMap ? new Map((value as { [MAP]: [unknown, unknown][] })[MAP]) : value;
}
