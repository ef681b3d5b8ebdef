import type { Readable } from 'node:stream';
import type { S3Client } from '@aws-sdk/client-s3';
import { listObjects, openObject } from '../shared/s3-objects';
import { InvalidRowError, NoPredictionsError, RowError } from './errors';
import type { EvaluateModelEvent } from './event';
import { type Row, RowParser } from './row';

/** Maximum number of characters of a row. Without a limit, a file that is not CSV could fill the memory. */
const MAX_ROW_LENGTH = 1024 * 1024;

/**
 * Reads the transform job's output as a stream and passes each row to `take`. The order of the rows is always the same.
 *
 * @returns the number of rows
 * @throws RowError with file and row, if a row cannot be used
 * @throws NoPredictionsError if there are no rows
 */
export async function readPredictions(
  client: S3Client,
  event: EvaluateModelEvent,
  take: (row: Row) => void,
): Promise<number> {
  const parser = new RowParser(event);
  const { objects } = await listObjects(client, event.predictions, Number.POSITIVE_INFINITY);
  let rows = 0;
  for (const object of objects) {
    let lineNumber = 0;
    try {
      for await (const lines of linesOf(await openObject(client, object))) {
        for (const line of lines) {
          lineNumber += 1;
          if (line.trim() === '') continue;
          take(parser.parse(line));
          rows += 1;
        }
      }
    } catch (error) {
      if (error instanceof RowError) error.message = `${object.uri}, row ${lineNumber}: ${error.message}`;
      throw error;
    }
  }
  if (rows > 0) return rows;
  throw new NoPredictionsError(`there are no predictions below ${event.predictions}`);
}

/** The lines of a stream, several at a time. */
async function* linesOf(stream: Readable): AsyncGenerator<readonly string[]> {
  let rest = '';
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      // Latin-1 keeps every byte of a group's name, even if a UTF-8 character is split between two chunks.
      const lines = (rest + chunk.toString('latin1')).split('\n');
      rest = lines.pop() ?? '';
      yield lines;
      if (rest.length > MAX_ROW_LENGTH) {
        throw new InvalidRowError(`the next row has more than ${MAX_ROW_LENGTH} characters`);
      }
    }
    yield [rest];
  } finally {
    stream.destroy();
  }
}
