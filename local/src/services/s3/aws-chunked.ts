import { AwsError } from '../aws-error';

/**
 * Unwraps a body in the `aws-chunked` encoding without chunk signatures, in which SDKs send streams:
 * `<hex size>[;extension]\r\n<data>\r\n … 0\r\n<trailing headers>`.
 */
export function decodeAwsChunked(body: Buffer): Buffer {
  const chunks: Buffer[] = [];
  let position = 0;
  for (;;) {
    const lineEnd = body.indexOf('\r\n', position);
    const size = lineEnd < 0 ? Number.NaN : Number.parseInt(body.toString('latin1', position, lineEnd), 16);
    const start = lineEnd + 2;
    if (Number.isNaN(size) || start + size > body.length) {
      throw new AwsError('IncompleteBody', 'the body is not in the aws-chunked encoding that it claims');
    }
    if (size === 0) {
      return Buffer.concat(chunks);
    }
    chunks.push(body.subarray(start, start + size));
    position = start + size + 2;
  }
}
