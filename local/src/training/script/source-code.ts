import { createReadStream, createWriteStream } from 'node:fs';
import { copyFile, cp, link, mkdir, open, readdir, realpath, rm, stat, symlink } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import { JobError, pathInFolder } from '../job-folder';

const ARCHIVE_NAME = /\.(tar\.gz|tgz)$/;

/** The first bytes of what gzip writes. */
const GZIP = Buffer.from([0x1f, 0x8b]);

/**
 * Puts the code of a script-mode job where its container has it.
 *
 * @param source an archive (`.tar.gz`), a script, or a folder with the code or with one such archive
 * @param onNotice takes what is said of members of the archive that are left out
 * @throws JobError when there is no such code, or the archive cannot be unpacked
 */
export async function placeSourceCode(
  source: string,
  codeFolder: string,
  onNotice: (text: string) => void,
): Promise<void> {
  const state = await stat(source).catch(() => undefined);
  if (state === undefined) {
    throw new JobError(`ClientError: sagemaker_submit_directory: there is nothing at ${source}`);
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
      `ClientError: sagemaker_submit_directory: ${archive} cannot be unpacked as .tar.gz: ${(error as Error).message}`,
    );
  }
}

/**
 * The path on this machine of what `sagemaker_submit_directory` names below `/opt/ml`.
 *
 * @returns undefined for anything else
 */
export function submitPath(directory: string, base: string): string | undefined {
  const path = resolve(pathInFolder(directory, base)); // which takes `..` away
  return path === base || path.startsWith(`${base}/`) ? path : undefined;
}

async function onlyArchive(folder: string): Promise<string | undefined> {
  const [name, ...others] = await readdir(folder);
  return name !== undefined && others.length === 0 && ARCHIVE_NAME.test(name)
    ? join(folder, name)
    : undefined;
}

/** An archive may have any name: CDK's end in `.gz`. */
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
 * Unpacks an archive as the training toolkit does: a name that would lead out of the folder is made one inside, and
 * what cannot be inside (a link that leads out, a device) is left out and named.
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

/** The name without what would lead out of a folder. */
function nameInside(name: string): string {
  return name
    .replaceAll('\\', '/')
    .split('/')
    .filter((part) => part !== '' && part !== '.' && part !== '..')
    .join('/');
}

/** Whether a path is in a folder, whatever links lead there. */
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
