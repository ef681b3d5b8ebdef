import * as fs from 'node:fs';
import { AwsError } from '../aws-error';
import type { Input } from '../service';
import { ContentChecks } from './checksums';

/** Maximum size of an object or part in a single request or copy, as on S3. */
export const MAX_BYTES = 5 * 1024 * 1024 * 1024;

/** Incoming content, which can be read once. */
export interface IncomingContent {
  stream(): AsyncIterable<Buffer>;
  /** Whether the content comes from a client, which must send the required checksums. */
  readonly isFromClient: boolean;
  /** Names of the trailing headers that will follow the content. */
  readonly announcedTrailers: readonly string[];
  /** The trailing headers, available after the end of the content. */
  readonly trailers: Readonly<Record<string, string>>;
}

/** Content that is stored in a file, but not yet visible as an object. */
export interface StagedContent {
  readonly file: string;
  /** Hexadecimal. */
  readonly md5: string;
  /** The verified checksums, such as `ChecksumCRC32`. */
  readonly checksums: Readonly<Record<string, string>>;
}

/**
 * Streams content to a file without holding it in memory. On failure, deletes the file.
 *
 * @param input may contain checksums to verify
 * @param maxBytes maximum size; by default, the maximum of a single request
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

/** The content of a request: an HTTP body, or a string or bytes from a state machine. */
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

/** Content from a local source. */
export function contentFrom(stream: () => AsyncIterable<Buffer>): IncomingContent {
  return { stream, isFromClient: false, announcedTrailers: [], trailers: {} };
}

function isIncoming(body: unknown): body is IncomingContent {
  return typeof body === 'object' && body !== null && 'stream' in body && 'trailers' in body;
}
