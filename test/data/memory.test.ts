import { execFileSync } from 'node:child_process';
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { pathOf } from './table';

/** A script that prepares a CSV file. */
const PREPARE = `
const { prepareTable } = require('./bin/data');
const [path, cache] = process.argv.slice(1);
prepareTable(path, { label: 'y', categories: 'auto', excludeColumns: [] }, cache);
`;

test('the memory that the preparation needs does not depend on the size of the table', () => {
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
  // With a heap of 100 MB, Node.js runs out of memory if it has to hold the whole table, which takes more than twice as
  // much.
  const prepare = () =>
    execFileSync(
      process.execPath,
      [
        '--max-old-space-size=100',
        '--require',
        './scripts/typescript.cjs',
        '-e',
        PREPARE,
        path,
        pathOf('cache'),
      ],
      { cwd: join(__dirname, '../..'), stdio: 'ignore' },
    );
  expect(prepare).not.toThrow();
});
