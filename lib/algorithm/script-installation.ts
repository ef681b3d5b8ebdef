import type { AlgorithmUse } from './algorithm-definition';
import type { ScriptOptions } from './script-options';

/** What every framework container has to build a package with. */
const BUILD_TOOLS = ['setuptools', 'wheel'];

/**
 * Environment variables that let pip install a script without a network: since 25.3 pip builds every package in an
 * environment of its own, into which it downloads setuptools. In the variable, `0` switches that off. Decision 21 has
 * the sources.
 */
export function installationEnvironment(
  options: ScriptOptions,
  { networkIsolation }: AlgorithmUse,
): Record<string, string> {
  return networkIsolation && mayBeInstalled(options) ? { PIP_NO_BUILD_ISOLATION: '0' } : {};
}

/** What pip would have to download, in a container without a network. */
export function checkInstallation(options: ScriptOptions, { networkIsolation }: AlgorithmUse): string[] {
  const { source } = options;
  if (!networkIsolation) return [];
  const remedy =
    'which the container cannot install without a network: set it to false, or use an image that has the packages';
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
 * Whether the container installs the script with pip. That of XGBoost does with every script; the others only with a
 * `setup.py` beside a Python program, and whether an archive has one is not known.
 */
function mayBeInstalled({ framework, source, entryPoint }: ScriptOptions): boolean {
  if (framework.frameworkName === 'xgboost') return true;
  if (entryPoint.endsWith('.sh')) return false;
  return source._files?.includes('setup.py') ?? true;
}

/** Names of the packages that a `pyproject.toml` is built with. */
function buildTools(toml: string): string[] {
  const section = /^\[build-system\]\s*$([\s\S]*?)(?=^\[|(?![\s\S]))/m.exec(toml)?.[1] ?? '';
  const list = /^requires\s*=\s*\[([\s\S]*?)\]\s*$/m.exec(section)?.[1] ?? '';
  return [...list.matchAll(/["']\s*([\w.-]+)/g)].map(([, name = '']) => name.toLowerCase());
}
