import {
  closeSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { COLUMNS_FILE } from '../../local/src/tables/columns-file';
import { PreparedTables } from './cache';
import { uniform } from './split';

/** Number of bytes to read at a time. */
const READ_AT_ONCE = 1 << 20;

/**
 * Copies a folder and moves a share of the rows from `train/` to `test/` in the copy. The choice is random but
 * reproducible.
 *
 * @param key a string that changes if the content of the folder changes
 * @param cache folder for prepared data
 */
export function splitFolder(path: string, testFraction: number, key: string, cache: string): string {
  return new PreparedTables(cache).get(`${key}-${testFraction}`, (target) => {
    let row = 0;
    const isTest = () => uniform(row++) < testFraction;
    for (const name of readdirSync(join(path, 'train'), { recursive: true, encoding: 'utf8' }).sort()) {
      const file = join(path, 'train', name);
      if (!statSync(file).isFile()) continue;
      splitFile(file, join(target, 'train', name), join(target, 'test', name), isTest);
    }
    cpSync(join(path, 'validation'), join(target, 'validation'), { recursive: true });
    const manifest = join(path, COLUMNS_FILE);
    if (existsSync(manifest)) copyFileSync(manifest, join(target, COLUMNS_FILE));
  });
}

function splitFile(from: string, train: string, test: string, isTest: () => boolean): void {
  for (const file of [train, test]) mkdirSync(dirname(file), { recursive: true });
  const [source, kept, taken] = [openSync(from, 'r'), openSync(train, 'w'), openSync(test, 'w')];
  const buffer = Buffer.alloc(READ_AT_ONCE);
  let rest = '';
  const write = (lines: readonly string[]): void => {
    const rows = lines.filter((line) => line.trim() !== '');
    const parts: [string[], string[]] = [[], []];
    for (const line of rows) parts[isTest() ? 1 : 0].push(`${line}\n`);
    writeSync(kept, parts[0].join(''));
    writeSync(taken, parts[1].join(''));
  };
  for (let size = readSync(source, buffer); size > 0; size = readSync(source, buffer)) {
    // The data consists only of numbers, so each character is one byte.
    const lines = (rest + buffer.toString('latin1', 0, size)).split(/\r?\n/);
    rest = lines.pop() ?? '';
    write(lines);
  }
  write([rest]);
  for (const file of [source, kept, taken]) closeSync(file);
}
