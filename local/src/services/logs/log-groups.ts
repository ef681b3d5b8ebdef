import type { Environment } from '../../assembly/deployment';
import { AwsError } from '../aws-error';
import type { Input } from '../service';
import { logGroupArn, logGroupOf, TRAINING_JOBS_GROUP } from './log-names';
import type { LogStream } from './log-streams';

/**
 * Response of DescribeLogGroups: the group of training jobs, once a job has written a log. There is only one
 * page.
 *
 * @throws AwsError `InvalidParameterException`
 */
export function describeLogGroups(
  streams: readonly LogStream[],
  input: Input,
  environment: Environment,
): unknown {
  const { nextToken, logGroupNamePrefix: prefix, logGroupNamePattern: part } = input;
  if (nextToken !== undefined) {
    throw new AwsError(
      'InvalidParameterException',
      `The specified nextToken is invalid: ${String(nextToken)}`,
    );
  }
  if (prefix !== undefined && part !== undefined) {
    throw new AwsError(
      'InvalidParameterException',
      'LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.',
    );
  }
  const isWanted = streams.length > 0 && isDescribed(input);
  const arn = logGroupArn(environment);
  const group = {
    logGroupName: TRAINING_JOBS_GROUP,
    creationTime: Math.min(...streams.map(({ range }) => range.since)),
    arn: `${arn}:*`,
    // As on AWS, a search for a part of the name returns only these members.
    ...(part === undefined && {
      logGroupArn: arn,
      metricFilterCount: 0,
      storedBytes: streams.reduce((sum, { range }) => sum + range.end, 0),
      logGroupClass: 'STANDARD',
    }),
  };
  return { logGroups: isWanted ? [group] : [] };
}

function isDescribed({
  logGroupNamePrefix: prefix = '',
  logGroupNamePattern: part = '',
  logGroupClass,
  logGroupIdentifiers: ids,
}: Input): boolean {
  const isNamed =
    ids === undefined ||
    (ids as readonly string[]).some((id) => logGroupOf({ logGroupIdentifier: id }) === TRAINING_JOBS_GROUP);
  return (
    isNamed &&
    TRAINING_JOBS_GROUP.startsWith(String(prefix)) &&
    TRAINING_JOBS_GROUP.includes(String(part)) &&
    [undefined, 'STANDARD'].includes(logGroupClass as string | undefined)
  );
}
