import { execFileSync } from 'node:child_process';
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { pathOf } from './table';

jest.setTimeout(180_000);

/** Prepares a file in a new process and prints its peak memory, in MiB. */
const MEASURE = `
const { prepareTable } = require('./bin/data');
const [path, cache] = process.argv.slice(1);
prepareTable(path, { label: 'y', categories: 'auto', excludeColumns: [] }, cache);
console.log(Math.round(process.resourceUsage().maxRSS / 1024));
`;

test('the memory that a table takes does not depend on its size', () => {
  const path = pathOf('large.csv');
  const file = openSync(path, 'w');
  writeSync(file, 'y,day,city,a,b,c\n');
  for (let block = 0; block < 60; block++) {
    const rows = Array.from({ length: 10_000 }, (_, i) => {
      const row = block * 10_000 + i;
      return `${row % 97}.5,20${10 + (row % 15)}-0${1 + (row % 9)}-11,"city, ${row % 7}",${row * 0.37},${row / 7},text ${row}`;
    });
    writeSync(file, `${rows.join('\n')}\n`);
  }
  closeSync(file);
  const memory = execFileSync(
    process.execPath,
    ['--require', 'ts-node/register', '-e', MEASURE, path, pathOf('cache')],
    { cwd: join(__dirname, '../..'), encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
  );
  // Node.js and ts-node alone use half of this limit.
  expect(Number(memory)).toBeLessThan(300);
});
