import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import preparePython from '../local/test/prepare-python';

/** The environment variable for the folder of the tests' temporary files. */
export const TEMPORARY_FOLDER = 'CDK_SAGEMAKER_TUNING_TEST_FILES';

/**
 * Before all tests: creates a folder for temporary files, which `global-teardown.ts` removes, and installs the Python
 * packages that the tests need.
 */
export default async function setUp(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'cdk-sagemaker-tuning-'));
  process.env[TEMPORARY_FOLDER] = folder;
  process.env['TMPDIR'] = folder;
  await preparePython();
}
