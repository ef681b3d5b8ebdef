import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const PROJECT = resolve(__dirname, '../../..');
const run = promisify(execFile);

test('a benchmark runs from its npm script to its figures', async () => {
  const { scripts } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const [program = '', ...words] = (scripts['bench:scale'] ?? '').split(' ');
  const { stdout } = await run(program, [...words, '--jobs', '4'], { cwd: PROJECT });
  expect(stdout).toMatch(/1 to 2 +\d+ ms\n +3 to 4 +\d+ ms/);
  expect(stdout).toMatch(/peak memory in MiB: \d+, target at most 300: met/);
});
