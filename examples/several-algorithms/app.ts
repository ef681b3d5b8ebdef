import { join } from 'node:path';
import { App, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { BucketDeployment, Source } from 'aws-cdk-lib/aws-s3-deployment';
import { context } from '../../cdk.json';
import {
  Algorithm,
  Framework,
  Objective,
  ParameterRange,
  ScalingType,
  ScriptSource,
  TuningWorkflow,
  XGBoostVersion,
} from '../../lib';

const stack = new Stack(new App({ context }), 'SeveralAlgorithmsExample');

// All three algorithms are compared by the same metric on the same data.
const objective = Objective.minimize('validation:rmse');
const script = (entryPoint: string) =>
  Algorithm.script({
    source: ScriptSource.fromFolder(join(__dirname, 'code')),
    entryPoint,
    framework: Framework.scikitLearn('1.4-2'),
    metrics: [
      { name: 'validation:rmse', regex: 'rmse on validation: ([-+]?[0-9]*\\.?[0-9]+(?:[eE][-+]?[0-9]+)?)' },
    ],
  });

const workflow = new TuningWorkflow(stack, 'Bikes', {
  definitionName: 'xgboost',
  algorithm: Algorithm.xgboost({ version: XGBoostVersion.V3_2_0 }),
  objective,
  hyperparameters: { objective: 'reg:squarederror', num_round: '100' },
  parameterRanges: [
    ParameterRange.integer('max_depth', { min: 3, max: 10 }),
    ParameterRange.continuous('eta', { min: 0.02, max: 0.5, scaling: ScalingType.LOGARITHMIC }),
  ],
  furtherDefinitions: [
    {
      name: 'random-forest',
      algorithm: script('random_forest.py'),
      objective,
      parameterRanges: [
        ParameterRange.integer('trees', { min: 20, max: 100 }),
        ParameterRange.integer('max-depth', { min: 4, max: 20 }),
      ],
    },
    {
      name: 'ridge',
      algorithm: script('ridge.py'),
      objective,
      parameterRanges: [
        ParameterRange.continuous('alpha', { min: 0.001, max: 100, scaling: ScalingType.LOGARITHMIC }),
      ],
    },
  ],
  maxTrainingJobs: 9,
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
