import { join } from 'node:path';
import { compareVersions, type Interpreter } from './python-interpreters';
import { PYTHON_FOLDER } from './python-process';

/** Optional packages: `parquet` reads Parquet files. */
export type PythonExtra = 'parquet';

/** Packages that an environment must have. */
export interface WantedPackages {
  /** Name and folder of a new environment, such as `scikit-learn-1.4.2`. */
  readonly name: string;
  /** Name for the user, such as `scikit-learn 1.4.2`. @default name */
  readonly title?: string;
  /** Files for `pip install -r`. Empty if local mode can use existing packages but not install them. */
  readonly requirements: readonly string[];
  /**
   * Distribution names and versions. `1.4` matches every 1.4.x; undefined matches any version. `|` separates
   * alternatives: `{ 'xgboost|xgboost-cpu': '3.2.0', optuna: '4|5' }`.
   */
  readonly packages: Readonly<Record<string, string | undefined>>;
  /**
   * Oldest and newest Python version, such as `3.9`, with which pip can install the requirements. @default 3.9
   * or newer
   */
  readonly python?: { readonly min?: string; readonly max?: string };
}

/** A release whose packages are pinned in `python/requirements/`, and the Python versions that support the release. */
export interface PinnedRelease {
  readonly version: string;
  readonly python?: WantedPackages['python'];
}

/** The XGBoost releases with pinned lists, oldest first. */
export const XGBOOST_RELEASES: readonly PinnedRelease[] = [
  { version: '1.7.4' },
  { version: '2.1.4' },
  { version: '3.0.5', python: { min: '3.10' } },
  { version: '3.2.0', python: { min: '3.10' } },
];

/**
 * The packages of an XGBoost release, and alternatives (nearest first) for versions of Python that do not support
 * it.
 */
export function xgboostPackages(
  wanted: string,
  extras: readonly PythonExtra[],
): [WantedPackages, ...WantedPackages[]] {
  return releaseChoices(wanted, XGBOOST_RELEASES, (release, isPinned) => ({
    name: [`xgboost-${release}`, ...extras].join('-'),
    title: `XGBoost ${release}`,
    requirements: isPinned ? requirementsFiles(`xgboost-${release}`, ...extras) : [],
    packages: {
      // Major versions of Optuna with the API that the sampler uses.
      optuna: '4|5',
      'xgboost|xgboost-cpu': release,
      numpy: undefined,
      scipy: undefined,
      ...(extras.includes('parquet') && { pyarrow: undefined }),
    },
  }));
}

/**
 * The packages of a release, followed by those of the pinned releases that can replace this release. The nearest
 * replacements come first: older releases from new to old, then newer releases.
 */
export function releaseChoices(
  wanted: string,
  releases: readonly PinnedRelease[],
  packagesOf: (release: string, isPinned: boolean) => Omit<WantedPackages, 'python'>,
): [WantedPackages, ...WantedPackages[]] {
  const others = releases.map(({ version }) => version).filter((release) => release !== wanted);
  const isOlder = (release: string) => compareVersions(release, wanted) < 0;
  const choice = (release: string): WantedPackages => {
    const pinned = releases.find(({ version }) => version === release);
    return { ...packagesOf(release, pinned !== undefined), ...(pinned?.python && { python: pinned.python }) };
  };
  const nearestFirst = [
    ...others.filter(isOlder).reverse(),
    ...others.filter((release) => !isOlder(release)),
  ];
  return [choice(wanted), ...nearestFirst.map(choice)];
}

/** Paths of pinned lists in `python/requirements/`. */
export function requirementsFiles(...names: string[]): string[] {
  return names.map((name) => join(PYTHON_FOLDER, 'requirements', `${name}.txt`));
}

/** The distributions to look for in an interpreter. */
export function inspectedPackages(all: readonly WantedPackages[]): string[] {
  return [...new Set(all.flatMap(({ packages }) => Object.keys(packages)).flatMap(alternatives))];
}

/** Names of the packages that an interpreter lacks, for the user; empty if the interpreter lacks none. */
export function missingPackages({ packages }: Interpreter, wanted: WantedPackages): string[] {
  return Object.entries(wanted.packages).flatMap(([names, version]) =>
    alternatives(names).some((name) => isVersion(packages[name], version))
      ? []
      : [[alternatives(names)[0], version?.includes('|') ? undefined : version].filter(Boolean).join(' ')],
  );
}

/** Whether pip can install the requirements with a Python version. */
export function isInstallable({ requirements, python }: WantedPackages, pythonVersion: string): boolean {
  const [major, minor] = pythonVersion.split('.');
  const release = `${major}.${minor}`;
  return (
    requirements.length > 0 &&
    compareVersions(release, python?.min ?? release) >= 0 &&
    compareVersions(release, python?.max ?? release) <= 0
  );
}

function isVersion(found: string | null | undefined, wanted: string | undefined): boolean {
  const version = found?.split('+')[0]; // `2.8.0+cpu` is a build of 2.8.0
  if (!version) return false;
  return (
    wanted === undefined ||
    alternatives(wanted).some((one) => version === one || version.startsWith(`${one}.`))
  );
}

function alternatives(text: string): string[] {
  return text.split('|');
}
