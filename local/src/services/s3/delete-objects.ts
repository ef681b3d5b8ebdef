import { AwsError } from '../aws-error';
import type { CallOperation, Input } from '../service';

/** Which objects a request names. */
interface Deletion {
  readonly Objects: readonly {
    readonly Key: string;
    readonly ETag?: string;
    readonly VersionId?: string;
  }[];
  readonly Quiet?: boolean;
}

/** Removes objects one by one, each with its own permission and answer, as S3 does. */
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
