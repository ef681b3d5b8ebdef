import { join } from 'node:path';
import { App, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Platform } from 'aws-cdk-lib/aws-ecr-assets';
import { BucketDeployment, Source } from 'aws-cdk-lib/aws-s3-deployment';
import { context } from '../../cdk.json';
import { Algorithm, ContainerImage, Objective, ParameterRange, ScalingType, TuningWorkflow } from '../../lib';

const stack = new Stack(new App({ context }), 'ContainerExample');

const workflow = new TuningWorkflow(stack, 'Bikes', {
  algorithm: Algorithm.container({
    // The image is built at deployment, for the platform of SageMaker's instances.
    image: ContainerImage.fromAsset(join(__dirname, 'image'), { platform: Platform.LINUX_AMD64 }),
    metrics: [
      { name: 'validation:rmse', regex: 'rmse on validation: ([-+]?[0-9]*\\.?[0-9]+(?:[eE][-+]?[0-9]+)?)' },
    ],
  }),
  objective: Objective.minimize('validation:rmse'),
  parameterRanges: [
    ParameterRange.continuous('ridge', { min: 0.001, max: 1000, scaling: ScalingType.LOGARITHMIC }),
    ParameterRange.integer('hour_knots', { min: 2, max: 12 }),
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
