/** Where an object is. */
export interface S3Location {
  readonly bucket: string;
  readonly key: string;
}

/** Bucket and key of an `s3://` URI. */
export function locationOf(uri: string): S3Location {
  const [, bucket = '', key = ''] = /^s3:\/\/([^/]+)\/?(.*)$/s.exec(uri) ?? [];
  return { bucket, key };
}
