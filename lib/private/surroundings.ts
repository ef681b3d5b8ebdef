import { Names } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import { JOB_NAME_PREFIX_LENGTH } from './limits';
import type { NetworkOptions } from './validate-surroundings';

/** A prefix for job names that no other construct of the app has. */
export function uniquePrefix(construct: Construct): string {
  return Names.uniqueResourceName(construct, {
    maxLength: JOB_NAME_PREFIX_LENGTH,
    allowedSpecialCharacters: '-',
  })
    .toLowerCase()
    .replace(/^-+|-+$/g, '');
}

/** The security groups of the containers: those that are given, else a new one; none without a VPC. */
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
