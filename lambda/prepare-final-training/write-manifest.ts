import type { S3Client } from '@aws-sdk/client-s3';
import { locationOf, type S3Location } from '../shared/s3-location';
import { pagesOf } from '../shared/s3-objects';
import { writeJson } from '../shared/write-json';
import { TrainingDataError } from './errors';

/** Maximum number of objects. The keys and the manifest must fit into the function's memory. */
const MAX_OBJECTS = 500_000;

/**
 * Writes a manifest of the objects in several locations of one bucket. The prefix of the manifest is the deepest folder
 * that contains all objects. The rest of each key becomes the object's path in the channel. This path should have few
 * folders, because SageMaker's XGBoost reads only three levels.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_S3DataSource.html
 * @returns the manifest's URI
 * @throws TrainingDataError if a single manifest cannot list the data
 */
export async function writeManifest(
  client: S3Client,
  locations: readonly string[],
  manifest: string,
  encryptionKey: string | undefined,
): Promise<string> {
  const { bucket, keys } = await listData(client, locations);
  const folder = commonFolder(keys);
  const entries = [{ prefix: `s3://${bucket}/${folder}` }, ...keys.map((key) => key.slice(folder.length))];
  await writeJson(client, manifest, entries, encryptionKey);
  return manifest;
}

async function listData(
  client: S3Client,
  locations: readonly string[],
): Promise<{ bucket: string; keys: string[] }> {
  const places = locations.map(locationOf);
  const [{ bucket } = { bucket: '' }] = places;
  if (places.some((place) => place.bucket !== bucket)) {
    throw new TrainingDataError(
      `the data must be in one bucket, got ${locations.join(' and ')}: a manifest cannot list objects of several buckets`,
    );
  }
  const keys = new Set<string>();
  for (const place of places) {
    let isEmpty = true;
    for await (const key of listKeys(client, place)) {
      keys.add(key);
      isEmpty = false;
      if (keys.size > MAX_OBJECTS)
        throw new TrainingDataError(
          `there are more than ${MAX_OBJECTS} objects below ${locations.join(' and ')}`,
        );
    }
    if (isEmpty) throw new TrainingDataError(`there are no objects below s3://${bucket}/${place.key}`);
  }
  return { bucket, keys: [...keys] };
}

/** Keys that begin with a prefix, without the keys that represent folders. */
async function* listKeys(client: S3Client, location: S3Location): AsyncGenerator<string> {
  for await (const { Contents = [] } of pagesOf(client, location)) {
    for (const { Key: key } of Contents) if (key && !key.endsWith('/')) yield key;
  }
}

/** The deepest folder that contains all keys, with a trailing slash; empty for the whole bucket. */
function commonFolder(keys: readonly string[]): string {
  const [first = '', ...others] = keys;
  let folder = first.slice(0, first.lastIndexOf('/') + 1);
  for (const key of others) {
    while (!key.startsWith(folder)) folder = folder.slice(0, folder.lastIndexOf('/', folder.length - 2) + 1);
  }
  return folder;
}
