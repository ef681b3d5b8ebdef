import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  Algorithm,
  ModelRegistry,
  Objective,
  ParameterRange,
  QualityGate,
  TuningWorkflow,
  XGBoostVersion,
} from '../../../lib';
import { LocalMode } from '../../src';
import type { ExecutionRecord } from '../../src/executions/executions';
import { writeRegressionCsv } from '../training/support';
import { synthesize, temporaryFolder } from './support';

jest.setTimeout(180_000);

test('a model is evaluated, registered and approved; a worse one is rejected', async () => {
  const assembly = synthesize((scope) => {
    new TuningWorkflow(scope, 'Tuning', {
      algorithm: Algorithm.xgboost({ version: XGBoostVersion.V3_2_0 }),
      objective: Objective.minimize('validation:rmse'),
      hyperparameters: { num_round: '30' },
      parameterRanges: [ParameterRange.continuous('eta', { min: 0.2, max: 0.5 })],
      maxTrainingJobs: 2,
      evaluation: {},
      qualityGate: QualityGate.all(QualityGate.betterThanBaseline(), QualityGate.noWorseThanApproved()),
      registry: ModelRegistry.group(),
    });
  });
  const root = temporaryFolder();
  const stack = await LocalMode.deploy({ assembly, root });
  for (const [index, channel] of ['train', 'validation', 'test'].entries()) {
    const file = join(temporaryFolder(), 'a.csv');
    writeRegressionCsv(file, 200, 3, index + 1);
    await stack.bucket('Tuning/Bucket').put(`input/${channel}/a.csv`, readFileSync(file));
  }
  const first = (await stack.startExecution().ended) as ExecutionRecord;
  console.log(JSON.stringify(first, null, 1));
  const second = (await stack.startExecution({ input: { hyperparameters: { num_round: '1' } } }).ended) as ExecutionRecord;
  console.log(JSON.stringify(second, null, 1));
  await stack.close();
});
