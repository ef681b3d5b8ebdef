import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import type { DataLocation } from '../data-location';
import { acknowledgeWildcards, resourcesOf } from './acknowledge';
import { isBucketKnown } from './locations';
import { jobRole, warnIfNotAttached } from './training-role';
import { warn } from './warn';

/** The resources that jobs access. */
export interface JobAccess {
  readonly jobNamePrefix: string;
  readonly repositoryArns: readonly string[];
  readonly inputs: readonly DataLocation[];
  readonly output: DataLocation;
  /** Location of the models of earlier jobs, which the jobs read. */
  readonly models?: DataLocation;
  /** Checkpoints, which the jobs read and write. */
  readonly checkpoints?: DataLocation;
  readonly encryptionKey?: kms.IKey;
  readonly inVpc: boolean;
}

/** Settings of the policy for one kind of job. */
export interface JobPolicy {
  /** ID of the policy. */
  readonly id: string;
  /** Name of the property that sets the user's own role; used in messages. */
  readonly prop: string;
  readonly logGroup: string;
}

const TRAINING_POLICY: JobPolicy = {
  id: 'TrainingPolicy',
  prop: 'trainingRole',
  logGroup: '/aws/sagemaker/TrainingJobs',
};

/** Creates the execution role of training jobs, without permissions. */
export function trainingRole(scope: Construct, id: string): iam.Role {
  return jobRole(scope, id, 'SageMaker training jobs: reads the training data, writes the models');
}

/** Grants a role the permissions that training jobs need. */
export function grantTraining(scope: Construct, role: iam.IRole, access: JobAccess): iam.Policy {
  const policy = grantJobs(scope, role, access, TRAINING_POLICY);
  warnOfWholeBucket(scope, access.output);
  return policy;
}

/** Grants a role the permissions that jobs need. */
export function grantJobs(
  scope: Construct,
  role: iam.IRole,
  access: JobAccess,
  { id, prop, logGroup }: JobPolicy,
): iam.Policy {
  const { inputs, output, models, checkpoints } = access;
  const kept = checkpoints ? [checkpoints] : [];
  const statements = [
    ...storageStatements([...inputs, ...kept, ...(models ? [models] : [])], [output, ...kept]),
    ...imageStatements(access.repositoryArns),
    ...logStatements(scope, access.jobNamePrefix, logGroup),
    ...(access.inVpc ? [networkStatement()] : []),
  ];
  const policy = new iam.Policy(scope, id, { statements });
  // Unlike `policy.attachToRole`, this call leaves an immutable imported role unchanged.
  role.attachInlinePolicy(policy);
  warnIfNotAttached(policy, role, prop);
  acknowledgeWildcards(
    policy,
    resourcesOf(statements),
    'Objects below the given prefixes, logs of jobs below the job name prefix, and actions that have no resource-level permissions (ecr:GetAuthorizationToken, cloudwatch:PutMetricData within its namespaces, ec2 for a VPC)',
  );
  grantKeys(role, access);
  return policy;
}

/** Warns if a role can write to a whole bucket, because the object key is unknown before the deployment. */
export function warnOfWholeBucket(scope: Construct, location: DataLocation): void {
  if (isBucketKnown(location)) return;
  warn(
    scope,
    'outputKeyUnknown',
    'output: the URI contains a token, so its key is not known at synth and the training role can write to the whole bucket. Use DataLocation.fromBucket, which accepts tokens in the key',
  );
}

/** Grants a role permissions for the keys of its data, its output and its volumes. */
export function grantKeys(
  role: iam.IRole,
  { inputs, output, encryptionKey }: Pick<JobAccess, 'inputs' | 'output' | 'encryptionKey'>,
): void {
  const otherKey = ({ _bucket }: DataLocation) =>
    _bucket?.encryptionKey === encryptionKey ? undefined : _bucket?.encryptionKey;
  for (const location of inputs) otherKey(location)?.grantDecrypt(role);
  otherKey(output)?.grant(role, ...WRITING_WITH_KEY);
  if (encryptionKey) grantKey(role, encryptionKey);
}

/** Actions for writing encrypted objects, including multipart uploads. */
const WRITING_WITH_KEY = ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey'];

/**
 * Permissions for the key that encrypts the output and the volumes. SageMaker creates a grant on the key for each
 * volume. The statement has no condition, because AWS documents no condition that these grants always meet. See
 * decision 18.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/api-permissions-reference.html
 */
