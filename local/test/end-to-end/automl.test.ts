import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { BucketDeployment, Source } from 'aws-cdk-lib/aws-s3-deployment';
import { AutoMlObjective, AutoMlProblemType, AutoMlWorkflow } from '../../../lib';
import type { ExecutionRecord } from '../../src/executions/executions';
import {
  automlPython,
  executionsIn,
  filesIn,
  runLocalMode,
  startCommand,
  synthesize,
  temporaryFolder,
  unpackModel,
} from './support';

const BUCKET = 'automl-data';
const DATA_SETS = resolve(__dirname, '../services/automl-data-sets.py');
const BIKES = resolve(__dirname, '../../../data/bikeshare/train/train.csv');

let python: string;
let data: string;
let assembly: string;

beforeAll(async () => {
  python = await automlPython();
  data = temporaryFolder();
  execFileSync(python, [DATA_SETS, BIKES, data]);
  for (const name of ['regression', 'binary', 'multiclass']) {
    mkdirSync(join(data, name));
    renameSync(join(data, `${name}.csv`), join(data, name, `${name}.csv`));
  }
  assembly = synthesize((stack) => {
    const bucket = new Bucket(stack, 'Bucket', { bucketName: BUCKET });
    new AutoMlWorkflow(stack, 'Any', { bucket, stateMachineName: 'any', target: 'bikers', maxCandidates: 3 });
    new AutoMlWorkflow(stack, 'Classes', {
      bucket,
      stateMachineName: 'classes',
      target: 'diagnosis',
      problemType: AutoMlProblemType.BINARY_CLASSIFICATION,
      objective: AutoMlObjective.F1,
    });
    new BucketDeployment(stack, 'Data', {
      sources: [Source.asset(data)],
      destinationBucket: bucket,
      destinationKeyPrefix: 'input/',
    });
  });
});

/** Runs executions in parallel and returns their records in the order of the inputs. */
async function run(stateMachine: string, inputs: readonly { train: string; target: string }[]) {
  const root = temporaryFolder();
  const full = inputs.map((input) => ({ ...input, train: `s3://${BUCKET}/input/${input.train}/` }));
  const args = full.flatMap((input) => ['--input', JSON.stringify(input)]);
  const result = await runLocalMode(assembly, root, '--state-machine', stateMachine, ...args);
  const records = executionsIn(root);
  const executions = full.map(({ train, target }) => {
    const found = records.find(({ input }) => isDeepStrictEqual(input, { train, target }));
    if (found === undefined) throw new Error(`no execution with ${target} and ${train}: ${result.output}`);
    return found;
  });
  return { ...result, root, executions };
}

test('with strings and missing values, the best candidates beat the baselines and can predict', async () => {
  const { exitCode, root, executions, output } = await run('any', [
    { train: 'regression', target: 'bikers' },
    { train: 'multiclass', target: 'cultivar' },
  ]);
  expect(output).toContain('local equivalent');
  expect(exitCode).toBe(0);
  const [regression, multiclass] = executions.map(outputOf);

  expect(regression?.autoMlJob).toMatchObject({ status: 'Completed', problemType: 'Regression' });
  expect(regression?.bestCandidate.metrics['validation:R2']).toBeGreaterThan(0.6); // always predicting the mean gives 0
  expect(multiclass?.autoMlJob).toMatchObject({ problemType: 'MulticlassClassification' });
  expect(multiclass?.bestCandidate.metrics['validation:Accuracy']).toBeGreaterThan(0.8); // always predicting the largest class gives 0.4

  for (const [name, result] of Object.entries({ regression, multiclass })) {
    expect(result?.leaderboard).toHaveLength(3);
    expect(result?.leaderboard[0]?.name).toBe(result?.bestCandidate.name);
    const model = unpackModel(root, result?.bestCandidate.modelArtifacts ?? '');
    const csv = join(data, name, `${name}.csv`);
    const predictions = execFileSync(python, [join(model, 'predict.py'), csv], { encoding: 'utf8' });
    expect(new Set(predictions.trim().split('\n')).size).toBeGreaterThan(3);
  }

  // The command `report` writes the reports of the given executions again, and a page that compares these executions.
  const names = executions.map(({ name }) => name);
  const reports = await startCommand(['report', '--root', root, ...names]).ended;
  expect(reports).toMatchObject({ exitCode: 0 });
  const pages = [...reports.output.matchAll(/^Report: (.*)$/gm)].map(([, page]) => String(page));
  expect(pages).toHaveLength(2);
  for (const [index, page] of pages.entries()) {
    const { autoMlJob, bestCandidate } = executions.map(outputOf)[index] ?? {};
    expect(JSON.parse(readFileSync(join(dirname(page), 'report.json'), 'utf8'))).toMatchObject({
      search: { kind: 'AutoML', name: autoMlJob?.name, status: 'Completed' },
      bestJob: bestCandidate?.name,
      jobs: [1, 2, 3].map((number) => ({ number, value: expect.any(Number) })),
    });
    expect(readFileSync(page, 'utf8')).toContain('All 3 candidates');
  }
  const [, comparison = ''] = /^Comparison: (.*)$/m.exec(reports.output) ?? [];
  expect(readFileSync(comparison, 'utf8')).toContain('different objectives');
});

/** Executions that must fail, by state machine. Each has its training data, its target and the expected reason. */
const PROBLEMS: [string, [string, string, RegExp][]][] = [
  [
    'any',
    [
      [
        'binary',
        'Diagnosis',
        /^target: there is no column "Diagnosis" in s3:\S+; did you mean "diagnosis"\? Columns: "mean radius", .*"diagnosis"/,
      ],
      [
        'regression',
        'source',
        /^target: column "source" of s3:\S+ is "sensor" in all \d+ rows that have a value: there is nothing to predict/,
      ],
      [
        'nowhere',
        'bikers',
        /^train: there is no object with content whose URI begins with s3:\S+: upload the data there/,
      ],
    ],
  ],
  [
    'classes',
    [
      [
        'binary',
        'source',
        /^target: column "source" of s3:\S+ has only one class, "sensor": there is nothing to distinguish/,
      ],
    ],
  ],
];

test.each(PROBLEMS)(
  'the state machine "%s" refuses unusable data before it starts a job, and gives the reason in one sentence',
  async (stateMachine, problems) => {
    const { exitCode, root, executions, output } = await run(
      stateMachine,
      problems.map(([train, target]) => ({ train, target })),
    );
    expect(exitCode).toBe(1);
    for (const [i, [, , reason]] of problems.entries()) {
      expect(executions[i]).toMatchObject({ status: 'FAILED', error: 'InvalidTrainingData' });
      expect(reasonOf(executions[i])).toMatch(reason);
      expect(output).toContain(`InvalidTrainingData: ${reasonOf(executions[i])}`);
    }
    expect(filesIn(join(root, 'sagemaker', 'automl-jobs'))).toEqual([]);
  },
);

interface Output {
  readonly autoMlJob: { readonly name: string; readonly status: string; readonly problemType: string };
  readonly bestCandidate: {
    readonly name: string;
    readonly metrics: Readonly<Record<string, number>>;
    readonly modelArtifacts: string;
  };
  readonly leaderboard: readonly { readonly name: string }[];
}

function outputOf(execution: ExecutionRecord): Output {
  return execution.output as unknown as Output;
}

/** The cause, or the message inside it if the cause is a Lambda error as JSON. */
function reasonOf(execution: ExecutionRecord | undefined): string {
  const cause = execution?.cause ?? '';
  return cause.startsWith('{') ? (JSON.parse(cause) as { errorMessage: string }).errorMessage : cause;
}
