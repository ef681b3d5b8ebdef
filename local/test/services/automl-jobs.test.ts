import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { gzipSync } from 'node:zlib';
import {
  CreateAutoMLJobV2Command,
  DescribeAutoMLJobV2Command,
  ListCandidatesForAutoMLJobCommand,
  StopAutoMLJobCommand,
  type TabularJobConfig,
} from '@aws-sdk/client-sagemaker';
import { pseudoRandom } from '../../../test/pseudo-random';
import type { RoleResource } from '../../src/assembly';
import type { RunningServices } from '../../src/services';
import { type AutoMLRunner, createAutoMLRunner } from '../../src/training/automl-runner';
import { environments, killablePython, SETUP_TIMEOUT } from '../training/support';
import { automlChannel, automlRequest, ended, fileOf, putInput } from './automl-support';
import {
  BUCKET,
  closeServices,
  deploymentIn,
  sagemakerClient,
  start,
  TRAINING_ROLE,
  temporaryRoot,
  until,
} from './helpers';

let python: string;
const runner = createAutoMLRunner({
  environments: {
    forPackages: async (wanted, alternatives) => {
      const found = await environments.forPackages(wanted, alternatives);
      python = found.python;
      return found;
    },
  },
  maxWorkers: 2,
});
const dataSets = fs.mkdtempSync(path.join(os.tmpdir(), 'automl-data-'));

beforeAll(async () => {
  await runner.prepare();
  const bikeshare = path.join(__dirname, '../../../data/bikeshare/train/train.csv');
  execFileSync(python, [path.join(__dirname, 'automl-data-sets.py'), bikeshare, dataSets]);
}, SETUP_TIMEOUT);

afterEach(closeServices);
afterAll(() => fs.rmSync(dataSets, { recursive: true, force: true }));

async function startOn(
  files: Record<string, string | Buffer>,
  roles: RoleResource[] = [],
  automl: AutoMLRunner = runner,
): Promise<{ services: RunningServices; root: string }> {
  const root = temporaryRoot();
  const deployment = deploymentIn(root, { roles });
  for (const [name, content] of Object.entries(files)) putInput(root, name, content);
  return { services: await start({ deployment, automl }), root };
}

/** Creates a job on `train.csv` and waits until it ends. */
async function run(
  train: string | Buffer,
  table: Partial<TabularJobConfig> & { TargetAttributeName: string },
  change: Parameters<typeof automlRequest>[2] = {},
  files: Record<string, string> = {},
  automl: AutoMLRunner = runner,
) {
  const { services, root } = await startOn({ 'train.csv': train, ...files }, [], automl);
  const client = sagemakerClient(services);
  await client.send(new CreateAutoMLJobV2Command(automlRequest('Job', table, change)));
  const job = await ended(services, 'Job');
  const log = fs.readFileSync(path.join(root, 'logs', 'Job.log'), 'utf8');
  return { services, root, client, job, log };
}

function dataSet(name: string): string {
  return fs.readFileSync(path.join(dataSets, `${name}.csv`), 'utf8');
}

function metricsOf(candidate: { CandidateProperties?: { CandidateMetrics?: object[] } } | undefined) {
  const metrics = (candidate?.CandidateProperties?.CandidateMetrics ?? []) as {
    StandardMetricName?: string;
    Value?: number;
  }[];
  return Object.fromEntries(metrics.map(({ StandardMetricName: name, Value: value }) => [name, value]));
}

/** Rows `x,color,y`, in which y depends on x. */
function rows(count: number, y: (x: number) => string, header = 'x,color,y'): string {
  const random = pseudoRandom(11);
  const lines = Array.from({ length: count }, (_, at) => {
    const x = random();
    return `${x.toFixed(4)},${['red', 'green', 'blue'][at % 3]},${y(x)}`;
  });
  return [header, ...lines].join('\n');
}

const limit = (MaxCandidates: number) => ({ CompletionCriteria: { MaxCandidates } });

