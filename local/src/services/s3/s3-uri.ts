/** A place in S3. */
export interface S3Location {
  readonly bucket: string;
  /** Key or prefix without a leading slash; may be empty. */
  readonly key: string;
}

/** Parses `s3://bucket/key`, or the `https://s3…/bucket/key` form; undefined when it is neither. */
export function parseS3Uri(uri: string): S3Location | undefined {
  const match =
    /^s3:\/\/([^/]+)(?:\/(.*))?$/.exec(uri) ??
    /^https:\/\/s3[.-][^/]*amazonaws\.com[^/]*\/([^/]+)(?:\/(.*))?$/.exec(uri);
  return match?.[1] === undefined ? undefined : { bucket: match[1], key: match[2] ?? '' };
}
