import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const PROJECT = resolve(__dirname, '..');

/** The packages with their maximum sizes in KiB, which are about 15% above the current sizes. */
const PACKAGES = [
  { name: 'cdk-sagemaker-tuning', folder: '.', packed: 2_600, unpacked: 10_000 },
  { name: 'cdk-sagemaker-tuning-local', folder: 'local', packed: 1_050, unpacked: 3_400 },
];

const destination = mkdtempSync(join(tmpdir(), 'published-'));
afterAll(() => rmSync(destination, { recursive: true }));

const output = (program: string, args: readonly string[], cwd = PROJECT): string =>
  execFileSync(program, args, {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 1 << 26,
  });

describe.each(PACKAGES)('$name', ({ name, folder, packed, unpacked }) => {
  let tarball: string;

  beforeAll(() => {
    const words = ['pack', '--silent', '--ignore-scripts', '--pack-destination', destination];
    tarball = join(destination, output('npm', words, join(PROJECT, folder)).trim());
  });

  test('is not larger than its maximum size', () => {
    // In the output of tar, the third column is the file size.
    const sizes = output('tar', ['-tvzf', tarball]).match(/^\S+\s+\S+\s+\d+/gm) ?? [];
    const kilobytes = sizes.reduce((sum, line) => sum + Number(/\d+$/.exec(line)?.[0]), 0) / 1024;
    expect(readFileSync(tarball).length / 1024).toBeLessThan(packed);
    expect(kilobytes).toBeLessThan(unpacked);
    expect(kilobytes).toBeGreaterThan(unpacked / 2);
  });

  test('has no problem that publint finds', () => {
    expect(output('npx', ['publint', 'run', tarball, '--strict'])).toContain('All good!');
  });

  test('has types that TypeScript finds with every module resolution of Node.js and of bundlers', () => {
    expect(output('npx', ['attw', '--format', 'ascii', tarball])).toContain('No problems found');
  });

  test('contains its license, and the licenses of other projects whose code it contains', () => {
    const files = output('tar', ['-tzf', tarball]).split('\n');
    expect(files).toEqual(expect.arrayContaining(['package/LICENSE', 'package/THIRD-PARTY-NOTICES']));
    expect(name).toBe(JSON.parse(readFileSync(join(PROJECT, folder, 'package.json'), 'utf8')).name);
  });
});

test('the notices of local mode name the project whose service models it contains', () => {
  const notices = readFileSync(join(PROJECT, 'local/THIRD-PARTY-NOTICES'), 'utf8');
  const { source } = JSON.parse(
    readFileSync(join(PROJECT, 'local/src/services/model/sagemaker-rest-model.json'), 'utf8'),
  );
  expect(notices).toContain(source);
  expect(notices).toMatch(/^Copyright .* Amazon\.com, Inc\./m);
  expect(notices).toContain('Apache License');
});

test('the notices name the projects whose code is bundled in the functions, the report page and the package', () => {
  const notices = readFileSync(join(PROJECT, 'THIRD-PARTY-NOTICES'), 'utf8');
  for (const name of [
    '@aws-sdk/client-sagemaker',
    '@smithy/core',
    'csv-parse',
    'd3-scale',
    'jsonata',
    'nanotar',
  ]) {
    expect(notices).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\((Apache-2\\.0|ISC|MIT)\\)$`, 'm'));
  }
  expect(notices).toContain('Apache License');
  expect(notices).not.toContain(PROJECT);
});
