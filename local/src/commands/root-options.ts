import { existsSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Command, Option } from 'commander';
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
      "where executions, jobs, logs and buckets are kept (default: .local in the project's folder)",
    )
    .helpOption('-h, --help', 'this help');
}

/** The folder that a command works in. */
export function rootOf({ root, project }: RootOptions): string {
  return resolve(root ?? join(project, '.local'));
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
