import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { replaceFile } from '../../src/local-folder/replace-file';
import { haveSameContent } from '../../src/local-folder/same-content';

const folder = mkdtempSync(join(tmpdir(), 'same-content-'));

function write(name: string, content: string): string {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
}

/** A string that is longer than one chunk of the comparison. */
const LONG = 'x'.repeat(3_000_000);

test.each([
  ['nothing and nothing', '', '', true],
  ['a string and itself', 'abc', 'abc', true],
  ['strings of the same length', 'abc', 'abd', false],
  ['a string and its prefix', 'abc', 'ab', false],
  ['long texts', LONG, LONG, true],
  ['long strings that differ at the end', `${LONG}a`, `${LONG}b`, false],
])('%s are compared', (_name, one, other, expected) => {
  expect(haveSameContent(write('one', one), write('other', other))).toBe(expected);
});

test('replacing a file by a copy of another file leaves no temporary files', () => {
  const target = join(folder, 'below', 'copy');
  replaceFile(target, { copyOf: write('one', LONG) });
  replaceFile(target, { copyOf: write('other', 'abc') });
  expect(readFileSync(target, 'utf8')).toBe('abc');
  expect(readdirSync(join(folder, 'below'))).toEqual(['copy']);
});
