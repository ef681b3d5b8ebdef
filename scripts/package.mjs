// Builds the npm packages and, with jsii-pacmak, the packages for every language whose toolchain is installed. Targets
// without a toolchain are skipped with a message. If a build fails, the command fails.
// Usage: npm run package -- [--outdir DIR] [--targets js,python,java,go,dotnet]
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { translateSnippets } from './translate-snippets.mjs';

const PROJECT = fileURLToPath(new URL('..', import.meta.url));

/** The targets of jsii-pacmak, with the commands that each target requires. */
const TOOLCHAINS = {
  js: [['npm', '--version']],
  python: [
    ['python3', '--version'],
    ['python3', '-m', 'ensurepip', '--version'],
  ],
  java: [
    ['javac', '-version'],
    ['mvn', '--version'],
  ],
  go: [['go', 'version']],
  dotnet: [['dotnet', '--version']],
};

/** The first command that a target requires but that does not work on this machine; undefined if all commands work. */
function missingCommand(target) {
  const works = ([program, ...args]) => spawnSync(program, args, { stdio: 'ignore' }).status === 0;
  return TOOLCHAINS[target].find((command) => !works(command))?.join(' ');
}

function filesBelow(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Lists the packages built for a target. For Go, which has no package files, lists the folder. */
function report(target, folder) {
  const files = filesBelow(folder);
  const bytes = (paths) => paths.reduce((sum, path) => sum + statSync(path).size, 0);
  const size = (paths) => `${Math.ceil(bytes(paths) / 1024)} KiB`;
  const packages = files.filter((file) => /\.(tgz|whl|tar\.gz|jar|nupkg)$/.test(file));
  if (packages.length === 0) return [`built ${target}: ${folder} (${files.length} files, ${size(files)})`];
  return packages.map((file) => `built ${target}: ${file} (${size([file])})`);
}

/** Runs a command in the project. If the command fails, ends this script with an error. */
function run(program, args, output) {
  const { status } = spawnSync(program, args, {
    cwd: PROJECT,
    // The project is already built. Packing must not build it again while tests read the bundles.
    env: { ...process.env, npm_config_ignore_scripts: 'true' },
    stdio: ['ignore', output, 'inherit'],
  });
  if (status === 0) return;
  console.error(`failed: ${[program, ...args].join(' ')}`);
  process.exit(1);
}

const { values } = parseArgs({
  options: {
    outdir: { type: 'string', default: join(PROJECT, 'dist') },
    targets: { type: 'string', default: Object.keys(TOOLCHAINS).join(',') },
  },
});
const outdir = resolve(values.outdir);
const targets = values.targets.split(',');
const unknown = targets.filter((target) => !(target in TOOLCHAINS));
if (unknown.length > 0) {
  console.error(`unknown targets: ${unknown.join(', ')}; known: ${Object.keys(TOOLCHAINS).join(', ')}`);
  process.exit(2);
}
const missing = new Map(targets.map((target) => [target, missingCommand(target)]));
const present = targets.filter((target) => missing.get(target) === undefined);

for (const target of present) rmSync(join(outdir, target), { recursive: true, force: true });
if (present.length > 0) {
  mkdirSync(outdir, { recursive: true });
  const tablet = join(outdir, 'snippets.tabl.json');
  translateSnippets(tablet);
  const rosetta = ['--rosetta-tablet', tablet, '--rosetta-unknown-snippets', 'fail'];
  const pacmak = createRequire(import.meta.url).resolve('jsii-pacmak/bin/jsii-pacmak');
  run(process.execPath, [pacmak, '--outdir', outdir, ...rosetta, '--targets', ...present], 'inherit');
}
if (present.includes('js')) {
  const destination = join(outdir, 'js');
  mkdirSync(destination, { recursive: true });
  run('npm', ['pack', '--silent', '--workspace', 'local', '--pack-destination', destination], 'ignore');
}
for (const target of targets) {
  const command = missing.get(target);
  const lines = command
    ? [`skipped ${target}: the command "${command}" does not work on this machine`]
    : report(target, join(outdir, target));
  for (const line of lines) console.log(line.replace(`${process.cwd()}/`, ''));
}
