import type { Stack } from 'aws-cdk-lib';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { acknowledge, acknowledgeWildcards } from '../lib/private/acknowledge';

/** Acknowledges the cdk-nag findings about the function with which aws-cdk-lib uploads the data. */
export function acknowledgeDeployment(stack: Stack, bucket: s3.IBucket): void {
  const provider = stack.node.children.find((child) =>
    child.node.id.startsWith('Custom::CDKBucketDeployment'),
  );
  if (!provider)
    throw new Error('aws-cdk-lib no longer has a provider whose ID begins with Custom::CDKBucketDeployment');
  acknowledge(provider, 'L1', 'aws-cdk-lib chooses the runtime of its own function');
  acknowledge(
    provider,
    `IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]`,
    'aws-cdk-lib gives its own function this policy, which only allows writing logs',
  );
  const reason = "aws-cdk-lib's own function copies the sample data, once, into this one bucket";
  for (const action of ['GetBucket*', 'GetObject*', 'List*', 'Abort*', 'DeleteObject*']) {
    acknowledge(provider, `IAM5[Action::s3:${action}]`, reason);
  }
  const assets = stack.formatArn({
    service: 's3',
    region: '',
    account: '',
    resource: `cdk-${stack.synthesizer.bootstrapQualifier}-assets-${stack.account}-${stack.region}`,
  });
  acknowledgeWildcards(provider, [`${assets}/*`, bucket.arnForObjects('*')], reason);
}
