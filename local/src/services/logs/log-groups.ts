import type { Environment } from '../../assembly/deployment';
import { AwsError } from '../aws-error';
import type { Input } from '../service';
import { logGroupArn, logGroupOf } from './log-names';
import type { LogStream } from './log-streams';

/** A log group and its streams. */
interface LogGroup {
  readonly name: string;
  readonly streams: readonly LogStream[];
}

/**
 * Response of DescribeLogGroups: the groups with at least one log, on a single page.
 *
 * @throws AwsError `InvalidParameterException`
 */
export function describeLogGroups(
  groups: readonly LogGroup[],
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
  const wanted = groups.filter(({ name, streams }) => streams.length > 0 && isDescribed(name, input));
  return { logGroups: wanted.map((group) => describe(group, part === undefined, environment)) };
}

/** @param isWhole false for a search by a part of the name, whose response has fewer members, as on AWS */
function describe({ name, streams }: LogGroup, isWhole: boolean, environment: Environment): object {
  const arn = logGroupArn(environment, name);
  return {
    logGroupName: name,
    creationTime: Math.min(...streams.map(({ range }) => range.since)),
    arn: `${arn}:*`,
    ...(isWhole && {
      logGroupArn: arn,
      metricFilterCount: 0,
      storedBytes: streams.reduce((sum, { range }) => sum + range.end, 0),
      logGroupClass: 'STANDARD',
    }),
  };
}

function isDescribed(
  name: string,
  {
    logGroupNamePrefix: prefix = '',
    logGroupNamePattern: part = '',
    logGroupClass,
    logGroupIdentifiers: ids,
  }: Input,
): boolean {
  const isNamed =
    ids === undefined ||
    (ids as readonly string[]).some((id) => logGroupOf({ logGroupIdentifier: id }) === name);
  return (
    isNamed &&
    name.startsWith(String(prefix)) &&
    name.includes(String(part)) &&
    [undefined, 'STANDARD'].includes(logGroupClass as string | undefined)
  );
}
