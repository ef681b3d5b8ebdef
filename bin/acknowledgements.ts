import { type Stack, Validations } from 'aws-cdk-lib';
import type * as s3 from 'aws-cdk-lib/aws-s3';

/** Tells cdk-nag why the function that aws-cdk-lib uploads the data with is as it is. */
export function acknowledgeDeployment(stack: Stack, bucket: s3.IBucket): void {
  const provider = stack.node.children.find((child) =>
    child.node.id.startsWith('Custom::CDKBucketDeployment'),
  );
  if (!provider) throw new Error('aws-cdk-lib no longer names its provider Custom::CDKBucketDeployment…');
  const acknowledge = (id: string, reason: string) =>
    Validations.of(provider).acknowledge({ id: `AwsSolutions::AwsSolutions-${id}`, reason });
  const bucketId = stack.getLogicalId(bucket.node.defaultChild as s3.CfnBucket);
  acknowledge('L1', 'aws-cdk-lib chooses the runtime of its own function');
  acknowledge(
    'IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]',
    'aws-cdk-lib gives its own function this policy: writing logs, no more',
  );
  for (const finding of [
    'Action::s3:GetBucket*',
    'Action::s3:GetObject*',
    'Action::s3:List*',
    'Action::s3:Abort*',
    'Action::s3:DeleteObject*',
    'Resource::arn:<AWS::Partition>:s3:::cdk-hnb659fds-assets-<AWS::AccountId>-<AWS::Region>/*',
    `Resource::<${bucketId}.Arn>/*`,
  ]) {
    acknowledge(
      `IAM5[${finding}]`,
      "aws-cdk-lib's own function copies the sample data, once, into this one bucket",
    );
  }
}
