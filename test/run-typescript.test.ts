import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const PROJECT = join(__dirname, '..');

/** The folder is the same in every run, so that the cache, which keeps the code of every file, does not grow. */
const folder = join(PROJECT, 'node_modules/.cache/run-typescript');
beforeAll(() => mkdirSync(folder, { recursive: true }));

/** Runs TypeScript as `npm run local` and `cdk synth` do. */
function run(file: string): { stdout: string; stderr: string } {
  const command = ['--require', './scripts/typescript.cjs', file];
  return spawnSync(process.execPath, command, { cwd: PROJECT, encoding: 'utf8' });
}

test('a changed file is compiled again, and stack traces have the lines of the source', () => {
  const file = join(folder, 'changed.ts');
  const print = (text: string) =>
    writeFileSync(file, `const text: string = '${text}';\nconsole.log(text);\n`);
  print('first');
  expect(run(file).stdout).toBe('first\n');
  expect(run(file).stdout).toBe('first\n');
  print('other');
  expect(run(file).stdout).toBe('other\n');

  const lines = ['interface Unused {', '  readonly member: string;', '}', "throw new Error('failed');"];
  writeFileSync(file, lines.join('\n'));
  for (const output of [run(file), run(file)]) expect(output.stderr).toContain(`${file}:4:`);
});

test('a TypeScript file is loaded instead of the JavaScript file with the same name', () => {
  writeFileSync(join(folder, 'both.ts'), "export const language: string = 'TypeScript';");
  writeFileSync(join(folder, 'both.js'), "exports.language = 'JavaScript';");
  const main = join(folder, 'main.ts');
  writeFileSync(main, "import { language } from './both';\nconsole.log(language);");
  expect(run(main).stdout).toBe('TypeScript\n');
});
