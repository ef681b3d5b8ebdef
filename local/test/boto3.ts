import { join, resolve } from 'node:path';
import type { PythonEnvironments } from '../src/training';
import type { WantedPackages } from '../src/training/python-requirements';

/** boto3, as `local/python/requirements/boto3.txt` pins it. */
const BOTO3: WantedPackages = {
  name: 'boto3',
  requirements: [join(resolve(__dirname, '../python'), 'requirements', 'boto3.txt')],
  packages: { boto3: '1.44.8|1.42.97', botocore: '1.44.8|1.42.97' },
};

/** A Python with boto3: `.venv/boto3`, unless another interpreter on this machine has the same version. */
export async function boto3Python(environments: PythonEnvironments): Promise<string> {
  return (await environments.forPackages(BOTO3)).python;
}
