import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TestEnvironment as NodeEnvironment } from 'jest-environment-node';
import { fastSynthesis } from './fast-synthesis';

/**
 * Gives each test file a folder for its temporary files and removes the folder after the file's last test. The temporary
 * files of all tests together need 6 GB.
 */
export default class Environment extends NodeEnvironment {
  readonly #parent: string;
  readonly #folder: string;

  constructor(...options: ConstructorParameters<typeof NodeEnvironment>) {
    const parent = tmpdir();
    const folder = mkdtempSync(join(parent, 'file-'));
    const [{ globalConfig }, { testPath }] = options;
    const isLocalMode = !testPath.startsWith(join(globalConfig.rootDir, 'test'));
    // Set before Jest copies the environment variables for the test file.
    Object.assign(process.env, fastSynthesis(isLocalMode), { TMPDIR: folder });
    super(...options);
    this.#parent = parent;
    this.#folder = folder;
  }

  override async teardown(): Promise<void> {
    await super.teardown();
    process.env['TMPDIR'] = this.#parent;
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 3 });
  }
}
