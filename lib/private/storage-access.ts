import { Aspects, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import type { NetworkOptions } from './network';
import { warn } from './warn';

/**
 * Warns if containers in a VPC cannot reach Amazon S3, which SageMaker uses for data and models. The containers'
 * network interfaces have no public IP address, so public and isolated subnets need a VPC endpoint. An imported VPC can
 * have endpoints that the app does not know. Isolated subnets of such a VPC therefore cause no warning. The check runs
 * during synth, because an app can still add endpoints after it has created the construct.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/train-vpc.html
 */
export function warnOfUnreachableStorage(scope: Construct, { vpc, vpcSubnets }: NetworkOptions): void {
  if (!vpc) return;
  const selected = vpc.selectSubnets(vpcSubnets);
  if (selected.isPendingLookup) return;
  const among = (subnets: readonly ec2.ISubnet[]) =>
    subnets.some(({ subnetId }) => selected.subnetIds.includes(subnetId));
  const isOfThisApp = vpc.node.defaultChild instanceof ec2.CfnVPC;
  const kind = among(vpc.publicSubnets)
    ? 'public'
    : isOfThisApp && among(vpc.isolatedSubnets)
      ? 'isolated'
      : undefined;
  if (!kind) return;
  Aspects.of(scope).add({
    visit: (node) => {
      if (node !== scope || hasStorageEndpoint(scope, vpc)) return;
      warn(
        scope,
        'storageNotReached',
        `vpcSubnets: jobs in the ${kind} subnets of ${vpc.node.path} cannot reach Amazon S3 and fail to download their data, because their network interfaces have no public IP address: add a gateway endpoint for S3 to the VPC, or select private subnets with a NAT gateway`,
      );
    },
  });
}

/** Whether the app creates an endpoint for Amazon S3 in the VPC. */
function hasStorageEndpoint(scope: Construct, { vpcId }: ec2.IVpc): boolean {
  return scope.node.root.node
    .findAll()
    .filter((node) => node instanceof ec2.CfnVPCEndpoint)
    .some(
      (endpoint) =>
        endpoint.vpcId === vpcId &&
        /\.s3\b/.test(JSON.stringify(Stack.of(endpoint).resolve(endpoint.serviceName) ?? '')),
    );
}
