import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { BucketDeployment, Source } from 'aws-cdk-lib/aws-s3-deployment';
import { context } from '../../cdk.json';
import {
  Algorithm,
  ModelRegistry,
  Objective,
  ParameterRange,
  QualityGate,
  ScalingType,
  TuningWorkflow,
  XGBoostVersion,
} from '../../lib';
import { DeploymentStack } from './deployment-stack';
import { EndpointStack } from './endpoint-stack';

const app = new App({ context });
const stack = new Stack(app, 'RegistryExample');

const workflow = new TuningWorkflow(stack, 'Bikes', {
  algorithm: Algorithm.xgboost({ version: XGBoostVersion.V3_2_0 }),
  objective: Objective.minimize('validation:rmse'),
  hyperparameters: { objective: 'reg:squarederror', num_round: '150' },
  parameterRanges: [
    ParameterRange.integer('max_depth', { min: 3, max: 10 }),
    ParameterRange.continuous('eta', { min: 0.02, max: 0.5, scaling: ScalingType.LOGARITHMIC }),
  ],
  maxTrainingJobs: 8,
  evaluation: {},
  qualityGate: QualityGate.all(
    QualityGate.atLeast('r2', 0.8),
    QualityGate.betterThanBaseline(),
    QualityGate.noWorseThanApproved({ tolerance: 0.01 }),
  ),
  registry: ModelRegistry.group({ description: 'Hourly bike rentals' }),
  removalPolicy: RemovalPolicy.DESTROY,
});

// A fifth of the training data becomes test data.
const folder = join(__dirname, '../../data/bikeshare');
const rows = readFileSync(join(folder, 'train/train.csv'), 'utf8').trim().split('\n');
const part = (isTest: boolean) => rows.filter((_row, index) => (index % 5 === 0) === isTest).join('\n');

new BucketDeployment(stack, 'Data', {
  sources: [
    Source.data('train/train.csv', part(false)),
    Source.data('test/test.csv', part(true)),
    Source.asset(folder, { exclude: ['*', '!validation', '!validation/**'] }),
  ],
  destinationBucket: workflow.bucket,
  destinationKeyPrefix: 'input/',
});

// With --context repository=my-team/my-app, the app also has a stack that deploys each approved version. The GitHub
// repository must contain this app.
const repository: string | undefined = app.node.tryGetContext('repository');
if (repository) {
  new DeploymentStack(app, 'RegistryDeployment', {
    repository,
    modelPackageGroupName: workflow.fragment.modelPackageGroupName ?? '',
  });
}

// With --context image=… --context model=…, the app also has a stack with the endpoint for an approved version.
const image: string | undefined = app.node.tryGetContext('image');
const model: string | undefined = app.node.tryGetContext('model');
if (image && model) new EndpointStack(app, 'RegistryEndpoint', { image, model });
