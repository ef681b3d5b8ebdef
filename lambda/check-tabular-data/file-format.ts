import type { S3Client } from '@aws-sdk/client-s3';
import { openObject, type S3Object } from '../shared/s3-objects';
import { InvalidTrainingData } from './errors';
import type { CheckTabularDataEvent } from './event';

/** Format of a file, determined by its first bytes, not by its name. */
type Format = 'gzip' | 'parquet' | 'other';

/** @throws InvalidTrainingData if the format of a file is certainly not the declared format */
export async function checkFormat(
  client: S3Client,
  object: S3Object,
  { contentType, gzip }: CheckTabularDataEvent,
): Promise<void> {
  const found = await formatOf(client, object);
  const isParquet = !contentType.startsWith('text/csv');
  const problem = isParquet
    ? found !== 'parquet' && 'is not a Parquet file, but the data is declared as Parquet'
    : found === 'parquet'
      ? 'is a Parquet file, but the data is declared as CSV'
      : found === 'gzip' && !gzip
        ? 'is compressed with gzip, but the data is declared as uncompressed'
        : found !== 'gzip' && gzip
          ? 'is not compressed with gzip, but the data is declared as compressed'
          : false;
  if (problem) throw new InvalidTrainingData(`${object.uri} ${problem}`);
}

async function formatOf(client: S3Client, object: S3Object): Promise<Format> {
  const stream = await openObject(client, object);
  try {
    let start: Buffer = Buffer.alloc(0);
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      start = Buffer.concat([start, chunk]);
      if (start.length >= 4) break;
    }
    if (start[0] === 0x1f && start[1] === 0x8b) return 'gzip';
    return start.subarray(0, 4).toString('latin1') === 'PAR1' ? 'parquet' : 'other';
  } finally {
    stream.destroy();
  }
}
