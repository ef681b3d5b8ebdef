import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { filesIn, temporaryFolder, trainingJobsIn, tuningJobsIn, writeTrainingData } from './support';

// Allows time for installing the SDK's packages and an XGBoost version that the SDK supports, and for the SDK's
// waits.
jest.setTimeout(400_000);

const PROJECT = resolve(__dirname, '../../..');
const EXAMPLE = join(PROJECT, 'examples/python-sdk');
const README = readFileSync(join(EXAMPLE, 'README.md'), 'utf8');

const root = temporaryFolder();
let python: string;
let serving: ChildProcess | undefined;
let environment: NodeJS.ProcessEnv;

beforeAll(async () => {
  python = sdkPython();
  environment = await serve(lineOf('npm run local -- serve'));
});

afterAll(async () => {
  if (serving?.pid !== undefined && serving.exitCode === null) {
    const ended = new Promise((done) => serving?.once('close', done));
    // Like a terminal, sends Ctrl-C to all processes of the group.
    process.kill(-serving.pid, 'SIGINT');
    await ended;
  }
  rmSync(root, { recursive: true, force: true });
});

/** A line of the example's README, without its comment. */
function lineOf(beginning: string): string {
  const line = README.split('\n').find((each) => each.startsWith(beginning));
  if (line === undefined) throw new Error(`not in the README: ${beginning}`);
  return line.replace(/ +#.*/, '');
}

/** A Python interpreter with exactly the packages of the example's requirements.txt. Cached by the file's content. */
function sdkPython(): string {
  const requirements = join(EXAMPLE, 'requirements.txt');
  const hash = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 12);
  const home = join(PROJECT, '.venv', `python-sdk-${hash}`);
  if (!existsSync(home)) {
    mkdirSync(join(PROJECT, '.venv'), { recursive: true });
    const folder = mkdtempSync(`${home}-`);
    try {
      execFileSync('python3', ['-m', 'venv', folder]);
      // requirements.txt contains all dependencies, so pip does not have to resolve them. Compiling would double the
      // installation time.
      const options = ['--quiet', '--no-deps', '--no-compile', '--disable-pip-version-check'];
      execFileSync(join(folder, 'bin/python'), ['-m', 'pip', 'install', ...options, '-r', requirements]);
      renameSync(folder, home);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  return join(home, 'bin/python');
}

/** Starts local mode. Returns the environment of a terminal into which a user pasted the printed lines. */
async function serve(command: string): Promise<NodeJS.ProcessEnv> {
  const child = spawn('/bin/sh', ['-c', `${command} --root ${root}`], {
    cwd: PROJECT,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  serving = child;
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
  });
  await new Promise<void>((ready, failed) => {
    child.once('close', () => failed(new Error(`serve has ended: ${stderr}`)));
    child.stderr.setEncoding('utf8').on('data', (text) => {
      stderr += text;
      if (stderr.includes('Press Ctrl-C to stop')) ready();
    });
  });
  const lines = [...stdout.matchAll(/^export (\w+)='(.*)'$/gm)].map(([, name, value]) => [name, value]);
  return {
    PATH: process.env['PATH'],
    // Blocks requests that would leave this machine.
    HTTPS_PROXY: 'http://127.0.0.1:9',
    ...Object.fromEntries(lines),
  };
}

/** Runs Python in the environment from `serve`. Returns stdout and stderr. */
async function run(...args: string[]): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)(python, args, { cwd: PROJECT, env: environment });
  return `${stdout}\n${stderr}`;
}

