import { buffer, text } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { isRecord } from '../../assembly/template';
import { type Json, type ReadItems, StatesError } from '../../states';
import { AwsError } from '../aws-error';
import type { Principal } from '../principal';
import type { ServiceRouter } from '../router';
import type { ListObjectsOutput, ObjectOutput } from '../s3/s3-service';

/** Arguments of a distributed Map's ItemReader, by operation. */
const ARGUMENTS: Readonly<Record<string, readonly string[]>> = {
  GetObject: ['Bucket', 'Key'],
  ListObjectsV2: ['Bucket', 'Prefix'],
};

/**
 * Creates the function that reads a distributed Map's items from S3, with the permissions of the state
 * machine's role.
 */
export function createItemReader(router: ServiceRouter, caller: Principal): ReadItems {
  return async ({ resource, arguments: given }) => {
    const operation = resource.endsWith(':listObjectsV2') ? 'ListObjectsV2' : 'GetObject';
    const input = isRecord(given) ? given : {};
    const unknown = Object.keys(input).find((name) => !ARGUMENTS[operation]?.includes(name));
    if (unknown !== undefined) {
      throw failure(`local mode does not support the argument "${unknown}" of ${operation} in an ItemReader`);
    }
    try {
      return operation === 'GetObject'
        ? await readObject(router, caller, input)
        : await listObjects(router, caller, input);
    } catch (error) {
      throw error instanceof AwsError ? failure(error.message) : error;
    }
  };
}

async function readObject(
  router: ServiceRouter,
  caller: Principal,
  input: Record<string, unknown>,
): Promise<string> {
  const { Body: body } = (await router.call('s3', 'GetObject', input, caller)) as ObjectOutput;
  if (body === undefined) return '';
  // The files of an S3 Inventory and of an Athena UNLOAD are compressed.
  if (!String(input['Key']).endsWith('.gz')) return text(body);
  try {
    return gunzipSync(await buffer(body)).toString('utf8');
  } catch (error) {
    throw failure(`cannot decompress s3://${input['Bucket']}/${input['Key']}: ${(error as Error).message}`);
  }
}

/** Lists all objects, as items in the same format as on AWS. */
async function listObjects(
  router: ServiceRouter,
  caller: Principal,
  input: Record<string, unknown>,
): Promise<Json[]> {
  const items: Json[] = [];
  let token: string | undefined;
  do {
    const page = (await router.call(
      's3',
      'ListObjectsV2',
      { ...input, ...(token !== undefined && { ContinuationToken: token }) },
      caller,
    )) as ListObjectsOutput;
    for (const { ETag, Key, LastModified, Size, StorageClass } of page.Contents) {
      items.push({ Etag: ETag, Key, LastModified, Size, StorageClass });
    }
    token = page.NextContinuationToken;
  } while (token !== undefined);
  return items;
}

function failure(cause: string): StatesError {
  return new StatesError('States.ItemReaderFailed', cause);
}
