import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import type { Json } from '../states';
import { UserError } from '../user-error';
import { addDeployOptions, collect, type DeployCommandOptions, deployApp } from './deploy-options';
import { addExamples } from './help';
import { tellOfInterrupted } from './interruption';
import { EXIT_STATUSES, toTheirEnd } from './to-their-end';

interface RunOptions extends DeployCommandOptions {
  readonly stateMachine?: string;
  readonly input?: readonly string[];
  readonly json?: true;
}

/** `run`: from an app, or a synthesized one, to the end of an execution. */
export function runCommand(): Command {
  const command = new Command('run')
    .description('Deploys the app to this machine and runs its state machine.')
    .option(
      '-i, --input <json>',
      "the execution's input, or @<file>; may be repeated, for executions side by side (default: {})",
      collect,
    )
    .option('-m, --state-machine <name>', 'the state machine, where the stack has several');
  addDeployOptions(command)
    .option('--json', "print only the execution's record; a list of them where --input is repeated")
    .option('-q, --quiet', 'print only how it ended')
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
  const inputs = (options.input ?? ['{}']).map(parseInput);
  const localMode = await deployApp(options);
  if (!options.quiet) tellOfInterrupted(localMode);
  const { stateMachine } = options;
  await toTheirEnd(localMode, options, () =>
    inputs.map((input) =>
      localMode.startExecution({ input, ...(stateMachine !== undefined && { stateMachine }) }),
    ),
  );
}

function parseInput(text: string): Json {
  const json = text.startsWith('@') ? readInputFile(text.slice(1)) : text;
  try {
    return JSON.parse(json);
  } catch (error) {
    throw new UserError(
      `--input ${text}: is not JSON: ${(error as Error).message}. Give a JSON value in quotes, '{"a": 1}', or @<file>`,
    );
  }
}

function readInputFile(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new UserError(`--input @${file}: cannot be read: ${(error as Error).message}`);
  }
}