test("the README's script searches, reads the results, starts a search with a warm start, and stops a search", async () => {
  const [, script = ''] = lineOf('.venv/python-sdk/bin/python').split(' ');
  const output = await run(script, '--jobs', '4');

  const tuningJobs = tuningJobsIn(root).map(({ description }) => description);
  expect(tuningJobs.map((job) => job.HyperParameterTuningJobStatus)).toEqual([
    'Completed',
    'Completed',
    'Stopped',
  ]);
  const [first, warm] = tuningJobs;
  expect(warm?.WarmStartConfig).toEqual({
    WarmStartType: 'IdenticalDataAndAlgorithm',
    ParentHyperParameterTuningJobs: [{ HyperParameterTuningJobName: first?.HyperParameterTuningJobName }],
  });

  const trained = trainingJobsIn(root)
    .map(({ description }) => description)
    .filter((job) => job.TuningJobArn === first?.HyperParameterTuningJobArn);
  const rmseOf = (job: (typeof trained)[number]) =>
    job.FinalMetricDataList?.find(({ MetricName }) => MetricName === 'validation:rmse')?.Value ?? Number.NaN;
  const [best] = trained.sort((left, right) => rmseOf(left) - rmseOf(right));
  if (best === undefined) throw new Error('nothing was trained');
  expect(output).toContain(`Best: ${best.TrainingJobName}\n`);
  expect(output).toContain(`Model: ${best.ModelArtifacts.S3ModelArtifacts}\n`);
  expect(existsSync(best.ModelArtifacts.S3ModelArtifacts.replace('s3:/', join(root, 's3')))).toBe(true);
  for (const job of trained) {
    // All values are in one column, padded to the same number of decimals.
    expect(output).toMatch(new RegExp(`^ *${job.TrainingJobName} +${rmseOf(job)}0* `, 'm'));
  }
  // The log of the best job; the last line contains the job's metric.
  const lines = [...output.matchAll(/^\[\d+\]#011train-rmse:\S+#011validation-rmse:(\S+)$/gm)];
  expect(lines).toHaveLength(100);
  expect(Number(lines.at(-1)?.[1])).toBe(rmseOf(best));
  expect(output).toMatch(/^Status: Stopped$/m);
});

test('the default bucket and role names work without AWS, and a role is limited to its policies', async () => {
  const output = await run(
    '-c',
    `
import boto3, sagemaker
from botocore.exceptions import ClientError
from sagemaker.estimator import Estimator

session = sagemaker.Session()
bucket = session.default_bucket()
data = session.upload_data("data/bikeshare/train", bucket, "train")
print("data", data)
stack = boto3.resource("cloudformation").Stack("SageMakerTuning")
arn = next(each["OutputValue"] for each in stack.outputs if each["OutputKey"] == "TrainingRoleArn")
name = arn.split("/")[-1]
print("same role", session.expand_role(name) == arn)
image = sagemaker.image_uris.retrieve("xgboost", session.boto_region_name, "3.0-5")
common = dict(instance_count=1, instance_type="ml.m5.large", hyperparameters={"num_round": 2})
for role in (name, "arn:aws:iam::123456789012:role/of-another-stack"):
    estimator = Estimator(image, role, sagemaker_session=session, **common)
    try:
        estimator.fit({"train": sagemaker.inputs.TrainingInput(data, content_type="text/csv")}, logs=False)
        print("model", estimator.model_data)
        print(estimator.training_job_analytics.dataframe().to_string())
    except ClientError as error:
        print(error)
`,
  );
  const bucket = 'sagemaker-us-east-1-123456789012';
  expect(output).toContain(`data s3://${bucket}/train\n`);
  expect(output).toContain('same role True\n');
  expect(output).toMatch(
    /No S3 objects found .* has "s3:ListBucket" permissions on bucket "sagemaker-us-east-1-/,
  );
  expect(output).toMatch(new RegExp(`^model s3://${bucket}/sagemaker-xgboost-.*/output/model.tar.gz$`, 'm'));
  expect(filesIn(join(root, 's3', bucket))).toHaveLength(2);
  // Both rounds are in the same minute, so CloudWatch has one value for them.
  expect(output).toMatch(/^0 +0\.0 +train:rmse +\d+\.\d+$/m);
  // If the SDK had sent telemetry, the proxy would have refused the request, and the SDK would have reported an error.
  expect(output).not.toContain('Max retries exceeded');
});

test('Transformer, register and ModelPackage predict with a trained model and with its approved version', async () => {
  const output = await run(join(__dirname, 'python_sdk_models.py'), writeTrainingData());
  expect(output).toContain('attached True s3://sagemaker-us-east-1-123456789012/models/a\n');
  expect(output).toContain('group Completed\n');
  expect(output).toMatch(/refused: .* is not approved: its ModelApprovalStatus is PendingManualApproval/);
  expect(output).toContain('approved Approved good enough 1\n');
  expect(output).toMatch(/^same predictions True [1-9]\d*$/m);
});
