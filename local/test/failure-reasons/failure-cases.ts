/**
 * The failure reasons of two jobs, in which `<name>` stands for the name of the job. The command line and the
 * Lambda functions must agree on whether the two reasons are the same.
 */
export interface ReasonPair {
  readonly difference: string;
  readonly one: string;
  readonly other: string;
  readonly isOneReason: boolean;
}

/** The failure reason of a script, in the format of the framework containers. */
export function scriptFailure(output: string, exitCode = 1, command = 'python3 train.py'): string {
  return `AlgorithmError: ExecuteUserScriptError:\nExitCode ${exitCode}\nErrorMessage "${output}"\nCommand "${command}", exit code: ${exitCode}`;
}

export const REASON_PAIRS: readonly ReasonPair[] = [
  // Reasons with the same cause. The first argument names the only part in which the two reasons differ.
  pair('a date', 'at 2026-01-02 10:00:00,123 it broke', 'at 2027-11-12 23:59:59,999 it broke', true),
  pair(
    'a UUID',
    'request 0f8fad5b-d9cb-469f-a165-70867728950e',
    'request 7c9e6679-7425-40de-944b-e07fc1f90ae7',
    true,
  ),
  pair('an id', 'id deadbeef01', 'id 0123456789abcdef', true),
  pair("the job's name", 's3://bucket/<name>/x', 's3://bucket/<name>/x', true),
  pair('a decimal number, and white space', 'value 0.5\n is bad', 'value 1.5e-07 is bad', true),
  pair(
    'a whole number',
    'AlgorithmError: row 3 is bad, exit code: 1',
    'AlgorithmError: row 14 is bad, exit code: 1',
    true,
  ),
  pair(
    'the output of a script before its error, and the arguments of the script',
    scriptFailure('epoch 3\nTraceback:\n  line 12\nValueError: no rows', 1, 'python3 train.py --depth 3'),
    scriptFailure('Traceback:\n  line 8\nValueError: no rows', 1, 'python3 train.py --depth 9'),
    true,
  ),
  // Reasons with different causes.
  pair(
    'the exit code',
    'AlgorithmError: it ended, exit code: 1',
    'AlgorithmError: it ended, exit code: 139',
    false,
  ),
  pair('the exit code of a script', scriptFailure('round 3', 1), scriptFailure('round 3', 139), false),
  pair(
    'the exit code of a script whose errors are only in the log',
    scriptFailure('', -9).replace(/-9$/, '1'),
    scriptFailure('', -11).replace(/-11$/, '1'),
    false,
  ),
  pair(
    'the last line of a script',
    scriptFailure('x\nValueError: a'),
    scriptFailure('x\nKeyError: a'),
    false,
  ),
  pair('the HTTP status', 'ClientError: HTTP 403 from S3', 'ClientError: HTTP 404 from S3', false),
  pair('the number of the error', 'OSError: [Errno 28] write', 'OSError: [Errno 13] write', false),
  pair('the signal', 'ended by signal 9', 'ended by signal 11', false),
  pair('the error code', 'CUDA error: 2', 'CUDA error: 700', false),
  pair('a type with a number in its name', 'cannot cast to float32', 'cannot cast to float64', false),
  pair(
    'a word that could be a hexadecimal ID',
    'column defacade is missing',
    'column facadede is missing',
    false,
  ),
];

function pair(difference: string, one: string, other: string, isOneReason: boolean): ReasonPair {
  return { difference, one, other, isOneReason };
}

/** The failure reason with the job's name filled in. */
export function reasonOf(name: string, text: string): string {
  return text.replaceAll('<name>', name);
}
