// Time and peak memory of the app process that `cdk synth` starts, for three ways of running its TypeScript:
//
// - `app`: the command of cdk.json, which uses swc with a cache and no type check.
// - `precompiled`: the same sources, compiled to JavaScript in advance. This is the reference.
// - `type-checked`: the setup of `cdk init`, which uses ts-node with a type check at every synth.
//
//   npm run bench:synth -- [--runs 7] [--app "<command>"] [--check]
//
// With --check, the exit status is 1 if `app` takes more than 1.2 times as long as `precompiled` (the target). The
// time of the CDK CLI and of `npx` does not depend on the app and is excluded.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import { dirname, extname, join, relative, sep } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { transformFileSync } from '@swc/core';

const LIMIT = 1.2;

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const require = createRequire(import.meta.url);
// Git ignores this folder. It is inside the repository, so that `require` finds node_modules.
const work = join(root, '.local', 'bench-synth');

const { values: options } = parseArgs({
  options: {
    app: { type: 'string' },
    check: { type: 'boolean', default: false },
    runs: { type: 'string', default: '7' },
  },
});
const runs = Number(options.runs);
if (!Number.isInteger(runs) || runs < 1) {
  throw new Error(`--runs must be a positive integer, got ${options.runs}`);
}

// Deletes the temporary folder, even after a failure.
process.on('exit', () => {
  rmSync(work, { recursive: true, force: true });
  if (readdirSync(dirname(work)).length === 0) {
    rmdirSync(dirname(work));
  }
});
process.on('SIGINT', () => process.exit(130));
process.on('SIGTERM', () => process.exit(143));
process.exitCode = await main();

async function main() {
  const cdkJson = options.app === undefined ? readJson(join(root, 'cdk.json')) : {};
  const app = options.app ?? cdkJson.app;
  const entry = app.split(/\s+/).find((word) => word.endsWith('.ts'));
  if (entry === undefined) {
    throw new Error(`found no TypeScript file in the app's command: ${app}`);
  }
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  const variants = [
    { name: 'app', command: app },
    { name: 'precompiled', command: precompile(entry) },
    { name: 'type-checked', command: typeChecked(entry) },
  ];
  const environment = appEnvironment(cdkJson.context ?? {});

  // The first run of each variant fills file caches, and shows whether all three variants synthesize the same template.
  const templates = [];
  for (const variant of variants) {
    templates.push((await run(variant, environment)).templates);
  }
  if (new Set(templates).size !== 1) {
    throw new Error('the variants synthesized different templates, so their times cannot be compared');
  }
  // The three variants take turns, so that other load on the machine affects all of them.
  const results = variants.map(() => []);
  for (let index = 0; index < runs; index += 1) {
    for (const [variant, result] of results.entries()) {
      result.push(await run(variants[variant], environment));
    }
  }
  return report(variants, results);
}

/** Compiles the sources into a copy of the repository's layout. Returns the command that runs them. */
function precompile(entry) {
  const copy = join(work, 'precompiled');
  mkdirSync(copy);
  const compiled = new Set(['lib', entry.split(/[\\/]/).filter((part) => part !== '.')[0]]);
  const skipped = new Set(['node_modules', '.git', '.local', 'cdk.out', 'dist', 'coverage']);
  for (const item of readdirSync(root, { withFileTypes: true })) {
    const from = join(root, item.name);
    const to = join(copy, item.name);
    if (compiled.has(item.name)) {
      compileFolder(from, to);
    } else if (item.isDirectory() && !skipped.has(item.name)) {
      // Links the folders that the sources refer to by relative paths, such as Lambda bundles and sample data.
      symlinkSync(from, to, 'junction');
    } else if (item.isFile()) {
      copyFileSync(from, to);
    }
  }
  return `node "${join(copy, entry.replace(/\.ts$/, '.js'))}"`;
}

function compileFolder(from, to) {
  // Copies all other files, except the compiled files that a build leaves next to the sources.
  const isSource = (path) => path.endsWith('.ts') && !path.endsWith('.d.ts');
  const isOutput = (path) => path.endsWith('.d.ts') || extname(path) === '.js';
  cpSync(from, to, { recursive: true, filter: (path) => !isSource(path) && !isOutput(path) });
  for (const name of readdirSync(from, { recursive: true })) {
    if (isSource(name)) {
      const { code } = transformFileSync(join(from, name), {
        jsc: { target: 'es2022', keepClassNames: true, parser: { syntax: 'typescript' } },
        module: { type: 'commonjs' },
        swcrc: false,
      });
      const file = join(to, name.replace(/\.ts$/, '.js'));
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, code);
    }
  }
}

