import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { UserError } from '../user-error';

/** Options that say where buckets, jobs, logs and executions are. */
export interface RootOptions {
  readonly project: string;
  readonly root?: string;
}

/** Adds `--project` and `--root`. */
export function addRootOptions(command: Command): Command {
  return command
    .option('-p, --project <folder>', 'the app: the folder of its cdk.json', '.')
    .option(
      '--root <folder>',
      'where buckets, jobs, logs and executions are kept (default: .local in the project folder)',
    );
}

/** The folder that a command works in. */
export function rootOf({ root, project }: RootOptions): string {
  return resolve(root ?? join(project, '.local'));
}

/** The same, where something has run already. @throws UserError when nothing has */
export function existingRoot(options: RootOptions): string {
  const root = rootOf(options);
  if (existsSync(root)) return root;
  throw new UserError(`${root} is not there: nothing has run yet, or it is elsewhere (--project, --root).`);
}
