import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { BucketDeployment, Source } from 'aws-cdk-lib/aws-s3-deployment';
import {
  Algorithm,
  DataLocation,
  FinalTrainingData,
  type FinalTrainingOptions,
  InputData,
  Objective,
  ParameterRange,
  TuningWorkflow,
  XGBoostVersion,
} from '../../../lib';
import {
  onlyExecutionIn,
  runLocalMode,
  synthesize,
  temporaryFolder,
  trainingJobsIn,
  unpackModel,
  writeTrainingData,
} from './support';

interface Job {
  readonly name: string;
  readonly metrics: Readonly<Record<string, number>>;
  readonly hyperparameters: Readonly<Record<string, string>>;
  readonly modelArtifacts: string;
  readonly reused?: boolean;
}

interface Outcome {
  readonly root: string;
  readonly best: Job;
  readonly final: Job;
  readonly crossValidation?: Job;
  readonly jobs: readonly unknown[];
  readonly report: Report;
}

/** Runs a search with early stopping. The bucket can hold separate data for the final training. */
async function run(
  finalTraining: (bucket: s3.IBucket) => FinalTrainingOptions,
  input = {},
): Promise<Outcome> {
  const assembly = synthesize((stack) => {
    const bucket = new s3.Bucket(stack, 'Bucket', { bucketName: 'bike-rentals' });
    new TuningWorkflow(stack, 'Tuning', {
      algorithm: Algorithm.xgboost({ version: XGBoostVersion.V3_2_0 }),
      objective: Objective.minimize('validation:rmse'),
      hyperparameters: { num_round: '200', eta: '0.9', early_stopping_rounds: '2' },
      parameterRanges: [ParameterRange.integer('max_depth', { min: 2, max: 8 })],
      maxTrainingJobs: 2,
      bucket,
      finalTraining: finalTraining(bucket),
    });
    new BucketDeployment(stack, 'Data', {
      sources: [Source.asset(writeTrainingData())],
      destinationBucket: bucket,
      destinationKeyPrefix: 'input',
    });
  });
  const root = temporaryFolder();
  const { exitCode, output } = await runLocalMode(assembly, root, '--input', JSON.stringify(input));
  if (exitCode !== 0) throw new Error(output);
  const {
    bestTrainingJob: best,
    finalTrainingJob: final,
    crossValidation,
    report,
  } = onlyExecutionIn(root).output as never as {
    bestTrainingJob: Job;
    finalTrainingJob: Job;
    crossValidation?: Job;
    report: string;
  };
  const reported = JSON.parse(readFileSync(fileOf(root, report.replace(/html$/, 'json')), 'utf8')) as Report;
  return { root, best, final, crossValidation, jobs: trainingJobsIn(root), report: reported };
}

interface Report {
  readonly finalModel: { readonly job: string; readonly reused?: boolean };
  readonly reading: readonly { readonly about: string; readonly text: string }[];
}

function fileOf(root: string, uri: string): string {
  return uri.replace('s3:/', join(root, 's3'));
}

/** The content of the model file. Archives of equal models can differ, because they contain timestamps. */
function model({ root }: Outcome, job: Job): string {
  return readFileSync(join(unpackModel(root, job.modelArtifacts), 'xgboost-model'), 'hex');
}

function log({ root }: Outcome, { name }: Job): string {
  return readFileSync(join(root, 'logs', `${name}.log`), 'utf8');
}

/**
 * The best round of a training job, counted from 1. The log also has the later rounds, in which early stopping waited
 * for an improvement.
 */
function bestRound(outcome: Outcome, job: Job): number {
  const values = [...log(outcome, job).matchAll(/^\[\d+\].*validation-rmse:(\S+)/gm)].map(([, value]) =>
    Number(value),
  );
  return values.indexOf(Math.min(...values)) + 1;
}

function said({ report }: Outcome, subject = 'final-model'): string | undefined {
  return report.reading.find(({ about }) => about === subject)?.text;
}

