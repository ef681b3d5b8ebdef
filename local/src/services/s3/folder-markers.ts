import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';

/**
 * Folder markers: empty objects with a trailing slash, which consoles and pyarrow create to show empty
 * folders. A marker exists only as long as its folder: deleting the folder deletes the marker.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-folders.html
 */
export class FolderMarkers {
  /** @param buckets the folder that contains the buckets */
  constructor(private readonly buckets: string) {}

  /** The empty file that represents a marker. */
  public fileOf(bucket: string, key: string): string {
    return path.join(this.folderOf(bucket), createHash('sha256').update(key).digest('hex'));
  }

  /** Returns the keys of the folders that have a marker. `folders` are paths relative to the bucket. */
  public keys(bucket: string, folders: readonly string[]): string[] {
    const files = this.filesOf(bucket);
    return files.size === 0
      ? []
      : folders
          .map((folder) => `${folder}/`)
          .filter((key) => files.has(path.basename(this.fileOf(bucket, key))));
  }

  /** Deletes all markers of a bucket. */
  public deleteBucket(bucket: string): void {
    fs.rmSync(this.folderOf(bucket), { recursive: true, force: true });
  }

  private filesOf(bucket: string): ReadonlySet<string> {
    const folder = this.folderOf(bucket);
    return new Set(fs.existsSync(folder) ? fs.readdirSync(folder) : []);
  }

  private folderOf(bucket: string): string {
    return path.join(this.buckets, '.markers', bucket);
  }
}

/** Whether a key belongs to a folder marker. */
export function isMarker(key: string): boolean {
  return key.endsWith('/');
}
