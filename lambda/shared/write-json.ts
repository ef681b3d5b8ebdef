import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { locationOf } from './s3-location';

/** Writes an object with JSON. Without a KMS key, S3 uses the default encryption of the bucket. */
export async function writeJson(
  client: Pick<S3Client, 'send'>,
  uri: string,
  content: unknown,
  encryptionKey: string | undefined,
): Promise<void> {
  const { bucket, key } = locationOf(uri);
  await client.send(
    new PutObjectCommand({
      Bucket: bucket,
      Key: key,
      Body: JSON.stringify(content),
      ContentType: 'application/json',
      ...(encryptionKey && { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: encryptionKey }),
    }),
  );
}
