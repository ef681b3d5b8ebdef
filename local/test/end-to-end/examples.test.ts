import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { inTurns } from '../in-turns';
import {
  automlPython,
  type CliRun,
  filesIn,
  lightgbmPython,
  onlyExecutionIn,
  runInShell,
  scriptPython,
  temporaryFolder,
  trainingJobsIn,
  unpackModel,
} from './support';

// All runs are queued together and run two at a time, so the last run waits for the others.
jest.setTimeout(400_000);

const PROJECT = resolve(__dirname, '../../..');
const EXAMPLES = readdirSync(join(PROJECT, 'examples'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  // Only examples with an app; the others have separate tests.
  .filter((name) => existsSync(join(PROJECT, 'examples', name, 'app.ts')));
const VALIDATION = join(PROJECT, 'data/bikeshare/validation/validation.csv');
const MEASURE = join(__dirname, 'measure-model.py');

/** The commands for local mode in an example's README, unchanged. */
function commandsOf(example: string): string[] {
  const readme = readFileSync(join(PROJECT, 'examples', example, 'README.md'), 'utf8');
  return (
    readme
      .replace(/\\\n\s*/g, '')
      .split('\n')
      // Skips commands that need the reader's own file.
      .filter((line) => line.startsWith('npm run local ') && !line.includes('/path/to/'))
  );
}

/** A command with a shorter search and a separate root folder. */
function shortened(command: string, root: string, input: object): string {
  const [, words = '', given = '{}'] = /^(.*?)(?: --input '(.*)')?(?:\s+#.*)?$/.exec(command) ?? [];
  return `${words} --root ${root} --input '${JSON.stringify({ ...JSON.parse(given), ...input })}'`;
}

/** Inputs for examples whose input has no top-level field `maxTrainingJobs`. */
const INPUTS: Readonly<Record<string, object>> = {
  automl: { maxCandidates: 3 },
  fleet: { defaults: { maxTrainingJobs: 3 } },
};

const turn = inTurns(2);

interface ExampleRun {
  readonly root: string;
  readonly ended: Promise<CliRun>;
}

const runs = new Map<string, ExampleRun>();

beforeAll(() => {
  for (const example of EXAMPLES) {
    const input = INPUTS[example] ?? { maxTrainingJobs: 3 };
    for (const command of commandsOf(example)) {
      const root = temporaryFolder();
      const ended = turn(() => runInShell(shortened(command, root, input)));
      ended.catch(() => undefined); // Ignored here: the test that awaits this command reports the failure.
      runs.set(command, { root, ended });
    }
  }
});

afterAll(() => Promise.allSettled([...runs.values()].map(({ ended }) => ended)));

/** Waits for a README command and returns the folder of its results. */
async function rootOf(command: string): Promise<string> {
  const run = runs.get(command);
  if (run === undefined) throw new Error(`no README has the command ${command}`);
  const { exitCode, output } = await run.ended;
  // If the command failed, Jest shows its output, which contains the reason.
  expect({ exitCode, output }).toEqual({ exitCode: 0, output: expect.stringContaining(': SUCCEEDED\n') });
  expect(output).not.toContain('feature flags');
  return run.root;
}

const tuned = EXAMPLES.filter((example) => !(example in INPUTS));

test.each(tuned)('%s: the command of its README trains a final model', async (example) => {
  expect(commandsOf(example)).not.toEqual([]);
  for (const command of commandsOf(example)) {
    const root = await rootOf(command);
    const output = onlyExecutionIn(root).output as unknown as TuningOutput;
    expect(output).toMatchObject({
      tuningJob: { status: 'Completed', trainingJobs: { stopped: 0, failed: 0 } },
      bestTrainingJob: { objective: { type: 'Minimize', value: expect.any(Number) } },
    });
    const { bestTrainingJob: best, finalTrainingJob: final, tuningJob } = output;
    expect(tuningJob.trainingJobs.completed).toBe(3);
    for (const { name, arn } of [tuningJob, best, final]) expect(arn.endsWith(`/${name}`)).toBe(true);
    expect(best.hyperparameters).toMatchObject(best.tunedHyperparameters);
    expect(final.hyperparameters).toEqual(best.hyperparameters);
    expect(output.topTrainingJobs[0]).toMatchObject({
      name: best.name,
      objectiveValue: best.objective.value,
    });
    expect(output.topTrainingJobs).toHaveLength(3);

    // The final training repeats the best training job. Then the algorithm's own library measures the final model.
    const metric = final.metrics[best.objective.metric] ?? Number.NaN;
    expect(metric).toBeCloseTo(best.objective.value, 4);
    expect(metric).toBeLessThan(1.2); // always predicting the mean gives 1.42
    expect(await errorOf(unpackModel(root, final.modelArtifacts))).toBeCloseTo(metric, 3);
  }
});

test('fleet: one station fails, the others have a model and a report, and the summary shows them all', async () => {
  const root = await rootOf(commandsOf('fleet')[0] ?? '');
  const { fleet } = onlyExecutionIn(root).output as { fleet: Record<string, unknown> };
  expect(fleet).toMatchObject({ items: 6, succeeded: 5, failed: 1, reasons: [{ example: 'station-003' }] });
  const { bound, used } = fleet['cost'] as Record<string, { instanceSeconds: number; cost: number }>;
  // Six items, each with three training jobs and a final training job. A job can take 720 seconds.
  expect(bound?.instanceSeconds).toBe(6 * 4 * 720);
  expect(used?.instanceSeconds).toBe(fleet['instanceSeconds']);
  expect(used?.cost).toBeCloseTo(((used?.instanceSeconds ?? 0) * 0.23) / 3600, 9);
  const fileOf = (uri: unknown) => join(root, 's3', String(uri).replace('s3://', ''));
  const { results } = JSON.parse(readFileSync(fileOf(fleet['json']), 'utf8'));
  expect(results[0]).toMatchObject({ id: 'station-003', error: 'NoCompletedTrainingJobError' });
  for (const { model, report, status } of results) {
    expect(existsSync(fileOf(report))).toBe(true);
    if (status === 'SUCCEEDED') expect(existsSync(fileOf(model))).toBe(true);
  }
  expect(readFileSync(fileOf(fleet['summary']), 'utf8')).toContain('station-003');
});

/** Root mean squared error of an unpacked model on the validation data, computed with the library that trained it. */
async function errorOf(folder: string): Promise<number> {
  const file = filesIn(folder).find((name) => name !== 'model.pkl') ?? 'no model';
  if (file === 'model.json') return errorOfRidge(join(folder, file));
  const python = file.endsWith('.joblib')
    ? await scriptPython('sagemaker-scikit-learn:1.4-2-cpu-py3')
    : file.endsWith('.txt')
      ? await lightgbmPython()
      : await scriptPython('sagemaker-xgboost:3.2-0');
  return Number(runPython(python, MEASURE, join(folder, file), VALIDATION));
}

/** The output of a program, without its warnings. */
function runPython(python: string, ...args: string[]): string {
  return execFileSync(python, args, { encoding: 'utf8', stdio: 'pipe' });
}

/** Root mean squared error of the custom container's model (a list of weights) on the validation data. */
function errorOfRidge(file: string): number {
  const { weights, knots } = JSON.parse(readFileSync(file, 'utf8')) as { weights: number[]; knots: number };
  const rows = readFileSync(VALIDATION, 'utf8').trim().split('\n');
  const errors = rows.map((row) => {
    const [label = 0, ...features] = row.split(',').map(Number);
    const hour = features[3] ?? 0;
    const hinges = Array.from({ length: knots }, (_, knot) => Math.max(0, hour - (24 * knot) / knots));
    const inputs = [1, ...features, ...hinges];
    return inputs.reduce((sum, value, i) => sum + value * (weights[i] ?? 0), 0) - label;
  });
  return Math.sqrt(errors.reduce((sum, error) => sum + error ** 2, 0) / errors.length);
}

test('automl: the commands of its README find a best candidate', async () => {
  const python = await automlPython();
  const data = join(PROJECT, 'examples/automl/data/train/birdstrikes.csv');
  const problems: string[] = [];
  for (const command of commandsOf('automl')) {
    const root = await rootOf(command);
    const { autoMlJob, bestCandidate, leaderboard } = onlyExecutionIn(root).output as unknown as AutoMlOutput;
    problems.push(autoMlJob.problemType);
    expect(autoMlJob).toMatchObject({ status: 'Completed', candidates: { stopped: 0, failed: 0 } });
    expect(leaderboard).toHaveLength(autoMlJob.candidates.completed);
    expect(leaderboard[0]).toMatchObject({
      name: bestCandidate.name,
      objectiveValue: bestCandidate.objective.value,
      modelArtifacts: bestCandidate.modelArtifacts,
    });
    const { metrics } = bestCandidate;
    if (autoMlJob.problemType === 'Regression') {
      expect(metrics['validation:R2']).toBeGreaterThan(0.2); // always predicting the mean gives 0
    } else {
      // Always predicting the largest class gives an F1 of 0, and a balanced accuracy and an AUC of 0.5.
      expect(metrics['validation:F1']).toBeGreaterThan(0.1);
      expect(metrics['validation:BalancedAccuracy']).toBeGreaterThan(0.53);
      expect(metrics['validation:AUC']).toBeGreaterThan(0.7);
    }
    const model = unpackModel(root, bestCandidate.modelArtifacts);
    const answers = runPython(python, join(model, 'predict.py'), data);
    expect(new Set(answers.trim().split('\n').slice(1)).size).toBeGreaterThan(1);
  }
  expect(problems).toEqual(['BinaryClassification', 'Regression']);
});

test('distributed: three hosts with sharded data train the same models as a single host', async () => {
  // The search is seeded, so both runs train the same models.
  const [three, one] = await Promise.all(
    commandsOf('distributed').map(async (command) => {
      const root = await rootOf(command);
      const hosts = command.includes('instances=1') ? 1 : 3;
      const jobs = trainingJobsIn(root).filter(({ description }) => description.TuningJobArn);
      expect(jobs).toHaveLength(3);
      for (const { name } of jobs) {
        const log = readFileSync(join(root, 'logs', `${name}.log`), 'utf8');
        const shares = [...log.matchAll(/input\/data\/train: (\d+) rows in (\d+) files/g)];
        expect(shares.map(([, , files]) => Number(files))).toEqual(Array(hosts).fill(6 / hosts));
        expect(shares.reduce((sum, [, rows]) => sum + Number(rows), 0)).toBe(6916);
        expect(log.match(/input\/data\/validation: 1729 rows/g)).toHaveLength(hosts);
      }
      return onlyExecutionIn(root).output as unknown as TuningOutput;
    }),
  );
  expect(three?.bestTrainingJob.tunedHyperparameters).toEqual(one?.bestTrainingJob.tunedHyperparameters);
  for (const [i, { objectiveValue }] of (three?.topTrainingJobs ?? []).entries()) {
    const single = one?.topTrainingJobs[i]?.objectiveValue ?? Number.NaN;
    expect(Math.abs(objectiveValue / single - 1)).toBeLessThan(0.02);
  }
});

interface Job {
  readonly name: string;
  readonly arn: string;
  readonly metrics: Readonly<Record<string, number>>;
  readonly hyperparameters: Readonly<Record<string, string>>;
  readonly modelArtifacts: string;
}

interface TuningOutput {
  readonly tuningJob: {
    readonly name: string;
    readonly arn: string;
    readonly trainingJobs: { readonly completed: number };
  };
  readonly bestTrainingJob: Job & {
    readonly objective: { readonly metric: string; readonly value: number };
    readonly tunedHyperparameters: Readonly<Record<string, string>>;
  };
  readonly topTrainingJobs: readonly { readonly objectiveValue: number }[];
  readonly finalTrainingJob: Job;
}

interface AutoMlOutput {
  readonly autoMlJob: { readonly problemType: string; readonly candidates: { readonly completed: number } };
  readonly bestCandidate: {
    readonly name: string;
    readonly objective: { readonly value: number };
    readonly metrics: Readonly<Record<string, number>>;
    readonly modelArtifacts: string;
  };
  readonly leaderboard: readonly object[];
}
