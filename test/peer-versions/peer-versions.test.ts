import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { peerDependencies } from '../../package.json';
import { templatesOfVariants } from './templates';
import { floor } from './versions.json';

// On a new machine, the first run installs aws-cdk-lib.
jest.setTimeout(600_000);

const PROJECT = resolve(__dirname, '../..');

const run = promisify(execFile);

/** Installs the lowest peer versions that package.json allows, once. @returns the folder of the installation */
async function installFloor(): Promise<string> {
  const packages = Object.entries(floor).map(([name, version]) => `${name}@${version}`);
  const folder = join(PROJECT, 'node_modules/.cache/peer-versions', packages.join('+'));
  if (existsSync(join(folder, 'node_modules/.package-lock.json'))) return folder;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{}');
  const flags = ['--no-audit', '--no-fund', '--ignore-scripts', '--save-exact'];
  await run('npm', ['install', ...flags, ...packages], { cwd: folder });
  return folder;
}

async function templatesOf(peers: string): Promise<unknown> {
  const script = 'test/peer-versions/print-templates.ts';
  const preload = ['--require', './test/peer-versions/resolve-peers.cjs', '--require', 'ts-node/register'];
  const { stdout } = await run(process.execPath, [...preload, script], {
    cwd: PROJECT,
    env: {
      ...process.env,
      PEERS: peers,
      TS_NODE_TRANSPILE_ONLY: 'true',
      TS_NODE_PROJECT: 'tsconfig.dev.json',
    },
    maxBuffer: 1 << 28,
  });
  return JSON.parse(stdout);
}

test('the lowest versions that package.json allows are the tested versions', () => {
  expect(peerDependencies).toEqual({
    'aws-cdk-lib': `^${floor['aws-cdk-lib']}`,
    constructs: `^${floor.constructs}`,
  });
});

test('the lowest versions synthesize the same templates as the newest', async () => {
  const lowest = await templatesOf(await installFloor());
  expect(lowest).toEqual(JSON.parse(JSON.stringify(templatesOfVariants())));
});
