// (h) A fleet of 300 data sets of 200 to 2,000 rows, with 10 training jobs each: one run of local mode, compared
// with plain Python loops over Optuna and xgboost with the same number of trials. Three data sets are broken on
// purpose.
//
//   npm run bench:fleet -- [--sets 300] [--only fleet|loop|pool] [--check]
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT, temporaryFolder } from './local-mode.mjs';
import { printHead, printTable, printTarget } from './measures.mjs';
import { memoryOfTree } from './peak-memory.mjs';
import { runPeer } from './python.mjs';

const TARGET_MEGABYTES = { node: 400, python: 2000 };
const TRIALS = 10;
const POLL_MILLISECONDS = 500;

const { values: options } = parseArgs({
  options: {
    check: { type: 'boolean' },
    sets: { type: 'string', default: '300' },
    only: { type: 'string' },
  },
});
const count = Number(options.sets);
const broken = [1, 2, 3].map((part) => Math.floor((part * count) / 4));

const { makeDataSets } = createRequire(import.meta.url)('../data/fleet/make-data-sets.cjs');
const data = temporaryFolder();
const ids = makeDataSets(data, { count, broken });

const runs = {
  fleet: runFleet,
  loop: () => runLoop(1, cpus().length),
  pool: () => runLoop(cpus().length, 1),
};
const titles = {
  fleet: 'local mode, the whole command',
  loop: 'a loop, XGBoost on all cores',
  pool: 'a pool of processes',
};
const results = {};
for (const name of Object.keys(runs)) {
  if (options.only === undefined || options.only === name) results[name] = await runs[name]();
}

printHead(`(h) A fleet of ${count} data sets with ${TRIALS} training jobs each`);
printTable([
  ['', 'wall time', 'median of the best rmse'],
  ...Object.entries(results).map(([name, { seconds, median }]) => [
    titles[name],
    `${seconds.toFixed(1)} s`,
    median.toFixed(4),
  ]),
]);
const { fleet, loop } = results;
if (fleet) {
  console.log(`\nFailed: ${fleet.failed.join(', ')}`);
  const expected = broken.map((number) => ids[number]);
  if (String(fleet.failed) !== String(expected)) throw new Error(`failed instead of ${expected}`);
  if (loop) printTarget('seconds of local mode', fleet.seconds, loop.seconds);
  console.log(`peak memory of Node.js in MB during the synthesis: ${fleet.synthesis.node.toFixed(0)}`);
  printTarget('peak memory of Node.js in MB after the synthesis', fleet.peak.node, TARGET_MEGABYTES.node, 0);
  printTarget('peak memory of Python in MB', fleet.peak.python, TARGET_MEGABYTES.python, 0);
}

async function runFleet() {
  const root = temporaryFolder();
  const started = performance.now();
  const child = spawn(
    process.execPath,
    [
      ...['--require', './scripts/typescript.cjs', 'local/src/cli.ts', 'run', '--quiet', '--root', root],
      ...['--project', 'bench/fleet', '--context', `data=${data}`],
    ],
    { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const executions = join(root, 'executions');
  const synthesis = { node: 0, python: 0 };
  const peak = { node: 0, python: 0 };
  const timer = setInterval(() => {
    const now = memoryOfTree(child.pid);
    const highest = existsSync(executions) ? peak : synthesis;
    for (const kind of Object.keys(highest)) highest[kind] = Math.max(highest[kind], now[kind] / 1e6);
  }, POLL_MILLISECONDS);
  const status = await new Promise((done) => child.once('close', done));
  clearInterval(timer);
  const seconds = (performance.now() - started) / 1000;
  if (status !== 0) throw new Error(`local mode ended with status ${status}`);
  const { output } = JSON.parse(
    readFileSync(join(executions, readdirSync(executions)[0], 'execution.json'), 'utf8'),
  );
  const file = join(root, 's3', output.fleet.json.replace('s3://', ''));
  const { results, objective } = JSON.parse(readFileSync(file, 'utf8'));
  const failed = results.filter(({ status: each }) => each === 'FAILED').map(({ id }) => id);
  rmSync(root, { recursive: true });
  return { seconds, synthesis, peak, failed: failed.sort(), median: objective.median };
}

/** For each data set, runs as many trials as local mode does, and a final training, in plain Python. */
async function runLoop(processes, threads) {
  const task = { data, trials: TRIALS, processes, threads, rounds: 60 };
  const { seconds, result } = await runPeer('fleet.py', JSON.stringify(task));
  return { seconds, median: result.median };
}
