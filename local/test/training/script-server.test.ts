import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pseudoRandom } from '../../../test/pseudo-random';
import { createScriptTrainer, type Trainer, writeModelArchive } from '../../src/training';
import { packSource, projectEnvironments, SCIKIT_LEARN_IMAGE, XGBOOST_IMAGE } from './script-support';
import { type TaskChanges, type Transformed, transformFiles } from './serving-support';
import { SETUP_TIMEOUT, temporaryFolder } from './support';

const PYTORCH_IMAGE = '763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-inference:2.8.0-cpu-py312';
const CODE = 'code/inference.py';
/** The environment that the SageMaker Python SDK sets for code in the model archive. */
const IN_ARCHIVE = {
  SAGEMAKER_PROGRAM: 'inference.py',
  SAGEMAKER_SUBMIT_DIRECTORY: '/opt/ml/model/code',
  SAGEMAKER_CONTAINER_LOG_LEVEL: '20',
  SAGEMAKER_REGION: 'us-east-1',
};

const ROWS = (() => {
  const random = pseudoRandom(5);
  return Array.from({ length: 20 }, () => [random().toFixed(4), random().toFixed(4)].join(','));
})();
const CONTENT = `${ROWS.join('\n')}\n`;

let trainer: Trainer;
let scikitLearn: string;
let xgboost: string;

beforeAll(async () => {
  trainer = createScriptTrainer({
    environments: {
      ...projectEnvironments,
      // PyTorch is too large for a test, so a module `torch` in the code replaces it.
      forPackages: (wanted, alternatives) =>
        wanted.packages.torch === undefined
          ? projectEnvironments.forPackages(wanted, alternatives)
          : projectEnvironments.forPackages(SCIKIT_LEARN),
    },
  });
  scikitLearn = (await projectEnvironments.forPackages(SCIKIT_LEARN)).python;
  xgboost = (await projectEnvironments.forXGBoost('3.2.0')).python;
}, SETUP_TIMEOUT);
afterAll(() => trainer.close());

const SCIKIT_LEARN = {
  name: 'scikit-learn-1.4.2',
  requirements: [join(__dirname, '../../python/requirements/scikit-learn-1.4.2.txt')],
  packages: { 'scikit-learn': '1.4.2' },
};

/**
 * Writes a model archive with the given files. `make` is Python code that can write further files to `folder`.
 */
async function archive(
  files: Readonly<Record<string, string>>,
  make?: [python: string, code: string],
): Promise<string> {
  const folder = temporaryFolder();
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  if (make) execFileSync(make[0], ['-c', `folder = ${JSON.stringify(folder)}\n${make[1]}`]);
  const path = join(temporaryFolder(), 'model.tar.gz');
  await writeModelArchive(folder, path);
  return path;
}

const transform = (image: string, modelArchive: string, changes: TaskChanges = {}): Promise<Transformed> =>
  transformFiles(trainer.serving, [CONTENT], { image, environment: IN_ARCHIVE, modelArchive, ...changes });

/** A model that predicts the sum of a row's values. It needs no library. */
const ADD = `
def model_fn(model_dir):
    return "model"

def input_fn(data, content_type):
    return [[float(cell) for cell in line.split(",")] for line in data.splitlines()]

def predict_fn(rows, model):
    return [round(sum(row), 4) for row in rows]

def output_fn(prediction, accept):
    return "\\n".join(map(str, prediction)) + "\\n"
`;
const SUMS = ROWS.map((row) =>
  String(
    Number(
      row
        .split(',')
        .reduce((sum, cell) => sum + Number(cell), 0)
        .toFixed(4),
    ),
  ),
);
const lines = (text = '') => text.trimEnd().split('\n');

const LINEAR = `
import joblib, numpy as np
from sklearn.linear_model import LinearRegression
rows = np.array([[i / 7, (i * i) % 5] for i in range(30)])
model = LinearRegression().fit(rows, rows @ [2, -1] + 0.25)
joblib.dump(model, folder + "/model.joblib")`;
const LOAD_LINEAR = `
import joblib, os
def model_fn(model_dir):
    return joblib.load(os.path.join(model_dir, "model.joblib"))
`;

/**
 * The predictions of a linear scikit-learn model for the rows. As in the container's default `input_fn`, the rows are
 * 32-bit floats.
 */
function predictLinear(): number[] {
  const code = `${LINEAR.replace('joblib.dump', '0 and joblib.dump')}
import sys, json
rows = np.array([[float(cell) for cell in line.split(",")] for line in sys.stdin.read().split()]).astype(np.float32)
print(json.dumps(model.predict(rows).tolist()))`;
  const output = execFileSync(scikitLearn, ['-c', `folder = "."\n${code}`], {
    encoding: 'utf8',
    input: CONTENT,
  });
  return JSON.parse(output) as number[];
}

