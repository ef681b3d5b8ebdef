import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pseudoRandom } from '../../../test/pseudo-random';
import { createTabularTrainer, type Trainer, writeModelArchive } from '../../src/training';
import { servedLibraryOf } from '../../src/training/tabular-trainer';
import { type Transformed, transformFiles } from './serving-support';
import { environments, runJob, SETUP_TIMEOUT, temporaryFolder } from './support';

const IMAGE = '763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-inference:1.9.0-cpu-py38';
const LIBRARIES = ['lightgbm', 'catboost'] as const;
const KINDS = { regression: 0, binary: 2, multiclass: 3 } as const;
type Library = (typeof LIBRARIES)[number];
type Kind = keyof typeof KINDS;

/** The S3 URI where JumpStart stores a script. */
const scriptOf = (library: string, scope: string, task: string) =>
  `s3://jumpstart-cache-prod-us-east-1/source-directory-tarballs/${library}/${scope}/${task}/v1.1.3/sourcedir.tar.gz`;
const taskOf = (kind: Kind) => (kind === 'regression' ? 'regression' : 'classification');
const environmentOf = (library: string, kind: Kind = 'regression') => ({
  SAGEMAKER_PROGRAM: 'inference.py',
  SAGEMAKER_SUBMIT_DIRECTORY: scriptOf(library, 'inference', taskOf(kind)),
});

const folder = temporaryFolder();
const archiveOf = (library: string, kind: string) => join(folder, `${library}-${kind}.tar.gz`);
const foldersOf = new Map<string, string>();
let trainer: Trainer;

/** Rows of two numbers and a category, which LightGBM and CatBoost treat as a categorical feature. */
const ROWS = (() => {
  const random = pseudoRandom(3);
  return Array.from({ length: 60 }, (_, at) => `${random().toFixed(3)},${random().toFixed(3)},${at % 4}`);
})();

beforeAll(async () => {
  trainer = createTabularTrainer({
    pythonFor: (wanted) => environments.forPackages(wanted),
    maxWorkers: 1,
  });
  for (const library of LIBRARIES) {
    for (const kind of Object.keys(KINDS) as Kind[]) await train(library, kind);
  }
}, SETUP_TIMEOUT);
afterAll(() => trainer.close());

async function train(library: Library, kind: Kind): Promise<void> {
  const label = (row: string, at: number) => (KINDS[kind] > 0 ? at % KINDS[kind] : row.split(',')[0]);
  const file = join(folder, 'train.csv');
  writeFileSync(file, ROWS.map((row, at) => `${label(row, at)},${row}\n`).join(''));
  const index = join(folder, 'categorical_index.json');
  writeFileSync(index, '{"cat_index_list": [3]}');
  const rounds: Record<string, string> =
    library === 'lightgbm' ? { num_boost_round: '6', min_data_in_leaf: '3' } : { iterations: '6' };
  const submit = scriptOf(library, 'transfer_learning', taskOf(kind));
  const job = await runJob(
    trainer,
    { sagemaker_program: 'transfer_learning.py', sagemaker_submit_directory: submit, ...rounds },
    { train: [file, index] },
  );
  expect(job.outcome).toEqual({ status: 'Completed' });
  const model = join(job.workFolder, 'model');
  foldersOf.set(`${library}-${kind}`, model);
  await writeModelArchive(model, archiveOf(library, kind));
}

/** The library's own predictions for the rows. */
async function predict(library: Library, kind: Kind): Promise<unknown> {
  const { python } = await environments.forPackages({
    name: library === 'lightgbm' ? 'lightgbm-4.6.0' : 'catboost-1.2.10',
    requirements: [],
    packages: { [library]: undefined },
  });
  const code = `
import io, json, sys, numpy as np, pandas as pd
rows = pd.read_csv(io.StringIO(sys.stdin.read()), header=None)
if "${library}" == "lightgbm":
    import lightgbm
    model = lightgbm.Booster(model_file=sys.argv[1] + "/model.txt")
    predicted = model.predict(rows.to_numpy())
    if "${kind}" == "binary":
        predicted = np.array([1 - predicted, predicted]).T
else:
    import catboost
    model = (catboost.CatBoostRegressor if "${kind}" == "regression" else catboost.CatBoostClassifier)()
    model.load_model(sys.argv[1] + "/model")
    rows.columns = model.feature_names_
    predicted = model.predict(rows) if "${kind}" == "regression" else model.predict_proba(rows)
print(json.dumps(predicted.tolist()))`;
  const args = ['-c', code, foldersOf.get(`${library}-${kind}`) ?? ''];
  return JSON.parse(execFileSync(python, args, { encoding: 'utf8', input: ROWS.join('\n') }));
}

