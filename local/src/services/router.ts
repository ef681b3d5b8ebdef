import { AwsError } from './aws-error';
import { withoutNulls } from './model/without-nulls';
import type { Principal, Service } from './service';

/** A call of an operation, before it is carried out. */
export interface ServiceCall {
  readonly service: string;
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly caller: Principal;
}

/** Decides whether a call is allowed; throws an `AwsError` when it is not. */
export type Authorize = (call: ServiceCall) => void;

/** The one place where every call passes, whether it came over HTTP or from a state machine. */
export class ServiceRouter {
  private readonly services: ReadonlyMap<string, Service>;

  constructor(
    services: readonly Service[],
    private readonly authorize: Authorize,
  ) {
    this.services = new Map(services.map((service) => [service.name, service]));
  }

  /** Names of the services that local mode has. */
  public get serviceNames(): string[] {
    return [...this.services.keys()];
  }

  /** Runs one operation on behalf of a principal. */
  public async call(
    service: string,
    operation: string,
    input: Readonly<Record<string, unknown>>,
    caller: Principal,
  ): Promise<unknown> {
    const target = this.services.get(service);
    if (target === undefined) {
      throw new AwsError(
        'UnknownOperationException',
        `local mode does not have the service ${service}: it has ${this.serviceNames.join(', ')}`,
      );
    }
    const request = target.model === undefined ? input : withoutNulls(target.model, operation, input);
    this.authorize({ service, operation, input: request, caller });
    return target.call(operation, request, caller);
  }
}

/** The error for an operation that a service has on AWS but not here. */
export function unknownOperation(service: string, operation: string, known: readonly string[]): AwsError {
  return new AwsError(
    'UnknownOperationException',
    `local mode does not have ${service}:${operation}: it has ${known.join(', ')}`,
  );
}
