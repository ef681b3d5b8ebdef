import { ArnFormat, Duration, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { DataLocation } from '../data-location';
import { allowFunction, bundledFunction } from './bundled-function';
import { outputKey } from './output-key';
import { readStatements, writeStatement } from './training-permissions';

/** Permissions of the function that writes reports. */
export interface ReportAccess {
  /** Permissions to read from SageMaker. */
  readonly reading: readonly iam.PolicyStatement[];
  /** Whether the function reads the logs of training jobs. */
  readonly readsLogs: boolean;
  /** Output location of the models. The function writes reports to a folder below it. */
  readonly output: DataLocation;
  /** Location of the models that the function reads; undefined if it reads none. */
  readonly models?: DataLocation;
  /** Memory in MB. @default 256 */
  readonly memorySize?: number;
  /** Key for the function's environment variables and its log. */
  readonly encryptionKey?: kms.IKey;
}

/** Location of the reports. */
export function reportLocation(output: DataLocation): DataLocation {
  return output._child('reports/');
}

/** Creates the function that writes the report of a search. */
export function reportFunction(scope: Construct, id: string, access: ReportAccess): lambda.Function {
  const { output, models, encryptionKey } = access;
  const made = bundledFunction(scope, id, {
    name: 'report',
    description: 'Writes the report of a SageMaker tuning job or AutoML job',
    roleDescription: 'Reads the results of SageMaker jobs and writes reports about them',
    memorySize: access.memorySize ?? 256,
    timeout: Duration.minutes(2),
    encryptionKey,
  });
  const key = outputKey(output, encryptionKey);
  key?.grant(made, 'kms:GenerateDataKey', ...(models ? ['kms:Decrypt'] : []));
  return allowFunction(
    made,
    [
      ...access.reading,
      ...(access.readsLogs ? [logStatement(scope)] : []),
      ...(models ? readStatements([models]) : []),
      writeStatement([reportLocation(output)]),
    ],
    'Jobs get their names when they start, so the permissions are limited to the prefix of the names; reports and models are below a prefix of the bucket; FilterLogEvents is authorized for a whole log group; listing the parts of a job is allowed for all resources, because the AWS documentation contradicts itself about resource-level permissions for this action',
  );
}

/**
 * Permission to read the logs of training jobs. For this action, a policy cannot name log streams.
 *
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html (FilterLogEvents)
 */
function logStatement(scope: Construct): iam.PolicyStatement {
  return new iam.PolicyStatement({
    actions: ['logs:FilterLogEvents'],
    resources: [
      Stack.of(scope).formatArn({
        service: 'logs',
        resource: 'log-group',
        resourceName: '/aws/sagemaker/TrainingJobs:*',
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      }),
    ],
  });
}
