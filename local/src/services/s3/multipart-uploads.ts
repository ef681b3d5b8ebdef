import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { replaceFile } from '../../local-folder/replace-file';
import { AwsError } from '../aws-error';
import { invalidArgument } from './invalid-argument';
import type { ObjectAttributes, ObjectPart } from './object-attributes';
import type { StagedContent } from './object-content';
import type { UploadChecksum } from './upload-checksum';

const MAX_PART_NUMBER = 10_000;

/** Names an upload. */
export interface UploadReference {
  readonly bucket: string;
  readonly key: string;
  readonly uploadId: string;
}

/** An upload that was begun. */
export interface Upload extends UploadReference {
  /** Epoch seconds. */
  readonly initiated: number;
  /** What the object is to have. */
  readonly attributes: Omit<ObjectAttributes, 'etag'>;
  /** The checksum that parts and object have; absent for none in particular. */
  readonly checksum?: UploadChecksum;
}

/** What an upload is begun with. */
export type UploadSpecification = Pick<Upload, 'bucket' | 'key' | 'attributes' | 'checksum'>;

/** A part that is there. */
export interface UploadedPart extends ObjectPart {
  /** Epoch seconds. */
  readonly lastModified: number;
  readonly file: string;
}

/** Uploads in parts: a folder each, outside of the buckets, that outlives this process. */
export class MultipartUploads {
  /** @param folder folder for the uploads, on the same disk as the buckets */
  constructor(private readonly folder: string) {}

  /** Begins an upload. */
  public create(specification: UploadSpecification, now: number): Upload {
    const upload = { ...specification, uploadId: randomUUID().replaceAll('-', ''), initiated: now };
    replaceFile(this.recordFile(upload.uploadId), JSON.stringify(upload), this.folder);
    return upload;
  }

  /** Uploads of a bucket that have not ended, by key, and those of one key in the order of their beginning. */
  public list(bucket: string): Upload[] {
    const ids = fs.existsSync(this.folder) ? fs.readdirSync(this.folder).filter(isUploadId) : [];
    return ids
      .flatMap((id) => this.read(id) ?? [])
      .filter((upload) => upload.bucket === bucket)
      .sort(
        (left, right) =>
          Buffer.compare(Buffer.from(left.key), Buffer.from(right.key)) || left.initiated - right.initiated,
      );
  }

  /** An upload; undefined when there is none, or it is of another object. */
  public get({ bucket, key, uploadId }: UploadReference): Upload | undefined {
    const upload = isUploadId(uploadId) ? this.read(uploadId) : undefined;
    return upload?.bucket === bucket && upload.key === key ? upload : undefined;
  }

  /** @throws AwsError NoSuchUpload */
  public find(reference: UploadReference): Upload {
    const upload = this.get(reference);
    if (upload === undefined) {
      throw new AwsError(
        'NoSuchUpload',
        'The specified multipart upload does not exist. The upload ID might be invalid, or the multipart upload might have been aborted or completed.',
        404,
        { UploadId: reference.uploadId },
      );
    }
    return upload;
  }

  /** Takes a file as a part, in place of an earlier one with this number; it is moved. @returns its ETag */
  public putPart(
    reference: UploadReference,
    number: number,
    { file: staged, md5, checksums }: StagedContent,
  ): string {
    try {
      const { uploadId } = this.find(reference);
      const before = this.partsOf(uploadId).filter((part) => part.number === number);
      const file = path.join(this.folder, uploadId, partFile(number, md5, checksums));
      fs.renameSync(staged, file);
      for (const part of before.filter((each) => each.file !== file)) {
        fs.rmSync(part.file, { force: true });
      }
      return `"${md5}"`;
    } finally {
      fs.rmSync(staged, { force: true });
    }
  }

  /** @throws AwsError NoSuchUpload, or InvalidArgument for what can be no part */
  public checkPart(reference: UploadReference, number: number): void {
    this.find(reference);
    if (!Number.isInteger(number) || number < 1 || number > MAX_PART_NUMBER) {
      throw invalidArgument(
        'partNumber',
        number,
        `Part number must be an integer between 1 and ${MAX_PART_NUMBER}, inclusive`,
      );
    }
  }

  /** The parts that are there, by number. */
  public parts(reference: UploadReference): UploadedPart[] {
    return this.partsOf(this.find(reference).uploadId);
  }

  /** Ends an upload and removes its parts. */
  public remove(reference: UploadReference): void {
    fs.rmSync(path.join(this.folder, this.find(reference).uploadId), { recursive: true, force: true });
  }

  private read(uploadId: string): Upload | undefined {
    const file = this.recordFile(uploadId);
    return fs.existsSync(file) ? (JSON.parse(fs.readFileSync(file, 'utf8')) as Upload) : undefined;
  }

  private recordFile(uploadId: string): string {
    return path.join(this.folder, uploadId, 'upload.json');
  }

  private partsOf(uploadId: string): UploadedPart[] {
    const folder = path.join(this.folder, uploadId);
    return fs
      .readdirSync(folder)
      .sort()
      .flatMap((name) => {
        const part = readPartFile(name);
        if (part === undefined) {
          return [];
        }
        const file = path.join(folder, name);
        const { size, mtimeMs } = fs.statSync(file);
        return [{ ...part, size, lastModified: Math.floor(mtimeMs / 1000), file }];
      });
  }
}

/** Name of a part's file, which says all that is kept of the part: number, MD5, and a checksum if it has one. */
function partFile(number: number, md5: string, checksums: StagedContent['checksums']): string {
  const [checksum] = Object.entries(checksums);
  const suffix = checksum && `-${checksum[0]}-${Buffer.from(checksum[1], 'base64').toString('base64url')}`;
  return `${String(number).padStart(5, '0')}-${md5}${suffix ?? ''}`;
}

function readPartFile(name: string): Pick<UploadedPart, 'number' | 'etag' | 'checksums'> | undefined {
  const [, number, md5, member, value = ''] =
    /^(\d{5})-([0-9a-f]{32})(?:-(Checksum[A-Z0-9]+)-([\w-]+))?$/.exec(name) ?? [];
  if (number === undefined || md5 === undefined) {
    return undefined;
  }
  const checksums =
    member === undefined ? {} : { [member]: Buffer.from(value, 'base64url').toString('base64') };
  return { number: Number(number), etag: `"${md5}"`, checksums };
}

function isUploadId(text: string): boolean {
  return /^[0-9a-f]{32}$/.test(text);
}
