import type { S3Client } from '@aws-sdk/client-s3';
import { putObject } from './put-object';

/** Writes a value to an S3 object, as JSON. Without a KMS key, S3 uses the default encryption of the bucket. */
export async function writeJson(
  client: Pick<S3Client, 'send'>,
  uri: string,
  content: unknown,
  encryptionKey: string | undefined,
): Promise<void> {
  const object = { body: JSON.stringify(content), contentType: 'application/json' };
  await putObject(client, uri, object, encryptionKey);
}
