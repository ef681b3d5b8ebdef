import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { PYTHON_FOLDER } from '../../src/training/python-process';

const ROOT = resolve(__dirname, '../../..');
const FOLDER = join(PYTHON_FOLDER, 'requirements');
const LISTS = [
  ...readdirSync(FOLDER).map((name) => join(FOLDER, name)),
  join(ROOT, 'bench/requirements.txt'),
  join(ROOT, 'examples/python-sdk/requirements.txt'),
  join(ROOT, 'local/test/training/toolkit/requirements.txt'),
  join(ROOT, 'local/test/training/toolkit/sdists.txt'),
];

test.each(LISTS)('%s contains exact versions with their hashes, or references to such lists', (path) => {
  const requirements = readFileSync(path, 'utf8')
    .replace(/ \\\n/g, '')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  expect(requirements).not.toEqual([]);
  for (const requirement of requirements) {
    const list = /^-r (\S+\.txt)$/.exec(requirement)?.[1];
    if (list === undefined) {
      expect(requirement).toMatch(/^[\w.-]+==[\w.]+(; [^\\]+?)?( {4}--hash=sha256:[0-9a-f]{64})+$/);
    } else {
      expect([list, existsSync(join(dirname(path), list))]).toEqual([list, true]);
    }
  }
});
