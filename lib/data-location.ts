import { Aws, Fn, Token } from 'aws-cdk-lib';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { BUCKET } from './private/aws-shapes';
import { requireShape, struct, text } from './private/shape';

/**
 * A location in Amazon S3: an object, or all objects whose keys begin with a prefix.
 *
 * SageMaker treats the key as a plain prefix: `s3://bucket/train` also matches `s3://bucket/train-old/`. End the prefix of
 * a folder with `/`.
 */
export class DataLocation {
  /**
   * A location in a bucket. If the bucket construct has an encryption key, this library also grants permissions for
   * that key.
   *
   * @param bucket the bucket
   * @param key an object's key or a key prefix; end the prefix of a folder with `/`
   */
  static fromBucket(bucket: s3.IBucket, key: string): DataLocation {
    requireShape('DataLocation.fromBucket', struct({ bucket: BUCKET, key: text }), { bucket, key });
    // s3UrlForObject removes leading slashes too.
    const path = Token.isUnresolved(key) ? key : key.replace(/^\/+/, '');
    return new DataLocation(bucket.s3UrlForObject(path), bucket.bucketArn, path, bucket);
  }

  /**
   * A location given by its URI. If the bucket is encrypted with a KMS key, grant the training role permission to use
   * that key.
   *
   * If the URI is or contains a token, the object key is unknown at synth, and permissions apply to the whole bucket.
   * To limit the permissions, use `fromBucket` with a token as the object key.
   *
   * @param uri `s3://bucket/key`, at most 1,024 characters; end the prefix of a folder with `/`
   */
  static fromUri(uri: string): DataLocation {
    requireShape('DataLocation.fromUri', struct({ uri: text }), { uri });
    if (!Token.isUnresolved(uri)) {
      const match = /^s3:\/\/([^/]+)\/?(.*)$/s.exec(uri);
      // The construct that uses the location reports an invalid URI, along with the other problems in the construct's
      // properties.
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
   * The prefix of the URIs of all objects in this location. For a whole bucket, the prefix ends with a slash, so that
   * it does not match longer bucket names.
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
