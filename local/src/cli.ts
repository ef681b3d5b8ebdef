#!/usr/bin/env node
import { Command } from 'commander';
import { runCommand } from './commands/run';
import { UserError } from './user-error';

const program = new Command('local')
  .description('Runs the state machine of a synthesized CDK app on this machine: no AWS account, no Docker.')
  .addCommand(runCommand(), { isDefault: true })
  .showHelpAfterError();

program.parseAsync().catch((error: unknown) => {
  // What a user can put right needs no stack trace.
  console.error(error instanceof UserError ? error.message : error);
  process.exitCode = 1;
});
