import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { App, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { BucketDeployment, Source } from 'aws-cdk-lib/aws-s3-deployment';
import { context } from '../../cdk.json';
import { Algorithm, Objective, ParameterRange, ScalingType, TuningWorkflow } from '../../lib';

const stack = new Stack(new App({ context }), 'JumpStartExample');

// The model's hub document if you have fetched it, else the stand-in, which works only in local mode.
const document = [join(__dirname, 'model.json'), join(__dirname, 'stand-in.json')].find(existsSync) ?? '';

const workflow = new TuningWorkflow(stack, 'Bikes', {
  algorithm: Algorithm.jumpStart({ document }),
  objective: Objective.minimize('rmse'),
  hyperparameters: { num_boost_round: '200' },
  parameterRanges: [
    ParameterRange.continuous('learning_rate', { min: 0.02, max: 0.3, scaling: ScalingType.LOGARITHMIC }),
    ParameterRange.integer('num_leaves', { min: 10, max: 100 }),
    ParameterRange.continuous('feature_fraction', { min: 0.5, max: 1 }),
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
