import { createHash } from 'node:crypto';
import { basename, join } from 'node:path';
import { UserError } from '../user-error';
import {
  furtherInterpreters,
  type Interpreter,
  inspectInterpreter,
  interpreterProblems,
  noPython,
} from './python-interpreters';
import { type FoundPython, foundIn, PythonLookup, pythonOf } from './python-lookup';
import {
  inspectedPackages,
  isInstallable,
  missingPackages,
  type PythonExtra,
  type WantedPackages,
  xgboostPackages,
} from './python-requirements';
import { requirementsContent, SharedWork } from './requirements-install';
import { extendEnvironment, installPackages, packagePaths } from './virtual-environment';
import { DEFAULT_XGBOOST_VERSION } from './xgboost-images';

/** A Python interpreter that can run local mode's Python code. */
export interface PythonEnvironment {
  readonly python: string;
  readonly pythonVersion: string;
  /** Version of XGBoost in the environment: the wanted version, or the nearest available one. */
  readonly xgboostVersion: string;
}

/** Options of `createPythonEnvironments`. */
export interface PythonEnvironmentsOptions {
  /** Folder for new environments: `<project>/.venv`. Each set of packages has its own environment. */
  readonly folder: string;
  /** Folders with existing environments, which are not changed. @default - none */
  readonly otherFolders?: readonly string[];
  /** Receives notices for the user: an installation, or a version other than the wanted one. */
  readonly onNotice: (text: string) => void;
  /** Source of `$PYTHON` and `$PATH`. @default process.env */
  readonly env?: NodeJS.ProcessEnv;
}

/** Finds or creates the Python environments of local mode. */
export interface PythonEnvironments {
  /** An environment with this version of XGBoost and with Optuna. Cached by arguments. */
  forXGBoost(version: string, extras?: readonly PythonExtra[]): Promise<PythonEnvironment>;
  /** The environment that `forXGBoost` would find, if it exists. Installs nothing and sends no notices. */
  readyForXGBoost(version: string): Promise<PythonEnvironment | undefined>;
  /** An environment for the sampler alone, an existing one if possible. */
  forSampler(): Promise<PythonEnvironment>;
  /**
   * An environment with the wanted packages. Cached by name.
   *
   * @param alternatives packages to use if no Python interpreter on this machine supports the wanted packages, in
   *   order of preference. The user gets a notice if an alternative is used
   * @throws UserError with the command that installs the packages, when they are missing and local mode cannot install
   * them
   */
  forPackages(wanted: WantedPackages, alternatives?: readonly WantedPackages[]): Promise<FoundPython>;
  /**
   * An environment with the packages of another environment and of a user's `requirements.txt`. Created once for
   * each distinct content of `requirements.txt`, and kept.
   *
   * @param signal aborts the installation, unless other callers also wait for it
   * @throws RequirementsError with the last lines of pip's output
   */
  withRequirements(
    base: { readonly python: string },
    requirementsFile: string,
    signal?: AbortSignal,
  ): Promise<{ python: string }>;
}

/**
 * Uses the first interpreter that has the packages (`$PYTHON`, an existing environment, `python3`,
 * `/usr/bin/python3`). If there is none, creates an environment and installs the pinned packages.
 */
export function createPythonEnvironments(options: PythonEnvironmentsOptions): PythonEnvironments {
  const finder = new EnvironmentFinder(options);
  const found = new Map<string, Promise<FoundPython>>();
  const extended = new Map<string, SharedWork<{ python: string }>>();
  const forPackages = (wanted: WantedPackages, alternatives: readonly WantedPackages[] = []) =>
    once(found, wanted.name, () => finder.find(wanted, alternatives));
  let sampler: Promise<PythonEnvironment> | undefined;
  const forXGBoost = (version: string, extras: readonly PythonExtra[] = []) => {
    const [wanted, ...alternatives] = xgboostPackages(version, extras);
    const environment = forPackages(wanted, alternatives).then(describeXGBoost);
    sampler ??= environment;
    environment.catch(() => {
      sampler = undefined;
    });
    return environment;
  };
  return {
    forXGBoost,
    async readyForXGBoost(version) {
      const ready = await finder.ready(...xgboostPackages(version, []));
      return ready && describeXGBoost(ready);
    },
    forSampler: () => sampler ?? forXGBoost(DEFAULT_XGBOOST_VERSION),
    forPackages,
    async withRequirements({ python }, requirementsFile, signal) {
      const content = await requirementsContent(requirementsFile);
      const paths = await packagePaths(python);
      const hash = createHash('sha256').update(`${paths}\n`).update(content).digest('hex');
      const name = `requirements-${hash.slice(0, 16)}`;
      const started = extended.get(name);
      const work =
        started && !started.isAbandoned
          ? started
          : new SharedWork((end) => finder.extend(name, python, paths, requirementsFile, end));
      extended.set(name, work);
      try {
        return await work.wait(signal);
      } catch (error) {
        if (extended.get(name) === work) extended.delete(name);
        throw error;
      }
    },
  };
}

