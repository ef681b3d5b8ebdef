import { createHash, randomUUID } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { replaceFile } from '../../local-folder/replace-file';
import { AwsError } from '../aws-error';
import type { ObjectAttributes } from './object-attributes';
import { contentFrom, type StagedContent, stageContent } from './object-content';

/** Smallest part but the last, as on S3. */
const MIN_PART_BYTES = 5 * 1024 * 1024;

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
}

/** A part that is there. */
export interface UploadedPart {
  readonly number: number;
  readonly etag: string;
  readonly size: number;
  readonly lastModified: number;
  readonly file: string;
}

/** Uploads in parts: a folder each, outside of the buckets, that outlives this process. */
export class MultipartUploads {
  /** @param folder folder for the uploads, on the same disk as the buckets */
  constructor(private readonly folder: string) {}

  /** Begins an upload. */
  public create(bucket: string, key: string, attributes: Upload['attributes'], now: number): Upload {
    const upload = { bucket, key, uploadId: randomUUID().replaceAll('-', ''), initiated: now, attributes };
    replaceFile(this.recordFile(upload.uploadId), JSON.stringify(upload), this.folder);
    return upload;
  }

  /** Uploads of a bucket that have not ended, by key. */
  public list(bucket: string): Upload[] {
    const ids = fs.existsSync(this.folder) ? fs.readdirSync(this.folder).filter(isUploadId) : [];
    return ids
      .flatMap((id) => this.read(id) ?? [])
      .filter((upload) => upload.bucket === bucket)
      .sort((left, right) => (left.key < right.key ? -1 : left.key > right.key ? 1 : 0));
  }

  /** @throws AwsError NoSuchUpload */
  public find({ bucket, key, uploadId }: UploadReference): Upload {
    const upload = isUploadId(uploadId) ? this.read(uploadId) : undefined;
    if (upload === undefined || upload.bucket !== bucket || upload.key !== key) {
      throw new AwsError(
        'NoSuchUpload',
        'The specified multipart upload does not exist. The upload ID might be invalid, or the multipart upload might have been aborted or completed.',
        404,
      );
    }
    return upload;
  }

  /** Takes a file as a part, in place of an earlier one with this number; it is moved. @returns its ETag */
  public putPart(reference: UploadReference, number: number, { file: staged, md5 }: StagedContent): string {
    try {
      const { uploadId } = this.find(reference);
      const before = this.partsOf(uploadId).filter((part) => part.number === number);
      const file = path.join(this.folder, uploadId, `${String(number).padStart(5, '0')}-${md5}`);
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
      throw new AwsError(
        'InvalidArgument',
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

  /**
   * Joins the parts that were asked for in a file.
   *
   * @param input may have checksums of the whole
   * @returns the ETag: of the parts' digests, with their number, as S3 makes it; and the checksums
   */
  public async join(
    reference: UploadReference,
    wanted: readonly { readonly number: number; readonly etag: string }[],
    file: string,
    input: Readonly<Record<string, unknown>>,
  ): Promise<{ etag: string; checksums: StagedContent['checksums'] }> {
    const parts = chooseParts(this.parts(reference), wanted);
    try {
      const { checksums } = await stageContent(
        file,
        contentFrom(() => readFiles(parts)),
        input,
      );
      const digests = parts.map(({ etag }) => Buffer.from(etag.replaceAll('"', ''), 'hex'));
      const md5 = createHash('md5').update(Buffer.concat(digests)).digest('hex');
      return { etag: `"${md5}-${parts.length}"`, checksums };
    } catch (error) {
      // The upload may have been aborted meanwhile: that is the better answer.
      this.find(reference);
      throw error;
    }
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
        const [, number, md5] = /^(\d{5})-([0-9a-f]{32})$/.exec(name) ?? [];
        if (number === undefined || md5 === undefined) {
          return [];
        }
        const file = path.join(folder, name);
        const { size, mtimeMs } = fs.statSync(file);
        const lastModified = Math.floor(mtimeMs / 1000);
        return [{ number: Number(number), etag: `"${md5}"`, size, lastModified, file }];
      });
  }
}

async function* readFiles(parts: readonly UploadedPart[]): AsyncGenerator<Buffer, void> {
  for (const { file } of parts) {
    yield* fs.createReadStream(file);
  }
}

function chooseParts(
  parts: readonly UploadedPart[],
  wanted: readonly { readonly number: number; readonly etag: string }[],
): UploadedPart[] {
  if (wanted.length === 0) {
    throw new AwsError('MalformedXML', 'The XML you provided was not well-formed: it names no part');
  }
  if (wanted.some(({ number }, i) => i > 0 && number <= (wanted[i - 1]?.number ?? 0))) {
    throw new AwsError('InvalidPartOrder', 'The list of parts was not in ascending order.');
  }
  const chosen = wanted.map(({ number, etag }) => {
    const part = parts.find((each) => each.number === number);
    if (part === undefined || part.etag.replaceAll('"', '') !== etag.replaceAll('"', '')) {
      throw new AwsError(
        'InvalidPart',
        `One or more of the specified parts could not be found: part ${number}. The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.`,
      );
    }
    return part;
  });
  if (chosen.slice(0, -1).some(({ size }) => size < MIN_PART_BYTES)) {
    throw new AwsError('EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size');
  }
  return chosen;
}

function isUploadId(text: string): boolean {
  return /^[0-9a-f]{32}$/.test(text);
}
