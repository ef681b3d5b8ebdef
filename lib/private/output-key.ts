import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type { DataLocation } from '../data-location';

/** The key that encrypts reports and models; undefined if the bucket has no KMS key. */
export function outputKey(output: DataLocation, encryptionKey: kms.IKey | undefined): kms.IKey | undefined {
  return encryptionKey ?? output._bucket?.encryptionKey;
}

/** Grants permissions to read and write objects that the output key encrypts. */
export function grantOutputKey(
  grantee: iam.IGrantable,
  output: DataLocation,
  encryptionKey: kms.IKey | undefined,
): void {
  outputKey(output, encryptionKey)?.grant(grantee, 'kms:Decrypt', 'kms:GenerateDataKey');
}

/**
 * The key of the bucket, if it differs from `encryptionKey`; undefined otherwise. Step Functions writes the results of a Map
 * without naming a key, so Amazon S3 encrypts them with the key of the bucket.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-encryption.html
 */
function otherBucketKey(output: DataLocation, encryptionKey: kms.IKey | undefined): kms.IKey | undefined {
  const key = output._bucket?.encryptionKey;
  return key === outputKey(output, encryptionKey) ? undefined : key;
}

/** Grants permissions to write the results of a Map, in addition to `grantOutputKey`. */
export function grantWritingResults(
  grantee: iam.IGrantable,
  output: DataLocation,
  encryptionKey: kms.IKey | undefined,
): void {
  otherBucketKey(output, encryptionKey)?.grant(grantee, 'kms:Decrypt', 'kms:GenerateDataKey');
}

/** Grants permissions to read the results of a Map, in addition to `grantOutputKey`. */
export function grantReadingResults(
  grantee: iam.IGrantable,
  output: DataLocation,
  encryptionKey: kms.IKey | undefined,
): void {
  otherBucketKey(output, encryptionKey)?.grant(grantee, 'kms:Decrypt');
}
