// (d) Runs a tuning job with 200 training jobs. Measures the memory of the Node.js process, and whether later jobs
// take longer.
//
//   npm run bench:scale -- [--jobs 200] [--check]
import { execFileSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { DescribeHyperParameterTuningJobCommand } from '@aws-sdk/client-sagemaker';
import { Endpoint } from './local-mode.mjs';
import { median, printHead, printTable, printTarget } from './measures.mjs';

const TARGET_MEBIBYTES = 300;
const GROUPS = 4;
const DESCRIBED = 20;

const { values: options } = parseArgs({
  options: { check: { type: 'boolean' }, jobs: { type: 'string', default: '200' } },
});
const jobs = Number(options.jobs);
const group = Math.max(2, Math.floor(jobs / GROUPS));

const endpoint = await Endpoint.start();
try {
  const start = residentMebibytes();
  let peak = start;
  const timer = setInterval(() => {
    peak = Math.max(peak, residentMebibytes());
  }, 500);
  // The rounds and the depth are fixed and the ranges are narrow, so that all jobs do the same work.
  await endpoint.createTuningJob(
    'scale',
    {
      Strategy: 'Bayesian',
      ResourceLimits: { MaxNumberOfTrainingJobs: jobs, MaxParallelTrainingJobs: 2 },
      ParameterRanges: {
        ContinuousParameterRanges: endpoint.config.ParameterRanges.ContinuousParameterRanges.map(narrowed),
      },
    },
    endpoint.definitionWith({
      objective: 'reg:squarederror',
      eval_metric: 'rmse',
      num_round: '100',
      max_depth: '5',
    }),
  );
  await endpoint.waitForTuningJob('scale');
  const describe = median(await describeTimes());
  clearInterval(timer);
  const end = residentMebibytes();
  const times = endpoint
    .records('training-jobs')
    .filter((record) => record.description.TrainingJobName.startsWith('scale'))
    .map((record) => record.description.TrainingEndTime)
    .sort((one, other) => one - other);

  printHead(`(d) A tuning job of ${jobs} training jobs, two at a time`);
  const groups = [];
  for (let first = 0; first + group <= times.length; first += group) {
    // Measures from the end of a group's first job, to exclude the time in which the workers start.
    groups.push((times[first + group - 1] - times[first]) / (group - 1));
  }
  printTable([
    ['jobs', 'mean time per job'],
    ...groups.map((seconds, i) => [
      `${i * group + 1} to ${(i + 1) * group}`,
      `${(seconds * 1000).toFixed(0)} ms`,
    ]),
  ]);
  console.log(
    `\nmemory of the Node.js process: ${start.toFixed(0)} MiB at the start, ${end.toFixed(0)} MiB at the end`,
  );
  console.log(`DescribeHyperParameterTuningJob at the end: ${describe.toFixed(1)} ms, measured by a client`);
  printTarget('peak memory in MiB', peak, TARGET_MEBIBYTES, 0);
  printTarget('time per job, last group / first', groups.at(-1) / groups[0], 1.1);
} finally {
  await endpoint.close();
}

/** Narrows a range to a hundredth of its width, around its middle. */
function narrowed({ MinValue: min, MaxValue: max, ...range }) {
  const middle = (Number(min) + Number(max)) / 2;
  const margin = (Number(max) - Number(min)) / 200;
  return { ...range, MinValue: String(middle - margin), MaxValue: String(middle + margin) };
}

function residentMebibytes() {
  const output = execFileSync('ps', ['-o', 'rss=', '-p', String(endpoint.processId)], { encoding: 'utf8' });
  return Number(output) / 1024;
}

async function describeTimes() {
  const milliseconds = [];
  for (let i = 0; i < DESCRIBED; i += 1) {
    const started = performance.now();
    await endpoint.sagemaker.send(
      new DescribeHyperParameterTuningJobCommand({ HyperParameterTuningJobName: 'scale' }),
    );
    milliseconds.push(performance.now() - started);
  }
  return milliseconds;
}
