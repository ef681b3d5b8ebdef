import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, relative, sep } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Token } from 'aws-cdk-lib';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import type { Construct } from 'constructs';
import { createTar } from 'nanotar';
import { DataLocation } from '../data-location';
import { validationError } from '../private/problems';

/** What is never part of a script. */
const IGNORED = ['.git', '.venv', '__pycache__', '.ipynb_checkpoints', '.DS_Store', 'node_modules'];

/** Longest path in the archive: the format's own limit. */
const LONGEST_PATH = 100;

/** A script as a training job finds it. */
export interface BoundSource {
  /** The archive, a `.tar.gz`. */
  readonly location: DataLocation;
  /** Name of the archive's file. */
  readonly fileName: string;
}

/** Where the code of a script is. */
export class ScriptSource {
  /**
   * A folder on this machine: it is packed at synth and uploaded when the app is deployed. `.git`, `.venv`,
   * `__pycache__`, `node_modules` and notebooks' checkpoints are left out.
   *
   * @param path the folder, with the entry point and, if there is one, `requirements.txt` in it
   * @throws Error named `TuningValidationError` where it is not a folder
   */
  static fromFolder(path: string): ScriptSource {
    const files = listFiles(path);
    return new ScriptSource(files, (scope) => {
      const folder = mkdtempSync(join(tmpdir(), 'script-'));
      try {
        const archive = join(folder, 'sourcedir.tar.gz');
        writeFileSync(archive, pack(path, files));
        const asset = new Asset(scope, 'Script', { path: archive });
        return {
          location: DataLocation.fromBucket(asset.bucket, asset.s3ObjectKey),
          fileName: Token.isUnresolved(asset.s3ObjectKey)
            ? `${asset.assetHash}.tar.gz`
            : basename(asset.s3ObjectKey),
        };
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
  }

  /**
   * A `.tar.gz` in Amazon S3, with the entry point at its root.
   *
   * @param archive the object
   */
  static fromArchive(archive: DataLocation): ScriptSource {
    return new ScriptSource(undefined, () => ({ location: archive, fileName: basename(archive.uri) }));
  }

  private constructor(
    /**
     * Files in it; undefined where they are not known.
     *
     * @internal
     */
    readonly _files: readonly string[] | undefined,
    /** @internal */
    readonly _bind: (scope: Construct) => BoundSource,
  ) {}
}

/** Paths of the files below a folder, in an order of their own. */
function listFiles(folder: string): string[] {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw validationError(`ScriptSource.fromFolder: ${JSON.stringify(folder)} is not a folder`);
  }
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep))
    .filter((path) => !path.some((part) => IGNORED.includes(part)))
    .map((path) => path.join('/'))
    .sort();
  const tooLong = files.find((file) => Buffer.byteLength(file) > LONGEST_PATH);
  if (tooLong !== undefined) {
    throw validationError(
      `ScriptSource.fromFolder: the path ${tooLong} is longer than the ${LONGEST_PATH} bytes that a tar archive takes`,
    );
  }
  return files;
}

/** The same files give the same bytes, whoever packs them and when. */
function pack(folder: string, files: readonly string[]): Uint8Array {
  const entries = files.map((name) => ({
    name,
    data: readFileSync(join(folder, name)),
    attrs: { mtime: 0, uid: 0, gid: 0, mode: name.endsWith('.sh') ? '755' : '644' },
  }));
  return gzipSync(createTar(entries), { level: 9 });
}
