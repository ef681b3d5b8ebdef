import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Stack } from 'aws-cdk-lib';
import { BucketDeployment, Source } from 'aws-cdk-lib/aws-s3-deployment';
import {
  Algorithm,
  Framework,
  Objective,
  ParameterRange,
  ScriptSource,
  TuningWorkflow,
  XGBoostVersion,
} from '../../../lib';
import { untilEnded } from '../until-ended';
import {
  onlyExecutionIn,
  runLocalMode,
  startLocalMode,
  synthesize,
  temporaryFolder,
  trainingJobsIn,
  tuningJobsIn,
  writeTrainingData,
} from './support';

/** A script that takes its metric value and its duration from hyperparameters. */
const SCRIPT = `
import argparse, os, time

parser = argparse.ArgumentParser()
parser.add_argument("--error", type=float)
parser.add_argument("--seconds", type=float, default=0)
parser.add_argument("--seed", type=int)
args = parser.parse_args()
print(f"process {os.getpid()}", flush=True)
time.sleep(args.seconds)
print(f"rmse={args.error}")
with open(os.path.join(os.environ["SM_MODEL_DIR"], "error"), "w") as file:
    file.write(str(args.error))
`;

let assembly: string;

beforeAll(() => {
  assembly = synthesize(addWorkflow);
});

function addWorkflow(stack: Stack): void {
  const code = temporaryFolder();
  for (const name of ['good.py', 'bad.py']) writeFileSync(join(code, name), SCRIPT);
  const objective = Objective.minimize('validation:rmse');
  const scriptDefinition = (name: string, error: string) => ({
    name,
    algorithm: Algorithm.script({
      source: ScriptSource.fromFolder(code),
      entryPoint: `${name}.py`,
      framework: Framework.scikitLearn('1.4-2'),
      metrics: [{ name: 'validation:rmse', regex: 'rmse=([-+]?[0-9]*\\.?[0-9]+(?:[eE][-+]?[0-9]+)?)' }],
    }),
    objective,
    hyperparameters: { error, seconds: '0' },
    parameterRanges: [ParameterRange.integer('seed', { min: 1, max: 100 })],
  });
  const workflow = new TuningWorkflow(stack, 'Tuning', {
    definitionName: 'xgboost',
    algorithm: Algorithm.xgboost({ version: XGBoostVersion.V3_2_0 }),
    objective,
    hyperparameters: { objective: 'reg:squarederror', num_round: '5' },
    parameterRanges: [ParameterRange.integer('max_depth', { min: 2, max: 6 })],
    furtherDefinitions: [scriptDefinition('good', '0.001'), scriptDefinition('bad', '1000')],
    maxTrainingJobs: 4,
  });
  new BucketDeployment(stack, 'Data', {
    sources: [Source.asset(writeTrainingData())],
    destinationBucket: workflow.bucket,
    destinationKeyPrefix: 'input/',
    prune: false,
  });
}

interface Output {
  readonly tuningJob: { readonly trainingJobs: object };
  readonly bestTrainingJob: {
    readonly name: string;
    readonly definitionName: string;
    readonly objective: { readonly value: number };
    readonly hyperparameters: Readonly<Record<string, string>>;
  };
  readonly finalTrainingJob: {
    readonly name: string;
    readonly hyperparameters: Readonly<Record<string, string>>;
  };
}

/** The output, the best training job and the final training job of the only execution. */
function winnerIn(root: string) {
  const output = onlyExecutionIn(root).output as unknown as Output;
  const jobNamed = (name: string) => {
    const job = trainingJobsIn(root).find((each) => each.name === name);
    if (job === undefined) throw new Error(`no training job ${name}`);
    return job.description;
  };
  const final = jobNamed(output.finalTrainingJob.name);
  const best = jobNamed(output.bestTrainingJob.name);
  return {
    output,
    best,
    final,
    images: [best, final].map((job) => job.AlgorithmSpecification.TrainingImage),
  };
}

