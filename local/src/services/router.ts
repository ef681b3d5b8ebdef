import { AwsError } from './aws-error';
import type { AccessRequest } from './iam/policy-evaluation';
import { validateAgainst } from './model/validator';
import { withoutNulls } from './model/without-nulls';
import type { Principal } from './principal';
import { type Input, requiredAccess, type Service } from './service';

/** Decides whether a caller is allowed something; throws an `AwsError` when he is not. */
export type Authorize = (caller: Principal, access: AccessRequest) => void;

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

  /**
   * Runs one operation on behalf of a principal. As on AWS, IAM decides before the request is validated.
   *
   * @param operation the API action in PascalCase, such as `DescribeTrainingJob`
   */
  public async call(service: string, operation: string, input: Input, caller: Principal): Promise<unknown> {
    const target = this.services.get(service);
    if (target === undefined) {
      throw new AwsError(
        'UnknownOperationException',
        `local mode does not have the service ${service}: it has ${this.serviceNames.join(', ')}`,
      );
    }
    const { model, operations, actionPrefix = service } = target;
    const found = Object.hasOwn(operations, operation) ? operations[operation] : undefined;
    const request = withoutNulls(model, operation, input);
    for (const access of requiredAccess(target, operation, request)) this.authorize(caller, access);
    if (found === undefined) {
      throw new AwsError(
        'UnknownOperationException',
        `local mode does not have ${actionPrefix}:${operation}: it has ${Object.keys(operations).join(', ')}`,
      );
    }
    if (target.validate === undefined) validateAgainst(model, operation, request);
    else target.validate(operation, request);
    return found.run(request, caller, (other, otherInput) => this.call(service, other, otherInput, caller));
  }
}
