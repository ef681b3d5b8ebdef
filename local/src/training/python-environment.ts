import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readlink, rename, rm, symlink } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { isProcessAlive } from '../process-alive';
import { UserError } from '../user-error';
import {
  furtherInterpreters,
  type Interpreter,
  inspectInterpreter,
  interpreterCandidates,
} from './python-interpreters';
import {
  INSPECTED_PACKAGES,
  missingPackages,
  nearestRelease,
  type PythonExtra,
  requirementsFiles,
} from './python-requirements';
import { DEFAULT_XGBOOST_VERSION } from './xgboost-images';

/** A Python that can run local mode's Python side. */
export interface PythonEnvironment {
  readonly python: string;
  readonly pythonVersion: string;
  /** The XGBoost it has: the wanted version, or the nearest there is. */
  readonly xgboostVersion: string;
}

/** What `createPythonEnvironments` needs. */
export interface PythonEnvironmentsOptions {
  /** Folder for the environments that have to be made, one for each version of XGBoost: `<project>/.venv`. */
  readonly folder: string;
  /** Takes what a person should know: an installation, another version than the wanted one. */
  readonly onNotice: (text: string) => void;
  /** Where `$PYTHON` and `$PATH` come from. @default process.env */
  readonly env?: NodeJS.ProcessEnv;
}

/** Finds or makes the Python environments of local mode. */
export interface PythonEnvironments {
  /** An environment with this version of XGBoost and with Optuna. The same one for the same arguments. */
  forXGBoost(version: string, extras?: readonly PythonExtra[]): Promise<PythonEnvironment>;
  /** An environment for the sampler alone: one that is there already if any is. */
  forSampler(): Promise<PythonEnvironment>;
}

/**
 * Uses the first interpreter that has what is needed (`$PYTHON`, an environment made before, `python3`,
 * `/usr/bin/python3`), or else makes an environment and installs the pinned list into it.
 */
export function createPythonEnvironments(options: PythonEnvironmentsOptions): PythonEnvironments {
  const finder = new EnvironmentFinder(options);
  const found = new Map<string, Promise<PythonEnvironment>>();
  const forXGBoost = (version: string, extras: readonly PythonExtra[] = []) => {
    const key = [version, ...extras].join();
    const environment = found.get(key) ?? finder.find(version, extras);
    found.set(key, environment);
    environment.catch(() => found.delete(key)); // a later try may find what was installed by hand meanwhile
    return environment;
  };
  return {
    forXGBoost,
    forSampler: () => found.values().next().value ?? forXGBoost(DEFAULT_XGBOOST_VERSION),
  };
}

const run = promisify(execFile);
const TOOL_OUTPUT_BYTES = 64 << 20;

class EnvironmentFinder {
  constructor(private readonly options: PythonEnvironmentsOptions) {}

  public async find(wanted: string, extras: readonly PythonExtra[]): Promise<PythonEnvironment> {
    const env = this.options.env ?? process.env;
    const candidates = interpreterCandidates(env);
    const seen: Interpreter[] = [];
    for (const command of [
      ...candidates.filter((candidate) => candidate === env.PYTHON),
      pythonOf(this.home(wanted, extras)),
      ...candidates.filter((candidate) => candidate !== env.PYTHON),
    ]) {
      const interpreter = await inspectInterpreter(command, INSPECTED_PACKAGES);
      if (interpreter && missingPackages(interpreter, wanted, extras).length === 0) {
        return describe(interpreter, wanted);
      }
      if (command === env.PYTHON && !interpreter) {
        this.options.onNotice(`$PYTHON (${command}) is no Python 3.9 or newer: looking for another one.`);
      }
      if (interpreter && command !== pythonOf(this.home(wanted, extras))) {
        seen.push(interpreter);
      }
    }
    const base = await chooseBase(seen, wanted);
    const available = nearestRelease(wanted, base.version);
    if (available !== wanted) {
      this.options.onNotice(
        `XGBoost ${wanted} cannot be had for Python ${base.version} here: local mode trains with ${available}, ` +
          'so results can differ from SageMaker.',
      );
      const made = await inspectInterpreter(pythonOf(this.home(available, extras)), INSPECTED_PACKAGES);
      const ready = [made, ...seen].find(
        (one) => one && missingPackages(one, available, extras).length === 0,
      );
      if (ready) {
        return describe(ready, available);
      }
    }
    return this.install(base, available, extras);
  }

  /** The place of an environment: a link to the folder it was made in. */
  private home(version: string, extras: readonly PythonExtra[]): string {
    return join(this.options.folder, [`xgboost-${version}`, ...extras].join('-'));
  }

