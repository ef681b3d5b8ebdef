import { join } from 'node:path';
import { compareVersions, type Interpreter } from './python-interpreters';
import { PYTHON_FOLDER } from './python-process';

/** Packages for more than the usual: reading Parquet. */
export type PythonExtra = 'parquet';

/** Packages that an environment has to have. */
export interface WantedPackages {
  /** Name of the environment when it has to be made: its folder, such as `scikit-learn-1.4.2`. */
  readonly name: string;
  /** What a person calls it, such as `scikit-learn 1.4.2`. @default name */
  readonly title?: string;
  /** Files for `pip install -r`; none when it can only be found, not installed. */
  readonly requirements: readonly string[];
  /**
   * Distribution names and their versions: `1.4` stands for every 1.4.x, undefined for any version. Alternatives of
   * either are separated by `|`: `{ 'xgboost|xgboost-cpu': '3.2.0', optuna: '4|5' }`.
   */
  readonly packages: Readonly<Record<string, string | undefined>>;
  /** Python releases (`3.9`, both included) that the lists can be installed for. @default any from 3.9 on */
  readonly python?: { readonly min?: string; readonly max?: string };
}

/** A release with a pinned list under `python/requirements/`, and the Python releases that have it. */
export interface PinnedRelease {
  readonly version: string;
  readonly python?: WantedPackages['python'];
}

/** The XGBoost releases with a pinned list, oldest first. */
export const XGBOOST_RELEASES: readonly PinnedRelease[] = [
  { version: '1.7.4' },
  { version: '2.1.4' },
  { version: '3.0.5', python: { min: '3.10' } },
  { version: '3.2.0', python: { min: '3.10' } },
];

/** A release of XGBoost, and the others to take where Python has no such release, the nearest first. */
export function xgboostPackages(
  wanted: string,
  extras: readonly PythonExtra[],
): [WantedPackages, ...WantedPackages[]] {
  return releaseChoices(wanted, XGBOOST_RELEASES, (release, isPinned) => ({
    name: [`xgboost-${release}`, ...extras].join('-'),
    title: `XGBoost ${release}`,
    requirements: isPinned ? requirementsFiles(`xgboost-${release}`, ...extras) : [],
    packages: {
      // Majors of Optuna whose API the sampler uses.
      optuna: '4|5',
      'xgboost|xgboost-cpu': release,
      numpy: undefined,
      scipy: undefined,
      ...(extras.includes('parquet') && { pyarrow: undefined }),
    },
  }));
}

/**
 * The packages of a release, and those of the pinned releases to take in its place where Python cannot have it, the
 * nearest first: the older ones from the newest of them on, then the newer ones.
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

/** Paths of pinned lists under `python/requirements/`. */
export function requirementsFiles(...names: string[]): string[] {
  return names.map((name) => join(PYTHON_FOLDER, 'requirements', `${name}.txt`));
}

/** The distributions to look for in an interpreter. */
export function inspectedPackages(all: readonly WantedPackages[]): string[] {
  return [...new Set(all.flatMap(({ packages }) => Object.keys(packages)).flatMap(alternatives))];
}

/** What an interpreter lacks, as a person would name it; empty when it has everything. */
export function missingPackages({ packages }: Interpreter, wanted: WantedPackages): string[] {
  return Object.entries(wanted.packages).flatMap(([names, version]) =>
    alternatives(names).some((name) => isVersion(packages[name], version))
      ? []
      : [[alternatives(names)[0], version?.includes('|') ? undefined : version].filter(Boolean).join(' ')],
  );
}

/** Whether the lists can be installed for this Python. */
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
