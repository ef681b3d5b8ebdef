/** An error that an AWS service answers with: its code, its message and its HTTP status. */
export class AwsError extends Error {
  constructor(
    /** The code as on the wire, such as `ValidationException`. */
    readonly code: string,
    message: string,
    /** The HTTP status. */
    readonly statusCode = 400,
    /** What S3 tells beside the message, such as `{ Region: 'eu-west-1' }`. */
    readonly details: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.name = code;
  }
}

/** The error for a request that the service's rules do not allow. */
export function validationError(message: string): AwsError {
  return new AwsError('ValidationException', message);
}
