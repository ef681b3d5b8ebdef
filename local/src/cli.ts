#!/usr/bin/env node
import { Command } from 'commander';
import { hint, PROGRAM } from './commands/help';
import { limitHeapGrowth } from './heap-growth';
import { explainError } from './report/explain-error';

const OVERVIEW = `
Without a command: run. --help after a command lists its options:
  ${PROGRAM} run --help

Files (in .local/ in the project folder; --root chooses another folder):
  executions/<name>/   execution.json: input, status, output; history.jsonl: its events
  sagemaker/           one record per job, as SageMaker describes it
  logs/                logs of jobs and Lambda functions
  s3/<bucket>/         the objects of the buckets, as plain files`;

/** Loads a command only when it is called; the help loads all of them. */
const COMMANDS: ReadonlyMap<string, () => Promise<Command>> = new Map([
  ['run', async () => (await import('./commands/run')).runCommand()],
  ['resume', async () => (await import('./commands/resume')).resumeCommand()],
  ['serve', async () => (await import('./commands/serve')).serveCommand()],
  ['list', async () => (await import('./commands/list')).listCommand()],
  ['show', async () => (await import('./commands/show')).showCommand()],
  ['logs', async () => (await import('./commands/logs')).logsCommand()],
  ['predict', async () => (await import('./commands/predict')).predictCommand()],
  ['report', async () => (await import('./commands/report')).reportCommand()],
  ['clean', async () => (await import('./commands/clean')).cleanCommand()],
]);

limitHeapGrowth();

const program = new Command(PROGRAM)
  .description('Runs the state machine of a synthesized CDK app on this machine: no AWS account, no Docker.')
  .usage('[command] [options]')
  .helpCommand(false)
  .helpOption('-h, --help', 'this help')
  .showHelpAfterError('Run with --help to see what is allowed.')
  .addHelpText('after', OVERVIEW);
// A closed pipe (`run | head -1`) must not end a run: output that nobody reads is dropped.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

// An uncaught exception can occur, for example, if the disk fills up while a log is written. Finished work is kept.
process.on('uncaughtException', (error) => {
  console.error(explainError(error));
  console.error(
    `Local mode stops. To resume the executions and jobs that were running, use "${hint('resume')}".`,
  );
  process.exit(1);
});

main(withCommand(process.argv.slice(2))).catch((error: unknown) => {
  console.error(explainError(error));
  process.exitCode = 1;
});

async function main(args: readonly string[]): Promise<void> {
  const wanted = COMMANDS.get(String(args[0]));
  for (const load of wanted ? [wanted] : COMMANDS.values()) {
    program.addCommand((await load()).copyInheritedSettings(program));
  }
  await program.parseAsync(args, { from: 'user' });
}

/** Options without a command are options of `run`. */
function withCommand(args: readonly string[]): string[] {
  const [first] = args;
  const isRun = first === undefined || (first.startsWith('-') && !['-h', '--help'].includes(first));
  return isRun ? ['run', ...args] : [...args];
}
