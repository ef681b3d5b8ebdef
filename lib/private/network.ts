import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import { LIMITS } from './limits';
import type { Problems } from './problems';

/** Network settings of containers. */
export interface NetworkOptions {
  readonly vpc?: ec2.IVpc;
  readonly vpcSubnets?: ec2.SubnetSelection;
  readonly securityGroups?: ec2.ISecurityGroup[];
}

/** Checks the network settings of containers. */
export function checkNetwork(problems: Problems, { vpc, vpcSubnets, securityGroups }: NetworkOptions): void {
  problems.count('securityGroups', securityGroups, 1, LIMITS.securityGroups);
  if (vpc) {
    checkSubnets(problems, vpc, vpcSubnets);
    return;
  }
  for (const [prop, value] of Object.entries({ vpcSubnets, securityGroups })) {
    if (value) problems.add(prop, 'requires a VPC: give vpc too');
  }
}

function checkSubnets(problems: Problems, vpc: ec2.IVpc, selection: ec2.SubnetSelection | undefined): void {
  try {
    problems.count('vpcSubnets', vpc.selectSubnets(selection).subnetIds, 1, LIMITS.subnets);
  } catch (error) {
    problems.add(
      'vpcSubnets',
      `must select subnets of ${vpc.node.path}, such as { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS }: ${(error as Error).message}`,
    );
  }
}

/** The security groups of the containers: the user's security groups or a new security group. None without a VPC. */
export function securityGroupsOf(
  scope: Construct,
  props: NetworkOptions,
  description: string,
): ec2.ISecurityGroup[] {
  if (!props.vpc) return [];
  return (
    props.securityGroups ?? [new ec2.SecurityGroup(scope, 'SecurityGroup', { vpc: props.vpc, description })]
  );
}
