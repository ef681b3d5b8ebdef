import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { BucketDeployment, Source } from 'aws-cdk-lib/aws-s3-deployment';
import { context } from '../../cdk.json';
import {
  Algorithm,
  DataDistribution,
  DataLocation,
  Framework,
  InputData,
  Objective,
  ParameterRange,
  ScriptSource,
  TuningStrategy,
  TuningWorkflow,
  XGBoostVersion,
} from '../../lib';

const stack = new Stack(new App({ context }), 'DistributedExample');
const data = join(__dirname, '../../data/bikeshare');
const instances = Number(stack.node.tryGetContext('instances') ?? 3);

const bucket = new Bucket(stack, 'Data', {
  encryption: BucketEncryption.S3_MANAGED,
  enforceSSL: true,
  versioned: true,
  blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
  removalPolicy: RemovalPolicy.DESTROY,
});

new TuningWorkflow(stack, 'Bikes', {
  algorithm: Algorithm.script({
    source: ScriptSource.fromFolder(join(__dirname, 'code')),
    entryPoint: 'train.py',
    // SageMaker itself defines the metrics of its XGBoost image, so no metric definitions are needed here.
    framework: Framework.xgboost(XGBoostVersion.V3_2_0),
  }),
  objective: Objective.minimize('validation:rmse'),
  hyperparameters: { num_round: '100' },
  parameterRanges: [
    ParameterRange.integer('max_depth', { min: 4, max: 8 }),
    ParameterRange.continuous('eta', { min: 0.05, max: 0.4 }),
  ],
  resources: { instanceCount: instances },
  bucket,
  // Each instance gets its share of the training files, and all validation data.
  train: InputData.csv(DataLocation.fromBucket(bucket, 'input/train/'), {
    distribution: DataDistribution.SHARDED_BY_S3_KEY,
  }),
  // The seed gives the same hyperparameters each time, so that runs with different numbers of instances are comparable.
  strategy: TuningStrategy.random({ seed: 1 }),
  maxTrainingJobs: 4,
  maxParallelTrainingJobs: 1,
});

// Splits the data into one file for each instance.
const rows = readFileSync(join(data, 'train/train.csv'), 'utf8').trimEnd().split('\n');
const parts = Array.from({ length: 6 }, (_, part) => rows.filter((_row, index) => index % 6 === part));
new BucketDeployment(stack, 'TrainingData', {
  sources: parts.map((part, index) => Source.data(`part-${index}.csv`, `${part.join('\n')}\n`)),
  destinationBucket: bucket,
  destinationKeyPrefix: 'input/train/',
});
new BucketDeployment(stack, 'ValidationData', {
  sources: [Source.asset(join(data, 'validation'))],
  destinationBucket: bucket,
  destinationKeyPrefix: 'input/validation/',
});
