import { join } from 'node:path';
import { App, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { BucketDeployment, Source } from 'aws-cdk-lib/aws-s3-deployment';
import { context } from '../../cdk.json';
import { Algorithm, Objective, ParameterRange, ScalingType, TuningWorkflow, XGBoostVersion } from '../../lib';

const stack = new Stack(new App({ context }), 'BuiltInExample');

const workflow = new TuningWorkflow(stack, 'Bikes', {
  algorithm: Algorithm.xgboost({ version: XGBoostVersion.V3_2_0 }),
  objective: Objective.minimize('validation:rmse'),
  hyperparameters: { objective: 'reg:squarederror', num_round: '150' },
  parameterRanges: [
    ParameterRange.integer('max_depth', { min: 3, max: 10 }),
    ParameterRange.continuous('eta', { min: 0.02, max: 0.5, scaling: ScalingType.LOGARITHMIC }),
    ParameterRange.continuous('subsample', { min: 0.5, max: 1 }),
  ],
  maxTrainingJobs: 8,
  removalPolicy: RemovalPolicy.DESTROY,
});

new BucketDeployment(stack, 'Data', {
  sources: [
    Source.asset(join(__dirname, '../../data/bikeshare'), {
      exclude: ['*', '!train', '!train/**', '!validation', '!validation/**'],
    }),
  ],
  destinationBucket: workflow.bucket,
  destinationKeyPrefix: 'input/',
});
