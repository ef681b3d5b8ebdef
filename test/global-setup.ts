import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import preparePython from '../local/test/prepare-python';

/** Environment variable with the folder for the temporary files of the tests. */
export const TEMPORARY_FOLDER = 'CDK_SAGEMAKER_TUNING_TEST_FILES';

/**
 * Before all tests: gives their temporary files a folder, which `global-teardown.ts` removes, and installs what they need
 * of Python.
 */
export default async function setUp(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'cdk-sagemaker-tuning-'));
  process.env[TEMPORARY_FOLDER] = folder;
  process.env['TMPDIR'] = folder;
  await preparePython();
}
