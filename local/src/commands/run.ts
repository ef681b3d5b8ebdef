import { Command } from 'commander';
import { addDeployOptions, collect, type DeployCommandOptions, deployFromCommand } from './app-options';
import { addExamples, EXIT_STATUSES } from './help';
import { tellOfInterrupted } from './interruption';
import { readJsonOption } from './json-option';

interface RunOptions extends DeployCommandOptions {
  readonly stateMachine?: string;
  readonly input?: readonly string[];
  readonly json?: true;
}

/** The `run` command: synthesizes and deploys an app, and runs executions to their end. */
export function runCommand(): Command {
  const command = new Command('run')
    .description('Deploys the app to this machine and runs its state machine.')
    .option(
      '-i, --input <json>',
      "the execution's input, or @<file>; repeat it to run several executions in parallel (default: {})",
      collect,
    )
    .option('-m, --state-machine <name>', 'the state machine, if the stack has several');
  addDeployOptions(command)
    .option('--json', "print only the execution's record (a list if --input is repeated)")
    .option('-q, --quiet', 'print only the outcome')
    .addHelpText('after', EXIT_STATUSES)
    .action(run);
  return addExamples(command, [
    ['run', 'the app of this folder'],
    ['run --input \'{"maxTrainingJobs": 5}\'', 'with an input'],
    ['run --project examples/script', 'the app of another folder'],
    ['run --json > result.json', 'for scripts'],
  ]);
}

async function run(options: RunOptions): Promise<void> {
  const inputs = (options.input ?? ['{}']).map((text) => readJsonOption('--input ', text));
  const localMode = await deployFromCommand(options);
  const { showExecutions } = await import('./show-executions');
  if (!options.quiet) tellOfInterrupted(localMode);
  const { stateMachine } = options;
  await showExecutions(localMode, options, () =>
    inputs.map((inputText) =>
      localMode.startExecution({ inputText, ...(stateMachine !== undefined && { stateMachine }) }),
    ),
  );
}
