import { join } from 'node:path';
import { type Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { acknowledgeWildcards, resourcesOf } from './acknowledge';
import { allowLogEncryption } from './log-encryption';

/** Settings that differ between the functions of this library. */
export interface BundledFunctionOptions
  extends Pick<lambda.FunctionOptions, 'environment' | 'deadLetterQueue' | 'retryAttempts' | 'maxEventAge'> {
  /** Name of the folder below `lambda/`. */
  readonly name: string;
  readonly description: string;
  readonly roleDescription: string;
  readonly memorySize: number;
  readonly timeout: Duration;
  /** KMS key for the environment variables and the log. */
  readonly encryptionKey?: kms.IKey;
}

/** Creates a function whose code this library ships. `allowFunction` grants its permissions. */
export function bundledFunction(
  scope: Construct,
  id: string,
  options: BundledFunctionOptions,
): lambda.Function {
  return new lambda.Function(scope, id, bundledFunctionProps(scope, id, options));
}

/**
 * Properties of a function whose code this library ships. The function has X-Ray tracing, its own log group and its own
 * role.
 */
export function bundledFunctionProps(
  scope: Construct,
  id: string,
  { name, roleDescription, encryptionKey, ...options }: BundledFunctionOptions,
): lambda.FunctionProps {
  allowLogEncryption(scope, encryptionKey);
  const role = new iam.Role(scope, `${id}Role`, {
    description: roleDescription,
    assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
  });
  acknowledgeWildcards(role, ['*'], "X-Ray's actions have no resource-level permissions");
  return {
    ...options,
    runtime: lambda.Runtime.NODEJS_24_X,
    architecture: lambda.Architecture.ARM_64,
    handler: 'index.handler',
    code: lambda.Code.fromAsset(join(__dirname, '..', '..', 'lambda', name, 'bundle')),
    // Lambda creates a grant on the key for the role.
    environmentEncryption: encryptionKey,
    logGroup: new logs.LogGroup(scope, `${id}Logs`, {
      retention: logs.RetentionDays.ONE_YEAR,
      encryptionKey,
      removalPolicy: RemovalPolicy.DESTROY,
    }),
    role,
    tracing: lambda.Tracing.ACTIVE,
  };
}

/**
 * Grants permissions to a function whose code this library ships, including permissions for its log. `reason` explains
 * to cdk-nag why the permissions have wildcards.
 */
export function allowFunction(
  made: lambda.Function,
  statements: readonly iam.PolicyStatement[],
  reason: string,
): lambda.Function {
  made.logGroup.grantWrite(made);
  for (const statement of statements) made.addToRolePolicy(statement);
  acknowledgeWildcards(made.role ?? made, resourcesOf(statements), reason);
  return made;
}
