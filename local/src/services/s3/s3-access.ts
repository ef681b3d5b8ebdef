import type { Deployment } from '../../assembly/deployment';
import type { AccessRequest } from '../iam/policy-evaluation';
import type { Input, Operation } from '../service';
import type { KeyAccess } from './key-access';
import { parseCopySource } from './s3-uri';

type Access = NonNullable<Operation['access']>;

/** Request members that are condition keys. */
const LISTING_KEYS: readonly (readonly [key: string, member: string])[] = [
  ['s3:delimiter', 'Delimiter'],
  ['s3:max-keys', 'MaxKeys'],
];
const WRITE_KEYS: readonly (readonly [key: string, member: string])[] = [
  ['s3:x-amz-server-side-encryption', 'ServerSideEncryption'],
  ['s3:x-amz-server-side-encryption-aws-kms-key-id', 'SSEKMSKeyId'],
  ['s3:x-amz-storage-class', 'StorageClass'],
  ['s3:x-amz-acl', 'ACL'],
];

/**
 * The permissions that S3 operations need. By default, an operation needs the action of the same name on the
 * object or bucket. This class defines all other permissions.
 *
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
 */
export class S3Access {
  constructor(
    private readonly environment: Pick<Deployment['environment'], 'partition'>,
    private readonly keys: KeyAccess,
  ) {}

  /** The resource of a request: the object that the request names, or else the bucket, or else all resources. */
  subject(input: Input): Pick<AccessRequest, 'resource' | 'context'> {
    const { Bucket: bucket, Key: key } = input;
    return {
      resource: bucket === undefined ? '*' : this.arn(bucket, key),
      context: given(input, WRITE_KEYS),
    };
  }

  /** Requires the permission for an action whose name differs from the operation's name. */
  as(action: string): Access {
    return (_input, request) => [{ ...request, action: `s3:${action}` }];
  }

  /** The permission to list objects. */
  readonly listing: Access = (input, request) => {
    const context = { 's3:prefix': String(input['Prefix'] ?? ''), ...given(input, LISTING_KEYS) };
    return [{ ...request, action: 's3:ListBucket', context }];
  };

  readonly reading: Access = (input, request) => [
    { ...request, action: 's3:GetObject' },
    ...this.keys.toRead({ bucket: String(input['Bucket']), key: String(input['Key']) }),
  ];

  readonly writing: Access = (input, request) => [
    { ...request, action: 's3:PutObject' },
    ...this.keys.toWrite(input),
  ];

  /** The permissions to create, fill and complete a multipart upload. */
  readonly uploading: Access = (input, request) => [
    { ...request, action: 's3:PutObject' },
    ...this.keys.toUpload(input),
  ];

  /** The permissions for a copy, which also reads its source. */
  copying(target: Access): Access {
    return (input, request) => {
      const source = parseCopySource(input['CopySource']);
      const resource = this.arn(source.bucket, source.key);
      return [
        { action: 's3:GetObject', resource, context: {} },
        ...this.keys.toRead(source),
        ...target(input, request),
      ];
    };
  }

  private arn(bucket: unknown, key: unknown): string {
    const path = key === undefined ? '' : `/${String(key)}`;
    return `arn:${this.environment.partition}:s3:::${String(bucket)}${path}`;
  }
}

function given(
  input: Input,
  keys: readonly (readonly [key: string, member: string])[],
): Record<string, string> {
  return Object.fromEntries(
    keys.flatMap(([key, member]) => (input[member] === undefined ? [] : [[key, String(input[member])]])),
  );
}
