import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

/** What a rule or a schedule starts: a state machine, or an alias of one. */
export interface Startable {
  readonly arn: string;
  readonly grantStartExecution: (grantee: iam.IGrantable) => iam.Grant;
}

/**
 * Makes the role that lets an AWS service start executions, and nothing else. The targets of aws-cdk-lib cannot
 * start an alias: they would allow StartExecution for the alias's ARN, and Step Functions asks for the state machine's.
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
