import { createHash } from 'node:crypto';
import { cp, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { HostProcess } from './host-process';

/** A `requirements.txt` cannot be installed. */
export class RequirementsError extends Error {}

/** Work that several callers wait for. It is aborted when the signals of all callers have aborted. */
export class SharedWork<Value> {
  private readonly controller = new AbortController();
  private readonly result: Promise<Value>;
  private waiting = 0;

  constructor(work: (signal: AbortSignal) => Promise<Value>) {
    this.result = work(this.controller.signal);
    this.result.catch(() => undefined); // prevents an unhandled rejection; waiting callers receive the error
  }

  public get isAbandoned(): boolean {
    return this.controller.signal.aborted;
  }

  /**
   * Waits for the end of the work. When the signals of all waiting callers have aborted, the work is aborted. Until
   * then, an aborted signal has no effect.
   */
  public async wait(signal: AbortSignal | undefined): Promise<Value> {
    this.waiting += 1;
    const leave = () => {
      this.waiting -= 1;
      if (this.waiting === 0) this.controller.abort();
    };
    if (signal?.aborted) leave();
    else signal?.addEventListener('abort', leave, { once: true });
    try {
      return await this.result;
    } finally {
      signal?.removeEventListener('abort', leave);
    }
  }
}

/** The content that an installation depends on: the list and, if it refers to files, all files next to it. */
export async function requirementsContent(requirementsFile: string): Promise<Buffer> {
  const list = await readFile(requirementsFile);
  if (!namesFiles(list.toString('utf8'))) return list;
  const folder = dirname(requirementsFile);
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const hash = createHash('sha256');
  for (const file of files.sort()) {
    const content = await readFile(file);
    hash.update(`${relative(folder, file)}\0${content.length}\0`).update(content);
  }
  return hash.digest();
}

/** Number of pip's last lines to show in an error. */
export const SHOWN_PIP_LINES = 3;

/**
 * Installs a user's `requirements.txt` with an environment's pip. First copies the folder of `requirements.txt` into
 * the environment. Editable packages (`-e`) are imported from the copy, even after the job's folder has been deleted.
 *
 * @param environment folder of the environment
 * @throws RequirementsError with pip's last lines
 */
export async function installRequirements(
  words: readonly [string, ...string[]],
  requirementsFile: string,
  environment: string,
  { env, signal }: { env: NodeJS.ProcessEnv; signal: AbortSignal },
): Promise<void> {
  const source = join(environment, 'source');
  const temporary = join(environment, 'tmp');
  await cp(dirname(requirementsFile), source, { recursive: true });
  await mkdir(temporary);
  const [command, ...args] = words;
  const pip = new HostProcess(
    {
      command,
      args: [...args, '-r', basename(requirementsFile)],
      cwd: source,
      env: { ...installationEnvironment(env), TMPDIR: temporary },
    },
    () => undefined,
  );
  const stop = () => pip.stop(0);
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  const { exitCode, lastLines } = await pip.ended;
  signal.removeEventListener('abort', stop);
  await rm(temporary, { recursive: true, force: true });
  if (exitCode !== 0 || signal.aborted) {
    throw new RequirementsError(lastLines.slice(-SHOWN_PIP_LINES).join('\n').trim() || 'pip was stopped');
  }
}

/** Environment variables that pip and compilers use. */
const PASSED_ON =
  /^(PATH|HOME|USER|LANG|LC_\w+|TZ|PIP_\w+|XDG_\w+|(HTTPS?|ALL|NO)_PROXY|SSL_CERT_(FILE|DIR)|(REQUESTS|CURL)_CA_BUNDLE|CC|CXX|\w+FLAGS|PKG_CONFIG_PATH|(DY)?LD_LIBRARY_PATH)$/i;

/** Installing a package can run the package's code. So, as for scripts, the environment contains no credentials. */
function installationEnvironment(env: NodeJS.ProcessEnv): Record<string, string> {
  const passed = Object.entries(env).flatMap(([name, value]) =>
    value !== undefined && PASSED_ON.test(name) ? [[name, value] as const] : [],
  );
  return {
    ...Object.fromEntries(passed),
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
  };
}

/** Whether a list refers to other files: `-r`, `-c`, `-e`, a path, an archive. */
function namesFiles(list: string): boolean {
  return list
    .split('\n')
    .map((line) => line.replace(/(^|\s)#.*/, '').trim())
    .some(
      (line) =>
        /^(-[rce]\b|--(requirement|constraint|editable)\b|\.)|\bfile:|\.(whl|zip|tar\.gz)\b/.test(line) ||
        (line.includes('/') && !line.includes('://')),
    );
}