  /**
   * Makes an environment in a folder of its own and then gives it its name in one step. A process killed half-way
   * leaves only a folder without a name; of two at once, each makes a whole one and the later name stays.
   */
  private async install(
    base: Interpreter,
    version: string,
    extras: readonly PythonExtra[],
  ): Promise<PythonEnvironment> {
    const home = this.home(version, extras);
    const unique = `${process.pid}-${randomBytes(4).toString('hex')}`;
    const folder = resolve(this.options.folder, `.${basename(home)}-${unique}`);
    const files = requirementsFiles(version, extras);
    const started = Date.now();
    this.options.onNotice(
      `Installing XGBoost ${version} and Optuna for Python ${base.version} in ${home} ...`,
    );
    try {
      await mkdir(this.options.folder, { recursive: true });
      await removeAbandoned(this.options.folder);
      await run(base.executable, ['-m', 'venv', folder], { maxBuffer: TOOL_OUTPUT_BYTES });
      const pip = ['-m', 'pip', 'install', '--quiet', '--no-input', '--disable-pip-version-check'];
      const lists = files.flatMap((file) => ['-r', file]);
      await run(pythonOf(folder), [...pip, '--only-binary=:all:', ...lists], {
        maxBuffer: TOOL_OUTPUT_BYTES,
      });
      const link = `${home}.${unique}`;
      await symlink(folder, link, 'junction');
      await replaceLink(link, home);
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw installationError(
        base,
        version,
        extras,
        files,
        this.options.folder,
        error as Error & { stderr?: string },
      );
    }
    const seconds = ((Date.now() - started) / 1000).toFixed(0);
    this.options.onNotice(`Installed XGBoost ${version} and Optuna in ${seconds} s.`);
    return { python: pythonOf(home), pythonVersion: base.version, xgboostVersion: version };
  }
}

function describe(interpreter: Interpreter, xgboostVersion: string): PythonEnvironment {
  return { python: interpreter.executable, pythonVersion: interpreter.version, xgboostVersion };
}

function pythonOf(environment: string): string {
  return process.platform === 'win32'
    ? join(environment, 'Scripts', 'python.exe')
    : join(environment, 'bin', 'python');
}

/** The first interpreter that can have the wanted version, else the first there is. */
async function chooseBase(seen: readonly Interpreter[], wanted: string): Promise<Interpreter> {
  const fits = (interpreter: Interpreter) => nearestRelease(wanted, interpreter.version) === wanted;
  const fitting = seen.find(fits);
  if (fitting) {
    return fitting;
  }
  let first = seen[0];
  // An older default Python often has a newer one beside it; but not where no Python would do.
  for (const command of furtherInterpreters()) {
    const interpreter = await inspectInterpreter(command, INSPECTED_PACKAGES);
    if (interpreter && fits(interpreter)) {
      return interpreter;
    }
    first ??= interpreter;
  }
  if (!first) {
    throw new UserError(
      'Local mode needs Python 3.9 or newer, and found none. Install it, or name it in $PYTHON.',
    );
  }
  return first;
}

async function replaceLink(link: string, home: string): Promise<void> {
  const before = await readlink(home).catch(() => undefined);
  if (before === undefined || process.platform === 'win32') {
    await rm(home, { recursive: true, force: true });
  }
  await rename(link, home);
}

/** Removes what processes that are gone began and did not finish. */
async function removeAbandoned(folder: string): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true });
  const links = entries.filter((entry) => entry.isSymbolicLink());
  const inUse = new Set(
    await Promise.all(links.map(({ name }) => readlink(join(folder, name)).catch(() => ''))),
  );
  for (const { name } of entries) {
    const pid = /^\.xgboost-.*-(\d+)-[0-9a-f]{8}$/.exec(name)?.[1];
    const path = resolve(folder, name);
    if (pid !== undefined && !inUse.has(path) && !isProcessAlive(Number(pid))) {
      await rm(path, { recursive: true, force: true });
    }
  }
}

function installationError(
  base: Interpreter,
  version: string,
  extras: readonly PythonExtra[],
  files: readonly string[],
  folder: string,
  error: Error & { stderr?: string },
): UserError {
  const missing = missingPackages(base, version, extras).join(', ');
  const quote = (path: string) => (/[^\w./+-]/.test(path) ? `'${path}'` : path);
  const lists = files.map((file) => `-r ${quote(file)}`).join(' ');
  const own = quote(join(folder, 'own'));
  const command = `${quote(base.executable)} -m venv ${own} && ${own}/bin/python -m pip install ${lists} && export PYTHON=${own}/bin/python`;
  const cause = (error.stderr || error.message).trim().split('\n').slice(-3).join('\n');
  const unreachable = /from versions: none/.test(cause) ? ' (is the package index within reach?)' : '';
  return new UserError(
    `Local mode could not install the Python packages it needs. Missing: ${missing}.\nTo install them: ${command}\n` +
      `What went wrong${unreachable}: ${cause}`,
  );
}
