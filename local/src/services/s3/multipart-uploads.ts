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

/** Identifies an upload. */
export interface UploadReference {
  readonly bucket: string;
  readonly key: string;
  readonly uploadId: string;
}

/** An upload that has not ended. */
export interface Upload extends UploadReference {
  /** Epoch seconds. */
  readonly initiated: number;
  /** Attributes of the future object. */
  readonly attributes: Omit<ObjectAttributes, 'etag'>;
  /** Checksum of the parts and the object. Missing if no checksum was requested. */
  readonly checksum?: UploadChecksum;
}

/** The properties of a new upload. */
export type UploadSpecification = Pick<Upload, 'bucket' | 'key' | 'attributes' | 'checksum'>;

/** An uploaded part. */
export interface UploadedPart extends ObjectPart {
  /** Epoch seconds. */
  readonly lastModified: number;
  readonly file: string;
}

/** Multipart uploads. Each is stored in its own folder outside the buckets, so that it outlives this process. */
export class MultipartUploads {
  /** @param folder the folder that contains the uploads, on the same disk as the buckets */
  constructor(private readonly folder: string) {}

  /** Creates an upload. */
  public create(specification: UploadSpecification, now: number): Upload {
    const upload = { ...specification, uploadId: randomUUID().replaceAll('-', ''), initiated: now };
    replaceFile(this.recordFile(upload.uploadId), JSON.stringify(upload), this.folder);
    return upload;
  }

  /** A bucket's unfinished uploads, ordered by key and start time. */
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

  /** Finds an upload; undefined if it does not exist or belongs to another object. */
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

  /** Moves a file into an upload as a part. Replaces an earlier part with the same number. @returns the part's ETag */
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

  /** @throws AwsError NoSuchUpload, or InvalidArgument for an invalid part number */
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

  /** The uploaded parts, ordered by number. */
  public parts(reference: UploadReference): UploadedPart[] {
    return this.partsOf(this.find(reference).uploadId);
  }

  /** Ends an upload and deletes its parts. */
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

/** File name of a part. It contains the part's number, its MD5, and its checksum (if any). */
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
