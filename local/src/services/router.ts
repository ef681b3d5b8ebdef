import { AwsError } from './aws-error';
import type { AccessRequest } from './iam/policy-evaluation';
import { validateAgainst } from './model/validator';
import { withoutNulls } from './model/without-nulls';
import type { Principal } from './principal';
import { type Input, requiredAccess, type Service } from './service';

/** Authorizes a caller. Throws an `AwsError` if a permission is missing. */
export type Authorize = (caller: Principal, access: AccessRequest) => void;

/** Runs every call to a service, whether the call comes from HTTP or from a state machine. */
export class ServiceRouter {
  private readonly services: ReadonlyMap<string, Service>;

  constructor(
    services: readonly Service[],
    private readonly authorize: Authorize,
  ) {
    this.services = new Map(services.map((service) => [service.name, service]));
  }

  /** Names of the supported services. */
  public get serviceNames(): string[] {
    return [...this.services.keys()];
  }

  /**
   * Runs an operation for a principal. As on AWS, permissions are checked before the request is validated.
   *
   * @param operation the API action in PascalCase, such as `DescribeTrainingJob`
   */
  public async call(service: string, operation: string, input: Input, caller: Principal): Promise<unknown> {
    const target = this.services.get(service);
    if (target === undefined) {
      throw new AwsError(
        'UnknownOperationException',
        `local mode does not support the service ${service}. It supports ${this.serviceNames.join(', ')}`,
      );
    }
    const { model, operations, actionPrefix = service } = target;
    const found = Object.hasOwn(operations, operation) ? operations[operation] : undefined;
    const request = withoutNulls(model, operation, input);
    for (const access of requiredAccess(target, operation, request)) this.authorize(caller, access);
    if (found === undefined) {
      throw new AwsError(
        'UnknownOperationException',
        `local mode does not support ${actionPrefix}:${operation}. It supports ${Object.keys(operations).join(', ')}`,
      );
    }
    if (target.validate === undefined) validateAgainst(model, operation, request);
    else target.validate(operation, request);
    return found.run(request, caller, (other, otherInput) => this.call(service, other, otherInput, caller));
  }
}
