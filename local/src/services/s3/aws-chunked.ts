import { AwsError } from '../aws-error';

/**
 * Unwraps a body in the `aws-chunked` encoding without chunk signatures, in which SDKs send streams:
 * `<hex size>[;extension]\r\n<data>\r\n … 0\r\n<trailing headers>`.
 *
 * @returns the body, and the headers that trail it, by their names in lower case
 */
export function decodeAwsChunked(encoded: Buffer): { body: Buffer; trailers: Record<string, string> } {
  const chunks: Buffer[] = [];
  let position = 0;
  for (;;) {
    const lineEnd = encoded.indexOf('\r\n', position);
    const size =
      lineEnd < 0 ? Number.NaN : Number.parseInt(encoded.toString('latin1', position, lineEnd), 16);
    const start = lineEnd + 2;
    if (Number.isNaN(size) || start + size > encoded.length) {
      throw new AwsError('IncompleteBody', 'the body is not in the aws-chunked encoding that it claims');
    }
    if (size === 0) {
      return { body: Buffer.concat(chunks), trailers: parseTrailers(encoded.toString('latin1', start)) };
    }
    chunks.push(encoded.subarray(start, start + size));
    position = start + size + 2;
  }
}

function parseTrailers(text: string): Record<string, string> {
  const trailers: Record<string, string> = {};
  for (const line of text.split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) {
      trailers[line.slice(0, colon).trim().toLowerCase()] = line.slice(colon + 1).trim();
    }
  }
  return trailers;
}
