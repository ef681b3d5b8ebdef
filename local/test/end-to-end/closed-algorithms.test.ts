import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  Algorithm,
  BuiltInAlgorithm,
  Objective,
  ParameterRange,
  TuningWorkflow,
  XGBoostVersion,
} from '../../../lib';
import { executionsIn, runLocalMode, synthesize, temporaryFolder } from './support';

const linearLearner = {
  algorithm: Algorithm.builtIn(BuiltInAlgorithm.LINEAR_LEARNER),
  objective: Objective.minimize('validation:mse'),
  hyperparameters: { predictor_type: 'regressor' },
  parameterRanges: [ParameterRange.continuous('wd', { min: 0.001, max: 1 })],
};

const xgboost = {
  algorithm: Algorithm.xgboost({ version: XGBoostVersion.V3_2_0 }),
  objective: Objective.minimize('validation:rmse'),
  parameterRanges: [ParameterRange.integer('num_round', { min: 2, max: 20 })],
};

test.each([
  ['alone', linearLearner],
  ['beside others', { ...xgboost, furtherDefinitions: [{ name: 'linear', ...linearLearner }] }],
])('%s, whose code is not public, is refused before anything starts', async (_where, props) => {
  const assembly = synthesize((stack) => {
    new TuningWorkflow(stack, 'Tuning', props);
  });
  const root = temporaryFolder();
  const { exitCode, output } = await runLocalMode(assembly, root);
  expect(output.trim().split('\n').at(-1)).toMatch(
    /^Local mode cannot run state machine \S+: SageMaker's linear-learner only runs on AWS: its code is not public\. To run locally, use XGBoost with booster gblinear, or a script with scikit-learn's linear models$/,
  );
  expect(exitCode).toBe(1);
  expect(executionsIn(root)).toEqual([]);
  for (const jobs of ['tuning-jobs', 'training-jobs']) {
    const folder = join(root, 'sagemaker', jobs);
    expect(existsSync(folder) ? readdirSync(folder) : []).toEqual([]);
  }
});