describe('scikit-learn', () => {
  test('the default functions read CSV, predict, and return JSON or CSV', async () => {
    const model = await archive({ [CODE]: LOAD_LINEAR }, [scikitLearn, LINEAR]);
    const expected = predictLinear();
    const { outputs, reason } = await transform(SCIKIT_LEARN_IMAGE, model);
    expect(reason).toBe('');
    expect(JSON.parse(outputs[0] ?? '')).toEqual(expected);
    const csv = await transform(SCIKIT_LEARN_IMAGE, model, { batch: { accept: 'text/csv' } });
    expect(lines(csv.outputs[0]).map(Number)).toEqual(expected);
  });

  test("output_fn can return the container's Response and use its encoders", async () => {
    const code = `${LOAD_LINEAR}
from sagemaker_containers.beta.framework import encoders, worker
def output_fn(prediction, accept):
    return worker.Response(encoders.encode(prediction, accept), mimetype=accept)`;
    const model = await archive({ [CODE]: code }, [scikitLearn, LINEAR]);
    const { outputs } = await transform(SCIKIT_LEARN_IMAGE, model, {
      batch: { accept: 'text/csv', joinsInput: true },
    });
    expect(lines(outputs[0])).toEqual(predictLinear().map((value, at) => `${ROWS[at]},${value}`));
  });

  test.each([
    [
      { contentType: 'image/png' },
      /^ClientError: .*Content type image.png is not supported/,
      'ClientError: 415',
    ],
    [{ accept: 'image/png' }, /^ClientError: .*Content type image.png is not supported/, 'ClientError: 406'],
  ])('%j fails with a specific HTTP status', async (batch, reason, title) => {
    const model = await archive({ [CODE]: LOAD_LINEAR }, [scikitLearn, LINEAR]);
    const failed = await transform(SCIKIT_LEARN_IMAGE, model, { batch });
    expect(failed.reason).toMatch(reason);
    expect(failed.log).toContain(title);
  });
});

test('XGBoost: the default functions give the same predictions as XGBoost', async () => {
  const fit = `
import numpy as np, xgboost as xgb
rows = np.array([[i / 7, (i * i) % 5] for i in range(30)])
model = xgb.train({"max_depth": 3}, xgb.DMatrix(rows, rows @ [2, -1]), 5)
`;
  const code = `
import os, xgboost
def model_fn(model_dir):
    return xgboost.Booster(model_file=os.path.join(model_dir, "model.json"))`;
  const model = await archive({ [CODE]: code }, [xgboost, `${fit}model.save_model(folder + "/model.json")`]);
  const own = `${fit}
import sys, json
rows = np.array([[float(cell) for cell in line.split(",")] for line in sys.stdin.read().split()])
print(json.dumps(model.predict(xgb.DMatrix(rows)).tolist()))`;
  const expected = JSON.parse(execFileSync(xgboost, ['-c', own], { encoding: 'utf8', input: CONTENT }));
  const { outputs, reason } = await transform(XGBOOST_IMAGE, model);
  expect(reason).toBe('');
  expect(JSON.parse(outputs[0] ?? '')).toEqual(expected);
});

