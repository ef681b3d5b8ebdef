import { AwsError } from '../aws-error';
import { invalidArgument } from './invalid-argument';

/** A location in S3. */
export interface S3Location {
  readonly bucket: string;
  /** Key or prefix without a leading slash; can be empty. */
  readonly key: string;
}

/** Parses `s3://bucket/key` or `https://s3…/bucket/key`; undefined for any other string. */
export function parseS3Uri(uri: string): S3Location | undefined {
  const match =
    /^s3:\/\/([^/]+)(?:\/(.*))?$/.exec(uri) ??
    /^https:\/\/s3[.-][^/]*amazonaws\.com[^/]*\/([^/]+)(?:\/(.*))?$/.exec(uri);
  return match?.[1] === undefined ? undefined : { bucket: match[1], key: match[2] ?? '' };
}

/**
 * Parses the source of a copy: `bucket/key`, percent-encoded.
 *
 * @throws AwsError InvalidArgument; NotImplemented for a version of an object
 */
export function parseCopySource(source: unknown): S3Location {
  const [place = '', query] = String(source).split('?', 2);
  if (query !== undefined && query !== 'versionId=null') {
    throw new AwsError('NotImplemented', 'local mode does not support versions of S3 objects', 501, {
      Header: 'x-amz-copy-source',
    });
  }
  let decoded = '';
  try {
    decoded = decodeURIComponent(place);
  } catch {
    // Falls through: invalid percent-encoding gets the same error as any other invalid source.
  }
  const [, bucket, key] = /^\/?([^/]+)\/(.+)$/s.exec(decoded) ?? [];
  if (bucket === undefined || key === undefined) {
    throw invalidArgument(
      'x-amz-copy-source',
      source,
      'Copy Source must mention the source bucket and key: sourcebucket/sourcekey',
    );
  }
  return { bucket, key };
}
