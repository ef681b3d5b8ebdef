import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '..');

/** The files that npm publishes. */
function packedFiles(): string[] {
  const report = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    maxBuffer: 2 ** 26,
  });
  // npm 11 reports an array of packages, and npm 12 reports an object with the packages by name.
  const [{ files }] = Object.values<{ files: { path: string }[] }>(JSON.parse(report)) as [
    { files: { path: string }[] },
  ];
  return files.map(({ path }) => path);
}

describe('the npm package', () => {
  const files = packedFiles();

  test.each([
    '.jsii',
    'package.json',
    'README.md',
    'THIRD-PARTY-NOTICES',
    'lib/index.js',
    'lib/index.d.ts',
    'lib/tuning-workflow.js',
    'lib/private/tuning-states.js',
    'lib/tasks/create-hyper-parameter-tuning-job.d.ts',
    'lambda/check-tabular-data/bundle/index.js',
    'lambda/evaluate-model/bundle/index.js',
    'lambda/find-best-candidate/bundle/index.js',
    'lambda/find-best-training-job/bundle/index.js',
    'lambda/prepare-final-training/bundle/index.js',
    'lambda/report/bundle/index.js',
    'lambda/stop-jobs/bundle/index.js',
  ])('contains %s', (path) => {
    if (!files.includes(path)) throw new Error(`${path} is missing: run "npm run build" first`);
  });

  test('contains a declaration for each compiled module', () => {
    const modules = files.filter((path) => /^lib\/.*\.js$/.test(path));
    expect(modules.length).toBeGreaterThan(20);
    expect(modules.filter((path) => !files.includes(path.replace(/\.js$/, '.d.ts')))).toEqual([]);
  });

  test('contains nothing that was compiled from a source file that no longer exists', () => {
    const stale = files.filter(
      (path) => /^lib\/.*\.js$/.test(path) && !existsSync(join(root, path.replace(/\.js$/, '.ts'))),
    );
    expect(stale).toEqual([]);
  });

  test('contains neither sources nor development files', () => {
    const allowed =
      /^(lib\/.*\.(js|d\.ts|json)|node_modules\/(jsonata|nanotar)\/.*|lambda\/[^/]+\/bundle\/.*|\.jsii|package\.json|README\.md|LICENSE|CHANGELOG\.md|THIRD-PARTY-NOTICES)$/;
    expect(files.filter((path) => !allowed.test(path))).toEqual([]);
    expect(files.filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts'))).toEqual([]);
    expect(files.filter((path) => /^(bin|data|docs|examples|local|test|bench)\//.test(path))).toEqual([]);
  });
});