test('regression: the best candidate beats the mean, and the script in its archive can predict', async () => {
  const { job, client, root, log } = await run(dataSet('regression'), {
    TargetAttributeName: 'bikers',
    ...limit(6),
  });
  expect(job).toMatchObject({
    AutoMLJobStatus: 'Completed',
    AutoMLJobSecondaryStatus: 'MaxCandidatesReached',
    EndTime: expect.any(Date),
    ResolvedAttributes: {
      AutoMLJobObjective: { MetricName: 'MSE' },
      CompletionCriteria: { MaxCandidates: 6 },
      AutoMLProblemTypeResolvedAttributes: { TabularResolvedAttributes: { ProblemType: 'Regression' } },
    },
    BestCandidate: {
      CandidateName: expect.stringMatching(/^Job-00\d-[0-9a-f]{8}$/),
      CandidateStatus: 'Completed',
      ObjectiveStatus: 'Succeeded',
      FinalAutoMLJobObjectiveMetric: { Type: 'Minimize', MetricName: 'MSE', StandardMetricName: 'MSE' },
      CandidateSteps: [{ CandidateStepType: 'AWS::SageMaker::TrainingJob' }],
      InferenceContainers: [{ Image: expect.stringMatching(/^local-mode\/automl:\d/) }],
    },
  });
  const metrics = metricsOf(job.BestCandidate);
  expect(Object.keys(metrics).sort()).toEqual(['MAE', 'MSE', 'R2', 'RMSE']);
  // Always predicting the mean gives an R2 of 0.
  expect(metrics['R2']).toBeGreaterThan(0.6);
  expect(metrics['RMSE']).toBeCloseTo(Math.sqrt(metrics['MSE'] ?? 0), 6);

  const list = new ListCandidatesForAutoMLJobCommand({
    AutoMLJobName: 'Job',
    SortBy: 'FinalObjectiveMetricValue',
  });
  const { Candidates: candidates = [] } = await client.send(list);
  const values = candidates.map((each) => each.FinalAutoMLJobObjectiveMetric?.Value ?? Number.NaN);
  expect(values).toEqual([...values].sort((left, right) => left - right));
  expect(candidates).toHaveLength(6);
  expect(candidates[0]?.CandidateName).toBe(job.BestCandidate?.CandidateName);
  const families = new Set(
    candidates.map((each) => each.InferenceContainers?.[0]?.Environment?.['LOCAL_MODE_ALGORITHM']),
  );
  expect(families.size).toBe(5);

  const board = JSON.parse(
    fs.readFileSync(fileOf(root, `s3://${BUCKET}/output/Job/leaderboard.json`), 'utf8'),
  );
  expect(board.note).toMatch(/^Local equivalent/);
  expect(board.candidates.map((row: { candidate: string }) => row.candidate)).toEqual(
    candidates.map((each) => each.CandidateName),
  );
  expect(board.baseline.MSE).toBeGreaterThan(2 * (values[0] ?? Number.NaN));
  const csv = fs.readFileSync(fileOf(root, `s3://${BUCKET}/output/Job/leaderboard.csv`), 'utf8');
  expect(csv.trim().split('\n')).toHaveLength(7);
  expect(log).toMatch(/^Local equivalent of SageMaker Autopilot/);
  expect(log).toMatch(/Column "row" is not used: it is a row number/);
  expect(log).toMatch(/note \(text\), seen \(datetime\)/);

  const uri = job.BestCandidate?.InferenceContainers?.[0]?.ModelDataUrl;
  expect(uri).toBe(
    `s3://${BUCKET}/output/Job/candidates/${job.BestCandidate?.CandidateName}/output/model.tar.gz`,
  );
  const folder = path.join(root, 'model');
  fs.mkdirSync(folder);
  execFileSync('tar', ['-xzf', fileOf(root, uri), '-C', folder]);
  const input = path.join(root, 's3', BUCKET, 'input', 'train.csv');
  const predictions = execFileSync(python, [path.join(folder, 'predict.py'), input], { encoding: 'utf8' });
  const predicted = predictions.trim().split('\n').slice(1).map(Number);
  const actual = dataSet('regression')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => Number(line.split(',')[0]));
  const error = predicted.reduce((sum, value, at) => sum + (value - (actual[at] ?? 0)) ** 2, 0) / 500;
  // The model was trained on these rows, so the error is lower than the job's metric.
  expect(error).toBeLessThan(values[0] ?? 0);
});