test('the best definition wins, and the final training uses it', async () => {
  const root = temporaryFolder();
  expect(await runLocalMode(assembly, root)).toMatchObject({
    exitCode: 0,
    output: expect.stringMatching(/Definition +good\n/),
  });
  const { output, best, final, images } = winnerIn(root);
  const inSearch = trainingJobsIn(root).filter((job) => job.description.TuningJobArn);
  expect(new Set(inSearch.map((job) => job.definitionName))).toEqual(new Set(['xgboost', 'good', 'bad']));
  expect(output.bestTrainingJob).toMatchObject({ definitionName: 'good', objective: { value: 0.001 } });
  expect(tuningJobsIn(root)[0]?.description.BestTrainingJob?.TrainingJobDefinitionName).toBe('good');

  expect(images[1]).toMatch(/\/sagemaker-scikit-learn:1\.4-2/);
  expect(images[1]).toBe(images[0]);
  expect(final.HyperParameters).toEqual(output.bestTrainingJob.hyperparameters);
  expect(final.HyperParameters).toMatchObject({
    error: '0.001',
    seed: best.HyperParameters?.seed,
    sagemaker_program: 'good.py',
  });
  const names = Object.keys(final.HyperParameters ?? {});
  expect(names.filter((name) => /^_tuning|num_round|max_depth|eval_metric/.test(name))).toEqual([]);
});

test.each([
  ['bad', { bad: { error: '0.0002' } }, 'sagemaker-scikit-learn:1.4-2', { sagemaker_program: 'bad.py' }],
  [
    'xgboost',
    { good: { error: '1000' }, xgboost: { num_round: '7' } },
    'sagemaker-xgboost:3.2-0',
    { num_round: '7', eval_metric: 'rmse' },
  ],
])('%s wins if the input gives it the lowest error', async (name, hyperparameters, image, given) => {
  const root = temporaryFolder();
  const input = JSON.stringify({ maxTrainingJobs: 3, hyperparameters });
  expect(await runLocalMode(assembly, root, '--input', input)).toMatchObject({ exitCode: 0 });
  const { output, final, images } = winnerIn(root);
  expect(output.bestTrainingJob.definitionName).toBe(name);
  expect(images[1]).toContain(image);
  expect(final.HyperParameters).toMatchObject(given);
  expect(final.HyperParameters).toEqual(output.bestTrainingJob.hyperparameters);
});

test('a hyperparameter of an unknown definition is refused before any job starts', async () => {
  const root = temporaryFolder();
  const { exitCode, output } = await runLocalMode(
    assembly,
    root,
    '--input',
    '{"hyperparameters": {"forest": {}}}',
  );
  expect(exitCode).toBe(1);
  expect(output).toContain(
    'InvalidInput: hyperparameters.forest: is not a definition; the definitions are xgboost, good, bad',
  );
  expect([...tuningJobsIn(root), ...trainingJobsIn(root)]).toEqual([]);
});

test('Ctrl-C ends the search, its jobs and the processes of the jobs', async () => {
  const root = temporaryFolder();
  const slow = { good: { seconds: '100' }, bad: { seconds: '100' } };
  const run = startLocalMode(assembly, root, '--input', JSON.stringify({ hyperparameters: slow }));
  const pids = await until(() => {
    const found = processesIn(root);
    return found.length > 0 ? found : undefined;
  });
  run.interrupt();
  const { exitCode, output } = await run.ended;
  expect(output).toContain('Stopping running jobs');
  expect(exitCode).toBe(130);

  expect(tuningJobsIn(root)).toMatchObject([{ description: { HyperParameterTuningJobStatus: 'Stopped' } }]);
  const jobs = trainingJobsIn(root).map(({ description }) => description);
  expect(jobs.map((job) => job.TrainingJobStatus)).toContain('Stopped');
  expect(jobs.flatMap((job) => job.FailureReason ?? [])).toEqual([]);
  expect(onlyExecutionIn(root).status).toBe('ABORTED');
  await untilEnded(...pids, ...processesIn(root));
  await run.allEnded();
});

/** The process IDs that scripts printed. */
function processesIn(root: string): number[] {
  return trainingJobsIn(root)
    .map(({ name }) => {
      try {
        return readFileSync(join(root, 'logs', `${name}.log`), 'utf8');
      } catch {
        return ''; // not started yet
      }
    })
    .flatMap((log) => [...log.matchAll(/^process (\d+)$/gm)].map((match) => Number(match[1])));
}

async function until<Value>(find: () => Value | undefined): Promise<Value> {
  for (;;) {
    const value = find();
    if (value !== undefined) return value;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
