import { AwsError } from '../aws-error';
import * as model from '../model/s3-model.json';
import { type ServiceModel, validateAgainst } from '../model/validator';

type Input = Readonly<Record<string, unknown>>;

/** Members that cannot be left out without changing what a request means; encryption is as good as done. */
const UNSUPPORTED =
  /^(Tagging|(CopySource)?SSECustomer\w+|ObjectLock\w+|WebsiteRedirectLocation|WriteOffsetBytes|VersionId|MFA|IfMatch(InitiatedTime|LastModifiedTime|Size)|AnnotationDirective)$/;

/** Of ACLs, those that buckets without ACLs take: the default of S3 and of the CDK. */
const ACLS_WITHOUT_EFFECT = ['private', 'bucket-owner-full-control'];

/** S3 ignores conditions that are no dates, and keeps any text as the date of expiry. */
const DATES = /(^Expires|Since)$/;

const MAX_KEY_BYTES = 1024;

/**
 * Checks a request against S3's service model, for what comes over HTTP and from state machines alike, and refuses what
 * local mode would have to ignore.
 *
 * @throws AwsError InvalidArgument for what the model does not allow; NotImplemented; with S3's codes what is wrong
 *   beside the model
 */
export function checkS3Request(operation: string, input: Input, accountId: string): void {
  const given = Object.entries(input).filter(([, value]) => value !== undefined && value !== null);
  const unsupported = given.find(
    ([member]) =>
      UNSUPPORTED.test(member) || (member === 'PartNumber' && !operation.startsWith('UploadPart')),
  );
  if (unsupported !== undefined) {
    throw new AwsError(
      'NotImplemented',
      `local mode does not have "${unsupported[0]}" in s3:${operation}`,
      501,
    );
  }
  checkModel(operation, Object.fromEntries(given.filter(([member]) => !DATES.test(member))));
  const acl = input['ACL'] ?? 'private';
  if (!ACLS_WITHOUT_EFFECT.includes(String(acl)) || given.some(([member]) => member.startsWith('Grant'))) {
    throw new AwsError('AccessControlListNotSupported', 'The bucket does not allow ACLs');
  }
  for (const owner of [input['ExpectedBucketOwner'], input['ExpectedSourceBucketOwner']]) {
    if ((owner ?? accountId) !== accountId) {
      throw new AwsError('AccessDenied', 'Access Denied: the bucket has another owner', 403);
    }
  }
  if (Buffer.byteLength(String(input['Key'] ?? '')) > MAX_KEY_BYTES) {
    throw new AwsError('KeyTooLongError', `Your key is too long: it may have ${MAX_KEY_BYTES} bytes`);
  }
}

function checkModel(operation: string, input: Input): void {
  try {
    validateAgainst(model as ServiceModel, operation, input);
  } catch (error) {
    throw error instanceof AwsError ? new AwsError('InvalidArgument', error.message) : error;
  }
}
