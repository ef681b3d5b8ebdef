import { mkdtempSync, readdirSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

test("each test file has a folder for its temporary files, which is removed when the file's tests have ended", () => {
  mkdtempSync(join(tmpdir(), 'left-'));

  expect(basename(tmpdir())).toMatch(/^file-/);
  expect(process.env['TMPDIR']).toBe(tmpdir());
  const folders = readdirSync(dirname(tmpdir())).filter((name) => name.startsWith('file-'));
  expect(folders.length).toBeLessThanOrEqual(Math.max(2, availableParallelism()));
});
