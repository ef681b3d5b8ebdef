import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readdir, readlink, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { isProcessAlive } from '../local-folder/process-alive';
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
import {
  installRequirements,
  RequirementsError,
  requirementsContent,
  SharedWork,
} from './requirements-install';
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

const run = promisify(execFile);
const TOOL_OUTPUT_BYTES = 64 << 20;

// Without --no-compile, more than half of the time of an installation is bytecode compilation, on one core, most of it
// for code that local mode does not import, such as the packages' tests.
const PIP_INSTALL = [
  '-m',
  'pip',
  'install',
  '--quiet',
  '--no-input',
  '--no-compile',
  '--disable-pip-version-check',
];

/** Compiles the packages of an environment on all cores, without their tests. */
const COMPILE = `
import compileall, re, sysconfig
for folder in {sysconfig.get_path(name) for name in ('purelib', 'platlib')}:
    compileall.compile_dir(folder, quiet=2, workers=0, rx=re.compile(r'[\\\\/]tests?[\\\\/]'))
`;

/** Number of lines from the end of pip's output to show in an error. */
const SHOWN_PIP_LINES = 3;

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
    try {
      await this.make(name, python, async (folder) => {
        await showPackages(paths, folder);
        const { env } = this;
        const words = [pythonOf(folder), ...PIP_INSTALL] as const;
        await installRequirements(words, requirementsFile, folder, { env, signal });
      });
    } catch (error) {
      if (error instanceof RequirementsError) throw error;
      throw new RequirementsError(pipWords(error as Error));
    }
    return { python: pythonOf(this.home(name)) };
  }

  /** The path of an environment: a link to the folder in which it was created. */
  private home(name: string): string {
    return join(this.options.folder, name);
  }

  private async install(base: Interpreter, wanted: WantedPackages): Promise<FoundPython> {
    const home = this.home(wanted.name);
    const started = Date.now();
    this.options.onNotice(`Installing ${titleOf(wanted)} for Python ${base.version} in ${home} ...`);
    try {
      await this.make(wanted.name, base.executable, async (folder) => {
        const lists = wanted.requirements.flatMap((file) => ['-r', file]);
        await run(pythonOf(folder), [...PIP_INSTALL, '--only-binary=:all:', '--require-hashes', ...lists], {
          maxBuffer: TOOL_OUTPUT_BYTES,
        });
      });
    } catch (error) {
      throw installationError(base, wanted, this.options.folder, error as Error);
    }
    const seconds = ((Date.now() - started) / 1000).toFixed(0);
    this.options.onNotice(`Installed ${titleOf(wanted)} in ${seconds} s.`);
    return { python: pythonOf(home), pythonVersion: base.version, has: wanted };
  }

  /**
   * Creates an environment in a new folder with a unique name, and then atomically replaces the link to the
   * environment. A killed process leaves an incomplete folder, but no link to it. If two processes do this in parallel,
   * both create a complete environment, and the last link wins.
   */
  private async make(name: string, python: string, fill: (folder: string) => Promise<void>): Promise<void> {
    const home = this.home(name);
    const unique = `${process.pid}-${randomBytes(4).toString('hex')}`;
    const folder = resolve(this.options.folder, `.${name}-${unique}`);
    try {
      await mkdir(this.options.folder, { recursive: true });
      await removeAbandoned(this.options.folder);
      await run(python, ['-m', 'venv', folder], { maxBuffer: TOOL_OUTPUT_BYTES });
      await fill(folder);
      // Packages that cannot be compiled work, too: Python then compiles them at each start.
      await run(pythonOf(folder), ['-c', COMPILE]).catch(() => undefined);
      const link = `${home}.${unique}`;
      // The link is relative if possible, because the project may be moved, or reached by another path.
      await symlink(process.platform === 'win32' ? folder : basename(folder), link, 'junction');
      await replaceLink(link, home);
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
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

/** The folders in which an interpreter finds packages, one per line. */
async function packagePaths(python: string): Promise<string> {
  const code = 'import sys; print("\\n".join(p for p in sys.path if p.endswith("-packages")))';
  return (await run(python, ['-c', code])).stdout;
}

/** Makes packages in other folders available to an environment. The environment's own packages take precedence. */
async function showPackages(paths: string, folder: string): Promise<void> {
  const code = 'import sysconfig; print(sysconfig.get_path("purelib"))';
  const { stdout } = await run(pythonOf(folder), ['-c', code]);
  await writeFile(join(stdout.trim(), 'framework.pth'), paths);
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

async function replaceLink(link: string, home: string): Promise<void> {
  const before = await readlink(home).catch(() => undefined);
  if (before === undefined || process.platform === 'win32') {
    await rm(home, { recursive: true, force: true });
  }
  await rename(link, home);
}

/**
 * Deletes folders that killed processes left incomplete. If a link cannot be read, deletes nothing, because any folder
 * could be the link's target.
 */
async function removeAbandoned(folder: string): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true });
  const links = entries.filter((entry) => entry.isSymbolicLink());
  const targets = await Promise.all(links.map(({ name }) => readlink(join(folder, name)))).catch(
    () => undefined,
  );
  if (targets === undefined) return;
  const inUse = new Set(targets.map((target) => basename(target)));
  for (const { name } of entries) {
    const pid = /^\..+-(\d+)-[0-9a-f]{8}$/.exec(name)?.[1];
    if (pid !== undefined && !inUse.has(name) && !isProcessAlive(Number(pid))) {
      await rm(join(folder, name), { recursive: true, force: true });
    }
  }
}

function installationError(
  base: Interpreter,
  wanted: WantedPackages,
  folder: string,
  error: Error & { stderr?: string },
): UserError {
  const missing = missingPackages(base, wanted).join(', ');
  const quote = (path: string) => (/[^\w./+-]/.test(path) ? `'${path}'` : path);
  const lists = wanted.requirements.map((file) => `-r ${quote(file)}`).join(' ');
  const own = quote(join(folder, 'own'));
  const command = `${quote(base.executable)} -m venv ${own} && ${own}/bin/python -m pip install ${lists} && export PYTHON=${own}/bin/python`;
  const cause = pipWords(error);
  const unreachable = /from versions: none/.test(cause) ? ' (is the package index reachable?)' : '';
  return new UserError(
    `Local mode could not install the Python packages it needs. Missing: ${missing}.\nTo install them: ${command}\n` +
      `Cause${unreachable}: ${cause}`,
  );
}

/** The last lines of a tool's output. */
function pipWords(error: Error & { stderr?: string }): string {
  return (error.stderr || error.message).trim().split('\n').slice(-SHOWN_PIP_LINES).join('\n');
}
