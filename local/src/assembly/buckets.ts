import * as fs from 'node:fs';
import * as path from 'node:path';
import type { BucketEncryption, BucketResource } from './deployment';
import { resourcePolicy, unlessAbsent } from './policy-documents';
import { joinInside } from './safe-path';
import type { StackContext } from './stack-context';
import { isRecord, TemplateError } from './template';

/** S3's rules for bucket names. A valid name cannot lead outside the folder of buckets. */
const BUCKET_NAME = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/** Folder of all buckets of a deployment, with one subfolder per bucket. */
export function bucketsFolder(root: string): string {
  return path.join(root, 's3');
}

/**
 * Folder for incomplete uploads. It is next to the folders of the buckets, so that a finished upload can be moved to
 * its bucket without copying.
 */
export function uploadsFolder(buckets: string): string {
  return path.join(buckets, '.uploads');
}

/** Creates a folder for each bucket of the template. An existing bucket keeps its objects. */
export function deployBuckets(context: StackContext): BucketResource[] {
  return context.evaluator.resourcesOfType('AWS::S3::Bucket').map((logicalId) => {
    const { ref: name, attributes } = context.evaluator.identity(logicalId);
    const folder = makeBucket(context.root, name, `Resources/${logicalId}/Properties/BucketName`);
    const encryption = defaultEncryption(context, logicalId);
    return {
      logicalId,
      name,
      arn: attributes['Arn'] ?? '',
      folder,
      policies: bucketPolicies(context, name),
      ...(encryption !== undefined && { encryption }),
      ...(sendsEvents(context, logicalId) && { sendsEvents: true }),
      ...versioning(context, logicalId),
    };
  });
}

function versioning({ evaluator }: StackContext, logicalId: string): Pick<BucketResource, 'versioning'> {
  const property = unlessAbsent(() => evaluator.property(logicalId, 'VersioningConfiguration'));
  return isRecord(property) ? { versioning: String(property['Status']) } : {};
}

/**
 * Whether the template enables EventBridge events for the bucket, either in a property of the bucket or with
 * aws-cdk-lib's custom resource.
 */
function sendsEvents({ evaluator }: StackContext, logicalId: string): boolean {
  const name = evaluator.identity(logicalId).ref;
  const others = evaluator
    .resourcesOfType('Custom::S3BucketNotifications')
    .filter((other) => unlessAbsent(() => evaluator.property(other, 'BucketName')) === name);
  return [logicalId, ...others].some((each) => {
    const notifications = unlessAbsent(() => evaluator.property(each, 'NotificationConfiguration'));
    const events = isRecord(notifications) ? notifications['EventBridgeConfiguration'] : undefined;
    return isRecord(events) && events['EventBridgeEnabled'] !== false;
  });
}

function bucketPolicies(context: StackContext, bucket: string): BucketResource['policies'] {
  const { evaluator } = context;
  return evaluator
    .resourcesOfType('AWS::S3::BucketPolicy')
    .filter((logicalId) => unlessAbsent(() => evaluator.property(logicalId, 'Bucket')) === bucket)
    .map((logicalId) => resourcePolicy(context, logicalId, 'PolicyDocument'));
}

/** The KMS key for default encryption. Ignores encryption with AWS's own keys, because it needs no permission. */
function defaultEncryption({ evaluator }: StackContext, logicalId: string): BucketEncryption | undefined {
  const property = unlessAbsent(() => evaluator.property(logicalId, 'BucketEncryption'));
  const rules = isRecord(property) ? [property['ServerSideEncryptionConfiguration'] ?? []].flat() : [];
  for (const rule of rules.filter(isRecord)) {
    const given = rule['ServerSideEncryptionByDefault'];
    if (isRecord(given) && typeof given['KMSMasterKeyID'] === 'string') {
      return { keyId: given['KMSMasterKeyID'], bucketKey: rule['BucketKeyEnabled'] === true };
    }
  }
  return undefined;
}

/** Creates the folder of a bucket if it does not exist. */
export function makeBucket(root: string, name: string, templatePath: string): string {
  if (!BUCKET_NAME.test(name) || name.includes('..')) {
    throw new TemplateError(
      templatePath,
      `"${name}" is not a bucket name: use 3 to 63 lowercase letters, digits, dots and hyphens`,
    );
  }
  const folder = joinInside(bucketsFolder(root), name);
  fs.mkdirSync(folder, { recursive: true });
  return folder;
}