function grantKey(role: iam.IRole, key: kms.IKey): void {
  key.grant(
    role,
    ...WRITING_WITH_KEY,
    'kms:DescribeKey',
    'kms:GenerateDataKeyWithoutPlaintext',
    'kms:CreateGrant',
  );
}

/**
 * Permissions of a job's role to read and write objects in the given locations, and to list their buckets. The
 * permission to list has no condition on `s3:prefix`, because SageMaker lists a bucket without a prefix when it
 * validates a job. See decision 17.
 */
export function storageStatements(
  read: readonly DataLocation[],
  written: readonly DataLocation[],
): iam.PolicyStatement[] {
  return [
    ...readStatements(read),
    new iam.PolicyStatement({
      actions: ['s3:PutObject', 's3:AbortMultipartUpload'],
      resources: objectsIn(written),
    }),
    new iam.PolicyStatement({
      actions: ['s3:ListBucket', 's3:GetBucketLocation'],
      resources: unique([...read, ...written].map(({ _bucketArn }) => _bucketArn)),
    }),
  ];
}

/** Permissions to read the objects in the given locations. */
export function readStatements(read: readonly DataLocation[]): iam.PolicyStatement[] {
  // There are no locations if all data is in file systems.
  if (read.length === 0) return [];
  return [new iam.PolicyStatement({ actions: ['s3:GetObject'], resources: objectsIn(read) })];
}

/**
 * Permission of a function to list the objects in a location. The functions of this library always list with a prefix.
 */
export function listStatement({ _bucketArn, _key }: DataLocation): iam.PolicyStatement {
  return new iam.PolicyStatement({
    actions: ['s3:ListBucket'],
    resources: [_bucketArn],
    conditions: { StringLike: { 's3:prefix': `${_key}*` } },
  });
}

/** Permission of a function to write objects in the given locations. */
export function writeStatement(written: readonly DataLocation[]): iam.PolicyStatement {
  return new iam.PolicyStatement({ actions: ['s3:PutObject'], resources: objectsIn(written) });
}

function objectsIn(locations: readonly DataLocation[]): string[] {
  return unique(locations.map(({ _bucketArn, _key }) => `${_bucketArn}/${_key}*`));
}

function imageStatements(repositoryArns: readonly string[]): iam.PolicyStatement[] {
  return [
    new iam.PolicyStatement({
      actions: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
      resources: [...repositoryArns],
    }),
    // GetAuthorizationToken has no resource-level permissions.
    new iam.PolicyStatement({ actions: ['ecr:GetAuthorizationToken'], resources: ['*'] }),
  ];
}

/** Permissions to write the logs and the metrics of jobs whose names begin with a prefix. */
function logStatements(scope: Construct, jobNamePrefix: string, group: string): iam.PolicyStatement[] {
  const arn = (name: string) => Stack.of(scope).formatArn({ service: 'logs', resource: `log-group:${name}` });
  return [
    new iam.PolicyStatement({
      actions: ['logs:CreateLogGroup', 'logs:DescribeLogStreams'],
      resources: [arn(group), arn(`${group}:*`)],
    }),
    new iam.PolicyStatement({
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [arn(`${group}:log-stream:${jobNamePrefix}*`)],
    }),
    metricsStatement(),
  ];
}

/** Permission to write the metrics of jobs. */
export function metricsStatement(): iam.PolicyStatement {
  // PutMetricData has no resource-level permissions. A condition limits it to SageMaker's namespaces instead.
  return new iam.PolicyStatement({
    actions: ['cloudwatch:PutMetricData'],
    resources: ['*'],
    conditions: { StringLike: { 'cloudwatch:namespace': ['/aws/sagemaker/*', 'aws/sagemaker/*'] } },
  });
}

/** Permissions to connect containers to a VPC. */
export function networkStatement(): iam.PolicyStatement {
  // SageMaker's documentation lists these actions. The Describe* actions have no resource-level permissions.
  return new iam.PolicyStatement({
    actions: [
      'ec2:CreateNetworkInterface',
      'ec2:CreateNetworkInterfacePermission',
      'ec2:DeleteNetworkInterface',
      'ec2:DeleteNetworkInterfacePermission',
      'ec2:DescribeDhcpOptions',
      'ec2:DescribeNetworkInterfaces',
      'ec2:DescribeSecurityGroups',
      'ec2:DescribeSubnets',
      'ec2:DescribeVpcs',
    ],
    resources: ['*'],
  });
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}
