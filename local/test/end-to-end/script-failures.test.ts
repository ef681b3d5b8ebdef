import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BucketDeployment, Source } from 'aws-cdk-lib/aws-s3-deployment';
import { Algorithm, Framework, Objective, ParameterRange, ScriptSource, TuningWorkflow } from '../../../lib';
import {
  onlyExecutionIn,
  runLocalMode,
  synthesize,
  temporaryFolder,
  trainingJobsIn,
  tuningJobsIn,
  writeTrainingData,
} from './support';

const SCRIPT = `
import argparse, os, signal, sys

parser = argparse.ArgumentParser()
parser.add_argument("--how")
parser.add_argument("--seed", type=int)
args = parser.parse_args()

def train():
    if args.how == "exception":
        raise ValueError("the column 'price' is missing")
    if args.how == "exit":
        print("no license for this solver")
        sys.exit(1)
    if args.how == "silent":
        return  # prints no metric
    if args.how == "killed":
        os.kill(os.getpid(), signal.SIGKILL)  # what the kernel does when memory runs out
    if args.how == "failure-file":
        with open(os.path.join(os.environ["SM_OUTPUT_DIR"], "failure"), "w") as file:
            file.write("Only 3 rows have a label: at least 100 are needed.")
        sys.exit(3)
    print("rmse=1.5")

train()
`;

let assembly: string;

beforeAll(() => {
  const code = temporaryFolder();
  writeFileSync(join(code, 'train.py'), SCRIPT);
  assembly = synthesize((stack) => {
    const workflow = new TuningWorkflow(stack, 'Tuning', {
      algorithm: Algorithm.script({
        source: ScriptSource.fromFolder(code),
        entryPoint: 'train.py',
        framework: Framework.scikitLearn('1.4-2'),
        metrics: [{ name: 'rmse', regex: 'rmse=([-+]?[0-9]*\\.?[0-9]+(?:[eE][-+]?[0-9]+)?)' }],
      }),
      objective: Objective.minimize('rmse'),
      hyperparameters: { how: 'well' },
      parameterRanges: [ParameterRange.integer('seed', { min: 1, max: 100 })],
      maxTrainingJobs: 2,
    });
    new BucketDeployment(stack, 'Data', {
      sources: [Source.asset(writeTrainingData())],
      destinationBucket: workflow.bucket,
      destinationKeyPrefix: 'input/',
      prune: false,
    });
  });
});

const SCRIPT_ERROR = /AlgorithmError: ExecuteUserScriptError:\nExitCode/;

test.each<[string, string, 'Failed' | 'Completed', RegExp[], RegExp]>([
  [
    'raises an exception',
    'exception',
    'Failed',
    [
      SCRIPT_ERROR,
      /ExitCode 1\n/,
      /Command ".*python\S* -- train\.py --how exception --seed \d+", exit code: 1/,
    ],
    /Traceback \(most recent call last\):[\s\S]*ValueError: the column 'price' is missing/,
  ],
  [
    'exits with 1',
    'exit',
    'Failed',
    [SCRIPT_ERROR, /exit code: 1/],
    /Its log ends with:[\s\S]*no license for this solver/,
  ],
  [
    'prints no metric',
    'silent',
    'Completed',
    [
      /no training job with a value of its objective metric rmse: 2 completed/,
      /check that their log has the metric/,
    ],
    /2 completed without rmse/,
  ],
  [
    'is killed for memory',
    'killed',
    'Failed',
    [SCRIPT_ERROR, /ExitCode -9\n/, /exit code: 1/],
    /ran out of memory: use less data/,
  ],
  [
    'writes the failure file',
    'failure-file',
    'Failed',
    [/AlgorithmError: Only 3 rows have a label: at least 100 are needed\., exit code: 1/],
    /2 failed/,
  ],
])('a script that %s: the terminal shows the reason', async (_what, how, jobStatus, reasons, inLog) => {
  const root = temporaryFolder();
  const input = JSON.stringify({ hyperparameters: { how } });
  const { exitCode, output } = await runLocalMode(assembly, root, '--input', input);
  expect(output).toContain('Execution ');
  expect(exitCode).toBe(1);
  const execution = onlyExecutionIn(root);
  expect(execution).toMatchObject({ status: 'FAILED', error: 'NoCompletedTrainingJobError' });
  const explained = output.split('NoCompletedTrainingJobError: ')[1] ?? '';
  for (const reason of reasons) {
    expect(explained).toMatch(reason);
    expect(reasonIn(execution.cause)).toMatch(reason);
  }
  expect(output).toMatch(inLog);
  const jobs = trainingJobsIn(root);
  expect(jobs).toHaveLength(2); // no final training
  for (const { description } of jobs) {
    expect(description.TrainingJobStatus).toBe(jobStatus);
    expect((description.FailureReason ?? '').length).toBeLessThanOrEqual(1024);
  }
  expect(tuningJobsIn(root)[0]?.description.HyperParameterTuningJobStatus).toBe('Failed');
});

test('a script that succeeds causes no error messages', async () => {
  const root = temporaryFolder();
  const { exitCode, output } = await runLocalMode(assembly, root);
  expect(output).not.toMatch(/Error/);
  expect(exitCode).toBe(0);
});

/** The message in the cause of a Lambda function's error. The cause is JSON. */
function reasonIn(cause = ''): string {
  return (JSON.parse(cause) as { errorMessage: string }).errorMessage;
}
