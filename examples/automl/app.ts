import { join } from 'node:path';
import { App, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { BucketDeployment, Source } from 'aws-cdk-lib/aws-s3-deployment';
import { AutoMlWorkflow } from '../../lib';

const stack = new Stack(new App(), 'AutoMlExample');

// A CSV file with a header and the name of the column to predict are all it needs.
const workflow = new AutoMlWorkflow(stack, 'Damage', {
  target: 'Damage',
  maxCandidates: 8,
  removalPolicy: RemovalPolicy.DESTROY,
});

new BucketDeployment(stack, 'Data', {
  sources: [Source.asset(join(__dirname, 'data'), { exclude: ['*', '!train', '!train/**'] })],
  destinationBucket: workflow.bucket,
  destinationKeyPrefix: 'input/',
});
