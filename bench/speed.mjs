// (a) Elapsed time of 30 trials: compares local mode, which runs a whole state machine with SageMaker's API, with a
// plain script that uses Optuna and xgboost. Uses the app's own data (bike rentals) and ranges.
//
//   npm run bench:speed -- [--rounds 3] [--trials 30] [--check]
//
// The script is one process that reads the data once. Each variant of it uses all cores:
//
// - `script`: one trial after the other, with XGBoost on all cores.
// - `two at a time`: two trials in parallel (Optuna's n_jobs=2), each on half of the cores.
// - `same trials`: two trials in parallel, with the hyperparameters that local mode tried, so the work is the same.
// - `no metrics`: two trials in parallel. Predicts the validation data only once, at the end of a trial.
//
// The script trains no final model. For a fair comparison, local mode runs a second time with
// `tuning:finalTraining=reuseBest` (the row `reuseBest`), and then trains no final model either.
//
// All variants except `no metrics` evaluate both data sets after every round, as SageMaker's algorithm does.
// Variants take turns, so that other load on the machine affects all of them. Measurements:
//
// - `tuning`: for local mode, the time from CreateHyperParameterTuningJob to the end of the tuning job, including
//   reading the data in the workers. For the script, the time from the start of reading the data.
// - `whole command`: for local mode, `npm run local`, which synthesizes the app, tunes, trains the final model and
//   runs the Lambda function. For the script, its whole process.
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT, runCommand } from './local-mode.mjs';
import { median, printHead, printTable, printTarget } from './measures.mjs';
import { runPeer } from './python.mjs';

const { values: options } = parseArgs({
  options: {
    check: { type: 'boolean' },
    rounds: { type: 'string', default: '3' },
    trials: { type: 'string', default: '30' },
  },
});
const trials = Number(options.trials);
const data = join(ROOT, 'data', 'bikeshare');
const cores = availableParallelism();

const times = {
  'local mode': [],
  reuseBest: [],
  script: [],
  'two at a time': [],
  'same trials': [],
  'no metrics': [],
};
for (let round = 1; round <= Number(options.rounds); round += 1) {
  const local = await runCommand({ maxTrainingJobs: trials });
  const reuse = await runCommand({ maxTrainingJobs: trials }, ['tuning:finalTraining=reuseBest']);
  const { StaticHyperParameters: fixed } = local.description.TrainingJobDefinition;
  times['local mode'].push(figuresOf(local));
  times.reuseBest.push(figuresOf(reuse));
  const task = {
    train: join(data, 'train', 'train.csv'),
    validation: join(data, 'validation', 'validation.csv'),
    ranges: local.description.HyperParameterTuningJobConfig.ParameterRanges,
    hyperparameters: { objective: fixed.objective },
    metric: fixed.eval_metric,
    trials,
    seed: round,
    jobs: 1,
    threads: cores,
    evaluate: true,
    queue: [],
  };
  const twoAtATime = { jobs: 2, threads: Math.max(1, Math.floor(cores / 2)) };
  const queue = local.trainingJobs.map(({ tunedHyperParameters: tuned }) => numbers(tuned));
  const variants = {
    script: {},
    'two at a time': twoAtATime,
    'same trials': { ...twoAtATime, queue },
    'no metrics': { ...twoAtATime, evaluate: false },
  };
  for (const [name, change] of Object.entries(variants)) {
    const { seconds, result } = await runPeer('tune.py', JSON.stringify({ ...task, ...change }));
    times[name].push({ ...result, seconds });
  }
}

const rows = Object.entries(times).map(([name, runs]) => ({
  name,
  tuning: median(runs.map(({ tuningSeconds }) => tuningSeconds)),
  whole: median(runs.map(({ seconds }) => seconds)),
  best: median(runs.map(({ best }) => best)),
}));
const [local] = rows;
const ratio = (name, measure = 'tuningSeconds', of = 'local mode') =>
  median(times[of].map((run, i) => run[measure] / times[name][i][measure]));
const shownRatio = (name, measure) => (name === local.name ? '' : ratio(name, measure).toFixed(2));
printHead(`(a) ${trials} trials, medians of ${options.rounds} runs each (the variants take turns)`);
printTable([
  ['', 'tuning', 'local mode / this', 'whole command', 'local mode / this', 'best rmse'],
  ...rows.map(({ name, tuning, whole, best }) => [
    name,
    `${tuning.toFixed(1)} s`,
    shownRatio(name, 'tuningSeconds'),
    `${whole.toFixed(1)} s`,
    shownRatio(name, 'seconds'),
    best.toFixed(4),
  ]),
]);
console.log();
printTarget('local mode / script', ratio('script'), 1.0);
printTarget('whole command / script, two at a time', ratio('two at a time', 'seconds'), 1.0);
printTarget(
  'whole command with reuseBest / script, two at a time',
  ratio('two at a time', 'seconds', 'reuseBest'),
  1.0,
);

function figuresOf({ tuningSeconds, seconds, description }) {
  const best = description.BestTrainingJob.FinalHyperParameterTuningJobObjectiveMetric.Value;
  return { tuningSeconds, seconds, best };
}

function numbers(hyperparameters) {
  return Object.fromEntries(Object.entries(hyperparameters).map(([name, value]) => [name, Number(value)]));
}
