// The CDK app of the fleet benchmark (../fleet.mjs). The folder with the data sets is in the app's context.
import { App, Stack } from 'aws-cdk-lib';
import { BucketDeployment, Source } from 'aws-cdk-lib/aws-s3-deployment';
import { context } from '../../cdk.json';
import { Algorithm, Objective, ParameterRange, ScalingType, TuningFleet, XGBoostVersion } from '../../lib';

const stack = new Stack(new App({ context }), 'FleetBench');
const { bucket } = new TuningFleet(stack, 'Fleet', {
  algorithm: Algorithm.xgboost({ version: XGBoostVersion.V3_2_0 }),
  objective: Objective.minimize('validation:rmse'),
  hyperparameters: { objective: 'reg:squarederror', num_round: '60' },
  parameterRanges: [
    ParameterRange.integer('max_depth', { min: 2, max: 8 }),
    ParameterRange.continuous('eta', { min: 0.02, max: 0.5, scaling: ScalingType.LOGARITHMIC }),
  ],
  maxTrainingJobs: 10,
});
new BucketDeployment(stack, 'DataSets', {
  sources: [Source.asset(stack.node.getContext('data'))],
  destinationBucket: bucket,
  destinationKeyPrefix: 'input/',
});
