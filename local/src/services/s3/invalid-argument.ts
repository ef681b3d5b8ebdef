import { AwsError } from '../aws-error';

/** The error for a header, parameter or element with an invalid value. */
export function invalidArgument(name: string, value: unknown, message: string): AwsError {
  return new AwsError('InvalidArgument', message, 400, { ArgumentName: name, ArgumentValue: String(value) });
}
