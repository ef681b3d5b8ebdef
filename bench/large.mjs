// (f) Large data: compares the whole `npm run local` command with a plain script, on files of 124 and 440 MB. The
// script uses the hyperparameters that local mode tried, so that both do the same work.
//
//   npm run bench:large -- [--rounds 1] [--rows 500000] [--check]
//
// Variants of the script:
//
// - `script`: one trial after the other, with XGBoost on all cores.
// - `two at a time`: two trials in parallel (Optuna's n_jobs=2), each on half of the cores.
//
// The script trains no final model. For a fair comparison, local mode runs a second time with
// `tuning:finalTraining=reuseBest`: it then trains no final model either, and returns the model of the best trial.
//
// Measurements:
//
// - `search`: for local mode, the time from CreateHyperParameterTuningJob to the end of the tuning job, including
//   reading the data. For the script, the time from the start of reading the data.
// - `whole command`: for local mode, `npm run local`, which synthesizes the app, copies the data, tunes, trains the
//   final model and runs the Lambda function. For the script, its whole process.
// - `memory`: maximum of the sum of proportional set sizes (PSS) of a process and all its descendants.
//
// The data is generated with a fixed seed, and deleted afterwards.
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runCommand, temporaryFolder } from './local-mode.mjs';
import { median, printHead, printTable, printTarget } from './measures.mjs';
import { PeakMemory } from './peak-memory.mjs';
import { runPeer } from './python.mjs';

const TRIALS = 4;
const DATA_SETS = [
  { rows: 500_000, columns: 30, rounds: 50 },
  { rows: 5_000_000, columns: 10, rounds: 20 },
];
const METRIC = 'rmse';
const DEFAULT = 'local mode';
const DEFAULT_SCRIPT = 'script';
const REUSE = 'local mode, reuseBest';
const REUSE_SCRIPT = 'script, same trials as reuseBest';
const RANGES = {
  eta: { type: 'continuous', min: 0.05, max: 0.3 },
  max_depth: { type: 'integer', min: 4, max: 8 },
};

const { values: options } = parseArgs({
  options: { check: { type: 'boolean' }, rounds: { type: 'string', default: '1' }, rows: { type: 'string' } },
});
const cores = availableParallelism();

for (const set of DATA_SETS) {
  if (options.rows === undefined || set.rows === Number(options.rows)) await measure(set);
}

async function measure({ rows, columns, rounds }) {
  const folder = mkdtempSync(join(temporaryFolder(), 'data-'));
  try {
    const { result: bytes } = await runPeer(
      'large_data.py',
      JSON.stringify({ folder, rows, columns, seed: 1 }),
    );
    const runs = {
      [DEFAULT]: [],
      [DEFAULT_SCRIPT]: [],
      'two at a time': [],
      [REUSE]: [],
      [REUSE_SCRIPT]: [],
    };
    for (let round = 1; round <= Number(options.rounds); round += 1) {
      const task = await addLocalMode(runs[DEFAULT], folder, rounds, []);
      await addScript(runs[DEFAULT_SCRIPT], task, { jobs: 1, threads: cores });
      await addScript(runs['two at a time'], task, { jobs: 2, threads: Math.max(1, Math.floor(cores / 2)) });
      const sameWork = await addLocalMode(runs[REUSE], folder, rounds, ['tuning:finalTraining=reuseBest']);
      await addScript(runs[REUSE_SCRIPT], sameWork, { jobs: 1, threads: cores });
    }
    report({ rows, columns, rounds, bytes }, runs);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Runs local mode. Returns an input with which the script tries the same hyperparameters as local mode. */
async function addLocalMode(runs, folder, rounds, settings) {
  const { value, memory } = await measured(() =>
    runCommand({ maxTrainingJobs: TRIALS }, [
      `tuning:data=${folder}`,
      `tuning:parameterRanges=${JSON.stringify(RANGES)}`,
      `tuning:hyperparameters=${JSON.stringify({ num_round: String(rounds), eval_metric: METRIC })}`,
      ...settings,
    ]),
  );
  runs.push({ search: value.tuningSeconds, seconds: value.seconds, memory });
  return scriptTask(folder, rounds, value.trainingJobs);
}

async function addScript(runs, task, change) {
  const { value, memory } = await measured(() => runPeer('tune.py', JSON.stringify({ ...task, ...change })));
  runs.push({ search: value.result.tuningSeconds, seconds: value.seconds, memory });
}

function scriptTask(folder, rounds, trainingJobs) {
  return {
    train: join(folder, 'train', 'train.csv'),
    validation: join(folder, 'validation', 'validation.csv'),
    ranges: {
      IntegerParameterRanges: [
        { Name: 'max_depth', MinValue: '4', MaxValue: '8', ScalingType: 'Linear' },
        { Name: 'num_round', MinValue: String(rounds), MaxValue: String(rounds), ScalingType: 'Linear' },
      ],
      ContinuousParameterRanges: [{ Name: 'eta', MinValue: '0.05', MaxValue: '0.3', ScalingType: 'Linear' }],
    },
    hyperparameters: { objective: 'reg:squarederror' },
    metric: METRIC,
    trials: TRIALS,
    seed: 1,
    evaluate: true,
    queue: trainingJobs.map(({ tunedHyperParameters: { eta, max_depth } }) => ({
      eta: Number(eta),
      max_depth: Number(max_depth),
      num_round: rounds,
    })),
  };
}

async function measured(run) {
  const peak = PeakMemory.start();
  try {
    const value = await run();
    return { value, memory: peak.bytes };
  } finally {
    peak.stop();
  }
}

function report({ rows, columns, rounds, bytes }, runs) {
  const figures = Object.entries(runs).map(([name, each]) => ({
    name,
    search: median(each.map(({ search }) => search)),
    whole: median(each.map(({ seconds }) => seconds)),
    memory: median(each.map(({ memory }) => memory)),
  }));
  const [local, script, , reuse, reuseScript] = figures;
  const size = `${rows.toLocaleString('en-US')} × ${columns} (${Math.round(bytes / 1e6)} MB with validation data)`;
  printHead(`(f) ${size}: ${TRIALS} trials of ${rounds} rounds, medians of ${options.rounds} runs`);
  printTable([
    ['', 'search', 'whole command', 'memory'],
    ...figures.map(({ name, search, whole, memory }) => [
      name,
      `${search.toFixed(1)} s`,
      `${whole.toFixed(1)} s`,
      `${Math.round(memory / 1e6)} MB`,
    ]),
  ]);
  console.log();
  printTarget('search, local mode / script', local.search / script.search, 1.0);
  printTarget('whole command, local mode / script', local.whole / script.whole, 1.2);
  printTarget('whole command, reuseBest / script', reuse.whole / reuseScript.whole, 1.2);
  // Measured only on Linux.
  if (local.memory > 0) printTarget('memory, local mode / script', local.memory / script.memory, 1.5);
}
