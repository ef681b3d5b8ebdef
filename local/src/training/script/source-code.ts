import { copyFile, cp, open, readdir, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { extractArchive } from '../extract-archive';
import { JobError, pathInFolder } from '../job-folder';

const ARCHIVE_NAME = /\.(tar\.gz|tgz)$/;

/** The first bytes of a gzip file. */
const GZIP = Buffer.from([0x1f, 0x8b]);

/**
 * Copies the code of a script-mode job to its path in the container.
 *
 * @param source an archive (`.tar.gz`), a script, or a folder that contains the code or one archive
 * @param onNotice receives notices about skipped members of the archive
 * @throws JobError when the source does not exist, or the archive cannot be unpacked
 */
export async function placeSourceCode(
  source: string,
  codeFolder: string,
  onNotice: (text: string) => void,
): Promise<void> {
  const state = await stat(source).catch(() => undefined);
  if (state === undefined) {
    throw new JobError(`ClientError: sagemaker_submit_directory: ${source} does not exist`);
  }
  const archive = state.isDirectory() ? await onlyArchive(source) : source;
  if (archive === undefined) {
    await cp(source, codeFolder, { recursive: true, dereference: true });
    return;
  }
  if (!ARCHIVE_NAME.test(archive) && !(await isGzip(archive))) {
    await copyFile(archive, join(codeFolder, basename(archive)));
    return;
  }
  try {
    await extractArchive(archive, codeFolder, { place: 'code directory', onNotice });
  } catch (error) {
    throw new JobError(
      `ClientError: sagemaker_submit_directory: cannot unpack ${archive} as .tar.gz: ${(error as Error).message}`,
    );
  }
}

/**
 * The local path for a `sagemaker_submit_directory` below `/opt/ml`.
 *
 * @returns undefined for any other value
 */
export function submitPath(directory: string, base: string): string | undefined {
  const path = resolve(pathInFolder(directory, base)); // resolves `..`
  return path === base || path.startsWith(`${base}/`) ? path : undefined;
}

async function onlyArchive(folder: string): Promise<string | undefined> {
  const [name, ...others] = await readdir(folder);
  return name !== undefined && others.length === 0 && ARCHIVE_NAME.test(name)
    ? join(folder, name)
    : undefined;
}

/** Recognizes an archive by its content, because it may have any name. For example, the CDK uses the ending `.gz`. */
async function isGzip(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer } = await file.read(Buffer.alloc(GZIP.length));
    return buffer.equals(GZIP);
  } finally {
    await file.close();
  }
}
