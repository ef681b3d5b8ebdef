import type { Deployment, EventRuleResource, StateMachineTarget } from '../../assembly/deployment';
import type { ExecutionRecord } from '../../executions/executions';
import type { Authorizer } from '../iam/authorizer';
import type { LambdaService } from '../lambda/lambda-service';
import type { ServiceRouter } from '../router';
import type { CreatedObject } from '../s3/bucket-store';
import { executionEvent } from './execution-event';
import { objectCreatedEvent } from './object-event';
import { deliverEvent } from './rule-targets';
import type { ServiceEvent } from './service-event';

/** What an event bus needs. */
export interface EventBusOptions {
  readonly deployment: Pick<Deployment, 'buckets' | 'environment' | 'eventRules' | 'functionPermissions'>;
  readonly lambda: Pick<LambdaService, 'invoke'>;
  readonly router: Pick<ServiceRouter, 'call'>;
  readonly access: Pick<Authorizer, 'isTrusted'>;
  /** Whether local mode is ending: then no executions are started any more. */
  readonly isEnding: () => boolean;
  /** Takes what keeps an event from its target: on AWS nobody would be told. */
  readonly onFault: (error: Error) => void;
}

/** The default event bus of EventBridge, with the events of local mode. */
export class EventBus {
  private readonly deliveries = new Set<Promise<void>>();

  constructor(private readonly options: EventBusOptions) {}

  /** Tells of the end of an execution, and waits for the functions that hear of it. */
  executionEnded(record: ExecutionRecord): Promise<void> {
    return this.deliver(executionEvent(record, this.options.deployment.environment));
  }

  /** Tells of a new object, if its bucket's events go to EventBridge. */
  objectCreated(created: CreatedObject): void {
    const { buckets, environment } = this.options.deployment;
    const bucket = buckets.find(({ name }) => name === created.bucket);
    if (bucket?.sendsEvents) void this.deliver(objectCreatedEvent(created, environment));
  }

  /** Waits until all that was told of has reached its targets. */
  async settled(): Promise<void> {
    await Promise.all(this.deliveries);
  }

  private deliver(event: ServiceEvent): Promise<void> {
    const delivery = deliverEvent(event, {
      ...this.options,
      startExecution: (rule, target, input) => this.startExecution(rule, target, input),
    }).finally(() => this.deliveries.delete(delivery));
    this.deliveries.add(delivery);
    return delivery;
  }

  private async startExecution(
    rule: EventRuleResource,
    { stateMachineArn, roleArn }: StateMachineTarget,
    input: string,
  ): Promise<void> {
    const { access, router, isEnding } = this.options;
    if (isEnding()) return;
    if (!access.isTrusted(roleArn, 'events', rule.arn)) {
      throw new Error(
        `EventBridge cannot assume ${roleArn}: its trust policy does not allow events.amazonaws.com to`,
      );
    }
    await router.call('states', 'StartExecution', { stateMachineArn, input }, { arn: roleArn });
  }
}
