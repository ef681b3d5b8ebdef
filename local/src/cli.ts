#!/usr/bin/env node
import { Command } from 'commander';
import { PROGRAM } from './commands/help';
import { explainError } from './report/explain-error';

const OVERVIEW = `
Without a command: run. Each command tells its options with --help:
  ${PROGRAM} run --help

Files (below .local/ in the project's folder; --root names another place):
  executions/<name>/   execution.json: input, status, output; history.jsonl: its events
  sagemaker/           what SageMaker would describe of each job
  logs/                logs of jobs and Lambda functions
  s3/<bucket>/         the objects of the buckets, as plain files`;

/** The commands. One is loaded when it is asked for, all for the help. */
const COMMANDS: ReadonlyMap<string, () => Promise<Command>> = new Map([
  ['run', async () => (await import('./commands/run')).runCommand()],
  ['resume', async () => (await import('./commands/resume')).resumeCommand()],
  ['serve', async () => (await import('./commands/serve')).serveCommand()],
  ['list', async () => (await import('./commands/list')).listCommand()],
  ['show', async () => (await import('./commands/show')).showCommand()],
  ['logs', async () => (await import('./commands/logs')).logsCommand()],
  ['report', async () => (await import('./commands/report')).reportCommand()],
  ['clean', async () => (await import('./commands/clean')).cleanCommand()],
]);

const program = new Command(PROGRAM)
  .description('Runs the state machine of a synthesized CDK app on this machine: no AWS account, no Docker.')
  .usage('[command] [options]')
  .helpCommand(false)
  .helpOption('-h, --help', 'this help')
  .showHelpAfterError('Add --help for what is allowed.')
  .addHelpText('after', OVERVIEW);
// A reader that has seen enough (`run | head -1`) must not end a run: what it does not read is dropped.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

// Such as a disk that fills up while a log is written: nothing is lost that had finished.
process.on('uncaughtException', (error) => {
  console.error(explainError(error));
  console.error(
    `Local mode ends here. To continue executions and jobs that were running: "${PROGRAM} resume".`,
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

/** Options alone are those of `run`. */
function withCommand(args: readonly string[]): string[] {
  const [first] = args;
  const isRun = first === undefined || (first.startsWith('-') && !['-h', '--help'].includes(first));
  return isRun ? ['run', ...args] : [...args];
}
