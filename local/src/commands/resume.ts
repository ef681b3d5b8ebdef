import { Command } from 'commander';
import { type DeploymentRecord, readDeployment } from '../library/deployment-records';
import { LocalMode } from '../library/local-mode';
import { UserError } from '../user-error';
import { addExamples, EXIT_STATUSES, hint } from './help';
import { addRootOptions, existingRoot, pythonFolderOf, type RootOptions } from './root-options';
import { interruptedIn, type RunRecords, readRunRecords, runningIn } from './run-records';
import { type ShowOptions, showExecutions } from './show-executions';

interface ResumeOptions extends RootOptions, ShowOptions {}

/** The `resume` command: continues interrupted executions and jobs. */
export function resumeCommand(): Command {
  const command = new Command('resume')
    .description(
      'Resumes executions and jobs that were interrupted by Ctrl-C, a crash or kill -9. Training jobs that completed ' +
        'do not run again.',
    )
    .argument('[execution...]', 'names of executions (default: everything that was interrupted)');
  addRootOptions(command)
    .option('--json', "print only the execution's record (a list if there are several)")
    .option('-q, --quiet', 'print only the outcome')
    .addHelpText(
      'after',
      '\nThe app is not synthesized again: an execution resumes with the state machine, functions and policies ' +
        'it was started with.',
    )
    .addHelpText('after', EXIT_STATUSES)
    .action(resume);
  return addExamples(command, [
    ['resume', 'everything interrupted in this folder'],
    ['resume <execution>', 'one of several executions'],
  ]);
}

async function resume(names: readonly string[], options: ResumeOptions): Promise<void> {
  const root = existingRoot(options);
  const records = readRunRecords(root);
  const { deploymentIds, executions, jobs } = interruptedIn(records, names);
  const unknown = names.find((name) => !executions.some((record) => record.name === name));
  if (unknown !== undefined) throw notInterrupted(records, root, unknown);
  if (executions.length + jobs.length === 0) {
    sayNothingIsLeft(records);
    return;
  }
  for (const id of deploymentIds) {
    const deployment = tryReadDeployment(root, id);
    if (deployment) await resumeIn(deployment, names, options);
    if (process.exitCode !== undefined && Number(process.exitCode) >= 128) return;
  }
  requireResumed(root, [...executions, ...jobs]);
}

/**
 * Reads a deployment. If it is unreadable, prints the error and returns undefined, so that the other deployments
 * can be resumed.
 */
function tryReadDeployment(root: string, id: string): DeploymentRecord | undefined {
  try {
    return readDeployment(root, id);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    console.error(error.message);
    return undefined;
  }
}

async function resumeIn(
  deployment: DeploymentRecord,
  names: readonly string[],
  options: ResumeOptions,
): Promise<void> {
  const localMode = await LocalMode.start({
    ...deployment,
    pythonFolder: pythonFolderOf(options),
    onNotice: console.error,
  });
  let jobsEnded: Promise<void> = Promise.resolve();
  await showExecutions(
    localMode,
    options,
    () => {
      const resumed = localMode.resume(names);
      ({ jobsEnded } = resumed);
      return resumed.executions;
    },
    () => jobsEnded,
  );
}

/**
 * Tells the user that there is nothing to resume. Fails if another process is running an execution or a job, because
 * this command cannot know how that run will end.
 */
function sayNothingIsLeft(records: RunRecords): void {
  const running = runningIn(records);
  if (running.length > 0) throw new UserError(running.map(runsElsewhere).join('\n'));
  console.error('Nothing was interrupted: there is nothing to resume.');
}

function notInterrupted(records: RunRecords, root: string, name: string): UserError {
  const running = runningIn(records).find((each) => each.name === name);
  if (running) return new UserError(runsElsewhere(running));
  const known =
    interruptedIn(records, [])
      .executions.map((each) => each.name)
      .join(', ') || 'none';
  return new UserError(`No interrupted execution "${name}" in ${root}. Interrupted: ${known}`);
}

function runsElsewhere({ name, processId }: { name: string; processId: number }): string {
  return `${name} is running in another process (${processId}): wait for it to end, or stop that process and resume.`;
}

/** @throws UserError when one of the runs to resume is still interrupted */
function requireResumed(root: string, wanted: readonly { readonly name: string }[]): void {
  const { executions, jobs } = interruptedIn(readRunRecords(root), []);
  const left = [...executions, ...jobs].map(({ name }) => name);
  const notResumed = wanted.filter(({ name }) => left.includes(name)).map(({ name }) => name);
  if (notResumed.length === 0) return;
  throw new UserError(
    `Could not resume ${notResumed.join(', ')}. Start a new execution with "${hint('run')}".`,
  );
}
