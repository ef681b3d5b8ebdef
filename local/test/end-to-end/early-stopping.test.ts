import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BucketDeployment, Source } from 'aws-cdk-lib/aws-s3-deployment';
import { Algorithm, Objective, ParameterRange, TuningWorkflow, XGBoostVersion } from '../../../lib';
import { onlyExecutionIn, runLocalMode, synthesize, temporaryFolder, writeTrainingData } from './support';

interface Output {
  readonly bestTrainingJob: { readonly name: string; readonly objective: { readonly value: number } };
  readonly finalTrainingJob: {
    readonly name: string;
    readonly metrics: Readonly<Record<string, number>>;
    readonly hyperparameters: Readonly<Record<string, string>>;
  };
}

/** The rounds of a training job: log lines such as `[7]#011train-rmse:…`. */
function roundsOf(root: string, job: string): number {
  const log = readFileSync(join(root, 'logs', `${job}.log`), 'utf8');
  return log.split('\n').filter((line) => /^\[\d+\]/.test(line)).length;
}

test.each([
  ['the props', { eval_metric: 'mae,rmse,mape' }, {}],
  ["the execution's input", {}, { eval_metric: 'rmse,mae,mape', early_stopping_rounds: '2' }],
])(
  'with custom metrics in %s, early stopping ends the final training in the same round as the best training job',
  async (_title, props, input) => {
    const assembly = synthesize((stack) => {
      const workflow = new TuningWorkflow(stack, 'Tuning', {
        algorithm: Algorithm.xgboost({ version: XGBoostVersion.V3_2_0 }),
        objective: Objective.minimize('validation:rmse'),
        hyperparameters: { num_round: '200', eta: '0.9', seed: '1', early_stopping_rounds: '2', ...props },
        parameterRanges: [ParameterRange.integer('max_depth', { min: 2, max: 8 })],
        maxTrainingJobs: 2,
      });
      new BucketDeployment(stack, 'Data', {
        sources: [Source.asset(writeTrainingData())],
        destinationBucket: workflow.bucket,
        destinationKeyPrefix: 'input',
      });
    });
    const root = temporaryFolder();
    const run = await runLocalMode(assembly, root, '--input', JSON.stringify({ hyperparameters: input }));
    expect(run).toMatchObject({ exitCode: 0 });
    const { bestTrainingJob, finalTrainingJob } = onlyExecutionIn(root).output as unknown as Output;
    expect(finalTrainingJob.hyperparameters.eval_metric).toBe('mae,mape,rmse');
    expect(finalTrainingJob.metrics['validation:rmse']).toBe(bestTrainingJob.objective.value);
    expect(roundsOf(root, finalTrainingJob.name)).toBe(roundsOf(root, bestTrainingJob.name));
    expect(roundsOf(root, finalTrainingJob.name)).toBeLessThan(200);
  },
);
