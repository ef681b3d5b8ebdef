// (c) Quality of searches: compares local mode's Bayesian strategy with Optuna's TPE and random search (both with
// defaults) and, with --gp, with Optuna's GPSampler. Each trial trains XGBoost on one thread. The settings of local
// mode's search were chosen on 12 data sets; the targets apply to 12 other data sets (search-problems.mjs). All
// samplers use the same code for training, so only their proposals differ.
//
//   npm run bench:search -- [--seeds 4] [--trials 50] [--half development] [--gp] [--check]
//
// The regret of a search is the distance between its best value and the best value that any search found. It is
// normalized: for the median random trial, this distance is 1. --gp installs PyTorch (several gigabytes on Linux) and
// takes several minutes longer.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from './local-mode.mjs';
import { printHead, printTable, printTarget } from './measures.mjs';
import { fetchTables, runPeer } from './python.mjs';
import { DEVELOPMENT, HELD_OUT } from './search-problems.mjs';
import { comparison, LOCAL } from './search-regret.mjs';

/** The target: the maximum share of searches that each peer may win. */
const NOT_BETTER = { TPESampler: 0.4, RandomSampler: 0.25 };
const REGRET_TO_TPE = 0.8;
const SHOWN_TRIALS = [10, 20, 30, 50, 100];
/** Number of trials after which the targets apply. */
const TARGET_TRIALS = 30;

const { values: options } = parseArgs({
  options: {
    check: { type: 'boolean' },
    gp: { type: 'boolean', default: false },
    half: { type: 'string' },
    seeds: { type: 'string', default: '4' },
    trials: { type: 'string', default: '50' },
  },
});
const trials = Number(options.trials);
const seeds = Array.from({ length: Number(options.seeds) }, (_, i) => i + 1);

const folder = mkdtempSync(join(tmpdir(), 'bench-search-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const HALVES = { development: DEVELOPMENT, 'held-out': HELD_OUT };
const halves = options.half === undefined ? HALVES : { [options.half]: HALVES[options.half] };
const problems = await loadProblems(Object.values(halves).flat());
const own = await runSearches('bench', [LOCAL, 'TPESampler', 'RandomSampler']);
const gp = options.gp ? await runSearches('bench-gp', ['GPSampler']) : { searches: [], versions: {} };
report([...own.searches, ...gp.searches], { ...own.versions, ...gp.versions });

async function loadProblems(problems) {
  const names = problems.map(({ set }) => set);
  const task = { names, tables: await fetchTables() };
  const { result: dataSets } = await runPeer('data_sets.py', JSON.stringify(task));
  return problems.map(({ hyperparameters, ...rest }, i) => {
    const { name, train, validation, ...dataSet } = dataSets[i];
    return {
      ...rest,
      name,
      metric: dataSet.metric,
      hyperparameters: { ...hyperparameters, ...dataSet.hyperparameters },
      train: write(name, 'train', train),
      validation: write(name, 'validation', validation),
    };
  });
}

function write(name, channel, text) {
  const file = join(folder, name, `${channel}.csv`);
  mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(file, text);
  return file;
}

/** Runs a search for every problem and every seed, with one process per core. */
async function runSearches(environment, samplers) {
  const task = {
    problems,
    searchModules: join(ROOT, 'local', 'python'),
    samplers,
    seeds,
    trials,
    jobs: availableParallelism(),
  };
  const { result } = await runPeer('searches.py', JSON.stringify(task), environment);
  return result;
}

function report(searches, versions) {
  const compare = comparison(problems, searches);
  const counts = SHOWN_TRIALS.filter((count) => count <= trials);
  const peers = [...new Set(searches.map(({ sampler }) => sampler))].filter((sampler) => sampler !== LOCAL);
  const packages = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  printHead(`(c) Searches: ${seeds.length} seeds, XGBoost on one thread; ${packages.join(', ')}`);
  for (const [title, half] of Object.entries(halves)) {
    const own = problems.filter(({ name }) => half.some(({ set }) => set === name));
    const row = (name, peer, cell) => [name, ...counts.map((count) => cell(compare(own, peer, count)))];
    console.log(`${own.length} ${title} data sets\n`);
    printTable([
      ['', ...counts.map((count) => `${count} trials`)],
      row(`normalized regret, median: ${LOCAL}`, peers[0], (compared) => compared.own.toFixed(3)),
      ...peers.map((peer) => row(`  ${peer}`, peer, (compared) => compared.other.toFixed(3))),
      ...peers.map((peer) => row(`wins against ${peer}`, peer, winsOf)),
    ]);
    console.log();
    if (half === HELD_OUT) printTargets((peer) => compare(own, peer, Math.min(TARGET_TRIALS, trials)));
  }
}

function winsOf({ searches, wins, ties }) {
  return `${wins} of ${searches}${ties > 0 ? ` (${ties} ties)` : ''}`;
}

/** A tie counts as half a win. */
function printTargets(compareWith) {
  for (const [peer, limit] of Object.entries(NOT_BETTER)) {
    const { wins, ties, searches } = compareWith(peer);
    printTarget(`share of held-out searches that ${peer} wins`, 1 - (wins + ties / 2) / searches, limit);
  }
  const { own, other } = compareWith('TPESampler');
  printTarget('median normalized regret, held out, local mode / TPESampler', own / other, REGRET_TO_TPE);
}