describe('PyTorch', () => {
  test('the functions of inference.py in the archive are used; model_fn may receive the context', async () => {
    const code = ADD.replace('model_fn(model_dir)', 'model_fn(model_dir, context)').replace(
      'return "model"',
      'return context.system_properties["model_dir"] == model_dir',
    );
    const { outputs, reason } = await transform(PYTORCH_IMAGE, await archive({ [CODE]: code }), {
      environment: {},
    });
    expect([reason, lines(outputs[0])]).toEqual(['', SUMS]);
  });

  test('without a script, a TorchScript model predicts', async () => {
    // Replaces torch, which is not installed on our machines. Its model doubles the first column.
    const torch = `
import contextlib, types, numpy as np
class Tensor(np.ndarray):
    def to(self, device): return self
    def detach(self): return self
    cpu = numpy = detach
def FloatTensor(array): return np.asarray(array, dtype=np.float32).view(Tensor)
class Model:
    def to(self, device): return self
    def eval(self): pass
    def __call__(self, rows): return rows[:, 0] * 2
def load(path, map_location):
    print("loading", path.rpartition("/")[2])
    return Model()
device, cuda, jit = str, types.SimpleNamespace(is_available=lambda: False), types.SimpleNamespace(load=load)
no_grad = contextlib.nullcontext
Tensor.numpy = lambda self: np.asarray(self)`;
    const model = await archive({ 'net.pth': '', 'code/torch.py': torch });
    const { outputs, reason, log } = await transform(PYTORCH_IMAGE, model, {
      environment: {},
      batch: { accept: 'image/png, text/csv' },
    });
    expect(reason).toBe('');
    expect(lines(outputs[0]).map(Number)).toEqual(
      ROWS.map((row) => expect.closeTo(2 * Number(row.split(',')[0]), 5)),
    );
    expect(log).toContain('loading net.pth');
    const none = await transform(PYTORCH_IMAGE, await archive({ 'code/torch.py': torch }), {
      environment: {},
    });
    expect(none.reason).toMatch(
      /respond to ping\. .*\(ValueError: Exactly one \.pth or \.pt file is required/,
    );
  });

  test('an error of the script can set the HTTP status', async () => {
    const code = `${ADD}
from sagemaker_inference import errors
def predict_fn(rows, model):
    raise errors.GenericInferenceToolkitError(422, "too many rows")`;
    const { reason, log } = await transform(PYTORCH_IMAGE, await archive({ [CODE]: code }));
    expect(reason).toBe(
      'ClientError: See job logs for more information (GenericInferenceToolkitError: too many rows)',
    );
    expect(log).toContain('ClientError: 422');
  });
});

test("code at an S3 URI is read with the permissions of the model's role", async () => {
  const source = await packSource({ 'serve.py': ADD, 'errors.py': 'NOTE = "own"' });
  const environment = {
    SAGEMAKER_PROGRAM: 'serve.py',
    SAGEMAKER_SUBMIT_DIRECTORY: 's3://b/sourcedir.tar.gz',
  };
  const model = await archive({});
  const objectFile = () => source;
  const { outputs, reason } = await transform(SCIKIT_LEARN_IMAGE, model, { environment, objectFile });
  expect([reason, lines(outputs[0])]).toEqual(['', SUMS]);
  const denied = await transform(SCIKIT_LEARN_IMAGE, model, { environment });
  expect(denied.reason).toBe('ClientError: SAGEMAKER_SUBMIT_DIRECTORY: no object s3://b/sourcedir.tar.gz');
});

test('the script imports its own modules, and its environment has the variables of the job but no credentials', async () => {
  const code = `
import errors, os, protocol
def model_fn(model_dir): return errors.NOTE + protocol.NOTE
def transform_fn(model, data, content_type, accept):
    names = ("AWS_SECRET_ACCESS_KEY", "SAGEMAKER_BATCH", "DATA")
    return ",".join([model, *(os.environ.get(name, "-") for name in names)]), "text/csv"`;
  process.env.AWS_SECRET_ACCESS_KEY = 'secret';
  const model = await archive({
    [CODE]: code,
    'code/errors.py': 'NOTE = "own"',
    'code/protocol.py': 'NOTE = "ed"',
  });
  const environment = { ...IN_ARCHIVE, SAGEMAKER_BATCH: 'true', DATA: '/opt/ml/model/code' };
  const { outputs, reason } = await transform(PYTORCH_IMAGE, model, { environment });
  delete process.env.AWS_SECRET_ACCESS_KEY;
  expect(reason).toBe('');
  expect(outputs[0]).toMatch(/^owned,-,true,\/.*\/model\/code\n$/);
});

test.each<[string, string, RegExp]>([
  ['no model_fn', '', /respond to ping\. .*\(NotImplementedError: Please provide a model_fn/],
  [
    'an error at import',
    'import no_such_module',
    /respond to ping\. .*\(ModuleNotFoundError: No module named 'no_such_module'\)/,
  ],
  [
    'a model that cannot be loaded',
    'def model_fn(folder): raise OSError("broken")',
    /respond to ping\. .*\(OSError: broken\)/,
  ],
  [
    'contradicting functions',
    `${ADD}\ndef transform_fn(*_): pass`,
    /respond to ping\. .*Cannot use transform_fn/,
  ],
  [
    'a bad record',
    ADD.replace('float(cell)', 'float(cell + "x")'),
    /^AlgorithmError: See job logs .* \(ValueError: could not/,
  ],
  [
    'a crash',
    ADD.replace('return "\\n"', 'import os; os._exit(3); return "\\n"'),
    /^AlgorithmError: See job logs .*\(the process ended with exit code 3\)/,
  ],
  [
    'a missing module of the image',
    'from sagemaker_inference import transformer',
    /imports sagemaker_inference.transformer, for which/,
  ],
])('%s fails the job with a clear reason', async (_, code, reason) => {
  const { reason: found, outputs } = await transform(SCIKIT_LEARN_IMAGE, await archive({ [CODE]: code }));
  expect(found).toMatch(reason);
  expect(outputs).toEqual([undefined]);
});

test('a stopped job ends at once', async () => {
  const stop = new AbortController();
  const model = await archive({
    [CODE]: `${ADD}\nprint("loaded")\nimport time\ndef model_fn(_): time.sleep(100)`,
  });
  const { status, outputs } = await transform(SCIKIT_LEARN_IMAGE, model, {
    signal: stop.signal,
    onLog: (line) => line === 'loaded' && stop.abort(),
  });
  expect([status, outputs]).toEqual(['Stopped', [undefined]]);
});

test.each([
  [XGBOOST_IMAGE, {}, /there is none: set SAGEMAKER_PROGRAM/],
  [SCIKIT_LEARN_IMAGE, {}, /there is none: set SAGEMAKER_PROGRAM/],
  ['tensorflow-inference:2.19', IN_ARCHIVE, undefined],
])('the server refuses %s with the environment %j', (image, environment, refusal) => {
  expect(trainer.serving?.accepts({ image, environment })).toBe(false);
  const why = trainer.serving?.refusal?.({ image, environment });
  if (refusal === undefined) expect(why).toBeUndefined();
  else expect(why).toMatch(refusal);
});
