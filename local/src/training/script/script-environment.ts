import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { PYTHON_FOLDER } from '../python-process';

/** Environment and arguments of a host's script. */
export interface ScriptStart {
  readonly arguments: readonly string[];
  /** The `SM_*` variables. */
  readonly environment: Readonly<Record<string, string>>;
  /** The decoded hyperparameters of the container, such as `sagemaker_program`. */
  readonly sagemaker: Readonly<Record<string, unknown>>;
}

/** Hyperparameters and `SM_*` variables of a host, without the prefix and not yet converted to strings. */
export interface ScriptHost {
  readonly hyperparameters: Readonly<Record<string, string>>;
  readonly variables: Readonly<Record<string, unknown>>;
  /** Additional members of `SM_TRAINING_ENV`. */
  readonly details: Readonly<Record<string, unknown>>;
}

/** Computes the environment and arguments of scripts in Python (`local/python/script_environment.py`). */
export function scriptStarts(python: string, hosts: readonly ScriptHost[]): Promise<ScriptStart[]> {
  return new Promise((resolve, reject) => {
    const child = spawn(python, [join(PYTHON_FOLDER, 'script_environment.py')], {
      stdio: 'pipe',
      // In a separate process group, the process does not receive Ctrl-C: local mode handles Ctrl-C and stops the job.
      detached: true,
      env: { PATH: process.env.PATH, PYTHONDONTWRITEBYTECODE: '1', PYTHONIOENCODING: 'utf-8' },
    });
    const read = (stream: NodeJS.ReadableStream) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      return () => Buffer.concat(chunks).toString('utf8');
    };
    const [output, errors] = [read(child.stdout), read(child.stderr)];
    child.once('error', (error) => reject(new Error(`${python} could not be started: ${error.message}`)));
    child.once('close', (code) => {
      if (code !== 0) {
        reject(new Error(`${python} script_environment.py: ${errors().trim().split('\n').at(-1)}`));
        return;
      }
      resolve((JSON.parse(output()) as { hosts: ScriptStart[] }).hosts);
    });
    child.stdin.on('error', () => undefined); // if the process ends early, `close` reports it
    child.stdin.end(JSON.stringify({ hosts }));
  });
}