test('with the data of the search, the final training repeats the best training job byte for byte', async () => {
  const outcome = await run(() => ({}));
  expect(outcome.final.name).not.toBe(outcome.best.name);
  expect(model(outcome, outcome.final)).toBe(model(outcome, outcome.best));
});

test('the best model is reused without a job', async () => {
  const outcome = await run(() => ({ reuseBest: true }));
  const { best, final, jobs, report } = outcome;
  const { name, metrics, hyperparameters, modelArtifacts } = best;
  expect(final).toEqual({
    name,
    arn: expect.any(String),
    metrics,
    hyperparameters,
    modelArtifacts,
    reused: true,
  });
  expect(jobs).toHaveLength(2);
  expect(report.finalModel).toMatchObject({ job: best.name, reused: true });
  expect(said(outcome)).toBe('The final model is the model of the best job: no final training ran.');
});

test('final training on train and validation together trains all rows for the best number of rounds', async () => {
  const outcome = await run(() => ({ data: FinalTrainingData.trainAndValidation() }));
  const { best, final } = outcome;
  const { early_stopping_rounds: _patience, ...hyperparameters } = best.hyperparameters;
  expect(final.hyperparameters).toEqual({ ...hyperparameters, num_round: String(bestRound(outcome, best)) });
  expect(log(outcome, best)).toMatch(/Train matrix has 300 rows/);
  expect(log(outcome, final)).toMatch(/Train matrix has 400 rows/);
  expect(log(outcome, final).match(/^\[\d+\]/gm)).toHaveLength(bestRound(outcome, best));
  expect(Object.keys(final.metrics)).toEqual(['train:rmse']);
  expect(said(outcome)).toMatch(
    /^The final model has no validation:rmse: it was trained without validation data/,
  );
});

test('final training on other data uses the location from the input and no validation data', async () => {
  const outcome = await run(
    (bucket) => ({
      data: FinalTrainingData.of(InputData.csv(DataLocation.fromBucket(bucket, 'input/none/'))),
    }),
    { finalTrain: 's3://bike-rentals/input/validation/' },
  );
  expect(log(outcome, outcome.final)).toMatch(/Train matrix has 100 rows/);
  expect(outcome.final.hyperparameters.num_round).toBe(String(bestRound(outcome, outcome.best)));
});

test('the best hyperparameters are cross-validated on train and validation together', async () => {
  const outcome = await run(() => ({ crossValidation: { folds: 3 } }));
  const { best, final, crossValidation: folds, jobs, report } = outcome;
  if (folds === undefined) throw new Error('no cross-validation');
  expect(jobs).toHaveLength(4);
  expect(report.finalModel.job).toBe(final.name);
  const printed = log(outcome, folds);
  expect(printed).toMatch(/Run 1-round of 3-fold cross validation with 400 rows/);
  expect(printed.match(/^\[\d+\]/gm)).toHaveLength(3 * bestRound(outcome, best) + 1);
  const [, mean] = /.*validation-rmse:(\S+)\n(?!.*validation-rmse)/s.exec(printed) ?? [];
  expect(folds).toMatchObject({ folds: 3, rounds: 1, metrics: { 'validation:rmse': Number(mean) } });
  const files = readdirSync(unpackModel(outcome.root, folds.modelArtifacts)).sort();
  expect(files).toEqual([0, 1, 2].map((fold) => `xgboost-model-${fold}`));
  expect(final.hyperparameters).toEqual(best.hyperparameters);
  expect(said(outcome, 'cross-validation')).toMatch(
    /^In a cross-validation with 3 folds, the best hyperparameters/,
  );
});

test('the error of a failed cross-validation gives the reason and the best model', async () => {
  const running = run(() => ({ crossValidation: { folds: 401 } }));
  await expect(running).rejects.toThrow(
    /CrossValidationFailed[\s\S]*n_splits=401[\s\S]*Best training job of the search: \S+, model s3:/,
  );
});
