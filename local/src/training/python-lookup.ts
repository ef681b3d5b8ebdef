import { join } from 'node:path';
import { type Interpreter, inspectInterpreter, interpreterCandidates } from './python-interpreters';
import { missingPackages, type WantedPackages } from './python-requirements';

/** A Python that has what was asked for. */
export interface FoundPython {
  readonly python: string;
  readonly pythonVersion: string;
  /** What it has: the wanted packages, or the alternative that was taken. */
  readonly has: WantedPackages;
}

/** What looking for packages has found. */
export interface Look {
  /** The interpreter that has all of them. */
  readonly ready?: FoundPython;
  /** Interpreters of the machine that lack something. */
  readonly seen: readonly Interpreter[];
  /** Whether `$PYTHON` names none that can be used. */
  readonly isPythonUnusable: boolean;
}

/** Looks for packages in the interpreters that there are, and remembers where it found them. */
export class PythonLookup {
  private readonly looks = new Map<string, Promise<Look>>();

  /** @param folders have the environments that were made before, by their names */
  constructor(
    private readonly folders: readonly string[],
    private readonly env: NodeJS.ProcessEnv,
  ) {}

  /**
   * Looks at the interpreters up to the first that has what is wanted.
   *
   * @param inspected the distributions to ask each of them for
   */
  look(wanted: WantedPackages, inspected: readonly string[]): Promise<Look> {
    const look = this.looks.get(wanted.name) ?? this.inspectAll(wanted, inspected);
    this.looks.set(wanted.name, look);
    // What is missing may have been installed when it is asked for again.
    void look.then(({ ready }) => ready ?? this.looks.delete(wanted.name));
    return look;
  }

  /** Where the Python of an environment can be that was made before. */
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

/** An interpreter that has these packages. */
export function foundIn({ executable, version }: Interpreter, has: WantedPackages): FoundPython {
  return { python: executable, pythonVersion: version, has };
}

/** The Python of an environment in a folder. */
export function pythonOf(environment: string): string {
  return process.platform === 'win32'
    ? join(environment, 'Scripts', 'python.exe')
    : join(environment, 'bin', 'python');
}
