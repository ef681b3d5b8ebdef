import * as fs from 'node:fs';
import { AwsError } from '../aws-error';
import type { Input } from '../service';
import { ContentChecks } from './checksums';

/** Most bytes of an object or a part that is sent or copied at once, as on S3. */
export const MAX_BYTES = 5 * 1024 * 1024 * 1024;

/** Content on its way in, to be read once. */
export interface IncomingContent {
  stream(): AsyncIterable<Buffer>;
  /** Whether a client sends it, which has to send what S3 wants to have with it. */
  readonly isFromClient: boolean;
  /** Names of headers that are to follow it. */
  readonly announcedTrailers: readonly string[];
  /** What followed it, when it has ended. */
  readonly trailers: Readonly<Record<string, string>>;
}

/** Content that is in a file, which nobody reads yet. */
export interface StagedContent {
  readonly file: string;
  /** In hexadecimal digits. */
  readonly md5: string;
  /** The checksums that it was compared with, such as `ChecksumCRC32`. */
  readonly checksums: Readonly<Record<string, string>>;
}

/**
 * Writes content to a file, as it comes: it is not held in memory. The file is gone when this fails.
 *
 * @param input may have the checksums that it is to be compared with
 * @param maxBytes of the content. Default: what can be sent at once
 */
export async function stageContent(
  file: string,
  content: IncomingContent,
  input: Input,
  maxBytes = MAX_BYTES,
): Promise<StagedContent> {
  const checks = new ContentChecks(input, content.announcedTrailers);
  try {
    const handle = await fs.promises.open(file, 'wx');
    try {
      let size = 0;
      for await (const data of content.stream()) {
        size += data.length;
        if (size > maxBytes) {
          throw new AwsError('EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size', 400, {
            MaxSizeAllowed: String(maxBytes),
          });
        }
        checks.update(data);
        await handle.appendFile(data);
      }
    } finally {
      await handle.close();
    }
    return { file, ...(await checks.finish(content.trailers)) };
  } catch (error) {
    fs.rmSync(file, { force: true });
    throw error;
  }
}

/** The content of a request: what comes over HTTP, or the text or the bytes of a state machine. */
export function contentOf(body: unknown): IncomingContent {
  return isIncoming(body)
    ? body
    : contentFrom(async function* () {
        const bytes = Buffer.isBuffer(body) ? body : Buffer.from(String(body ?? ''));
        if (bytes.length > 0) {
          yield bytes;
        }
      });
}

/** Content that comes from somewhere here. */
export function contentFrom(stream: () => AsyncIterable<Buffer>): IncomingContent {
  return { stream, isFromClient: false, announcedTrailers: [], trailers: {} };
}

function isIncoming(body: unknown): body is IncomingContent {
  return typeof body === 'object' && body !== null && 'stream' in body && 'trailers' in body;
}
