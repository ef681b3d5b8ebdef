import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { locationOf } from './s3-location';

/** Writes an object. Without a KMS key, S3 uses the default encryption of the bucket. */
export async function putObject(
  client: Pick<S3Client, 'send'>,
  uri: string,
  { body, contentType }: { readonly body: string; readonly contentType: string },
  encryptionKey: string | undefined,
): Promise<void> {
  const { bucket, key } = locationOf(uri);
  await client.send(
    new PutObjectCommand({
      Bucket: bucket,
      Key: key,
      Body: body,
      // The SDK leaves out the length of an empty body, but S3 needs it.
      ContentLength: Buffer.byteLength(body),
      ContentType: contentType,
      ...(encryptionKey && { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: encryptionKey }),
    }),
  );
}
