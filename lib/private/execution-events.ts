import type { EventPattern } from 'aws-cdk-lib/aws-events';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';

/**
 * Event pattern for the end of a state machine's executions. If an alias or a version started
 * the execution, the event may have the qualified ARN or the state machine's ARN. AWS does not document which, so the pattern
 * matches both.
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
