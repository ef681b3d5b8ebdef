import { rmSync } from 'node:fs';
import { TEMPORARY_FOLDER } from './global-setup';

/** After all tests: removes the folder that `global-setup.ts` created. */
export default function tearDown(): void {
  const folder = process.env[TEMPORARY_FOLDER];
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}
