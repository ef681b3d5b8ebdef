import type { AwsError } from '../aws-error';

/** Codes of the query protocol, where other protocols have other names, and their HTTP statuses. */
const OWN_CODES: Readonly<Record<string, readonly [code: string, status: number]>> = {
  AccessDeniedException: ['AccessDenied', 403],
  InvalidParameterCombinationException: ['InvalidParameterCombination', 400],
  InvalidParameterValueException: ['InvalidParameterValue', 400],
  ValidationException: ['ValidationError', 400],
};

/** What the query protocol calls an error. */
export interface QueryError {
  readonly code: string;
  readonly statusCode: number;
  /** Whose fault it is. */
  readonly type: 'Sender' | 'Receiver';
}

/** An error as the query protocol has it. */
export function queryError({ code: name, statusCode: given }: AwsError): QueryError {
  const [code, statusCode] = OWN_CODES[name] ?? [name, given];
  return { code, statusCode, type: statusCode < 500 ? 'Sender' : 'Receiver' };
}

/**
 * The header by which services that once spoke the query protocol only tell clients of other protocols its code.
 *
 * @see https://smithy.io/2.0/aws/protocols/aws-query-protocol.html (`awsQueryCompatible`)
 */
export function queryErrorHeader(error: AwsError): Readonly<Record<string, string>> {
  const { code, type } = queryError(error);
  return { 'x-amzn-query-error': `${code};${type}` };
}
