import { executionArn } from '../../executions/executions';
import { AwsError, validationError } from '../aws-error';
import * as model from '../model/states-model.json';
import { type ServiceModel, validateAgainst } from '../model/validator';
import type { Input } from '../service';

/** Step Functions' service model. */
export const STATES_MODEL = model as ServiceModel;
export type StatesModel = typeof model;

/** Maximum size of data in bytes of UTF-8. The service model counts characters. */
const MAX_DATA_BYTES = 262_144;
/** Members that contain data, by operation. */
const DATA_MEMBERS: Readonly<Record<string, string>> = { StartExecution: 'input', SendTaskSuccess: 'output' };

/**
 * Validates a request against Step Functions' service model, and checks the size of its data.
 *
 * @throws AwsError `ValidationException`, `SerializationException`
 */
export function checkRequest(operation: string, input: Input): void {
  validateAgainst(STATES_MODEL, operation, input);
  const member = DATA_MEMBERS[operation];
  if (member !== undefined && Buffer.byteLength(String(input[member] ?? '')) > MAX_DATA_BYTES) {
    const rule = `Member must have length less than or equal to ${MAX_DATA_BYTES}`;
    throw validationError(
      `1 validation error detected: Value at '${member}' failed to satisfy constraint: ${rule}`,
    );
  }
}

/**
 * White space, brackets, wildcards, and the other characters that StartExecution forbids. UTF-16 surrogates
 * represent characters above U+FFFF.
 */
const FORBIDDEN_IN_NAMES = /[\s<>{}[\]?*"#%\\^|~`$&,;:/\p{Cc}\p{Cs}\ufffe\uffff\u{10000}-\u{10ffff}]/u;

/** @throws AwsError `InvalidName` */
export function checkName(name: string): void {
  if (!FORBIDDEN_IN_NAMES.test(name)) return;
  throw new AwsError('InvalidName', `Invalid Name: '${name}'`);
}

/** The error for a name that an execution of the state machine already has. */
export function executionAlreadyExists(stateMachineArn: string, name = ''): AwsError {
  const arn = executionArn(stateMachineArn, name);
  return new AwsError('ExecutionAlreadyExists', `Execution Already Exists: '${arn}'`);
}

/** @throws AwsError `InvalidArn` if the string is not the ARN of a resource of the given type */
export function checkArn(arn: string, type: 'stateMachine' | 'execution'): void {
  const [, service, given = ''] = /^arn:[^:]+:([^:]+):[^:]*:\d{12}:([^:]+):.+$/.exec(arn) ?? [];
  if (service !== 'states') throw new AwsError('InvalidArn', `Invalid Arn: '${arn}'`);
  if (given === type) return;
  throw new AwsError('InvalidArn', `Invalid Arn: 'Resource type not valid in this context: ${given}'`);
}

/**
 * Splits a state machine's ARN into the unqualified ARN and the version number or alias. Other ARNs are not
 * changed.
 */
export function readStateMachineArn(arn: string): { stateMachineArn: string; qualifier?: string } {
  const [, stateMachineArn, qualifier] =
    /^(arn:[^:]+:states:[^:]*:\d{12}:stateMachine:[^:]+):(.+)$/.exec(arn) ?? [];
  if (stateMachineArn === undefined || qualifier === undefined) return { stateMachineArn: arn };
  return { stateMachineArn, qualifier };
}

/** A page of a list, and the token for the next one. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly nextToken?: string;
}

/** Default number of items per page. */
const PAGE_SIZE = 100;

/**
 * The requested page of a list. A token contains the last item of the previous page, so that items added
 * meanwhile do not shift the pages.
 *
 * @throws AwsError `InvalidToken`
 */
export function page<T>(items: readonly T[], input: Input, keyOf: (item: T) => string): Page<T> {
  const start = firstAfter(items, input['nextToken'], keyOf);
  const end = start + (Number(input['maxResults'] ?? 0) || PAGE_SIZE);
  const shown = items.slice(start, end);
  const last = shown.at(-1);
  return {
    items: shown,
    ...(end < items.length && last && { nextToken: Buffer.from(keyOf(last)).toString('base64url') }),
  };
}

function firstAfter<T>(items: readonly T[], token: unknown, keyOf: (item: T) => string): number {
  if (token === undefined || token === null) return 0;
  const key = Buffer.from(String(token), 'base64url').toString();
  const index = items.findIndex((item) => keyOf(item) === key);
  if (index < 0) throw new AwsError('InvalidToken', `Invalid Token: '${token}'`);
  return index + 1;
}
