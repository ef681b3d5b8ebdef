import { isNativeError } from 'node:util/types';

/**
 * Names of errors of AWS services and the AWS SDK for which a later attempt can succeed. The state machine invokes the
 * function again after these errors (lib/private/retries.ts).
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/CommonErrors.html
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 */
export const TRANSIENT_ERRORS: readonly string[] = [
  'ThrottlingException',
  'ServiceUnavailable',
  'InternalFailure',
  'InternalError',
  'SlowDown',
  'RequestTimeout',
  'TimeoutError',
];

/** Throws the error again if a later invocation can succeed. */
export function rethrowTransient(error: unknown): void {
  if (isNativeError(error) && TRANSIENT_ERRORS.includes(error.name)) throw error;
}