test('binary classification: the best candidate beats the majority class; the label that sorts last is the positive class', async () => {
  const { job } = await run(dataSet('binary'), { TargetAttributeName: 'diagnosis', ...limit(3) });
  const metrics = metricsOf(job.BestCandidate);
  expect(Object.keys(metrics).sort()).toEqual(
    ['AUC', 'Accuracy', 'BalancedAccuracy', 'F1', 'LogLoss', 'Precision', 'Recall'].sort(),
  );
  expect(job.ResolvedAttributes).toMatchObject({
    AutoMLJobObjective: { MetricName: 'F1' },
    AutoMLProblemTypeResolvedAttributes: {
      TabularResolvedAttributes: { ProblemType: 'BinaryClassification' },
    },
  });
  // 63% of the rows are benign. Always predicting "benign" gives an F1 of 0 for "malignant" and a balanced
  // accuracy of 0.5.
  expect(metrics['Accuracy']).toBeGreaterThan(0.9);
  expect(metrics['BalancedAccuracy']).toBeGreaterThan(0.9);
  expect(job.BestCandidate?.FinalAutoMLJobObjectiveMetric?.Value).toBeGreaterThan(0.88);
  // The service model's MetricName enum does not have LogLoss.
  const named = job.BestCandidate?.CandidateProperties?.CandidateMetrics?.filter((each) => each.MetricName);
  expect(named).toHaveLength(6);
});

test('multiclass classification: the best candidate beats the majority class; a note says that there are few rows', async () => {
  const { job, log } = await run(
    dataSet('multiclass'),
    { TargetAttributeName: 'cultivar', ProblemType: 'MulticlassClassification', ...limit(3) },
    { AutoMLJobObjective: { MetricName: 'F1macro' } },
  );
  const metrics = metricsOf(job.BestCandidate);
  expect(metrics['Accuracy']).toBeGreaterThan(0.85); // always predicting the largest class gives 0.4
  expect(job.BestCandidate?.FinalAutoMLJobObjectiveMetric).toMatchObject({
    Type: 'Maximize',
    MetricName: 'F1macro',
    Value: metrics['F1macro'],
  });
  expect(log).toMatch(/178 rows\. Autopilot requires 500/);
});

test('text alone is enough to predict from', async () => {
  const topics = [
    ['rain', 'wind', 'storm', 'cloud'],
    ['goal', 'match', 'team', 'league'],
  ];
  const random = pseudoRandom(3);
  const lines = Array.from({ length: 120 }, (_, at) => {
    const words = Array.from({ length: 4 }, () => topics[at % 2]?.[Math.floor(random() * 4)]);
    return `${random().toFixed(3)},"${words.join(' ')}, ${at}",${['weather', 'sport'][at % 2]}`;
  });
  const { job } = await run(['noise,headline,topic', ...lines].join('\n'), {
    TargetAttributeName: 'topic',
    CandidateGenerationConfig: { AlgorithmsConfig: [{ AutoMLAlgorithms: ['linear-learner'] }] },
    ...limit(1),
  });
  expect(metricsOf(job.BestCandidate)['Accuracy']).toBeGreaterThan(0.95);
});

