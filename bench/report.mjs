// (e) The report of an execution. Runs the bundled function in a separate process with the memory limit of the
// Lambda function. A local server replaces SageMaker, CloudWatch Logs and S3 and responds immediately, so this
// measures the function's own work: starting the process, reading, computing and rendering. The searches use
// XGBoost, with 20 and 750 training jobs, 9 hyperparameters, and logs of 1,000 rounds each.
//
// Then measures the default run, `npm run local`, alternately without and with a report.
//
//   npm run bench:report -- [--runs 5] [--check]
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';
import { invokeBundled } from './bundled-function.mjs';
import { runCommand } from './local-mode.mjs';
import { median, printHead, printTable, printTarget } from './measures.mjs';

const TARGETS = { seconds: 10, megabytes: 256, sagemakerCalls: 10 };
const MAX_PAGE_MEGABYTES = 1.5;
const MAX_PERCENT_SLOWER = 3;
const ROUNDS = 1000;
const NAMES = ['alpha', 'colsample', 'depth', 'eta', 'gamma', 'lambda', 'rounds', 'subsample', 'weight'];
const OBJECTIVE = 'validation:rmse';

const { values: options } = parseArgs({
  options: { check: { type: 'boolean' }, runs: { type: 'string', default: '5' } },
});

printHead('(e) The report of an execution');
const rows = [['training jobs', 'time', 'memory', 'SageMaker calls', 'other reads', 'page']];
const worst = { seconds: 0, megabytes: 0, sagemakerCalls: 0, page: 0 };
for (const jobs of [20, 750]) {
  const figures = await measure(jobs);
  rows.push([
    String(jobs),
    `${figures.seconds.toFixed(2)} s`,
    `${figures.megabytes.toFixed(0)} MB`,
    String(figures.sagemakerCalls),
    String(figures.otherReads),
    `${(figures.page * 1000).toFixed(0)} KB`,
  ]);
  for (const name of Object.keys(worst)) worst[name] = Math.max(worst[name], figures[name]);
}
printTable(rows);
console.log();
printTarget('seconds', worst.seconds, TARGETS.seconds);
printTarget('megabytes', worst.megabytes, TARGETS.megabytes, 0);
printTarget('calls of SageMaker', worst.sagemakerCalls, TARGETS.sagemakerCalls, 0);
printTarget('megabytes of the page', worst.page, MAX_PAGE_MEGABYTES);

const { without, withReport } = await wholeRuns();
console.log();
printTable([
  ['the whole default run', 'time'],
  ['without a report', `${without.toFixed(2)} s`],
  ['with a report', `${withReport.toFixed(2)} s`],
]);
console.log();
printTarget('percent slower', (withReport / without - 1) * 100, MAX_PERCENT_SLOWER, 1);

async function measure(jobs) {
  const service = await startService(jobs);
  const taken = [];
  try {
    for (let run = 0; run < Number(options.runs); run += 1) {
      service.calls.length = 0;
      taken.push(await invoke(service.endpoint));
    }
  } finally {
    service.close();
  }
  const of = (pattern) => service.calls.filter((call) => pattern.test(call)).length;
  return {
    seconds: median(taken.map(({ seconds }) => seconds)),
    megabytes: Math.max(...taken.map(({ megabytes }) => megabytes)),
    sagemakerCalls: of(/^SageMaker\./),
    otherReads: of(/^Logs_|^GET/),
    page: service.pageBytes() / 1e6,
  };
}

/**
 * Median seconds of the default run. Excludes the first pair of runs, in which the app also validates its template.
 */
async function wholeRuns() {
  const taken = { false: [], true: [] };
  for (let run = 0; run <= Number(options.runs); run += 1) {
    for (const report of ['false', 'true']) {
      const { seconds } = await runCommand({}, [`tuning:report=${report}`]);
      if (run > 0) taken[report].push(seconds);
    }
  }
  return { without: median(taken.false), withReport: median(taken.true) };
}

async function invoke(endpoint) {
  const event = {
    tuningJobName: 'search',
    bestTrainingJobName: 'search-001',
    finalTrainingJobName: 'search-final',
    output: 's3://bucket/reports/',
  };
  const flags = [`--max-old-space-size=${TARGETS.megabytes}`];
  const { result, seconds, megabytes } = await invokeBundled('report', event, endpoint, flags);
  if (!result.report) throw new Error(result.reportError);
  return { seconds, megabytes };
}

