import { createReadStream, createWriteStream } from 'node:fs';
import { copyFile, cp, link, mkdir, open, readdir, realpath, rm, stat, symlink } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import { JobError, pathInFolder } from '../job-folder';

const ARCHIVE_NAME = /\.(tar\.gz|tgz)$/;

/** The first bytes of a gzip file. */
const GZIP = Buffer.from([0x1f, 0x8b]);

/**
 * Copies the code of a script-mode job to its path in the container.
 *
 * @param source an archive (`.tar.gz`), a script, or a folder that contains the code or one archive
 * @param onNotice receives notices about skipped members of the archive
 * @throws JobError when there is no such code, or the archive cannot be unpacked
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
    await extractArchive(archive, codeFolder, onNotice);
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

/** Archives may have any name: those of the CDK end with `.gz`. */
async function isGzip(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer } = await file.read(Buffer.alloc(GZIP.length));
    return buffer.equals(GZIP);
  } finally {
    await file.close();
  }
}

/**
 * Unpacks an archive like the training toolkit. Names that lead outside the folder are changed to paths
 * inside. Members that cannot be inside (a link that leads outside, a device) are skipped and reported.
 */
async function extractArchive(
  archive: string,
  folder: string,
  onNotice: (text: string) => void,
): Promise<void> {
  const entries = extract();
  entries.on('entry', (header, stream, next) => {
    const write = async () => {
      const name = nameInside(header.name);
      const what = `Skipping archive member '${header.name}'`;
      if (header.type === 'pax-global-header' || name === '') return;
      const path = join(folder, name);
      if (!(await isInside(dirname(path), folder))) {
        onNotice(`${what}: it leads out of the code directory.`);
      } else if (header.type === 'directory') {
        await mkdir(path, { recursive: true });
      } else if (header.type === 'file' || header.type === 'contiguous-file') {
        await mkdir(dirname(path), { recursive: true });
        await rm(path, { force: true });
        await pipeline(stream, createWriteStream(path, { mode: ((header.mode ?? 0) & 0o777) | 0o600 }));
      } else if (header.type === 'symlink' || header.type === 'link') {
        const target = header.linkname ?? '';
        const isHard = header.type === 'link';
        const place = resolve(isHard ? folder : dirname(path), target);
        if (!(await isInside(place, folder))) {
          onNotice(`${what}: link target '${target}' points outside the code directory.`);
          return;
        }
        await mkdir(dirname(path), { recursive: true });
        await (isHard ? link(place, path) : symlink(target, path));
      } else {
        onNotice(`${what}: special files are not supported.`);
      }
    };
    write().then(
      () => {
        stream.resume();
        next();
      },
      (error: Error) => entries.destroy(error),
    );
  });
  await pipeline(createReadStream(archive), createGunzip(), entries);
}

/** Removes the parts of a name that lead outside a folder. */
function nameInside(name: string): string {
  return name
    .replaceAll('\\', '/')
    .split('/')
    .filter((part) => part !== '' && part !== '.' && part !== '..')
    .join('/');
}

/** Whether a path is in a folder after resolving links. */
async function isInside(path: string, folder: string): Promise<boolean> {
  const root = await realpath(folder);
  let existing = path;
  let rest = '';
  for (;;) {
    const real = await realpath(existing).catch(() => undefined);
    if (real !== undefined) {
      const place = join(real, rest);
      return place === root || place.startsWith(`${root}/`);
    }
    rest = join(basename(existing), rest);
    existing = dirname(existing);
  }
}
