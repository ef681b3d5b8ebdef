import { Aws, Fn, Token } from 'aws-cdk-lib';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { BUCKET } from './private/aws-shapes';
import { requireShape, struct, text } from './private/shape';

/**
 * A place in Amazon S3: an object, or everything whose key begins with a prefix.
 *
 * SageMaker compares keys as text: `s3://bucket/train` also reads `s3://bucket/train-old/`. End a folder
 * with `/`.
 */
export class DataLocation {
  /**
   * A place in a bucket of this app. An encryption key of the bucket is granted along with it.
   *
   * @param bucket the bucket
   * @param key an object's key or a key prefix; a folder ends with `/`
   */
  static fromBucket(bucket: s3.IBucket, key: string): DataLocation {
    requireShape('DataLocation.fromBucket', struct({ bucket: BUCKET, key: text }), { bucket, key });
    // As s3UrlForObject does: keys do not begin with a slash.
    const path = Token.isUnresolved(key) ? key : key.replace(/^\/+/, '');
    return new DataLocation(bucket.s3UrlForObject(path), bucket.bucketArn, path, bucket);
  }

  /**
   * A place given as a URI. If the bucket is encrypted with its own KMS key, grant the training role the use of that key.
   *
   * If the URI is or contains a token, its key is unknown at synth, and permissions apply to the whole bucket. Use `fromBucket`
   * with the key as a token to limit them.
   *
   * @param uri `s3://bucket/key`, at most 1,024 characters; a folder ends with `/`
   */
  static fromUri(uri: string): DataLocation {
    requireShape('DataLocation.fromUri', struct({ uri: text }), { uri });
    if (!Token.isUnresolved(uri)) {
      const match = /^s3:\/\/([^/]+)\/?(.*)$/s.exec(uri);
      // A URI that is not one is reported with everything else, by the construct that uses it.
      const [bucket, key] = match ? [match[1], match[2] ?? ''] : ['', ''];
      return new DataLocation(uri, `arn:${Aws.PARTITION}:s3:::${bucket}`, key, undefined);
    }
    const path = Fn.select(1, Fn.split('s3://', uri));
    const bucket = Fn.select(0, Fn.split('/', path));
    return new DataLocation(uri, `arn:${Aws.PARTITION}:s3:::${bucket}`, '', undefined);
  }

  private constructor(
    /** The location as `s3://bucket/key`. */
    readonly uri: string,
    /** @internal */
    readonly _bucketArn: string,
    /** @internal */
    readonly _key: string,
    /** @internal */
    readonly _bucket: s3.IBucket | undefined,
  ) {}

  /**
   * What the URIs of all objects in this location begin with. A whole bucket ends with the slash that tells
   * it from buckets whose names go on.
   *
   * @internal
   */
  get _uriPrefix(): string {
    if (Token.isUnresolved(this.uri) && !this._bucket) return this.uri;
    return this._key === '' && !this.uri.endsWith('/') ? `${this.uri}/` : this.uri;
  }

  /**
   * A location below this one.
   *
   * @internal
   */
  _child(name: string): DataLocation {
    const join = (base: string) => (base === '' || base.endsWith('/') ? `${base}${name}` : `${base}/${name}`);
    return new DataLocation(join(this.uri), this._bucketArn, join(this._key), this._bucket);
  }
}
