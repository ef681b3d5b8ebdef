import type { AccessRequest } from './iam/policy-evaluation';
import type { ServiceModel } from './model/validator';
import type { Principal } from './principal';

/** A request as the service model names its members (PascalCase). */
export type Input = Readonly<Record<string, unknown>>;

/** Calls another operation of the service, on behalf of the same caller and with a permission of its own. */
export type CallOperation = (operation: string, input: Input) => Promise<unknown>;

/** One operation of a service: what it does, and what its caller has to be allowed. */
export interface Operation {
  /**
   * @param input a valid request without nulls
   * @returns the response as the service model names it, or a promise of it; times are epoch seconds
   * @throws AwsError as the service would answer
   */
  readonly run: (input: Input, caller: Principal, call: CallOperation) => unknown;
  /**
   * What the caller has to be allowed. Without it, `given`.
   *
   * @param given the action of the operation's own name, on the resource of the request
   */
  readonly access?: (input: Input, given: AccessRequest) => readonly AccessRequest[];
}

/** The operations of a service: one for each that its model has. */
export type OperationsOf<Model extends { readonly operations: object }, Kind = Operation> = Readonly<
  Record<keyof Model['operations'] & string, Kind>
>;

/** One AWS service. The router runs it, for the HTTP endpoint and for Step Functions' integrations alike. */
export interface Service {
  /** The service's name in SigV4 and in `aws-sdk:<name>` integrations, such as `sagemaker`. */
  readonly name: string;
  /** Its name in IAM's actions, where that is another one. */
  readonly actionPrefix?: string;
  readonly model: ServiceModel;
  readonly operations: Readonly<Record<string, Operation>>;
  /** What a request is about, for IAM: its resource and its condition keys. Without it, anything (`*`). */
  readonly subject?: (input: Input) => Pick<AccessRequest, 'resource' | 'context'>;
  /**
   * Checks a request that IAM allows; without it, the model does.
   *
   * @throws AwsError
   */
  readonly validate?: (operation: string, input: Input) => void;
}

/** Everything that a caller has to be allowed for one call. */
export function requiredAccess(service: Service, operation: string, input: Input): readonly AccessRequest[] {
  const { name, actionPrefix = name, operations } = service;
  const about = service.subject?.(input) ?? { resource: '*', context: {} };
  const given = { action: `${actionPrefix}:${operation}`, ...about };
  const access = Object.hasOwn(operations, operation) ? operations[operation]?.access : undefined;
  return access?.(input, given) ?? [given];
}
