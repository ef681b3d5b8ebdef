import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { UserError } from './user-error';

/**
 * Synthesizes the CDK app of a project into a new folder below `root`, with the project's own `cdk`.
 *
 * @param project folder of the app's `cdk.json`
 * @param root where the new folder goes
 * @param context settings of the form `key=value`
 * @returns the folder of the cloud assembly
 * @throws UserError when there is no `cdk` or the app cannot be synthesized
 */
export async function synthesize(project: string, root: string, context: readonly string[]): Promise<string> {
  const cdk = cdkOf(project);
  mkdirSync(root, { recursive: true });
  // Of its own for each run: two runs at once must not write to one folder.
  const output = mkdtempSync(join(root, 'cdk.out-'));
  const settings = context.flatMap((setting) => ['--context', setting]);
  const code = await runNode(project, [
    cdk,
    'synth',
    '--quiet',
    '--no-notices',
    '--output',
    output,
    ...settings,
  ]);
  if (code !== 0) {
    rmSync(output, { recursive: true, force: true });
    throw new UserError(`cdk synth ended with exit status ${code}: what it printed says why.`);
  }
  return output;
}

function runNode(project: string, args: readonly string[]): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd: project,
      // What the app prints is no output of local mode: it goes to the standard error.
      stdio: ['ignore', 2, 'inherit'],
      // A run that needs no AWS account tells AWS nothing either.
      env: { ...process.env, CDK_DISABLE_CLI_TELEMETRY: 'true' },
    });
    child.once('error', reject);
    child.once('close', resolve);
  });
}

function cdkOf(project: string): string {
  try {
    return createRequire(join(project, 'package.json')).resolve('aws-cdk/bin/cdk');
  } catch {
    throw new UserError(
      `There is no aws-cdk in ${project}: run "npm ci" there, or name a synthesized app with --assembly <folder>.`,
    );
  }
}