test('a job uses validation data, weights, the chosen algorithms and features, and Gzip files', async () => {
  const line = (x: number) => `${(2 * x).toFixed(3)}`;
  const weighted = rows(200, (x) => `${line(x)},${x > 0.05 ? 1 : 'none'}`, 'x,color,y,w');
  const { job, log, client } = await run(
    gzipSync(weighted),
    {
      TargetAttributeName: 'y',
      SampleWeightAttributeName: 'w',
      FeatureSpecificationS3Uri: `s3://${BUCKET}/input/features.json`,
      CandidateGenerationConfig: { AlgorithmsConfig: [{ AutoMLAlgorithms: ['linear-learner', 'catboost'] }] },
      ...limit(2),
    },
    {
      AutoMLJobInputDataConfig: [
        automlChannel('train.csv', { CompressionType: 'Gzip' }),
        automlChannel('validation.csv', { ChannelType: 'validation' }),
      ],
    },
    {
      'validation.csv': rows(50, (x) => `${line(x)},1`, 'x,color,y,w'),
      'features.json': JSON.stringify({ FeatureAttributeNames: ['x'], FeatureDataTypes: { x: 'numeric' } }),
    },
  );
  expect(job.AutoMLJobStatus).toBe('Completed');
  expect(metricsOf(job.BestCandidate)['R2']).toBeGreaterThan(0.99);
  expect(log).toMatch(/local mode does not support them: catboost/);
  expect(log).toMatch(/rows of the training data have no valid weight and are ignored/);
  expect(log).toMatch(/Features: x \(numeric\)\./);
  expect(log).toMatch(/validated by the validation channel \(50 rows\)/);
  const { Candidates: candidates = [] } = await client.send(
    new ListCandidatesForAutoMLJobCommand({ AutoMLJobName: 'Job' }),
  );
  expect(
    candidates.map((each) => each.InferenceContainers?.[0]?.Environment?.['LOCAL_MODE_ALGORITHM']),
  ).toEqual(['linear-learner', 'linear-learner']);
});

describe('a search process that is killed before it has read the data', () => {
  /** Runs a job whose first `times` processes are killed. */
  const runKilled = (times: number) => {
    const { python: killed } = killablePython(
      python,
      `echo >> starts; if [ $(wc -l < starts) -le ${times} ]; then kill -9 $$; fi`,
    );
    const automl = createAutoMLRunner({
      environments: {
        forPackages: async (wanted) => ({ ...(await environments.forPackages(wanted)), python: killed }),
      },
      maxWorkers: 1,
    });
    const train = rows(60, (x) => String(x));
    return run(train, { TargetAttributeName: 'y', ...limit(1) }, {}, {}, automl);
  };

  test('is restarted', async () => {
    expect((await runKilled(3)).job).toMatchObject({ AutoMLJobStatus: 'Completed' });
  });

  test('repeatedly fails with the signal', async () => {
    expect((await runKilled(99)).job).toMatchObject({
      AutoMLJobStatus: 'Failed',
      FailureReason: expect.stringMatching(
        /^InternalServerError: the process of the search was ended by signal SIGKILL .*, 4 times in a row$/,
      ),
    });
  });
});

test('with a single validation row, the default metric works, and a metric that needs several rows is refused', async () => {
  const change = {
    AutoMLJobInputDataConfig: [
      automlChannel('train.csv'),
      automlChannel('validation.csv', { ChannelType: 'validation' as const }),
    ],
  };
  const one = (MetricName?: 'R2') =>
    run(
      rows(60, (x) => x.toFixed(3)),
      { TargetAttributeName: 'y', ...limit(1), ...(MetricName && { ProblemType: 'Regression' as const }) },
      { ...change, ...(MetricName && { AutoMLJobObjective: { MetricName } }) },
      { 'validation.csv': rows(1, (x) => x.toFixed(3)) },
    );
  expect((await one()).job).toMatchObject({ AutoMLJobStatus: 'Completed' });
  expect((await one('R2')).job.FailureReason).toMatch(/^ClientError: The metric R2 is not defined/);
});

