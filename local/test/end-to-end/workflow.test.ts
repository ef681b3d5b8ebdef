import { execFileSync } from 'node:child_process';
import { appendFileSync, copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { BucketDeployment, Source } from 'aws-cdk-lib/aws-s3-deployment';
import {
  Algorithm,
  Objective,
  ParameterRange,
  TuningStrategy,
  TuningWorkflow,
  XGBoostVersion,
} from '../../../lib';
import { defaultEnvironment } from '../training/support';
import {
  editTemplate,
  executionsIn,
  runLocalMode,
  synthesize,
  temporaryFolder,
  trainingJobsIn,
  tuningJobsIn,
  writeTrainingData,
} from './support';

let data: string;
let assembly: string;

beforeAll(() => {
  data = writeTrainingData();
  assembly = synthesizeWorkflow();
});

function synthesizeWorkflow(strategy?: TuningStrategy): string {
  return synthesize((stack) => {
    const workflow = new TuningWorkflow(stack, 'Tuning', {
      algorithm: Algorithm.xgboost({ version: XGBoostVersion.V3_2_0 }),
      objective: Objective.minimize('validation:rmse'),
      hyperparameters: { objective: 'reg:squarederror' },
      parameterRanges: [
        ParameterRange.integer('num_round', { min: 5, max: 30 }),
        ParameterRange.continuous('eta', { min: 0.1, max: 0.5 }),
        ParameterRange.continuous('subsample', { min: 0.5, max: 1 }),
      ],
      strategy,
      maxTrainingJobs: 4,
      jobNamePrefix: 'e2e',
    });
    new BucketDeployment(stack, 'Data', {
      sources: [Source.asset(data)],
      destinationBucket: workflow.bucket,
      destinationKeyPrefix: 'input/',
      prune: false,
    });
  });
}

/** Folder of the workflow's bucket. */
function bucketIn(root: string): string {
  const uri = trainingJobsIn(root)[0]?.description.OutputDataConfig.S3OutputPath ?? '';
  return join(root, 's3', uri.split('/')[2] ?? '');
}

describe('a workflow', () => {
  test('tunes, trains the final model, and stores a model that plain XGBoost loads', async () => {
    const root = temporaryFolder();
    const run = await runLocalMode(assembly, root);
    expect(run).toMatchObject({ exitCode: 0 });

    // The best training job has the lowest error.
    const [execution] = executionsIn(root);
    const jobs = trainingJobsIn(root).filter((job) => job.description.TuningJobArn);
    const errors = jobs.map((job) => metric(job.description.FinalMetricDataList, 'validation:rmse'));
    const output = execution?.output as unknown as WorkflowOutput;
    expect(jobs).toHaveLength(4);
    expect(output.bestTrainingJob.objective).toEqual({
      metric: 'validation:rmse',
      type: 'Minimize',
      value: Math.min(...errors),
    });
    expect(output.tuningJob).toMatchObject({
      status: 'Completed',
      trainingJobs: { completed: 4, stopped: 0, failed: 0 },
    });

    // The final training has the best hyperparameters, without those that SageMaker adds.
    expect(output.finalTrainingJob.hyperparameters).toEqual(output.bestTrainingJob.hyperparameters);
    expect(Object.keys(output.finalTrainingJob.hyperparameters).sort()).toEqual(
      ['eta', 'eval_metric', 'num_round', 'objective', 'subsample'].sort(),
    );

    const printed = output.finalTrainingJob.metrics['validation:rmse'] ?? Number.NaN;
    expect(run.output).toContain(printed.toFixed(5));
    const archive = output.finalTrainingJob.modelArtifacts.replace(/^s3:\/\//, join(root, 's3/'));
    expect(await errorOfModel(archive)).toBeCloseTo(printed, 4);
  });

  test('obeys its input', async () => {
    const root = temporaryFolder();
    const input = { maxTrainingJobs: 2, maxParallelTrainingJobs: 1, hyperparameters: { subsample: '0.7' } };
    expect(await runLocalMode(assembly, root, '--input', JSON.stringify(input))).toMatchObject({
      exitCode: 0,
    });
    const jobs = trainingJobsIn(root);
    expect(jobs).toHaveLength(3);
    for (const job of jobs) expect(job.description.HyperParameters).toMatchObject({ subsample: '0.7' });
    expect(tuningJobsIn(root)[0]?.description.HyperParameterTuningJobConfig.ResourceLimits).toEqual({
      MaxNumberOfTrainingJobs: 2,
      MaxParallelTrainingJobs: 1,
    });
  });

  test.each([
    ['maxTrainingJobs', { maxTrainingJobs: 'many' }],
    ['colour', { colour: 1 }],
    ['train', { train: 's3://elsewhere/train/' }],
  ])('refuses an invalid %s before any job starts', async (field, input) => {
    const root = temporaryFolder();
    const run = await runLocalMode(assembly, root, '--input', JSON.stringify(input));
    expect(run.exitCode).toBe(1);
    expect(run.output).toMatch(new RegExp(`InvalidInput: ${field}: `));
    expect(executionsIn(root)).toMatchObject([{ status: 'FAILED', error: 'InvalidInput' }]);
    expect([...trainingJobsIn(root), ...tuningJobsIn(root)]).toEqual([]);
  });

  test('runs twice in parallel and then once more, and no run overwrites the results of another', async () => {
    const root = temporaryFolder();
    const [first, second] = await Promise.all([
      runLocalMode(assembly, root, '--input', '{"maxTrainingJobs": 2}'),
      runLocalMode(assembly, root, '--input', '{"maxTrainingJobs": 2}', '--input', '{"maxTrainingJobs": 3}'),
    ]);
    expect([first.exitCode, second.exitCode]).toEqual([0, 0]);
    expect(await runLocalMode(assembly, root, '--input', '{"maxTrainingJobs": 2}')).toMatchObject({
      exitCode: 0,
    });

    expect(executionsIn(root).map((execution) => execution.status)).toEqual(Array(4).fill('SUCCEEDED'));
    expect(tuningJobsIn(root)).toHaveLength(4);
    const jobs = trainingJobsIn(root);
    expect(jobs).toHaveLength(2 + 2 + 3 + 2 + 4);
    const models = jobs.map((job) => job.description.ModelArtifacts.S3ModelArtifacts);
    expect(new Set(models).size).toBe(jobs.length);
    for (const job of jobs) expect(job.description.TrainingJobStatus).toBe('Completed');
  });

  test('waits for a Hyperband tuning job with the AWS SDK integration', async () => {
    const root = temporaryFolder();
    const hyperband = synthesizeWorkflow(TuningStrategy.hyperband({ minResource: 1, maxResource: 30 }));
    expect(await runLocalMode(hyperband, root)).toMatchObject({ exitCode: 0 });
    expect(tuningJobsIn(root)[0]?.description.HyperParameterTuningJobConfig.Strategy).toBe('Hyperband');
    expect(executionsIn(root)).toMatchObject([{ status: 'SUCCEEDED' }]);
  });
});

describe('data that XGBoost does not understand', () => {
  /** Runs an execution on a corrupted copy of the training data. */
  async function runOn(folder: string, maxTrainingJobs: number, spoil: (file: string) => void) {
    const root = temporaryFolder();
    expect(await runLocalMode(assembly, root, '--input', '{"maxTrainingJobs": 2}')).toMatchObject({
      exitCode: 0,
    });
    const bucket = bucketIn(root);
    const file = join(bucket, 'input', folder, 'train.csv');
    mkdirSync(join(bucket, 'input', folder));
    copyFileSync(join(bucket, 'input/train/train.csv'), file);
    spoil(file);

    const input = { maxTrainingJobs, train: `s3://${bucket.split('/').pop()}/input/${folder}/` };
    return { root, run: await runLocalMode(assembly, root, '--input', JSON.stringify(input)) };
  }

  test('trains on a line with a non-numeric value, and prints one warning in the terminal', async () => {
    const { run } = await runOn('words', 3, (file) => appendFileSync(file, '1.5,oops,0.1,0.2,0.3\n'));
    expect(run.exitCode).toBe(0);
    expect(run.output.match(/line 301, column 2: 'oops' is not a number/g)).toHaveLength(1);
  });

  test.each([
    [
      'a line with infinity',
      'broken',
      (file: string) => appendFileSync(file, '1.5,inf,0.1,0.2,0.3\n'),
      /Failed to load csv data/,
    ],
    ['no rows', 'empty', (file: string) => writeFileSync(file, ''), /No data in training channel path/],
  ])('%s: the reason reaches the terminal', async (_what, folder, spoil, reason) => {
    const { root, run } = await runOn(folder, 8, spoil);
    expect(run.exitCode).toBe(1);
    expect(run.output).toMatch(/NoCompletedTrainingJobError: /);
    expect(run.output.split('NoCompletedTrainingJobError')[1]).toMatch(reason);
    const failed = tuningJobsIn(root).find(
      (job) => job.description.HyperParameterTuningJobStatus === 'Failed',
    );
    expect(failed?.description.FailureReason).toMatch(/^No training job succeeded after 5 attempts\./);
  });
});

describe('a template that was edited by hand', () => {
  test('is what runs', async () => {
    const root = temporaryFolder();
    const changed = synthesizeWorkflow();
    editTemplate(changed, (text) =>
      text
        .replaceAll('TuneHyperparameters', 'Search')
        .replaceAll(/\be2e\b/g, 'by-hand') // not in the hash of an asset
        .replace(
          '\\"StartAt\\":\\"Configure\\",\\"States\\":{',
          '\\"StartAt\\":\\"First\\",\\"States\\":{\\"First\\":{\\"Type\\":\\"Pass\\",\\"Output\\":{\\"maxTrainingJobs\\":2},\\"Next\\":\\"Configure\\"},',
        ),
    );
    expect(await runLocalMode(changed, root)).toMatchObject({ exitCode: 0 });
    const [execution] = executionsIn(root);
    const output = execution?.output as unknown as WorkflowOutput;
    expect(output.tuningJob.name).toMatch(/^by-hand-/);
    expect(output.tuningJob.trainingJobs.completed).toBe(2);
  });

  test('is refused if a permission was removed', async () => {
    const root = temporaryFolder();
    const changed = synthesizeWorkflow();
    editTemplate(changed, (text) =>
      text.replace('"sagemaker:CreateTrainingJob"', '"sagemaker:NoSuchAction"'),
    );
    const run = await runLocalMode(changed, root, '--input', '{"maxTrainingJobs": 1}');
    expect(run.exitCode).toBe(1);
    expect(run.output).toMatch(/is not authorized to perform: sagemaker:CreateTrainingJob on resource: arn:/);
  });
});

interface WorkflowOutput {
  tuningJob: { name: string; status: string; trainingJobs: { completed: number } };
  bestTrainingJob: { objective: object; hyperparameters: Record<string, string> };
  finalTrainingJob: {
    metrics: Record<string, number>;
    hyperparameters: Record<string, string>;
    modelArtifacts: string;
  };
}

function metric(list: readonly { MetricName: string; Value: number }[] | undefined, name: string): number {
  return list?.find((each) => each.MetricName === name)?.Value ?? Number.NaN;
}

/** The model's metric on the validation data, computed with XGBoost and without local mode. */
async function errorOfModel(archive: string): Promise<number> {
  const folder = temporaryFolder();
  execFileSync('tar', ['-xzf', archive, '-C', folder]);
  const script = [
    'import sys, numpy as np, xgboost as xgb',
    'rows = np.loadtxt(sys.argv[2], delimiter=",")',
    'booster = xgb.Booster(model_file=sys.argv[1])',
    'predictions = booster.predict(xgb.DMatrix(rows[:, 1:]))',
    'print(np.sqrt(np.mean((predictions - rows[:, 0]) ** 2)))',
  ].join('\n');
  const { python } = await defaultEnvironment();
  const validation = resolve(data, 'validation', 'validation.csv');
  return Number(
    execFileSync(python, ['-c', script, join(folder, 'xgboost-model'), validation], { encoding: 'utf8' }),
  );
}
