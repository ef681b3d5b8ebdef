import { Duration, type RemovalPolicy } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { S3_SERVER_ACCESS_LOGS_USE_BUCKET_POLICY } from 'aws-cdk-lib/cx-api';
import { Construct } from 'constructs';

/** Settings of a workflow's bucket. */
export interface TuningBucketOptions {
  readonly encryptionKey?: kms.IKey;
  readonly removalPolicy: RemovalPolicy;
  readonly outputPrefix: string;
  /** How long the models of the tuning job's training jobs are kept; undefined for no limit. */
  readonly trialRetention?: Duration;
}

/** Creates the bucket for data and models, and a bucket for its access logs. */
export function createTuningBucket(scope: Construct, options: TuningBucketOptions): s3.Bucket {
  const closed = {
    blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
    objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
    enforceSSL: true,
    minimumTLSVersion: 1.2,
  };
  const logsScope = new Construct(scope, 'AccessLogs');
  // By default, the CDK lets S3 write the logs through an ACL, but the bucket's object ownership forbids ACLs.
  logsScope.node.setContext(S3_SERVER_ACCESS_LOGS_USE_BUCKET_POLICY, true);
  const accessLogs = new s3.Bucket(logsScope, 'Bucket', {
    ...closed,
    // S3 can deliver access logs only to buckets with S3-managed encryption.
    encryption: s3.BucketEncryption.S3_MANAGED,
    versioned: true,
    removalPolicy: options.removalPolicy,
    lifecycleRules: [
      {
        id: 'ExpireAccessLogs',
        expiration: Duration.days(365),
        noncurrentVersionExpiration: Duration.days(1),
      },
    ],
  });
  return new s3.Bucket(scope, 'Bucket', {
    ...closed,
    encryption: options.encryptionKey ? s3.BucketEncryption.KMS : s3.BucketEncryption.S3_MANAGED,
    encryptionKey: options.encryptionKey,
    bucketKeyEnabled: options.encryptionKey ? true : undefined,
    versioned: true,
    serverAccessLogsBucket: accessLogs,
    removalPolicy: options.removalPolicy,
    lifecycleRules: [
      {
        id: 'CleanUp',
        abortIncompleteMultipartUploadAfter: Duration.days(7),
        noncurrentVersionExpiration: Duration.days(90),
        expiredObjectDeleteMarker: true,
      },
      // Checkpoints are needed only while their training job runs: at most 28 days.
      {
        id: 'ExpireCheckpoints',
        prefix: `${options.outputPrefix}checkpoints/`,
        expiration: Duration.days(30),
        noncurrentVersionExpiration: Duration.days(1),
      },
      ...(options.trialRetention
        ? [
            {
              id: 'ExpireTrials',
              prefix: `${options.outputPrefix}trials/`,
              expiration: options.trialRetention,
              noncurrentVersionExpiration: Duration.days(1),
            },
          ]
        : []),
    ],
  });
}
