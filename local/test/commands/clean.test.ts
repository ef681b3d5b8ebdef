import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { cleanCommand } from '../../src/commands/clean';

const STACK = 'stacks/0123456789abcdef.json';

let project: string;

beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'clean-'));
  jest.spyOn(console, 'log').mockImplementation();
});

afterEach(() => {
  jest.restoreAllMocks();
  rmSync(project, { recursive: true, force: true });
});

function write(...files: readonly string[]): void {
  for (const file of files) {
    mkdirSync(dirname(join(project, file)), { recursive: true });
    writeFileSync(join(project, file), '{}');
  }
}

function clean(...args: readonly string[]): Promise<unknown> {
  return cleanCommand().parseAsync(['--yes', ...args], { from: 'user' });
}

test('a folder in which local mode never ran is refused', async () => {
  const files = ['logs/mine.log', 'work/notes.txt', 's3/bucket.ts', 'stacks/app.ts', '.gitignore'];
  write(...files);
  await expect(clean('--root', project)).rejects.toThrow(
    `${project} has no execution, job or stack of local mode, so its files may be yours: nothing was deleted.`,
  );
  for (const file of files) expect(existsSync(join(project, file))).toBe(true);
});

test('in a project folder that is the root folder, files of the project are kept', async () => {
  const mine = [
    'functions/index.ts',
    'functions/resize/index.ts',
    'images/logo.png',
    'reports/2026.html',
    'stacks/app.ts',
  ];
  const id = 'a'.repeat(64);
  const created = [
    STACK,
    `functions/Report1A2B/${id.slice(48)}/index.js`,
    `images/${id}/Dockerfile`,
    'reports/comparison-0123456789ab.html',
    'executions/night/execution.json',
  ];
  write(...mine, ...created, '.gitignore');
  await clean('--root', project);
  for (const file of mine) expect(existsSync(join(project, file))).toBe(true);
  for (const file of created) expect(existsSync(join(project, file))).toBe(false);
  expect(readFileSync(join(project, '.gitignore'), 'utf8')).toBe('{}');
  expect(readdirSync(join(project, 'functions')).sort()).toEqual(['index.ts', 'resize']);
  expect(existsSync(join(project, 'executions'))).toBe(false);
});

test.each([
  ['after a run', STACK],
  ['after a first run that failed', 's3/bucket/train.csv'],
])('the default root folder is deleted %s', async (_name, file) => {
  write(join('.local', file));
  writeFileSync(join(project, '.local', '.gitignore'), '*\n');
  await clean('--project', project);
  expect(existsSync(join(project, '.local'))).toBe(false);
});
