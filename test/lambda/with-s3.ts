import { S3Client } from '@aws-sdk/client-s3';
import { ENVIRONMENT, startS3, type WireCall } from './wire-server';

/**
 * Runs a function with an S3 client for a bucket `data` that contains the given objects, and with a list that receives
 * the client's calls.
 *
 * @param isCut whether the connection breaks before the last byte of each object
 */
export async function withS3<Result>(
  objects: Readonly<Record<string, string | Buffer>>,
  use: (client: S3Client, calls: readonly WireCall[]) => Promise<Result>,
  pageSize?: number,
  modified?: Readonly<Record<string, string>>,
  isCut?: boolean,
): Promise<Result> {
  const server = await startS3('data', objects, pageSize, modified, isCut);
  Object.assign(process.env, ENVIRONMENT);
  const client = new S3Client({ endpoint: server.endpoint, forcePathStyle: true });
  try {
    return await use(client, server.calls);
  } finally {
    client.destroy();
    await server.close();
  }
}
