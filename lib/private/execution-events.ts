import type { EventPattern } from 'aws-cdk-lib/aws-events';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';

/**
 * Matches the ends of a state machine's executions. AWS does not document whether the event of an execution that was
 * started by an alias or version has the qualified ARN: both match.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html
 */
export function endsOfExecutions(stateMachine: sfn.IStateMachine, status: readonly string[]): EventPattern {
  const { stateMachineArn } = stateMachine;
  return {
    source: ['aws.states'],
    detailType: ['Step Functions Execution Status Change'],
    detail: { stateMachineArn: [stateMachineArn, { prefix: `${stateMachineArn}:` }], status },
  };
}
