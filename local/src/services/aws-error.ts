/** An error of an AWS service, with its code, message and HTTP status. */
export class AwsError extends Error {
  constructor(
    /** The code as sent to clients, such as `ValidationException`. */
    readonly code: string,
    message: string,
    /** The HTTP status. */
    readonly statusCode = 400,
    /** Additional elements of S3's errors, such as `{ Region: 'eu-west-1' }`. */
    readonly details: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.name = code;
  }
}

/** The error for a request that violates the service's rules. */
export function validationError(message: string): AwsError {
  return new AwsError('ValidationException', message);
}
