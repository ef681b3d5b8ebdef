import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type { DataLocation } from '../data-location';

/** The key that encrypts reports and models; undefined if the bucket has no KMS key. */
export function outputKey(output: DataLocation, encryptionKey: kms.IKey | undefined): kms.IKey | undefined {
  return encryptionKey ?? output._bucket?.encryptionKey;
}

/** Grants permissions to read and write objects with this key, but not in multipart uploads. */
export function grantOutputKey(
  grantee: iam.IGrantable,
  output: DataLocation,
  encryptionKey: kms.IKey | undefined,
): void {
  outputKey(output, encryptionKey)?.grant(grantee, 'kms:Decrypt', 'kms:GenerateDataKey');
}
