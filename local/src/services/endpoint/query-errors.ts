import type { AwsError } from '../aws-error';

/** Error codes that are different in the query protocol, with their HTTP statuses. */
const OWN_CODES: Readonly<Record<string, readonly [code: string, status: number]>> = {
  AccessDeniedException: ['AccessDenied', 403],
  InvalidParameterCombinationException: ['InvalidParameterCombination', 400],
  InvalidParameterValueException: ['InvalidParameterValue', 400],
  ValidationException: ['ValidationError', 400],
};

/** An error of the query protocol. */
export interface QueryError {
  readonly code: string;
  readonly statusCode: number;
  /** Whether the sender or the receiver caused the error. */
  readonly type: 'Sender' | 'Receiver';
}

/** Converts an error to the query protocol. */
export function queryError({ code: name, statusCode: given }: AwsError): QueryError {
  const [code, statusCode] = OWN_CODES[name] ?? [name, given];
  return { code, statusCode, type: statusCode < 500 ? 'Sender' : 'Receiver' };
}

/**
 * The header that contains the query protocol's error code. Services that used this protocol in the past send
 * the header to clients of other protocols.
 *
 * @see https://smithy.io/2.0/aws/protocols/aws-query-protocol.html (`awsQueryCompatible`)
 */
export function queryErrorHeader(error: AwsError): Readonly<Record<string, string>> {
  const { code, type } = queryError(error);
  return { 'x-amzn-query-error': `${code};${type}` };
}
