import { join } from 'node:path';
import { type Interpreter, inspectInterpreter, interpreterCandidates } from './python-interpreters';
import { missingPackages, type WantedPackages } from './python-requirements';

/** A Python interpreter that has the requested packages. */
export interface FoundPython {
  readonly python: string;
  readonly pythonVersion: string;
  /** The packages that the interpreter has: the wanted packages, or the chosen alternative. */
  readonly has: WantedPackages;
}

/** The result of looking for an interpreter that has certain packages. */
export interface Look {
  /** An interpreter that has all wanted packages. */
  readonly ready?: FoundPython;
  /** Interpreters on this machine that lack some of the wanted packages. */
  readonly seen: readonly Interpreter[];
  /** Whether `$PYTHON` is set, but unusable. */
  readonly isPythonUnusable: boolean;
}

/** Looks for packages in the available interpreters, and caches the results. */
export class PythonLookup {
  private readonly looks = new Map<string, Promise<Look>>();

  /** @param folders folders whose subfolders are existing environments */
  constructor(
    private readonly folders: readonly string[],
    private readonly env: NodeJS.ProcessEnv,
  ) {}

  /**
   * Checks the interpreters until one has the wanted packages.
   *
   * @param inspected the distributions to look for
   */
  look(wanted: WantedPackages, inspected: readonly string[]): Promise<Look> {
    const look = this.looks.get(wanted.name) ?? this.inspectAll(wanted, inspected);
    this.looks.set(wanted.name, look);
    // An unsuccessful search is not cached, because missing packages may be installed later.
    void look.then(({ ready }) => ready ?? this.looks.delete(wanted.name));
    return look;
  }

  /** Possible interpreters of an existing environment. */
  made(name: string): string[] {
    return this.folders.map((folder) => pythonOf(join(folder, name)));
  }

  private async inspectAll(wanted: WantedPackages, inspected: readonly string[]): Promise<Look> {
    const { env } = this;
    const candidates = interpreterCandidates(env);
    const made = this.made(wanted.name);
    const seen: Interpreter[] = [];
    let isPythonUnusable = false;
    for (const command of [
      ...candidates.filter((candidate) => candidate === env.PYTHON),
      ...made,
      ...candidates.filter((candidate) => candidate !== env.PYTHON),
    ]) {
      const interpreter = await inspectInterpreter(command, inspected, env);
      if (interpreter && missingPackages(interpreter, wanted).length === 0) {
        return { ready: foundIn(interpreter, wanted), seen, isPythonUnusable };
      }
      if (interpreter && !made.includes(command)) seen.push(interpreter);
      if (!interpreter && command === env.PYTHON) isPythonUnusable = true;
    }
    return { seen, isPythonUnusable };
  }
}

/** Describes an interpreter that has the given packages. */
export function foundIn({ executable, version }: Interpreter, has: WantedPackages): FoundPython {
  return { python: executable, pythonVersion: version, has };
}

/** The interpreter of an environment in a folder. */
export function pythonOf(environment: string): string {
  return process.platform === 'win32'
    ? join(environment, 'Scripts', 'python.exe')
    : join(environment, 'bin', 'python');
}