/**
 * Starts a server that replaces SageMaker, CloudWatch Logs and S3, and records the calls and the size of the report.
 */
async function startService(jobs) {
  const calls = [];
  let pageBytes = 0;
  const answers = answersFor(jobs);
  const server = createServer((request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      const target = request.headers['x-amz-target'];
      calls.push(target ?? `${request.method} ${request.url}`);
      if (target !== undefined) {
        response.setHeader('content-type', 'application/x-amz-json-1.1');
        response.end(JSON.stringify(answers[target.replace(/^\w+\./, '')](JSON.parse(body.toString()))));
      } else if (request.method === 'PUT') {
        if (request.url?.includes('report.html')) pageBytes = body.length;
        response.end();
      } else {
        response.writeHead(404, { 'content-type': 'application/xml' });
        response.end('<Error><Code>NoSuchKey</Code><Message>no model</Message></Error>');
      }
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${server.address().port}`,
    calls,
    pageBytes: () => pageBytes,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function answersFor(jobs) {
  const summaries = Array.from({ length: jobs }, (_, index) => summaryOf(index));
  const algorithm = {
    TrainingImage: '123456789012.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-xgboost:3.2-0',
    MetricDefinitions: ['train', 'validation'].map((set) => ({
      Name: `${set}:rmse`,
      Regex: `.*\\[[0-9]+\\].*#011${set}-rmse:([-+]?[0-9]*\\.?[0-9]+).*`,
    })),
  };
  const resources = { InstanceType: 'ml.m5.xlarge', InstanceCount: 1 };
  return {
    DescribeHyperParameterTuningJob: () => ({
      HyperParameterTuningJobName: 'search',
      HyperParameterTuningJobStatus: 'Completed',
      HyperParameterTuningJobConfig: {
        Strategy: 'Bayesian',
        HyperParameterTuningJobObjective: { MetricName: OBJECTIVE, Type: 'Minimize' },
        ParameterRanges: {
          ContinuousParameterRanges: NAMES.map((Name) => ({ Name, MinValue: '0', MaxValue: '1' })),
        },
      },
      TrainingJobDefinition: {
        AlgorithmSpecification: algorithm,
        ResourceConfig: resources,
        StaticHyperParameters: {},
      },
    }),
    ListTrainingJobsForHyperParameterTuningJob: ({ NextToken: token = '0', MaxResults: size }) => {
      const end = Number(token) + size;
      return {
        TrainingJobSummaries: summaries.slice(Number(token), end),
        ...(end < jobs && { NextToken: String(end) }),
      };
    },
    DescribeTrainingJob: ({ TrainingJobName }) => ({
      TrainingJobName,
      TrainingJobStatus: 'Completed',
      AlgorithmSpecification: algorithm,
      ResourceConfig: resources,
      BillableTimeInSeconds: 60,
      FinalMetricDataList: [
        { MetricName: OBJECTIVE, Value: 0.5 },
        { MetricName: 'train:rmse', Value: 0.4 },
      ],
      ModelArtifacts: { S3ModelArtifacts: 's3://bucket/model.tar.gz' },
    }),
    FilterLogEvents: () => ({
      events: Array.from({ length: ROUNDS }, (_, round) => ({
        timestamp: 1_700_000_000_000 + round,
        message: `[${round}]#011train-rmse:${1 / (round + 1)}#011validation-rmse:${1 / (round + 1) + 0.1}`,
        eventId: String(round).padStart(56, '0'),
      })),
    }),
  };
}

function summaryOf(index) {
  const share = (salt) => ((index * 7919 + salt * 104_729) % 10_007) / 10_007;
  const started = 1_700_000_000 + index * 60;
  const name = `search-${String(index + 1).padStart(3, '0')}-0123abcd`;
  return {
    TrainingJobName: name,
    TrainingJobArn: `arn:aws:sagemaker:eu-west-1:123456789012:training-job/${name}`,
    TrainingJobStatus: 'Completed',
    CreationTime: started,
    TrainingStartTime: started,
    TrainingEndTime: started + 55,
    TunedHyperParameters: Object.fromEntries(NAMES.map((each, salt) => [each, String(share(salt + 1))])),
    FinalHyperParameterTuningJobObjectiveMetric: { MetricName: OBJECTIVE, Value: 0.3 + share(3) ** 2 },
  };
}
