/** An error that an AWS service answers with: its code, its message and its HTTP status. */
export class AwsError extends Error {
  constructor(
    /** The code as on the wire, such as `ValidationException`. */
    readonly code: string,
    message: string,
    /** The HTTP status. */
    readonly statusCode = 400,
  ) {
    super(message);
    this.name = code;
  }
}