/** Creates a promise once per key. After a rejection, the next call creates a new one. */
function once<Value>(
  all: Map<string, Promise<Value>>,
  key: string,
  make: () => Promise<Value>,
): Promise<Value> {
  const promise = all.get(key) ?? make();
  all.set(key, promise);
  promise.catch(() => all.delete(key)); // retries later, because the user may install what is missing
  return promise;
}

class EnvironmentFinder {
  private readonly env: NodeJS.ProcessEnv;
  private readonly lookup: PythonLookup;

  constructor(private readonly options: PythonEnvironmentsOptions) {
    this.env = options.env ?? process.env;
    const { folder, otherFolders = [] } = options;
    this.lookup = new PythonLookup([folder, ...otherFolders], this.env);
  }

  public async find(wanted: WantedPackages, alternatives: readonly WantedPackages[]): Promise<FoundPython> {
    const { env } = this;
    const inspected = inspectedPackages([wanted, ...alternatives]);
    const { ready, seen, isPythonUnusable } = await this.lookup.look(wanted, inspected);
    if (isPythonUnusable) {
      const problems = await interpreterProblems([env.PYTHON ?? ''], env);
      const why = problems.join('\n') || `${env.PYTHON} does not exist.`;
      this.options.onNotice(`$PYTHON is not a Python 3.9 or newer: looking for another one. ${why}`);
    }
    if (ready) return ready;
    const base = await chooseBase(seen, wanted, inspected, env);
    const available = [wanted, ...alternatives].find((each) => isInstallable(each, base.version));
    if (available === undefined) {
      throw new UserError(
        `${titleOf(wanted)} is not available for the installed Python ${base.version}. Install Python ` +
          `${pythonRange(wanted)}, or set $PYTHON to it.`,
      );
    }
    if (available !== wanted) {
      this.options.onNotice(
        `${titleOf(wanted)} is not available for Python ${base.version}: local mode trains with ` +
          `${titleOf(available)}, so results can differ from SageMaker's.`,
      );
      const others = await Promise.all(
        this.lookup.made(available.name).map((command) => inspectInterpreter(command, inspected, env)),
      );
      const ready = [...others, ...seen].find((one) => one && missingPackages(one, available).length === 0);
      if (ready) {
        return foundIn(ready, available);
      }
    }
    return this.install(base, available);
  }

  /**
   * An interpreter that already has the wanted packages; undefined if there is none. The result is cached for later
   * calls.
   */
  public async ready(
    wanted: WantedPackages,
    ...alternatives: readonly WantedPackages[]
  ): Promise<FoundPython | undefined> {
    return (await this.lookup.look(wanted, inspectedPackages([wanted, ...alternatives]))).ready;
  }

  /** Creates an environment that extends another one. The packages of a requirements file take precedence. */
  public async extend(
    name: string,
    python: string,
    paths: string,
    requirementsFile: string,
    signal: AbortSignal,
  ): Promise<{ python: string }> {
    for (const python of this.lookup.made(name)) {
      if (await inspectInterpreter(python, [], this.env)) return { python };
    }
    this.options.onNotice(`Installing the packages of ${basename(requirementsFile)} ...`);
    const home = this.home(name);
    await extendEnvironment(home, python, paths, requirementsFile, { env: this.env, signal });
    return { python: pythonOf(home) };
  }

  /** The path of an environment: a link to the folder in which it was created. */
  private home(name: string): string {
    return join(this.options.folder, name);
  }

  private async install(base: Interpreter, wanted: WantedPackages): Promise<FoundPython> {
    const home = this.home(wanted.name);
    const started = Date.now();
    this.options.onNotice(`Installing ${titleOf(wanted)} for Python ${base.version} in ${home} ...`);
    await installPackages(home, base, wanted);
    const seconds = ((Date.now() - started) / 1000).toFixed(0);
    this.options.onNotice(`Installed ${titleOf(wanted)} in ${seconds} s.`);
    return { python: pythonOf(home), pythonVersion: base.version, has: wanted };
  }
}

function describeXGBoost({ python, pythonVersion, has }: FoundPython): PythonEnvironment {
  return { python, pythonVersion, xgboostVersion: has.packages['xgboost|xgboost-cpu'] ?? '' };
}

function titleOf({ name, title }: WantedPackages): string {
  return title ?? name;
}

function pythonRange({ python }: WantedPackages): string {
  return `${python?.min ?? '3.9'}${python?.max === undefined ? ' or newer' : ` to ${python.max}`}`;
}

/** The first interpreter that supports the wanted packages, or else the first interpreter. */
async function chooseBase(
  seen: readonly Interpreter[],
  wanted: WantedPackages,
  inspected: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<Interpreter> {
  const fitting = seen.find(({ version }) => isInstallable(wanted, version));
  if (fitting) {
    return fitting;
  }
  let first = seen[0];
  // Machines with an older default Python often have a newer one, too.
  for (const command of furtherInterpreters()) {
    const interpreter = await inspectInterpreter(command, inspected, env);
    if (interpreter && isInstallable(wanted, interpreter.version)) {
      return interpreter;
    }
    first ??= interpreter;
  }
  if (!first) {
    throw await noPython(env);
  }
  return first;
}
