import type {
  Deployment,
  EventRuleResource,
  EventTarget,
  StateMachineTarget,
} from '../../assembly/deployment';
import { matchesPattern } from '../../assembly/event-pattern';
import type { Json } from '../../states';
import { matchesWildcard } from '../iam/wildcard';
import type { LambdaService } from '../lambda/lambda-service';
import type { ServiceEvent } from './service-event';
import { targetInput } from './target-input';

/** Dependencies of event delivery. */
export interface EventDelivery {
  readonly deployment: Pick<Deployment, 'eventRules' | 'functionPermissions'>;
  readonly lambda: Pick<LambdaService, 'invoke'>;
  /** Starts a state machine with the permissions of the target's role. */
  readonly startExecution: (
    rule: EventRuleResource,
    target: StateMachineTarget,
    input: string,
  ) => Promise<void>;
  /** Receives errors that prevent the delivery of an event. On AWS, they would go unnoticed. */
  readonly onFault: (error: Error) => void;
}

/**
 * Starts the targets of the rules that match an event, and waits for those targets that are functions. A failed target
 * does not affect others.
 */
export async function deliverEvent(event: ServiceEvent, delivery: EventDelivery): Promise<void> {
  const rules = delivery.deployment.eventRules.filter(({ pattern }) => matchesPattern(pattern, event));
  const started = rules.flatMap((rule) =>
    rule.targets.map((target) =>
      start(rule, target, event, delivery).catch((error: Error) =>
        delivery.onFault(new Error(`event rule ${rule.name}: ${error.message}`)),
      ),
    ),
  );
  await Promise.all(started);
}

async function start(
  rule: EventRuleResource,
  target: EventTarget,
  event: ServiceEvent,
  delivery: EventDelivery,
): Promise<void> {
  const input = targetInput(target, event as unknown as Json);
  return 'functionArn' in target
    ? invoke(rule, target.functionArn, input, delivery)
    : delivery.startExecution(rule, target, input);
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
  const output = await lambda.invoke({ FunctionName: functionArn, Payload: payload });
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
