import { join } from 'node:path';
import { App, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import { BucketDeployment, Source } from 'aws-cdk-lib/aws-s3-deployment';
import { context } from '../../cdk.json';
import {
  Algorithm,
  ContainerImage,
  Framework,
  Objective,
  ParameterRange,
  ScalingType,
  ScriptSource,
  TuningWorkflow,
  XGBoostVersion,
} from '../../lib';

const stack = new Stack(new App({ context }), 'ScriptExample');

const source = ScriptSource.fromFolder(join(__dirname, 'code'));

// SageMaker finds the metrics in the output of the scripts with these regular expressions.
const metrics = [
  { name: 'train:rmse', regex: 'rmse on train: ([-+]?[0-9]*\\.?[0-9]+(?:[eE][-+]?[0-9]+)?)' },
  { name: 'validation:rmse', regex: 'rmse on validation: ([-+]?[0-9]*\\.?[0-9]+(?:[eE][-+]?[0-9]+)?)' },
];

const workflow = new TuningWorkflow(stack, 'Bikes', {
  definitionName: 'scikit-learn',
  algorithm: Algorithm.script({
    source,
    entryPoint: 'train_sklearn.py',
    framework: Framework.scikitLearn('1.4-2'),
    metrics,
  }),
  objective: Objective.minimize('validation:rmse'),
  parameterRanges: [
    ParameterRange.integer('max-depth', { min: 4, max: 16 }),
    ParameterRange.continuous('learning-rate', { min: 0.02, max: 0.5, scaling: ScalingType.LOGARITHMIC }),
  ],
  furtherDefinitions: [
    {
      name: 'xgboost',
      algorithm: Algorithm.script({
        source,
        entryPoint: 'train_xgboost.py',
        framework: Framework.xgboost(XGBoostVersion.V3_2_0),
        metrics,
        // SageMaker accepts custom metrics only with a copy of its image. The README explains how to create it.
        image: ContainerImage.fromEcrRepository(
          ecr.Repository.fromRepositoryName(stack, 'XGBoostCopy', 'sagemaker-xgboost'),
          '3.2-0',
        ),
      }),
      objective: Objective.minimize('validation:rmse'),
      hyperparameters: { rounds: '150' },
      parameterRanges: [
        ParameterRange.integer('max-depth', { min: 3, max: 10 }),
        ParameterRange.continuous('eta', { min: 0.02, max: 0.5, scaling: ScalingType.LOGARITHMIC }),
      ],
    },
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
