import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { PROJECT } from '../end-to-end/support';
import { closeServices, temporaryRoot } from './helpers';

/** Enough jobs for the store to drop some of their records from memory. */
const [FEW, MANY] = [800, 1200];
const MOST_BYTES_PER_ITEM = 700;

afterEach(closeServices);

test('a fleet with many items keeps little of each item in memory', () => {
  const script = join(__dirname, 'print-memory-of-items.ts');
  const args = ['--expose-gc', '--require', 'ts-node/register', script, temporaryRoot(), `${FEW}`, `${MANY}`];
  const output = execFileSync(process.execPath, args, { cwd: PROJECT, encoding: 'utf8' });
  const [first = 0, last = Number.POSITIVE_INFINITY] = JSON.parse(output) as number[];
  expect((last - first) / (MANY - FEW)).toBeLessThan(MOST_BYTES_PER_ITEM);
});
