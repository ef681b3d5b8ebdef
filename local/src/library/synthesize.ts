import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { UserError } from '../user-error';

/** The app to synthesize, and the folder for the result. */
export interface SynthesisOptions {
  /** Folder with the app's `cdk.json`. */
  readonly project: string;
  /** Folder in which the folder for the result is created. */
  readonly root: string;
  /** Context values, each `key=value`. */
  readonly context: readonly string[];
  /** Receives each line that the `cdk` command and the app print. @default - lines go to standard error */
  readonly onLine?: (line: string) => void;
}

/**
 * Tells an app that it is synthesized for local mode. Apps may use this context value only to skip deployment limits:
 * the template must be the same as for a deployment to AWS.
 */
const LOCAL_MODE = 'cdk-sagemaker-tuning-local=true';

/** Free space below which a disk counts as full. An assembly with its Lambda functions takes a few megabytes. */
const FULL_DISK_MEGABYTES = 10;

/** Maximum number of output lines in an error. */
const SHOWN_LINES = 20;

/**
 * Synthesizes a CDK app into a new folder, with the `cdk` that the app's project depends on, or else with the
 * `cdk` in `$PATH`.
 *
 * @returns the folder of the cloud assembly
 * @throws UserError when there is no `cdk` or the app cannot be synthesized
 */
export async function synthesize({ project, root, context, onLine }: SynthesisOptions): Promise<string> {
  mkdirSync(root, { recursive: true });
  // A new folder for each run: two parallel runs must not write to the same folder.
  const output = mkdtempSync(join(root, 'cdk.out-'));
  const settings = [LOCAL_MODE, ...context].flatMap((setting) => ['--context', setting]);
  const args = ['synth', '--quiet', '--no-notices', '--output', output, ...settings];
  const lastLines: string[] = [];
  try {
    const code = await runCdk(project, args, onLine && keepLast(lastLines, onLine));
    if (code === 0) return output;
    const why = onLine ? `:\n${lastLines.join('\n')}` : ': see its output.';
    throw new UserError([`cdk synth failed with exit status ${code}${why}`, ...fullDisks(root)].join('\n'));
  } catch (error) {
    rmSync(output, { recursive: true, force: true });
    throw error;
  }
}

/**
 * Checks the folders that the app and the `cdk` write to. Returns a message for each folder on a full disk. Without
 * this check, the user would see only a stack trace.
 */
function fullDisks(root: string): string[] {
  return [root, tmpdir()].flatMap((folder) => {
    const { bavail, bsize } = statfsSync(folder);
    const megabytes = (bavail * bsize) / 1e6;
    return megabytes < FULL_DISK_MEGABYTES
      ? [
          `The disk of ${folder} has ${megabytes.toFixed(1)} MB left: free disk space, or choose a folder on another disk with ${folder === root ? '--root' : '$TMPDIR'}.`,
        ]
      : [];
  });
}

function keepLast(lines: string[], onLine: (line: string) => void): (line: string) => void {
  return (line) => {
    lines.push(line);
    if (lines.length > SHOWN_LINES) lines.shift();
    onLine(line);
  };
}

function runCdk(
  project: string,
  args: readonly string[],
  onLine?: (line: string) => void,
): Promise<number | null> {
  const own = ownCdk(project);
  const [command, words] = own === undefined ? ['cdk', args] : [process.execPath, [own, ...args]];
  return new Promise((resolve, reject) => {
    const child = spawn(command, words, {
      cwd: project,
      // The app's output is not local mode's output, so it goes to standard error or to the caller.
      stdio: onLine ? ['ignore', 'pipe', 'pipe'] : ['ignore', 2, 'inherit'],
      // Local mode needs no AWS account, so the `cdk` must not send telemetry to AWS.
      env: { ...compileCache(project), ...process.env, CDK_DISABLE_CLI_TELEMETRY: 'true' },
    });
    if (onLine) readLines(child, onLine);
    child.once('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'ENOENT' ? noCdk(project) : error),
    );
    child.once('close', resolve);
  });
}

/**
 * Makes Node.js 22 and later cache the compiled code of the `cdk` and the app, which saves 0.3 s per synthesis.
 * Earlier releases ignore this environment variable.
 *
 * @see https://nodejs.org/api/cli.html#node_compile_cachedir
 */
function compileCache(project: string): NodeJS.ProcessEnv {
  const modules = join(project, 'node_modules');
  return existsSync(modules) ? { NODE_COMPILE_CACHE: join(modules, '.cache', 'node-compile-cache') } : {};
}

function readLines({ stdout, stderr }: ChildProcess, onLine: (line: string) => void): void {
  for (const stream of [stdout, stderr]) {
    if (stream) createInterface({ input: stream }).on('line', onLine);
  }
}

function ownCdk(project: string): string | undefined {
  try {
    return createRequire(join(project, 'package.json')).resolve('aws-cdk/bin/cdk');
  } catch {
    return undefined;
  }
}

function noCdk(project: string): UserError {
  return new UserError(
    `No aws-cdk in ${project} and no cdk in $PATH: run "npm install --save-dev aws-cdk" there ("npm ci", if it ` +
      'is in package.json), or use a synthesized app with --assembly <folder>. To choose another app, use --project.',
  );
}
