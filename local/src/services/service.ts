import type { AccessRequest } from './iam/policy-evaluation';
import type { ServiceModel } from './model/validator';
import type { Principal } from './principal';

/** A request with the member names of the service model (PascalCase). */
export type Input = Readonly<Record<string, unknown>>;

/** Calls another operation of the service for the same caller, and checks that the caller may call this operation. */
export type CallOperation = (operation: string, input: Input) => Promise<unknown>;

/** An operation of a service and the permissions that it needs. */
export interface Operation {
  /**
   * @param input a valid request without nulls
   * @returns the response, or a promise of the response, with the member names of the service model; times are
   *   epoch seconds
   * @throws AwsError as the service would return it
   */
  readonly run: (input: Input, caller: Principal, call: CallOperation) => unknown;
  /**
   * The permissions that the caller needs. @default - only `given`
   *
   * @param given the default permission: the action with the operation's name, on the request's resource
   */
  readonly access?: (input: Input, given: AccessRequest) => readonly AccessRequest[];
}

/** The operations of a service: one for each operation in its model. */
export type OperationsOf<Model extends { readonly operations: object }, Kind = Operation> = Readonly<
  Record<keyof Model['operations'] & string, Kind>
>;

/** An AWS service. The router calls it for HTTP requests and for tasks of state machines. */
export interface Service {
  /** Name in SigV4 and in `aws-sdk:<name>` integrations, such as `sagemaker`. */
  readonly name: string;
  /** Prefix of IAM actions, if it differs from the service's name. */
  readonly actionPrefix?: string;
  readonly model: ServiceModel;
  readonly operations: Readonly<Record<string, Operation>>;
  /** The resource and the condition keys of a request, for authorization. @default - all resources (`*`) */
  readonly subject?: (input: Input) => Pick<AccessRequest, 'resource' | 'context'>;
  /**
   * Validates an authorized request. @default - validation by the model
   *
   * @throws AwsError when the request is invalid
   */
  readonly validate?: (operation: string, input: Input) => void;
}

/** All permissions that a caller needs for a call. */
export function requiredAccess(service: Service, operation: string, input: Input): readonly AccessRequest[] {
  const { name, actionPrefix = name, operations } = service;
  const about = service.subject?.(input) ?? { resource: '*', context: {} };
  const given = { action: `${actionPrefix}:${operation}`, ...about };
  const access = Object.hasOwn(operations, operation) ? operations[operation]?.access : undefined;
  return access?.(input, given) ?? [given];
}
