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

/** Longer than one read. */
const LONG = 'x'.repeat(3_000_000);

test.each([
  ['nothing and nothing', '', '', true],
  ['a text and itself', 'abc', 'abc', true],
  ['texts of one length', 'abc', 'abd', false],
  ['a text and its beginning', 'abc', 'ab', false],
  ['long texts', LONG, LONG, true],
  ['long texts that differ at the end', `${LONG}a`, `${LONG}b`, false],
])('%s are compared', (_name, one, other, expected) => {
  expect(haveSameContent(write('one', one), write('other', other))).toBe(expected);
});

test('a file is replaced with a copy of another one, and nothing else is left', () => {
  const target = join(folder, 'below', 'copy');
  replaceFile(target, { copyOf: write('one', LONG) });
  replaceFile(target, { copyOf: write('other', 'abc') });
  expect(readFileSync(target, 'utf8')).toBe('abc');
  expect(readdirSync(join(folder, 'below'))).toEqual(['copy']);
});
