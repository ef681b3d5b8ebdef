import type { AlgorithmUse } from './algorithm-definition';
import type { ScriptOptions } from './script-options';

/** Build tools that every framework container has. */
const BUILD_TOOLS = ['setuptools', 'wheel'];

/**
 * Environment variables that let pip install a script without network access. Since version 25.3, pip builds every
 * package in an isolated environment, into which it downloads setuptools. `PIP_NO_BUILD_ISOLATION=0` disables the
 * isolation. For the sources, see decision 21.
 */
export function installationEnvironment(
  options: ScriptOptions,
  { networkIsolation }: AlgorithmUse,
): Record<string, string> {
  return networkIsolation && mayBeInstalled(options) ? { PIP_NO_BUILD_ISOLATION: '0' } : {};
}

/** Reports packages that pip would have to download in a container without network access. */
export function checkInstallation(options: ScriptOptions, { networkIsolation }: AlgorithmUse): string[] {
  const { source } = options;
  if (!networkIsolation) return [];
  const remedy =
    'which the container cannot install without a network: set networkIsolation to false, or use an image that has the packages';
  const problems: string[] = [];
  if (source._files?.includes('requirements.txt')) {
    problems.push(`networkIsolation: the script has a requirements.txt, ${remedy}`);
  }
  const tools = mayBeInstalled(options) ? buildTools(source._read?.('pyproject.toml') ?? '') : [];
  const missing = tools.filter((tool) => !BUILD_TOOLS.includes(tool));
  if (missing.length > 0) {
    problems.push(
      `networkIsolation: the script's pyproject.toml is built with ${missing.join(', ')}, ${remedy} (every container has ${BUILD_TOOLS.join(' and ')})`,
    );
  }
  return problems;
}

/**
 * Whether the container might install the script with pip. The XGBoost container installs every script. The other
 * containers install only a Python program with a `setup.py` next to it. The content of an archive is unknown, so an
 * archive counts as having a `setup.py`.
 */
function mayBeInstalled({ framework, source, entryPoint }: ScriptOptions): boolean {
  if (framework.frameworkName === 'xgboost') return true;
  if (entryPoint.endsWith('.sh')) return false;
  return source._files?.includes('setup.py') ?? true;
}

/** Names of the packages that a `pyproject.toml` requires for its build. */
function buildTools(toml: string): string[] {
  const section = /^\[build-system\]\s*$([\s\S]*?)(?=^\[|(?![\s\S]))/m.exec(toml)?.[1] ?? '';
  const list = /^requires\s*=\s*\[([\s\S]*?)\]\s*$/m.exec(section)?.[1] ?? '';
  return [...list.matchAll(/["']\s*([\w.-]+)/g)].map(([, name = '']) => name.toLowerCase());
}
