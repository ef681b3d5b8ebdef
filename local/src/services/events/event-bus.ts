import type { Deployment, EventRuleResource, StateMachineTarget } from '../../assembly/deployment';
import type { ExecutionRecord } from '../../executions/executions';
import type { Authorizer } from '../iam/authorizer';
import type { LambdaService } from '../lambda/lambda-service';
import type { ServiceRouter } from '../router';
import type { CreatedObject } from '../s3/bucket-store';
import type { ModelPackageDescription } from '../sagemaker/registry/registry-types';
import { executionEvent } from './execution-event';
import { modelPackageEvent } from './model-package-event';
import { objectCreatedEvent } from './object-event';
import { deliverEvent } from './rule-targets';
import type { ServiceEvent } from './service-event';

/** Dependencies of an event bus. */
export interface EventBusOptions {
  readonly deployment: Pick<Deployment, 'buckets' | 'environment' | 'eventRules' | 'functionPermissions'>;
  readonly lambda: Pick<LambdaService, 'invoke'>;
  readonly router: Pick<ServiceRouter, 'call'>;
  readonly access: Pick<Authorizer, 'isTrusted'>;
  /** Whether local mode is closing. If so, no executions are started. */
  readonly isEnding: () => boolean;
  /** Receives errors that prevent the delivery of an event. On AWS, they would go unnoticed. */
  readonly onFault: (error: Error) => void;
}

/** EventBridge's default event bus, for the events of local mode. */
export class EventBus {
  private readonly deliveries = new Set<Promise<void>>();

  constructor(private readonly options: EventBusOptions) {}

  /** Sends the event for the end of an execution, and waits for the functions that the event invokes. */
  executionEnded(record: ExecutionRecord): Promise<void> {
    return this.deliver(executionEvent(record, this.options.deployment.environment));
  }

  /** Sends the event for a new object, if the object's bucket sends events to EventBridge. */
  objectCreated(created: CreatedObject): void {
    const { buckets, environment } = this.options.deployment;
    const bucket = buckets.find(({ name }) => name === created.bucket);
    if (bucket?.sendsEvents) void this.deliver(objectCreatedEvent(created, environment));
  }

  /** Sends the event for a new or changed model package. */
  modelPackageChanged(description: ModelPackageDescription): void {
    void this.deliver(modelPackageEvent(description, this.options.deployment.environment));
  }

  /** Waits until all events have reached their targets. */
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
        `EventBridge cannot assume ${roleArn}: its trust policy does not allow events.amazonaws.com`,
      );
    }
    await router.call('states', 'StartExecution', { stateMachineArn, input }, { arn: roleArn });
  }
}
