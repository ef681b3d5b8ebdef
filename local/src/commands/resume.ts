import { resolve } from 'node:path';
import { Command } from 'commander';
import { readDeployment } from '../local-folder/kept-deployments';
import { LocalMode } from '../local-mode';
import { UserError } from '../user-error';
import { addExamples } from './help';
import { interruptedIn, readKept } from './kept';
import { addRootOptions, existingRoot, type RootOptions } from './root-options';
import { EXIT_STATUSES, type ShowOptions, toTheirEnd } from './to-their-end';

interface ResumeOptions extends RootOptions, ShowOptions {}

/** `resume`: goes on with what was interrupted. */
export function resumeCommand(): Command {
  const command = new Command('resume')
    .description(
      'Goes on with executions and jobs that were interrupted, by Ctrl-C, a crash or kill -9: no training job that had ' +
        'completed runs again.',
    )
    .argument('[execution...]', 'names of executions (default: all that was interrupted)');
  addRootOptions(command)
    .option('--json', "print only the execution's record; a list of them where there are several")
    .option('-q, --quiet', 'print only how it ended')
    .addHelpText(
      'after',
      '\nThe app is not synthesized again: an execution goes on with the state machine, the functions and the policies ' +
        'that it was started with.',
    )
    .addHelpText('after', EXIT_STATUSES)
    .action(resume);
  return addExamples(command, [
    ['resume', 'all that was interrupted in this folder'],
    ['resume <execution>', 'one of several'],
  ]);
}

async function resume(names: readonly string[], options: ResumeOptions): Promise<void> {
  const root = existingRoot(options);
  const { executions, deploymentIds } = interruptedIn(readKept(root), names);
  const unknown = names.find((name) => !executions.some((record) => record.name === name));
  if (unknown !== undefined) {
    const known = executions.map(({ name }) => name).join(', ') || 'none';
    throw new UserError(`No execution "${unknown}" was interrupted in ${root}. Interrupted are: ${known}`);
  }
  if (deploymentIds.length === 0) {
    console.error('Nothing was interrupted: there is nothing to resume.');
    return;
  }
  for (const id of deploymentIds) {
    const localMode = await LocalMode.start({
      ...readDeployment(root, id),
      pythonFolder: resolve('.venv'),
      onNotice: console.error,
    });
    let jobsEnded: Promise<void> = Promise.resolve();
    await toTheirEnd(
      localMode,
      options,
      () => {
        const resumed = localMode.resume(names);
        ({ jobsEnded } = resumed);
        return resumed.executions;
      },
      () => jobsEnded,
    );
    if (process.exitCode !== undefined && Number(process.exitCode) >= 128) return;
  }
}