function transform(
  library: string,
  kind: Kind,
  contents: readonly string[] = [ROWS.join('\n')],
  batch = {},
): Promise<Transformed> {
  const environment = environmentOf(library, kind);
  return transformFiles(trainer.serving, contents, {
    image: IMAGE,
    environment,
    modelArchive: archiveOf(library, kind),
    batch,
  });
}

describe.each(LIBRARIES)('%s', (library) => {
  test.each(Object.keys(KINDS) as Kind[])(
    '%s: the output has the predictions of the library',
    async (kind) => {
      const name = kind === 'regression' ? 'prediction' : 'probabilities';
      const { outputs, reason } = await transform(library, kind);
      expect(reason).toBe('');
      expect(JSON.parse(outputs[0] ?? '')).toEqual({ [name]: await predict(library, kind) });
      const single = await transform(library, kind, undefined, { isSingleRecord: true });
      const all = single.outputs[0]?.trimEnd().split('\n');
      expect(all?.map((line) => JSON.parse(line)[name][0])).toEqual(JSON.parse(outputs[0] ?? '')[name]);
    },
  );

  test('the accept type application/json;verbose adds the predicted class', async () => {
    const { outputs } = await transform(library, 'multiclass', undefined, {
      accept: 'application/json;verbose',
    });
    const { probabilities, predicted_label: labels } = JSON.parse(outputs[0] ?? '') as {
      probabilities: number[][];
      predicted_label: number[];
    };
    expect(labels).toEqual(probabilities.map((row) => row.indexOf(Math.max(...row))));
  });

  test.each([
    [{}, '0.1,0.2\n', /The request has 2 columns, the model has 3 features/],
    [{}, '0.1,word,1\n', /Column 1 is not numeric: 'word'/],
    [{ contentType: 'application/json' }, '[1]\n', /unsupported content type application.json/],
    [{ accept: 'text/csv' }, '1,2,3\n', /answers application.json, not text.csv/],
  ])('with %j, an invalid request fails the job with a clear reason', async (batch, content, reason) => {
    const failed = await transform(library, 'regression', [content, `${ROWS[0]}\n`], batch);
    expect(failed.reason).toMatch(/^AlgorithmError: See job logs for more information \(/);
    expect(failed.reason).toMatch(reason);
    expect(failed.log).toMatch(
      /\[sagemaker logs\]: part\/0\.csv: Bad HTTP status received from algorithm: 500\n/,
    );
    expect(failed.outputs.map((output) => output === undefined)).toEqual([
      true,
      Object.keys(batch).length > 0,
    ]);
  });

  test('a model that cannot be loaded fails the job', async () => {
    const bad = temporaryFolder();
    writeFileSync(join(bad, 'model.txt'), 'no model');
    await writeModelArchive(bad, join(folder, `${library}-bad.tar.gz`));
    const { reason } = await transform(library, 'bad' as Kind);
    expect(reason).toMatch(
      /^AlgorithmError: Model container failed to respond to ping\. .* 200 status code \(Unable to load model: /,
    );
  });
});

test('a pickled Booster, as SageMaker saves it, can be served', async () => {
  const pickled = temporaryFolder();
  const model = foldersOf.get('lightgbm-binary') ?? '';
  execFileSync('cp', [join(model, 'model.pkl'), pickled]);
  await writeModelArchive(pickled, join(folder, 'lightgbm-pickled.tar.gz'));
  const { outputs } = await transform('lightgbm', 'pickled' as Kind);
  expect(JSON.parse(outputs[0] ?? '')).toEqual({ probabilities: await predict('lightgbm', 'binary') });
});

test.each([
  [scriptOf('lightgbm', 'inference', 'regression'), 'lightgbm'],
  [scriptOf('catboost', 'inference', 'classification'), 'catboost'],
  [scriptOf('autogluon', 'inference', 'classification'), undefined],
  ['s3://bucket/lightgbm/sourcedir.tar.gz', undefined],
  ['/opt/ml/model/code', undefined],
])('the library that serves %s: %s', (SAGEMAKER_SUBMIT_DIRECTORY, library) => {
  expect(servedLibraryOf({ image: IMAGE, environment: { SAGEMAKER_SUBMIT_DIRECTORY } })).toBe(library);
});
