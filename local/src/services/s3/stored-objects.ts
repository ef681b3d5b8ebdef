import * as fs from 'node:fs';
import { AwsError } from '../aws-error';
import type { Input } from '../service';
import type { BucketStore } from './bucket-store';
import type { UploadReference } from './multipart-uploads';
import type { ObjectAttributes } from './object-attributes';
import { type IncomingContent, stageContent } from './object-content';
import type { ObjectEncryption } from './object-encryption';
import type { StoredObject } from './object-files';
import {
  type Conditions,
  checkCopyConditions,
  checkWriteConditions,
  type ObjectState,
} from './preconditions';
import { parseCopySource, type S3Location } from './s3-uri';
import { SYSTEM_MEMBERS } from './supported-members';

/** The object that a request names. @throws AwsError NoSuchKey */
export function storedObject(store: BucketStore, { bucket, key }: S3Location): StoredObject {
  const found = store.find(bucket, key);
  if (found === undefined) {
    throw noSuchKey(bucket, key);
  }
  return found;
}

/** An object's ETag and modification time, for checking conditions. */
export function stateOf(store: BucketStore, bucket: string, object: StoredObject): ObjectState {
  return { etag: store.attributes(bucket, object).etag, lastModified: secondsOf(object) };
}

/**
 * Refuses to write an object if the existing object, or its absence, does not meet the conditions.
 */
export function checkWrite(store: BucketStore, { bucket, key }: S3Location, conditions: Conditions): void {
  const object = store.find(bucket, key);
  checkWriteConditions(conditions, object === undefined ? undefined : stateOf(store, bucket, object));
}

/** The source of a copy, if the source meets the conditions of the copy. */
export function copySource(store: BucketStore, input: Input): { location: S3Location; object: StoredObject } {
  const location = parseCopySource(input['CopySource']);
  const object = storedObject(store, location);
  const conditions: Conditions = {
    IfMatch: input['CopySourceIfMatch'],
    IfNoneMatch: input['CopySourceIfNoneMatch'],
    IfModifiedSince: input['CopySourceIfModifiedSince'],
    IfUnmodifiedSince: input['CopySourceIfUnmodifiedSince'],
  };
  checkCopyConditions(conditions, stateOf(store, location.bucket, object));
  return { location, object };
}

/**
 * The attributes that a request gives a new object.
 *
 * @param encryption the encryption to report
 */
export function attributesOf(input: Input, encryption: ObjectEncryption): Omit<ObjectAttributes, 'etag'> {
  const given = [...SYSTEM_MEMBERS, 'StorageClass'].filter((member) => typeof input[member] === 'string');
  return {
    system: { ...Object.fromEntries(given.map((member) => [member, String(input[member])])), ...encryption },
    metadata: (input['Metadata'] ?? {}) as Record<string, string>,
  };
}

/**
 * Writes an object atomically: readers see the old object or the new one.
 *
 * @param input contains attributes and conditions
 * @returns the object's ETag, checksum and encryption
 */
export async function writeObject(
  store: BucketStore,
  location: S3Location,
  content: IncomingContent,
  input: Input,
): Promise<Readonly<Record<string, string>>> {
  // Checks the request before the content arrives.
  const encryption = store.encryption.of(location.bucket, input);
  store.fileOf(location.bucket, location.key);
  checkWrite(store, location, input);
  const { file, md5, checksums } = await stageContent(store.stagingFile(), content, input);
  try {
    // Checks again, because the object may have changed while the content arrived.
    checkWrite(store, location, input);
  } catch (error) {
    fs.rmSync(file, { force: true });
    throw error;
  }
  const { system, metadata } = attributesOf(input, encryption);
  const etag = `"${md5}"`;
  const checked = ofWholeObject(checksums);
  store.replace(location, file, { etag, metadata, system: { ...system, ...checked } }, 'PutObject');
  return { ETag: etag, ...checked, ...encryption };
}

/** Checksums of a whole object, with their type. */
export function ofWholeObject(checksums: Readonly<Record<string, string>>): Record<string, string> {
  return Object.keys(checksums).length === 0 ? {} : { ...checksums, ChecksumType: 'FULL_OBJECT' };
}

/** Modification time of an object in epoch seconds. */
export function secondsOf({ mtimeMs }: StoredObject): number {
  return Math.floor(mtimeMs / 1000);
}

export function noSuchKey(bucket: string, key: string): AwsError {
  return new AwsError('NoSuchKey', `The specified key does not exist: s3://${bucket}/${key}`, 404, {
    Key: key,
  });
}

/** Returns an input member that must be a string. @throws AwsError InvalidRequest */
export function text(input: Input, member: string): string {
  const value = input[member];
  if (typeof value !== 'string' || value === '') {
    throw new AwsError('InvalidRequest', `${member} is required`);
  }
  return value;
}

/** The bucket and key of a request. */
export function locationOf(input: Input): S3Location {
  return { bucket: text(input, 'Bucket'), key: text(input, 'Key') };
}

/** The upload that a request names. */
export function referenceOf(input: Input): UploadReference {
  return { ...locationOf(input), uploadId: text(input, 'UploadId') };
}

/** The attributes of an object or upload that describe its encryption. */
export function encryptionOf(system: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    ['ServerSideEncryption', 'SSEKMSKeyId', 'BucketKeyEnabled'].flatMap((member) =>
      system[member] === undefined ? [] : [[member, system[member]] as const],
    ),
  );
}
