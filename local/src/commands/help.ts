import type { Command } from 'commander';

/** The command that starts local mode, either in this repository or from the installed package. */
export const PROGRAM = __filename.endsWith('.ts') ? 'npm run local --' : 'npx cdk-sagemaker-tuning-local';

/** The options `--project` and `--root` as the user gave them. Hints repeat these options. */
let given: readonly string[] = [];

/** Sets the options that hints repeat. */
export function repeatInHints(options: { readonly project?: string; readonly root?: string }): void {
  given = Object.entries(options).flatMap(([name, folder]) => (folder ? [`--${name} ${quote(folder)}`] : []));
}

/** A command for the user to type, with the `--project` and `--root` that were given. */
export function hint(args: string): string {
  return [PROGRAM, args, ...given].join(' ');
}

function quote(text: string): string {
  return /^[\w./@:=+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** Help text about the exit status of a command that runs executions. */
export const EXIT_STATUSES = `
Exit status:
  0    every execution succeeded
  1    an execution failed, or nothing could be started
  130  Ctrl-C (143 for SIGTERM): running jobs were stopped, as StopExecution does; "resume" continues them`;

/** Adds examples, each with arguments and a description, to the help of a command. */
export function addExamples(
  command: Command,
  examples: readonly (readonly [args: string, what: string])[],
): Command {
  const lines = examples.map(([args, what]) => [`  ${PROGRAM} ${args}`.trimEnd(), what] as const);
  const width = Math.max(...lines.map(([line]) => line.length));
  const text = lines.map(([line, what]) => `${line.padEnd(width)}   # ${what}`).join('\n');
  return command.addHelpText('after', `\nExamples:\n${text}`);
}
