import { AwsError } from '../aws-error';

/** Offsets of the first and the last byte, inclusive. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Parses a byte range, such as `bytes=0-99`.
 *
 * @param size the size of the content
 * @returns undefined for an invalid range or several ranges: S3 then returns the whole object
 * @throws AwsError InvalidRange when the range is outside the content
 */
export function parseRange(range: unknown, size: number): ByteRange | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(String(range ?? ''));
  if (match === null || (match[1] === '' && match[2] === '')) {
    return undefined;
  }
  const [first, last] = [match[1] ?? '', match[2] ?? ''];
  if (first !== '' && last !== '' && Number(first) > Number(last)) {
    return undefined;
  }
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (start > end) {
    throw new AwsError('InvalidRange', 'The requested range is not satisfiable', 416, {
      RangeRequested: String(range),
      ActualObjectSize: String(size),
    });
  }
  return { start, end };
}
