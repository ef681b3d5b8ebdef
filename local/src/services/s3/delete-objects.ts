import { AwsError } from '../aws-error';
import type { CallOperation, Input } from '../service';

/** The objects that a request lists. */
interface Deletion {
  readonly Objects: readonly {
    readonly Key: string;
    readonly ETag?: string;
    readonly VersionId?: string;
  }[];
  readonly Quiet?: boolean;
}

/** Deletes objects one by one. Each needs a permission and gets its own result, as on S3. */
export async function deleteObjects(input: Input, call: CallOperation): Promise<unknown> {
  const { Bucket, ExpectedBucketOwner, Delete } = input;
  const { Objects: objects, Quiet: isQuiet } = Delete as Deletion;
  const deleted: Input[] = [];
  const errors: Input[] = [];
  for (const { Key, ETag, VersionId } of objects) {
    try {
      await call('DeleteObject', { Bucket, ExpectedBucketOwner, Key, VersionId, IfMatch: ETag });
      deleted.push({ Key });
    } catch (error) {
      if (!(error instanceof AwsError) || error.code === 'NoSuchBucket') {
        throw error;
      }
      const code = error.code === 'AccessDeniedException' ? 'AccessDenied' : error.code;
      errors.push({ Key, Code: code, Message: error.message });
    }
  }
  return { ...(isQuiet !== true && { Deleted: deleted }), Errors: errors };
}
