import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Token } from 'aws-cdk-lib';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { DISABLE_ASSET_STAGING_CONTEXT } from 'aws-cdk-lib/cx-api';
import type { Construct } from 'constructs';
import { createTar } from 'nanotar';
import { DataLocation } from '../data-location';
import { DATA_LOCATION } from '../private/aws-shapes';
import { validationError } from '../private/problems';
import { knownText, requireShape, struct } from '../private/shape';

/** Files and folders that are left out of the archive. */
const IGNORED = ['.git', '.venv', '__pycache__', '.ipynb_checkpoints', '.DS_Store', 'node_modules'];

/** Maximum length of a path in the archive, in bytes: a limit of the tar format. */
const LONGEST_PATH = 100;

/** The archive of a script, after it was added to a stack. */
export interface BoundSource {
  /** The archive, a `.tar.gz`. */
  readonly location: DataLocation;
  /** Name of the archive's file. */
  readonly fileName: string;
}

/** The code of a training script. */
export class ScriptSource {
  /**
   * A local folder. Synth packs it into an archive, and the deployment uploads the archive. `.git`, `.venv`, `__pycache__`,
   * `node_modules`, `.DS_Store` and the checkpoints of notebooks are left out.
   *
   * @param path the folder, which contains the entry point and optionally a `requirements.txt`
   * @throws Error named `TuningValidationError` if the path is not a folder, or the folder has symbolic links or paths of
   * more than 100 bytes
   */
  static fromFolder(path: string): ScriptSource {
    requireShape('ScriptSource.fromFolder', struct({ path: knownText }), { path });
    const files = listFiles(path);
    const read = (file: string) =>
      files.includes(file) ? readFileSync(join(path, file), 'utf8') : undefined;
    return new ScriptSource(files, read, (scope) => {
      const folder = mkdtempSync(join(tmpdir(), 'script-'));
      try {
        const archive = join(folder, 'sourcedir.tar.gz');
        const tar = pack(path, files);
        writeFileSync(archive, gzipSync(tar, { level: 9 }));
        const asset = new Asset(scope, 'Script', {
          path: archive,
          // The hash is computed from the tar file, because gzip output differs between machines.
          assetHash: createHash('sha256').update(tar).digest('hex'),
        });
        return {
          location: DataLocation.fromBucket(asset.bucket, asset.s3ObjectKey),
          fileName: requireFileName(asset.s3ObjectKey),
        };
      } finally {
        // With `cdk --no-staging`, the CDK uploads this archive instead of a copy.
        if (!scope.node.tryGetContext(DISABLE_ASSET_STAGING_CONTEXT)) rmSync(folder, { recursive: true });
      }
    });
  }

  /**
   * A `.tar.gz` archive in Amazon S3, with the entry point at its root.
   *
   * @param archive the object; its file name must be known at synth
   * @throws Error named `TuningValidationError` if the object is not a `.tar.gz`, or its file name is a token
   */
  static fromArchive(archive: DataLocation): ScriptSource {
    requireShape('ScriptSource.fromArchive', struct({ archive: DATA_LOCATION }), { archive });
    const fileName = requireFileName(archive.uri);
    if (!/\.(tar\.gz|tgz)$/.test(fileName)) {
      throw validationError(
        `ScriptSource.fromArchive: must be a .tar.gz in Amazon S3, got ${JSON.stringify(archive.uri)}`,
      );
    }
    return new ScriptSource(undefined, undefined, () => ({ location: archive, fileName }));
  }

  private constructor(
    /**
     * Paths of the files; undefined if they are not known at synth.
     *
     * @internal
     */
    readonly _files: readonly string[] | undefined,
    /**
     * Reads a file; undefined if the files are not known at synth.
     *
     * @internal
     */
    readonly _read: ((file: string) => string | undefined) | undefined,
    /** @internal */
    readonly _bind: (scope: Construct) => BoundSource,
  ) {}
}

/** File name of an object. The training job finds the archive by this name. */
function requireFileName(key: string): string {
  const fileName = basename(key);
  if (!Token.isUnresolved(fileName)) return fileName;
  throw validationError(
    'ScriptSource: the name of the archive must be known at synth; with the legacy stack synthesizer, it is not',
  );
}

/** Paths of the files in a folder, sorted. */
function listFiles(folder: string): string[] {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw validationError(`ScriptSource.fromFolder: ${JSON.stringify(folder)} is not a folder`);
  }
  const files = filesBelow(folder).sort();
  const tooLong = files.find((file) => Buffer.byteLength(file) > LONGEST_PATH);
  if (tooLong !== undefined) {
    throw validationError(
      `ScriptSource.fromFolder: the path ${tooLong} is longer than the ${LONGEST_PATH} bytes that a tar archive supports`,
    );
  }
  return files;
}

function filesBelow(folder: string, prefix = ''): string[] {
  const entries = readdirSync(folder, { withFileTypes: true }).filter(({ name }) => !IGNORED.includes(name));
  return entries.flatMap((entry) => {
    const path = `${prefix}${entry.name}`;
    if (entry.isDirectory()) return filesBelow(join(folder, entry.name), `${path}/`);
    if (entry.isFile()) return [path];
    throw validationError(
      `ScriptSource.fromFolder: ${path} is neither a file nor a folder: links are not followed`,
    );
  });
}

/** Packs files reproducibly: the same files give the same bytes on every machine and at any time. */
function pack(folder: string, files: readonly string[]): Uint8Array {
  return createTar(
    files.map((name) => ({
      name,
      data: readFileSync(join(folder, name)),
      attrs: { mtime: 0, uid: 0, gid: 0, mode: name.endsWith('.sh') ? '755' : '644' },
    })),
  );
}
