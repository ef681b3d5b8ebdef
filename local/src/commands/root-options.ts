import { existsSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { DEFAULT_PYTHON_FOLDER } from '../training/python-folder';
import { UserError } from '../user-error';
import { hint, repeatInHints } from './help';

/** Options for the folder of buckets, jobs, logs and executions. */
export interface RootOptions {
  readonly project: string;
  readonly root?: string;
}

const DEFAULT_PROJECT = '.';

/** Content of the `.gitignore` that hides the default root folder. */
export const GITIGNORE = '*\n';

/** Adds `--project` and `--root`. */
export function addRootOptions(command: Command): Command {
  return command
    .addOption(
      new Option('-p, --project <folder>', "the app's folder, with its cdk.json").default(
        DEFAULT_PROJECT,
        'this folder',
      ),
    )
    .option(
      '--root <folder>',
      'folder for executions, jobs, logs, buckets and Python environments (default: .local in the project ' +
        'folder; environments in .venv of the current folder)',
    )
    .helpOption('-h, --help', 'this help')
    .hook('preAction', (_, called) => {
      const { project, root }: RootOptions = called.opts();
      repeatInHints({ ...(project !== DEFAULT_PROJECT && { project }), ...(root !== undefined && { root }) });
    });
}

/** The folder that a command works in. @throws UserError when the project's folder does not exist */
export function rootOf({ root, project }: RootOptions): string {
  if (!existsSync(project)) throw new UserError(`--project ${project}: folder not found.`);
  return resolve(root ?? join(project, '.local'));
}

/** The folder for Python environments. It is inside the root folder if the user chose a root folder. */
export function pythonFolderOf({ root }: RootOptions): string {
  return resolve(root ?? '.', DEFAULT_PYTHON_FOLDER);
}

/**
 * Adds a `.gitignore` to the default root folder, which is in the project. Does not change a root folder that the user
 * chose.
 */
export function hideFromGit(options: RootOptions): void {
  const file = join(rootOf(options), '.gitignore');
  if (options.root === undefined && !existsSync(file)) writeFileSync(file, GITIGNORE);
}

/** Like `rootOf`, but the root folder must exist. @throws UserError when it does not */
export function existingRoot(options: RootOptions): string {
  const root = rootOf(options);
  if (existsSync(root)) return root;
  throw new UserError(
    `${root} does not exist: nothing has run yet (start with "${hint('run')}"), or the runs are in another folder (choose it with --project or --root).`,
  );
}
