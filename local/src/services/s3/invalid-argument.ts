import { AwsError } from '../aws-error';

/** The error for a header, a parameter or an element whose value S3 does not take. */
export function invalidArgument(name: string, value: unknown, message: string): AwsError {
  return new AwsError('InvalidArgument', message, 400, { ArgumentName: name, ArgumentValue: String(value) });
}
