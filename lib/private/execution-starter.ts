import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

/** The target of a rule or a schedule: a state machine or its alias. */
export interface Startable {
  readonly arn: string;
  readonly grantStartExecution: (grantee: iam.IGrantable) => iam.Grant;
}

/**
 * Creates a role that allows an AWS service to start executions, and nothing else. The roles of aws-cdk-lib's targets cannot
 * start an alias, because they have the permission for the wrong ARN: the alias instead of the state machine.
 */
export function starterRole(
  scope: Construct,
  id: string,
  startable: Startable,
  service: iam.ServicePrincipal,
): iam.Role {
  const role = new iam.Role(scope, id, { description: 'Starts executions', assumedBy: service });
  startable.grantStartExecution(role);
  return role;
}
