import { readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { App, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { BucketDeployment, Source } from 'aws-cdk-lib/aws-s3-deployment';
import { context } from '../../cdk.json';
import { AutoMlWorkflow } from '../../lib';

const stack = new Stack(new App({ context }), 'AutoMlExample');

// AutoML needs only a CSV file with a header, and the name of the column to predict. Relative paths start at this folder.
const data = resolve(stack.node.tryGetContext('data') ?? join(__dirname, 'data/train/birdstrikes.csv'));
const target = stack.node.tryGetContext('target') ?? 'Damage';

const workflow = new AutoMlWorkflow(stack, 'Model', {
  target,
  maxCandidates: 8,
  removalPolicy: RemovalPolicy.DESTROY,
});

new BucketDeployment(stack, 'Data', {
  sources: [Source.data(basename(data), readFileSync(data, 'utf8'))],
  destinationBucket: workflow.bucket,
  destinationKeyPrefix: 'input/train/',
});