test.each([
  ['no such column', 'x,color,price', /No column "y" \(TargetAttributeName\).*x, color, price/],
  ['a constant target', 'y,color,z', /only one value, "1", in all 30 rows/],
])('unusable data fails the job before any candidate: %s', async (_, header, reason) => {
  const csv = rows(30, () => '0', header).replace(/^0\.\d+/gm, '1');
  const { job, client } = await run(csv, { TargetAttributeName: 'y', ...limit(1) });
  expect(job).toMatchObject({
    AutoMLJobStatus: 'Failed',
    AutoMLJobSecondaryStatus: 'Failed',
    FailureReason: expect.stringMatching(reason),
  });
  expect(job.FailureReason).toMatch(/^ClientError: /);
  const { Candidates: candidates } = await client.send(
    new ListCandidatesForAutoMLJobCommand({ AutoMLJobName: 'Job' }),
  );
  expect(candidates).toEqual([]);
});

describe('a job ends early', () => {
  const table = { TargetAttributeName: 'y', CompletionCriteria: { MaxCandidates: 500 } };

  test('a stopped job keeps its finished candidates and its best candidate', async () => {
    const { services, root } = await startOn({ 'train.csv': rows(300, (x) => x.toFixed(3)) });
    const client = sagemakerClient(services);
    await client.send(new CreateAutoMLJobV2Command(automlRequest('Job', table)));
    await until(
      () => client.send(new DescribeAutoMLJobV2Command({ AutoMLJobName: 'Job' })),
      (job) => job.BestCandidate !== undefined,
    );
    await client.send(new StopAutoMLJobCommand({ AutoMLJobName: 'Job' }));
    const job = await ended(services, 'Job');
    expect(job).toMatchObject({ AutoMLJobStatus: 'Stopped', AutoMLJobSecondaryStatus: 'Stopped' });
    const url = job.BestCandidate?.InferenceContainers?.[0]?.ModelDataUrl;
    expect(fs.existsSync(fileOf(root, url))).toBe(true);
    expect(fs.existsSync(fileOf(root, `s3://${BUCKET}/output/Job/leaderboard.json`))).toBe(true);
    expect(fs.existsSync(path.join(root, 'work', 'Job'))).toBe(false);
    const open = await client.send(
      new ListCandidatesForAutoMLJobCommand({ AutoMLJobName: 'Job', StatusEquals: 'InProgress' }),
    );
    expect(open.Candidates).toEqual([]);
  });

  test('a job that reaches its time limit completes with the best candidate so far', async () => {
    // The time limit starts when the first candidate has ended, so the test does not depend on the speed of the
    // machine.
    const late: AutoMLRunner = {
      ...runner,
      run: (task) =>
        runner.run({
          ...task,
          onStart: () => undefined,
          onCandidateEnd: async (candidate, outcome) => {
            await task.onCandidateEnd(candidate, outcome);
            if (candidate === 1) task.onStart();
          },
        }),
    };
    const criteria = { MaxCandidates: 500, MaxAutoMLJobRuntimeInSeconds: 1 };
    const { job } = await run(
      rows(300, (x) => x.toFixed(3)),
      { ...table, CompletionCriteria: criteria },
      {},
      {},
      late,
    );
    expect(job).toMatchObject({
      AutoMLJobStatus: 'Completed',
      AutoMLJobSecondaryStatus: 'MaxAutoMLJobRuntimeReached',
      BestCandidate: { CandidateStatus: 'Completed' },
    });
  });

  test('a candidate that exceeds its time limit is stopped; a job without other candidates fails', async () => {
    const { job, client } = await run(
      rows(60_000, (x) => (x * x).toFixed(4)),
      {
        ...table,
        CandidateGenerationConfig: { AlgorithmsConfig: [{ AutoMLAlgorithms: ['randomforest'] }] },
        CompletionCriteria: { MaxCandidates: 1, MaxRuntimePerTrainingJobInSeconds: 1 },
      },
    );
    expect(job).toMatchObject({
      AutoMLJobStatus: 'Failed',
      FailureReason: 'None of 1 candidates succeeded. Failure of the first: it took longer than 1 s',
    });
    const { Candidates: candidates } = await client.send(
      new ListCandidatesForAutoMLJobCommand({ AutoMLJobName: 'Job' }),
    );
    expect(candidates).toMatchObject([{ CandidateStatus: 'Stopped', ObjectiveStatus: 'Failed' }]);
  });
});

