// (b) Overhead of a training job: runs small jobs one after the other through the SageMaker API with AWS's own
// client, and compares them with direct calls to xgboost.train with the same hyperparameters, data and threads.
//
//   npm run bench:overhead -- [--jobs 60] [--check]
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { CreateTrainingJobCommand, DescribeTrainingJobCommand } from '@aws-sdk/client-sagemaker';
import { Endpoint, ROOT } from './local-mode.mjs';
import { median, printHead, printTable, printTarget } from './measures.mjs';
import { runPeer } from './python.mjs';

const TARGET_MILLISECONDS = 50;
const POLL_MILLISECONDS = 5;
const ROUNDS = 20;
const HYPERPARAMETERS = { objective: 'reg:squarederror', eval_metric: 'rmse', nthread: '1' };

const { values: options } = parseArgs({
  options: { check: { type: 'boolean' }, jobs: { type: 'string', default: '60' } },
});
const jobs = Number(options.jobs);

const bare = median(await bareCalls());
const endpoint = await Endpoint.start();
try {
  const single = median(await trainingJobs());
  const random = await tuningJob('Random');
  const bayesian = await tuningJob('Bayesian');
  printHead(`(b) Training jobs of ${ROUNDS} rounds, one after the other, ${jobs} of each kind`);
  const row = (name, seconds) => [
    name,
    `${(seconds * 1000).toFixed(1)} ms`,
    seconds === bare ? '' : `${((seconds - bare) * 1000).toFixed(1)} ms`,
  ];
  printTable([
    ['', 'a job', 'overhead'],
    row('xgboost.train', bare),
    row('CreateTrainingJob until Completed', single),
    row('in a tuning job, Random', random),
    row('in a tuning job, Bayesian', bayesian),
  ]);
  console.log();
  const most = Math.max(single, random, bayesian) - bare;
  printTarget('maximum overhead in milliseconds', most * 1000, TARGET_MILLISECONDS, 1);
} finally {
  await endpoint.close();
}

async function bareCalls() {
  const data = join(ROOT, 'data', 'bikeshare');
  const { result } = await runPeer(
    'train.py',
    JSON.stringify({
      train: join(data, 'train', 'train.csv'),
      validation: join(data, 'validation', 'validation.csv'),
      hyperparameters: HYPERPARAMETERS,
      rounds: ROUNDS,
      repeat: jobs,
    }),
  );
  return result;
}

/** For each job, the seconds from the Create request until Describe returns Completed, measured by the client. */
async function trainingJobs() {
  const {
    RoleArn,
    AlgorithmSpecification,
    InputDataConfig,
    OutputDataConfig,
    ResourceConfig,
    StoppingCondition,
  } = endpoint.definition;
  const seconds = [];
  for (let number = 1; number <= jobs; number += 1) {
    const TrainingJobName = `single-${number}`;
    const started = performance.now();
    await endpoint.sagemaker.send(
      new CreateTrainingJobCommand({
        TrainingJobName,
        HyperParameters: { ...HYPERPARAMETERS, num_round: String(ROUNDS) },
        RoleArn,
        AlgorithmSpecification,
        InputDataConfig,
        OutputDataConfig,
        ResourceConfig,
        StoppingCondition,
      }),
    );
    for (;;) {
      const { TrainingJobStatus: status, FailureReason: reason } = await endpoint.sagemaker.send(
        new DescribeTrainingJobCommand({ TrainingJobName }),
      );
      if (status === 'Completed') break;
      await sleep(POLL_MILLISECONDS);
      if (status !== 'InProgress') throw new Error(`${TrainingJobName}: ${status} ${reason ?? ''}`);
    }
    seconds.push((performance.now() - started) / 1000);
  }
  return seconds;
}

/**
 * Seconds per job in a tuning job that runs one job at a time: the median time between the creation of
 * consecutive jobs.
 */
async function tuningJob(strategy) {
  const name = `overhead-${strategy.toLowerCase()}`;
  await endpoint.createTuningJob(
    name,
    {
      Strategy: strategy,
      ResourceLimits: { MaxNumberOfTrainingJobs: jobs + 1, MaxParallelTrainingJobs: 1 },
      ParameterRanges: {
        ContinuousParameterRanges: [
          { Name: 'eta', MinValue: '0.299', MaxValue: '0.301', ScalingType: 'Linear' },
        ],
      },
    },
    endpoint.definitionWith({ ...HYPERPARAMETERS, num_round: String(ROUNDS) }),
  );
  await endpoint.waitForTuningJob(name);
  const times = endpoint
    .records('training-jobs')
    .filter((record) => record.description.TrainingJobName.startsWith(name))
    .map((record) => record.description.CreationTime);
  return median(times.slice(1).map((time, i) => time - times[i]));
}
