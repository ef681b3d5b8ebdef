import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

/** Unpacks a gzip stream for `read`. Closes the stream once `read` has ended, even if it did not read everything. */
export async function readUnpacked<Result>(
  body: Readable,
  read: (chunks: AsyncIterable<Buffer>) => Promise<Result>,
): Promise<Result> {
  const unpacked = body.pipe(createGunzip());
  body.on('error', (error) => unpacked.destroy(error));
  try {
    return await read(unpacked);
  } finally {
    unpacked.destroy();
    body.destroy();
  }
}
