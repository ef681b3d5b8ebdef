import { join, resolve } from 'node:path';
import type { PythonEnvironments } from '../src/training';
import type { WantedPackages } from '../src/training/python-requirements';

/** The boto3 version that `local/python/requirements/boto3.txt` pins. */
const BOTO3: WantedPackages = {
  name: 'boto3',
  requirements: [join(resolve(__dirname, '../python'), 'requirements', 'boto3.txt')],
  packages: { boto3: '1.44.8|1.42.97', botocore: '1.44.8|1.42.97' },
};

/** A Python interpreter that has this boto3 version: any such interpreter on this machine, or else `.venv/boto3`. */
export async function boto3Python(environments: PythonEnvironments): Promise<string> {
  return (await environments.forPackages(BOTO3)).python;
}
