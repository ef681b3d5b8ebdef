// (c) What a search finds in 30 trials: local mode's Bayesian strategy against Optuna's TPE (its defaults) and random
// search, on three data sets of scikit-learn with five seeds each. One trial after the other, XGBoost on one thread.
//
//   npm run bench:search -- [--seeds 5] [--trials 30] [--check]
//
// The ranges are the app's, with fewer rounds since the data sets are small. The settings of local mode's search were
// chosen on other data sets, ranges and seeds (docs/decisions/0016).
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Endpoint } from './local-mode.mjs';
import { median, printHead, printTable, printTarget } from './measures.mjs';
import { runPeer } from './python.mjs';

const ROUNDS = { Name: 'num_round', MinValue: '50', MaxValue: '300', ScalingType: 'Auto' };
const PEERS = { tpe: 1.0, random: 0.97 };

const { values: options } = parseArgs({
  options: {
    check: { type: 'boolean' },
    seeds: { type: 'string', default: '5' },
    trials: { type: 'string', default: '30' },
  },
});
const trials = Number(options.trials);
const seeds = Array.from({ length: Number(options.seeds) }, (_, i) => i + 1);

const folder = mkdtempSync(join(tmpdir(), 'bench-search-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const endpoint = await Endpoint.start();
try {
  const { result: dataSets } = await runPeer('data_sets.py');
  const ranges = {
    ...endpoint.config.ParameterRanges,
    IntegerParameterRanges: endpoint.config.ParameterRanges.IntegerParameterRanges.map((range) =>
      range.Name === ROUNDS.Name ? ROUNDS : range,
    ),
  };
  const local = await tuneAll(dataSets, ranges);
  const { result: peers } = await runPeer(
    'search.py',
    JSON.stringify({
      problems: dataSets.map((set) => problemOf(set, ranges)),
      samplers: Object.keys(PEERS),
      seeds,
      trials,
      jobs: availableParallelism(),
    }),
  );
  report(dataSets, local, peers);
} finally {
  await endpoint.close();
}

/** Tunes for every data set and seed, as many jobs at once as there are cores: the best values, by `<set>-<seed>`. */
async function tuneAll(dataSets, ranges) {
  const channels = new Map();
  for (const set of dataSets) channels.set(set.name, await endpoint.upload(set.name, set));
  const waiting = dataSets.flatMap((set) => seeds.map((seed) => ({ set, seed })));
  const best = new Map();
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const { set, seed } = next;
      const name = `${set.name}-${seed}`;
      await endpoint.createTuningJob(
        name,
        {
          Strategy: 'Bayesian',
          RandomSeed: seed,
          HyperParameterTuningJobObjective: { Type: 'Minimize', MetricName: `validation:${set.metric}` },
          ResourceLimits: { MaxNumberOfTrainingJobs: trials, MaxParallelTrainingJobs: 1 },
          ParameterRanges: ranges,
        },
        endpoint.definitionWith(
          { objective: set.objective, eval_metric: set.metric, nthread: '1' },
          channels.get(set.name),
        ),
      );
      const { BestTrainingJob: job } = await endpoint.waitForTuningJob(name);
      best.set(name, job.FinalHyperParameterTuningJobObjectiveMetric.Value);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return best;
}

function problemOf({ name, objective, metric, train, validation }, ranges) {
  const write = (channel, text) => {
    const file = join(folder, name, `${channel}.csv`);
    mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(file, text);
    return file;
  };
  return {
    name,
    metric,
    ranges,
    train: write('train', train),
    validation: write('validation', validation),
    hyperparameters: { objective, nthread: 1 },
  };
}

function report(dataSets, local, peers) {
  const found = (sampler, set, seed) =>
    peers.find((each) => each.sampler === sampler && each.problem === set && each.seed === seed).best;
  const ratios = (sampler, sets) =>
    sets.flatMap(({ name }) =>
      seeds.map((seed) => local.get(`${name}-${seed}`) / found(sampler, name, seed)),
    );
  const medianOf = (set, bestOf) => median(seeds.map((seed) => bestOf(set, seed))).toFixed(5);
  printHead(`(c) Best validation metric after ${trials} trials, medians of ${seeds.length} seeds`);
  printTable([
    ['', 'metric', 'local mode', 'TPE', 'random', 'local mode / TPE', 'local mode / random'],
    ...dataSets.map((set) => [
      set.name,
      set.metric,
      medianOf(set.name, (name, seed) => local.get(`${name}-${seed}`)),
      ...Object.keys(PEERS).map((sampler) => medianOf(set.name, (name, seed) => found(sampler, name, seed))),
      ...Object.keys(PEERS).map((sampler) => median(ratios(sampler, [set])).toFixed(3)),
    ]),
  ]);
  console.log();
  for (const [sampler, limit] of Object.entries(PEERS)) {
    const all = ratios(sampler, dataSets);
    const better = all.filter((ratio) => ratio < 1).length;
    printTarget(
      `median of local mode / ${sampler} (better in ${better} of ${all.length})`,
      median(all),
      limit,
      3,
    );
  }
}
