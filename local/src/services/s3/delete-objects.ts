import { AwsError } from '../aws-error';
import type { WireResponse } from '../endpoint/protocol';
import { checkSupported } from './check-request';
import { readDocument } from './rest-input';
import { document, type Output } from './rest-output';
import type { Target } from './route';

/** What a DeleteObjects request has in its document. */
interface Deletion {
  readonly Objects?: readonly {
    readonly Key?: string;
    readonly ETag?: string;
    readonly VersionId?: string;
  }[];
  readonly Quiet?: boolean;
}

/** Removes objects one by one, each with its own permission and answer, as S3 does. */
export async function deleteObjects({ request, call, input }: Target): Promise<WireResponse> {
  const { Objects: objects = [], Quiet: isQuiet } = ((await readDocument(request, 'Delete', 'Delete')) ??
    {}) as Deletion;
  if (objects.length === 0 || objects.some(({ Key }) => !Key)) {
    throw new AwsError(
      'MalformedXML',
      'The XML you provided was not well-formed or did not validate against our published schema: expected <Delete> with <Object>, each with a <Key>',
    );
  }
  checkSupported('DeleteObjects', { ...input, Delete: { Objects: objects, Quiet: isQuiet } });
  const { Bucket, ExpectedBucketOwner } = input;
  const deleted: Output[] = [];
  const errors: Output[] = [];
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
  return document('DeleteResult', { ...(isQuiet !== true && { Deleted: deleted }), Error: errors });
}
