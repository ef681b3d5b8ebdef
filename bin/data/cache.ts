import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
} from 'node:fs';
import { join } from 'node:path';

/** Number of prepared tables to keep: the most recently used ones. */
const KEPT = 3;

/** Time since the last use of a table before it can be removed. Until then, another process may be reading the table. */
const IN_USE_MS = 60 * 60 * 1000;

/** Folders with the code that prepares tables. */
const CODE = [__dirname, join(__dirname, '../../local/src/tables')];

/** Cache of prepared tables, so that a file is read again only if the file or the settings changed. */
export class PreparedTables {
  constructor(private readonly folder: string) {}

  /**
   * The folder for a key. It is created if it does not exist.
   *
   * @param fill writes into an empty folder. If it throws an error, the folder is removed
   */
  get(key: string, fill: (folder: string) => void): string {
    const kept = join(this.folder, key);
    if (!existsSync(kept)) this.make(kept, fill);
    const now = new Date();
    utimesSync(kept, now, now);
    this.prune();
    return kept;
  }

  private make(target: string, fill: (folder: string) => void): void {
    mkdirSync(this.folder, { recursive: true });
    const folder = mkdtempSync(join(this.folder, 'new-'));
    try {
      fill(folder);
      // An atomic rename, so that a folder with this name is always complete.
      if (!existsSync(target)) renameSync(folder, target);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  private prune(): void {
    const usedAt = (name: string) =>
      statSync(join(this.folder, name), { throwIfNoEntry: false })?.mtimeMs ?? 0;
    const old = readdirSync(this.folder)
      .map((name) => ({ name, usedAt: usedAt(name) }))
      .sort((a, b) => b.usedAt - a.usedAt)
      .slice(KEPT)
      .filter((each) => Date.now() - each.usedAt > IN_USE_MS);
    for (const { name } of old) rmSync(join(this.folder, name), { recursive: true, force: true });
  }
}

/** Cache key. It changes if this code, the settings, or the file's path, size, modification time or inode change. */
export function keyOf(path: string, settings: unknown): string {
  const { size, mtimeNs, ino } = statSync(path, { bigint: true });
  const hash = createHash('sha256').update(JSON.stringify([path, `${size} ${mtimeNs} ${ino}`, settings]));
  // Another version of this code might prepare the same file differently.
  for (const folder of CODE) {
    for (const name of readdirSync(folder).sort()) hash.update(readFileSync(join(folder, name)));
  }
  return hash.digest('hex').slice(0, 32);
}
