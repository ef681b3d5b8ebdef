import { Arn, ArnFormat, Stack } from 'aws-cdk-lib';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { acknowledgeInvocations, acknowledgeWildcards } from './acknowledge';

/** Acknowledges cdk-nag's findings about wildcards in the additional permissions that a fleet's state machine needs. */
export function acknowledgeFleetWildcards(
  stateMachine: sfn.StateMachine,
  functions: readonly lambda.IFunction[],
): void {
  acknowledgeInvocations(stateMachine, functions);
  // The name comes from the state machine's ARN, as in aws-cdk-lib, so that acknowledged resources match the policy.
  const { resourceName: name } = Arn.split(stateMachine.stateMachineArn, ArnFormat.COLON_RESOURCE_NAME);
  const executions = (ofMap: string) =>
    Stack.of(stateMachine).formatArn({
      service: 'states',
      resource: 'execution',
      resourceName: `${name}${ofMap}:*`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
  acknowledgeWildcards(
    stateMachine.node.findChild('DistributedMapPolicy'),
    [executions(''), executions('/Items')],
    'A Distributed Map starts, describes, stops and redrives child executions, which Step Functions names',
  );
}
