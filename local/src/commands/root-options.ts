import { existsSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { DEFAULT_PYTHON_FOLDER } from '../training/python-folder';
import { UserError } from '../user-error';
import { PROGRAM } from './help';

/** Options that say where buckets, jobs, logs and executions are. */
export interface RootOptions {
  readonly project: string;
  readonly root?: string;
}

/** Adds `--project` and `--root`. */
export function addRootOptions(command: Command): Command {
  return command
    .addOption(
      new Option('-p, --project <folder>', 'the folder of the app, where its cdk.json is').default(
        '.',
        'this folder',
      ),
    )
    .option(
      '--root <folder>',
      "where executions, jobs, logs and buckets are kept, and Python environments are made (default: .local in the project's " +
        'folder; .venv in this folder)',
    )
    .helpOption('-h, --help', 'this help');
}

/** The folder that a command works in. @throws UserError when the project's folder does not exist */
export function rootOf({ root, project }: RootOptions): string {
  if (!existsSync(project)) throw new UserError(`--project ${project}: there is no such folder.`);
  return resolve(root ?? join(project, '.local'));
}

/** Where Python environments are made: with what else is kept, where another place was named for it. */
export function pythonFolderOf({ root }: RootOptions): string {
  return resolve(root ?? '.', DEFAULT_PYTHON_FOLDER);
}

/** Keeps what local mode writes in a project's folder out of its Git repository; a folder that was named is left alone. */
export function hideFromGit(options: RootOptions): void {
  const file = join(rootOf(options), '.gitignore');
  if (options.root === undefined && !existsSync(file)) writeFileSync(file, '*\n');
}

/** The same, where something has run already. @throws UserError when nothing has */
export function existingRoot(options: RootOptions): string {
  const root = rootOf(options);
  if (existsSync(root)) return root;
  throw new UserError(
    `${root} is not there: nothing has run yet ("${PROGRAM} run" does), or it is elsewhere: name it with --project or --root.`,
  );
}
