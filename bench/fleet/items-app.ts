// The CDK app of the benchmark with many items (../fleet-items.mjs). All items use the same data, and training is
// stubbed.
import { App, Stack } from 'aws-cdk-lib';
import { context } from '../../cdk.json';
import { Algorithm, Objective, ParameterRange, TuningFleet, XGBoostVersion } from '../../lib';

new TuningFleet(new Stack(new App({ context }), 'Items'), 'Fleet', {
  algorithm: Algorithm.xgboost({ version: XGBoostVersion.V3_2_0 }),
  objective: Objective.minimize('validation:rmse'),
  hyperparameters: { num_round: '60' },
  parameterRanges: [ParameterRange.integer('max_depth', { min: 2, max: 8 })],
  maxTrainingJobs: 1,
  finalTraining: { enabled: false },
  report: false,
  trainPrefix: 'input/train/',
  validationPrefix: 'input/validation/',
});
