import { join } from 'node:path';
import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { acknowledgeWildcards, resourcesOf } from './private/acknowledge';
import { jobArn, TRAINING_JOB, TUNING_JOB } from './private/job-policies';
import { allowLogEncryption } from './private/log-encryption';

/** Properties of the function that finds the best training job. */
export interface FindBestTrainingJobFunctionProps {
  /** What the names of the jobs begin with: the function may read no others. */
  readonly jobNamePrefix: string;
  /**
   * Key for the function's log.
   *
   * @default - CloudWatch Logs' own encryption
   */
  readonly logEncryptionKey?: kms.IKey;
}

/**
 * A Lambda function that returns the best training job of a tuning job, with its metrics, hyperparameters and
 * model, and fails with a named error where there is none:
 *
 * - `NoCompletedTrainingJobError`, with the most common reason why training jobs failed
 * - `TuningJobNotFoundError`
 *
 * Its code is bundled with this library; nothing is built when an app is synthesized.
 */
export class FindBestTrainingJobFunction extends lambda.Function {
  constructor(scope: Construct, id: string, props: FindBestTrainingJobFunctionProps) {
    const stack = Stack.of(scope);
    allowLogEncryption(scope, props.logEncryptionKey);
    super(scope, id, {
      description: 'Finds the best training job of a SageMaker tuning job',
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      handler: 'index.handler',
      code: lambda.Code.fromAsset(join(__dirname, '..', 'lambda', 'find-best-training-job', 'bundle')),
      memorySize: 256,
      timeout: Duration.minutes(2),
      logGroup: new logs.LogGroup(scope, `${id}Logs`, {
        retention: logs.RetentionDays.ONE_YEAR,
        encryptionKey: props.logEncryptionKey,
        removalPolicy: RemovalPolicy.DESTROY,
      }),
      role: new iam.Role(scope, `${id}Role`, {
        description: 'Reads the results of SageMaker tuning jobs',
        assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
      }),
    });
    this.logGroup.grantWrite(this);
    const reading = [
      new iam.PolicyStatement({
        actions: [
          'sagemaker:DescribeHyperParameterTuningJob',
          'sagemaker:ListTrainingJobsForHyperParameterTuningJob',
        ],
        resources: [jobArn(stack, TUNING_JOB, props.jobNamePrefix)],
      }),
      new iam.PolicyStatement({
        actions: ['sagemaker:DescribeTrainingJob'],
        resources: [jobArn(stack, TRAINING_JOB, props.jobNamePrefix)],
      }),
    ];
    for (const statement of reading) this.addToRolePolicy(statement);
    acknowledgeWildcards(
      this.role ?? this,
      resourcesOf(reading),
      'Jobs are named when they start: the permissions are limited to the prefix of their names',
    );
  }
}
