import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BucketDeployment, Source } from 'aws-cdk-lib/aws-s3-deployment';
import { DefinitionBody, Pass, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Algorithm, Framework, Objective, ParameterRange, ScriptSource, TuningWorkflow } from '../../../lib';
import {
  filesIn,
  runLocalMode,
  startLocalMode,
  synthesize,
  temporaryFolder,
  writeTrainingData,
} from './support';

/** Maximum seconds until a run ends, even on a machine that is busy with other tests. */
const SOON = 8;

/**
 * Prints a line on which the regex of a metric backtracks. With `--how once`, then prints a line with another metric.
 * Otherwise, repeats the first line without end.
 */
const SCRIPT = `
import argparse, time

parser = argparse.ArgumentParser()
parser.add_argument("--how")
parser.add_argument("--seed", type=int)
args = parser.parse_args()
print("begins", flush=True)
while True:
    print("a" * 32, flush=True)
    if args.how == "once":
        break
print("rmse=1.5e-07")
`;

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

describe('a metric expression that backtracks without end', () => {
  test.each(SIGNALS)('%s ends the run', async (signal) => {
    const root = temporaryFolder();
    const run = startLocalMode(withScript('for ever'), root);
    await until(() => logsIn(root).includes('aaaa'));
    const started = Date.now();
    run.interrupt(signal);
    await run.ended;
    // The script receives the signal too, but may end later.
    await run.allEnded();
    expect((Date.now() - started) / 1000).toBeLessThan(SOON);
  });

  test('is stopped with a note, and the values of the other metrics are found', async () => {
    const { exitCode, output } = await runLocalMode(withScript('once'), temporaryFolder());
    expect(output).toMatch(
      /Metric slow +\(\?:a\+\)\+.*(takes longer than 1 s|reached its limit of time)\. Local mode stopped looking/,
    );
    expect(output).toContain('captured `1.5` of `1.5e-07`');
    expect(exitCode).toBe(0);
  });
});

describe('a JSONata expression that backtracks without end', () => {
  const assembly = withExpression(`$match("${'a'.repeat(40)}!", /^(a+)+$/)`);

  test.each(SIGNALS)('%s ends the run', async (signal) => {
    const root = temporaryFolder();
    const run = startLocalMode(assembly, root);
    await until(() => historyIn(root).includes('PassStateEntered'));
    const started = Date.now();
    run.interrupt(signal);
    await run.ended;
    // If the signal did not end the evaluation, the run would take longer.
    expect((Date.now() - started) / 1000).toBeLessThan(4);
    await run.allEnded();
  });

  test.each([
    ['$match("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", /^(a+)+$/)', 'Expression evaluation timeout'],
    ['$sort([1..800000])', 'Expression evaluation memory limit exceeded'],
  ])('%s fails the state', async (expression, cause) => {
    const { exitCode, output } = await runLocalMode(withExpression(expression), temporaryFolder());
    expect(output).toContain('States.QueryEvaluationError');
    expect(output).toContain(cause);
    expect(exitCode).toBe(1);
  });
});

function withExpression(expression: string): string {
  return synthesize((stack) => {
    const definitionBody = DefinitionBody.fromChainable(
      Pass.jsonata(stack, 'Evaluate', { outputs: `{% ${expression} %}` }),
    );
    new StateMachine(stack, 'Machine', { definitionBody });
  });
}

function withScript(how: string): string {
  const code = temporaryFolder();
  writeFileSync(join(code, 'train.py'), SCRIPT);
  return synthesize((stack) => {
    const workflow = new TuningWorkflow(stack, 'Tuning', {
      algorithm: Algorithm.script({
        source: ScriptSource.fromFolder(code),
        entryPoint: 'train.py',
        framework: Framework.scikitLearn('1.4-2'),
        metrics: [
          { name: 'rmse', regex: 'rmse=([0-9.]+)' },
          { name: 'slow', regex: '(?:a+)+([0-9.]+)$' },
        ],
      }),
      objective: Objective.minimize('rmse'),
      hyperparameters: { how },
      parameterRanges: [ParameterRange.integer('seed', { min: 1, max: 100 })],
      maxTrainingJobs: 1,
    });
    new BucketDeployment(stack, 'Data', {
      sources: [Source.asset(writeTrainingData())],
      destinationBucket: workflow.bucket,
      destinationKeyPrefix: 'input/',
      prune: false,
    });
  });
}

/** The logs of all training jobs. */
function logsIn(root: string): string {
  return textIn(join(root, 'logs'), (name) => name.endsWith('.log') && name);
}

function historyIn(root: string): string {
  return textIn(join(root, 'executions'), (name) => join(name, 'history.jsonl'));
}

function textIn(folder: string, fileOf: (name: string) => string | false): string {
  return filesIn(folder)
    .map(fileOf)
    .map((name) => (name && existsSync(join(folder, name)) ? readFileSync(join(folder, name), 'utf8') : ''))
    .join('');
}

async function until(isTrue: () => boolean): Promise<void> {
  const giveUp = Date.now() + 60_000;
  while (!isTrue()) {
    if (Date.now() > giveUp) throw new Error('the condition did not become true within 60 seconds');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
