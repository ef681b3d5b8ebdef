import { type Duration, SizeRoundingBehavior, Token } from 'aws-cdk-lib';
import type { DataLocation } from '../data-location';
import type { SpotOptions, TrainingResources } from '../tuning-options';
import { LIMITS } from './limits';
import { isBucketKnown, isWithin } from './locations';
import type { Problems } from './problems';

/** Checks a duration. The unit of the API is seconds. */
export function checkDuration(
  problems: Problems,
  prop: string,
  value: Duration | undefined,
  limit: { min: number; max: number },
): void {
  if (value === undefined || value.isUnresolved()) return;
  problems.integer(prop, value.toSeconds({ integral: false }), limit.min, limit.max, 'seconds');
}

/** Checks locations in Amazon S3. */
export function checkLocations(
  problems: Problems,
  prop: string,
  locations: readonly (DataLocation | undefined)[],
): void {
  for (const location of locations) {
    if (!location) continue;
    if (!Token.isUnresolved(location.uri)) checkS3Uri(problems, prop, location.uri);
    checkKey(problems, prop, location);
  }
}

/**
 * Checks that a key has no wildcards or variables of IAM policies, because the key becomes part of a resource in these
 * policies.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 */
function checkKey(problems: Problems, prop: string, location: DataLocation): void {
  if (Token.isUnresolved(location._key) || !/[*?]|\$\{/.test(location._key)) return;
  problems.add(
    prop,
    `must not contain *, ? or \${, got ${describe(location)}: IAM policies read them as wildcards and variables`,
  );
}

/** Checks the URI of a location in Amazon S3. */
export function checkS3Uri(problems: Problems, prop: string, uri: string): void {
  const bucket = /^s3:\/\/([^/]+)(\/|$)/.exec(uri)?.[1];
  if (bucket === undefined || !LIMITS.bucketNamePattern.test(bucket)) {
    problems.add(prop, `must be s3://bucket/key, got ${JSON.stringify(uri)}`);
  }
  problems.length(prop, uri, 1, LIMITS.s3UriLength);
}

/** Checks the output location. The jobs get permission to write everywhere below it. */
export function checkOutput(problems: Problems, output: DataLocation): void {
  checkLocations(problems, 'output', [output]);
  if (!isBucketKnown(output)) return;
  if (output._key === '' && /^s3:\/\/./.test(output.uri)) {
    problems.add(
      'output',
      `must be a folder, not a whole bucket, got ${describe(output)}: the jobs get permission to write everywhere below it`,
    );
  }
}

/** Checks that a data location does not contain other locations, because SageMaker would read their objects too. */
export function checkApart(
  problems: Problems,
  prop: string,
  data: DataLocation | undefined,
  others: Readonly<Record<string, DataLocation | undefined>>,
): void {
  if (!data) return;
  for (const [name, other] of Object.entries(others)) {
    if (!other || !isWithin(other, data)) continue;
    problems.add(
      prop,
      `must not contain ${name}, got ${describe(data)} and ${describe(other)}: SageMaker reads every object whose key begins with the prefix (end a folder with a slash)`,
    );
  }
}

/** Formats a location for a message. */
export function describe({ uri, _key, _bucket }: DataLocation): string {
  return JSON.stringify(_bucket && !Token.isUnresolved(_key) ? `s3://<bucket>/${_key}` : uri);
}

/** Checks the instances of training jobs. */
export function checkResources(
  problems: Problems,
  prop: string,
  resources: TrainingResources | undefined,
  spot: SpotOptions | undefined,
): void {
  if (!resources) return;
  const { instanceType, instanceCount, volumeSize, instanceGroups, keepAlive } = resources;
  checkInstanceType(problems, `${prop}.instanceType`, instanceType);
  problems.integer(`${prop}.instanceCount`, instanceCount, 1, Number.POSITIVE_INFINITY);
  if (volumeSize && !volumeSize.isUnresolved()) {
    const size = volumeSize.toGibibytes({ rounding: SizeRoundingBehavior.NONE });
    problems.integer(`${prop}.volumeSize`, size, 1, Number.POSITIVE_INFINITY, 'GiB');
  }
  if (instanceGroups) checkInstanceGroups(problems, prop, resources);
  checkDuration(problems, `${prop}.keepAlive`, keepAlive, LIMITS.keepAliveSeconds);
  if (keepAlive && spot) problems.add(`${prop}.keepAlive`, 'cannot be combined with spot instances');
  if (keepAlive && instanceGroups)
    problems.add(`${prop}.keepAlive`, 'cannot be combined with instance groups');
}

function checkInstanceGroups(problems: Problems, prop: string, resources: TrainingResources): void {
  const { instanceGroups = [], instanceType, instanceCount } = resources;
  if (instanceType !== undefined || instanceCount !== undefined) {
    problems.add(
      `${prop}.instanceGroups`,
      'cannot be combined with instanceType and instanceCount: each group has its own',
    );
  }
  problems.count(`${prop}.instanceGroups`, instanceGroups, 1, LIMITS.instanceGroups);
  const names = instanceGroups.map(({ name }) => name);
  const twice = names.filter((name, index) => names.indexOf(name) !== index);
  if (twice.length > 0) {
    problems.add(`${prop}.instanceGroups`, `has duplicate names: ${[...new Set(twice)].join(', ')}`);
  }
  for (const group of instanceGroups) {
    const at = `${prop}.instanceGroups.${group.name}`;
    problems.length(at, group.name, 1, LIMITS.instanceGroupNameLength);
    checkInstanceType(problems, `${at}.instanceType`, group.instanceType);
    problems.integer(`${at}.instanceCount`, group.instanceCount, 1, Number.POSITIVE_INFINITY);
  }
}

/** Checks an instance type. Accepts undefined and tokens. */
export function checkInstanceType(problems: Problems, prop: string, instanceType: string | undefined): void {
  if (instanceType === undefined || Token.isUnresolved(instanceType)) return;
  if (/^ml\.[a-z0-9-]+\.[a-z0-9]+$/.test(instanceType)) return;
  problems.add(
    prop,
    `must be an instance type of SageMaker such as ml.m5.xlarge, got ${JSON.stringify(instanceType)}`,
  );
}
