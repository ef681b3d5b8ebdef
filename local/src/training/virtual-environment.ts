import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readlink, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { isProcessAlive } from '../local-folder/process-alive';
import { UserError } from '../user-error';
import type { Interpreter } from './python-interpreters';
import { pythonOf } from './python-lookup';
import { missingPackages, type WantedPackages } from './python-requirements';
import { installRequirements, RequirementsError, SHOWN_PIP_LINES } from './requirements-install';

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

/**
 * Creates a virtual environment with the pinned packages.
 *
 * @param home the path of the environment
 * @throws UserError with the command that installs the packages
 */
export async function installPackages(
  home: string,
  base: Interpreter,
  wanted: WantedPackages,
): Promise<void> {
  try {
    await createEnvironment(home, base.executable, async (folder) => {
      const lists = wanted.requirements.flatMap((file) => ['-r', file]);
      await run(pythonOf(folder), [...PIP_INSTALL, '--only-binary=:all:', '--require-hashes', ...lists], {
        maxBuffer: TOOL_OUTPUT_BYTES,
      });
    });
  } catch (error) {
    throw installationError(base, wanted, dirname(home), error as Error);
  }
}

/**
 * Creates a virtual environment that extends another one. The packages of a requirements file take precedence.
 *
 * @param home the path of the environment
 * @param paths the folders of the other environment's packages, one per line
 * @throws RequirementsError with the last lines of pip's output
 */
export async function extendEnvironment(
  home: string,
  python: string,
  paths: string,
  requirementsFile: string,
  options: { env: NodeJS.ProcessEnv; signal: AbortSignal },
): Promise<void> {
  try {
    await createEnvironment(home, python, async (folder) => {
      await showPackages(paths, folder);
      await installRequirements([pythonOf(folder), ...PIP_INSTALL], requirementsFile, folder, options);
    });
  } catch (error) {
    if (error instanceof RequirementsError) throw error;
    throw new RequirementsError(pipWords(error as Error));
  }
}

/** The folders in which an interpreter finds packages, one per line. */
export async function packagePaths(python: string): Promise<string> {
  const code = 'import sys; print("\\n".join(p for p in sys.path if p.endswith("-packages")))';
  return (await run(python, ['-c', code])).stdout;
}

/** Makes packages in other folders available to an environment. The environment's own packages take precedence. */
async function showPackages(paths: string, folder: string): Promise<void> {
  const code = 'import sysconfig; print(sysconfig.get_path("purelib"))';
  const { stdout } = await run(pythonOf(folder), ['-c', code]);
  await writeFile(join(stdout.trim(), 'framework.pth'), paths);
}

/**
 * Creates an environment in a new folder with a unique name, and then atomically replaces the link to the
 * environment. A killed process leaves an incomplete folder, but no link to it. If two processes do this in parallel,
 * both create a complete environment, and the last link wins.
 */
async function createEnvironment(
  home: string,
  python: string,
  fill: (folder: string) => Promise<void>,
): Promise<void> {
  const parent = dirname(home);
  const unique = `${process.pid}-${randomBytes(4).toString('hex')}`;
  const folder = resolve(parent, `.${basename(home)}-${unique}`);
  try {
    await mkdir(parent, { recursive: true });
    await removeAbandoned(parent);
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
