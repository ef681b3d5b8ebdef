// (j) A fleet with many items and stubbed training. Measures the number of events in the execution's history, the time,
// and the peak memory of local mode (without the processes of its Lambda functions).
//
//   npm run bench:fleet-items -- [--items 100,1000] [--check]
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { summarizeFleet } from './fleet/summary.mjs';
import { ROOT, temporaryFolder } from './local-mode.mjs';
import { printHead, printTable, printTarget } from './measures.mjs';
import { memoryOfProcess } from './peak-memory.mjs';

/** Step Functions' limit for the number of events in an execution's history. */
const MAX_EVENTS = 25_000;
/** Maximum memory for the largest number of items, as a multiple of the memory for a tenth of these items. */
const MAX_GROWTH = 1.2;
/** Numbers of items to summarize. The memory target applies to the first number. */
const SUMMARIZED = [10_000, 100_000];
const MAX_SUMMARY_MEGABYTES = 256;
const POLL_MILLISECONDS = 500;
const TYPESCRIPT = ['--require', './scripts/typescript.cjs'];

const { values: options } = parseArgs({
  options: { check: { type: 'boolean' }, items: { type: 'string', default: '100,1000' } },
});

const assembly = temporaryFolder();
const { status } = spawnSync(process.execPath, [...TYPESCRIPT, 'bench/fleet/items-app.ts'], {
  cwd: ROOT,
  env: { ...process.env, CDK_OUTDIR: assembly },
  stdio: ['ignore', 'ignore', 'inherit'],
});
if (status !== 0) throw new Error(`synthesis ended with status ${status}`);

const runs = [];
for (const count of options.items.split(',')) runs.push({ count, ...(await run(count)) });

printHead('(j) A fleet with many items and stubbed training');
printTable([
  ['items', 'succeeded', 'events', 'wall time', 'peak memory'],
  ...runs.map(({ count, succeeded, events, seconds, megabytes }) => [
    count,
    String(succeeded),
    String(events),
    `${seconds.toFixed(1)} s`,
    `${megabytes.toFixed(0)} MB`,
  ]),
]);
for (const { count, events } of runs) printTarget(`events with ${count} items`, events, MAX_EVENTS, 0);
for (const { count, megabytes } of runs) {
  const tenth = runs.find((run) => Number(run.count) * 10 === Number(count) && run.count >= 1000);
  if (tenth)
    printTarget(
      `memory with ${count} items, relative to ${tenth.count}`,
      megabytes / tenth.megabytes,
      MAX_GROWTH,
    );
}

const summaries = [];
for (const items of SUMMARIZED) summaries.push({ items, ...(await summarizeFleet(items)) });
console.log();
printTable([
  ['function that summarizes a fleet, items', 'wall time', 'peak memory'],
  ...summaries.map(({ items, seconds, megabytes }) => [
    items.toLocaleString('en-US'),
    `${seconds.toFixed(1)} s`,
    `${megabytes.toFixed(0)} MB`,
  ]),
]);
printTarget(
  `megabytes of the function with ${SUMMARIZED[0].toLocaleString('en-US')} items`,
  summaries[0].megabytes,
  MAX_SUMMARY_MEGABYTES,
  0,
);

async function run(count) {
  const started = performance.now();
  const script = join(ROOT, 'bench/fleet/run-items.cjs');
  const child = spawn(process.execPath, [...TYPESCRIPT, script, assembly, temporaryFolder(), count], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  let megabytes = 0;
  const timer = setInterval(() => {
    megabytes = Math.max(megabytes, memoryOfProcess(child.pid) / 1e6);
  }, POLL_MILLISECONDS);
  const code = await new Promise((done) => child.once('close', done));
  clearInterval(timer);
  if (code !== 0) throw new Error(`local mode ended with status ${code}`);
  return { seconds: (performance.now() - started) / 1000, megabytes, ...JSON.parse(output) };
}
