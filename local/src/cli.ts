#!/usr/bin/env node
import { Command } from 'commander';
import { cleanCommand } from './commands/clean';
import { listCommand } from './commands/list';
import { logsCommand } from './commands/logs';
import { runCommand } from './commands/run';
import { serveCommand } from './commands/serve';
import { showCommand } from './commands/show';
import { UserError } from './user-error';

const program = new Command('local')
  .description('Runs the state machine of a synthesized CDK app on this machine: no AWS account, no Docker.')
  .addCommand(runCommand(), { isDefault: true })
  .addCommand(serveCommand())
  .addCommand(listCommand())
  .addCommand(showCommand())
  .addCommand(logsCommand())
  .addCommand(cleanCommand())
  .addHelpText('after', '\nWithout a command: run, whose options are in "run --help".')
  .showHelpAfterError();

program.parseAsync().catch((error: unknown) => {
  // What a user can put right needs no stack trace: nor does a file or folder that cannot be read or written.
  const isPlain = error instanceof UserError || (error instanceof Error && 'syscall' in error);
  console.error(isPlain ? error.message : error);
  process.exitCode = 1;
});
