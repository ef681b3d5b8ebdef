import type { Deployment, EventRuleResource } from '../../assembly/deployment';
import { matchesPattern } from '../../assembly/event-pattern';
import type { ExecutionRecord } from '../../executions/executions';
import { matchesWildcard } from '../iam/wildcard';
import type { InvokeOutput, LambdaService } from '../lambda/lambda-service';
import { executionEvent } from './execution-event';

/** What the delivery of events needs. */
export interface EventDelivery {
  readonly deployment: Pick<Deployment, 'eventRules' | 'functionPermissions' | 'environment'>;
  readonly lambda: Pick<LambdaService, 'call'>;
  /** Takes what keeps an event from its target: on AWS nobody would be told. */
  readonly onFault: (error: Error) => void;
}

/**
 * Invokes the functions of the rules that match the end of an execution, and waits for them. A function that fails
 * fails nothing else.
 */
export async function deliverExecutionEnd(record: ExecutionRecord, delivery: EventDelivery): Promise<void> {
  const event = executionEvent(record, delivery.deployment.environment);
  const rules = delivery.deployment.eventRules.filter(({ pattern }) => matchesPattern(pattern, event));
  const invocations = rules.flatMap((rule) =>
    rule.targets.map(({ functionArn, input }) =>
      invoke(rule, functionArn, input ?? JSON.stringify(event), delivery).catch((error: Error) =>
        delivery.onFault(new Error(`event rule ${rule.name}: ${error.message}`)),
      ),
    ),
  );
  await Promise.all(invocations);
}

async function invoke(
  rule: EventRuleResource,
  functionArn: string,
  payload: string,
  { deployment, lambda }: EventDelivery,
): Promise<void> {
  if (!mayInvoke(rule, functionArn, deployment)) {
    throw new Error(
      `events.amazonaws.com may not invoke ${functionArn}: its resource policy has no AWS::Lambda::Permission with the action lambda:InvokeFunction for this rule (${rule.arn})`,
    );
  }
  const output = (await lambda.call('Invoke', {
    FunctionName: functionArn,
    Payload: payload,
  })) as InvokeOutput;
  if (output.FunctionError !== undefined) {
    throw new Error(`the function ${functionArn} failed: ${output.Payload}`);
  }
}

function mayInvoke(
  { arn }: EventRuleResource,
  functionArn: string,
  { functionPermissions }: EventDelivery['deployment'],
): boolean {
  return functionPermissions.some(
    ({ function: name, action, principal, sourceArn }) =>
      (name === functionArn || functionArn.endsWith(`:function:${name}`)) &&
      ['lambda:InvokeFunction', 'lambda:*'].includes(action) &&
      ['events.amazonaws.com', '*'].includes(principal) &&
      (sourceArn === undefined || matchesWildcard(sourceArn, arn)),
  );
}