describe('permissions of the job role', () => {
  const bucket = `arn:aws:s3:::${BUCKET}`;
  const role = (...actions: string[]): RoleResource => ({
    logicalId: 'training',
    name: 'training',
    arn: TRAINING_ROLE,
    trustPolicy: {
      Statement: [
        { Effect: 'Allow', Principal: { Service: 'sagemaker.amazonaws.com' }, Action: 'sts:AssumeRole' },
      ],
    },
    policies: [{ Statement: [{ Effect: 'Allow', Action: actions, Resource: [bucket, `${bucket}/*`] }] }],
  });
  const create = new CreateAutoMLJobV2Command(automlRequest('Job', { TargetAttributeName: 'y' }));

  test.each([
    ['s3:GetObject', ['s3:ListBucket', 's3:PutObject'], /Data download failed.*s3:GetObject/],
    ['s3:PutObject', ['s3:ListBucket', 's3:GetObject'], /Artifact upload failed.*s3:PutObject/],
  ])('without %s the job fails before any candidate', async (_, actions, reason) => {
    const { services } = await startOn({ 'train.csv': rows(30, (x) => x.toFixed(3)) }, [role(...actions)]);
    await sagemakerClient(services).send(create);
    const job = await ended(services, 'Job');
    expect(job).toMatchObject({
      AutoMLJobStatus: 'Failed',
      FailureReason: expect.stringMatching(reason),
    });
    expect(job.FailureReason).toMatch(/is not authorized to perform/);
  });

  test('without s3:ListBucket, no job is created', async () => {
    const { services } = await startOn({ 'train.csv': '' }, [role('s3:GetObject', 's3:PutObject')]);
    await expect(sagemakerClient(services).send(create)).rejects.toThrow(/s3:ListBucket/);
  });

  test('a caller needs permission for the action on the job and for passing the role', async () => {
    const caller = { arn: 'arn:aws:iam::123456789012:role/caller' };
    const callerRole: RoleResource = {
      ...role('s3:GetObject'),
      logicalId: 'caller',
      name: 'caller',
      arn: caller.arn,
      policies: [
        {
          Statement: [
            {
              Effect: 'Allow',
              Action: 'sagemaker:CreateAutoMLJobV2',
              Resource: 'arn:aws:sagemaker:us-east-1:123456789012:automl-job/job',
            },
          ],
        },
      ],
    };
    const { services } = await startOn({}, [callerRole]);
    const client = sagemakerClient(services, caller);
    await expect(client.send(create)).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringMatching(/iam:PassRole/),
    });
    const describe = new DescribeAutoMLJobV2Command({ AutoMLJobName: 'Job' });
    await expect(client.send(describe)).rejects.toThrow(
      /sagemaker:DescribeAutoMLJobV2 on resource: arn:aws:sagemaker:us-east-1:123456789012:automl-job\/job/,
    );
  });

  test.each([
    ["an AutoML job's ARN", 'arn:aws:sagemaker:us-east-1:123456789012:automl-job/*', /on resource: \* /],
    ['all resources', '*', /^Could not find an AutoML job/],
  ])('listing candidates requires a statement for all resources: %s', async (_, Resource, refusal) => {
    const caller = { arn: 'arn:aws:iam::123456789012:role/caller' };
    const statement = { Effect: 'Allow', Action: 'sagemaker:ListCandidatesForAutoMLJob', Resource };
    const callerRole: RoleResource = {
      logicalId: 'caller',
      name: 'caller',
      arn: caller.arn,
      trustPolicy: { Statement: [] },
      policies: [{ Statement: [statement] }],
    };
    const { services } = await startOn({}, [callerRole]);
    const list = new ListCandidatesForAutoMLJobCommand({ AutoMLJobName: 'none' });
    await expect(sagemakerClient(services, caller).send(list)).rejects.toThrow(refusal);
  });
});