/** The command that `cdk init` sets up, with the compiler options of this repository. */
function typeChecked(entry) {
  const typescript = require('typescript');
  const { config, error } = typescript.readConfigFile(join(root, 'tsconfig.json'), typescript.sys.readFile);
  if (error) {
    throw new Error(typescript.flattenDiagnosticMessageText(error.messageText, '\n'));
  }
  // Does not extend tsconfig.json, because ts-node would inherit its options, including swc.
  const tsconfig = join(work, 'tsconfig.json');
  writeFileSync(
    tsconfig,
    JSON.stringify({
      compilerOptions: { ...config.compilerOptions, rootDir: root, outDir: undefined },
      files: [],
    }),
  );
  return `node "${require.resolve('ts-node/dist/bin')}" --prefer-ts-exts --project "${tsconfig}" ${entry}`;
}

/** The environment that the CDK CLI creates for an app, without variables that cause calls to AWS. */
function appEnvironment(context) {
  // Each Node.js process records its own peak memory when it exits, because this works on every operating system.
  const peak = join(work, 'peak.cjs');
  writeFileSync(
    peak,
    `process.on('exit', () => {
      const { maxRSS } = process.resourceUsage();
      require('node:fs').writeFileSync(process.env.BENCH_PEAK + '.' + process.pid, String(maxRSS));
    });`,
  );
  const inherited = { ...process.env };
  for (const name of Object.keys(inherited)) {
    if (/^(CDK_|TS_NODE_|NODE_OPTIONS$)/.test(name)) {
      delete inherited[name];
    }
  }
  return {
    ...inherited,
    CDK_CONTEXT_JSON: JSON.stringify({
      ...context,
      'aws:cdk:enable-path-metadata': true,
      'aws:cdk:enable-asset-metadata': true,
      'aws:cdk:bundling-stacks': ['**'],
    }),
    NODE_OPTIONS: `--require=${JSON.stringify(peak)}`,
  };
}

/** Runs a variant once. Returns the elapsed seconds, peak memory in MiB, and a digest of the templates. */
async function run({ name, command }, environment) {
  const folder = join(work, 'run');
  rmSync(folder, { recursive: true, force: true });
  const out = join(folder, 'cdk.out');
  mkdirSync(out, { recursive: true });
  const start = performance.now();
  const code = await new Promise((resolve, reject) => {
    const child = spawn(command, {
      cwd: root,
      env: { ...environment, CDK_OUTDIR: out, BENCH_PEAK: join(folder, 'peak') },
      shell: true,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    child.on('error', reject);
    child.on('close', resolve);
  });
  const seconds = (performance.now() - start) / 1000;
  if (code !== 0) {
    throw new Error(`${name} ended with status ${code}: ${command}`);
  }
  const peaks = readdirSync(folder)
    .filter((file) => file.startsWith('peak.'))
    .map((file) => Number(readFileSync(join(folder, file), 'utf8')));
  return { seconds, mebibytes: Math.max(...peaks) / 1024, templates: digestTemplates(out) };
}

function digestTemplates(out) {
  const files = readdirSync(out, { recursive: true })
    .filter((file) => file.endsWith('.template.json'))
    .sort();
  if (files.length === 0) {
    throw new Error(`the app wrote no template to ${relative(root, out).split(sep).join('/')}`);
  }
  const digest = createHash('sha256');
  for (const file of files) {
    digest.update(file).update(readFileSync(join(out, file)));
  }
  return digest.digest('hex');
}

function report(variants, results) {
  const rows = variants.map(({ name }, index) => ({
    name,
    seconds: median(results[index].map(({ seconds }) => seconds)),
    mebibytes: median(results[index].map(({ mebibytes }) => mebibytes)),
  }));
  const yardstick = rows.find(({ name }) => name === 'precompiled');
  console.log(`cdk synth, app process only: median of ${runs} runs each (the variants take turns)`);
  console.log(`Node.js ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}\n`);
  console.log('                  time   ratio     memory   ratio');
  for (const { name, seconds, mebibytes } of rows) {
    const time = `${seconds.toFixed(2)} s`.padStart(8);
    const memory = `${mebibytes.toFixed(0)} MiB`.padStart(10);
    const ratios = [seconds / yardstick.seconds, mebibytes / yardstick.mebibytes].map((ratio) =>
      `${ratio.toFixed(2)}×`.padStart(7),
    );
    console.log(`${name.padEnd(14)}${time} ${ratios[0]} ${memory} ${ratios[1]}`);
  }
  const ratio = rows.find(({ name }) => name === 'app').seconds / yardstick.seconds;
  const isWithin = ratio <= LIMIT;
  console.log(
    `\napp / precompiled: ${ratio.toFixed(2)}, target at most ${LIMIT}: ${isWithin ? 'met' : 'missed'}`,
  );
  return options.check && !isWithin ? 1 : 0;
}

function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1 ? sorted[Math.floor(middle)] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function readJson(path) {
  return JSON.parse(readFileSync(path, 'utf8'));
}
