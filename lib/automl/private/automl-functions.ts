import { Duration } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { DataLocation } from '../../data-location';
import { allowFunction, bundledFunction } from '../../private/bundled-function';
import { AUTOML_JOB, jobArn, listingStatement } from '../../private/job-policies';
import { listStatement, readStatements } from '../../private/training-permissions';

/** Permissions to read AutoML jobs and their candidates. */
export function candidateStatements(scope: Construct, jobNamePrefix: string): iam.PolicyStatement[] {
  return [
    new iam.PolicyStatement({
      actions: ['sagemaker:DescribeAutoMLJobV2'],
      resources: [jobArn(scope, AUTOML_JOB, jobNamePrefix)],
    }),
    listingStatement('sagemaker:ListCandidatesForAutoMLJob'),
  ];
}

/** Creates the function that finds the best candidate of an AutoML job. */
export function findBestCandidateFunction(
  scope: Construct,
  id: string,
  options: { readonly jobNamePrefix: string; readonly encryptionKey?: kms.IKey },
): lambda.Function {
  const { jobNamePrefix, encryptionKey } = options;
  const made = bundledFunction(scope, id, {
    name: 'find-best-candidate',
    description: 'Finds the best candidate of a SageMaker AutoML job',
    roleDescription: 'Reads the results of SageMaker AutoML jobs',
    memorySize: 256,
    timeout: Duration.minutes(2),
    encryptionKey,
  });
  return allowFunction(
    made,
    candidateStatements(scope, jobNamePrefix),
    'AutoML jobs get their names when they start, so the permissions are limited to the prefix of the names; listing candidates is allowed for all resources, because the AWS documentation contradicts itself about resource-level permissions for this action',
  );
}

/** Creates the function that checks the data of an AutoML job before the job starts. */
export function checkTabularDataFunction(
  scope: Construct,
  id: string,
  options: { readonly inputs: readonly DataLocation[]; readonly encryptionKey?: kms.IKey },
): lambda.Function {
  const { inputs, encryptionKey } = options;
  const made = bundledFunction(scope, id, {
    name: 'check-tabular-data',
    description: 'Checks tabular data for problems that would make an AutoML job fail',
    roleDescription: 'Reads the data of SageMaker AutoML jobs',
    // Parsing CSV is limited by the CPU, and Lambda allocates CPU in proportion to memory.
    memorySize: 1024,
    timeout: Duration.minutes(5),
    encryptionKey,
  });
  for (const { _bucket } of inputs) _bucket?.encryptionKey?.grantDecrypt(made);
  return allowFunction(
    made,
    [...readStatements(inputs), ...inputs.map(listStatement)],
    'Objects below the locations of the input data',
  );
}
