import { createReadStream, createWriteStream } from 'node:fs';
import { link, mkdir, realpath, rm, symlink } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';

/** How skipped members of an archive are reported. */
interface ExtractOptions {
  /** Name of the target folder, as shown in notices. */
  readonly place: string;
  readonly onNotice: (text: string) => void;
}

/**
 * Unpacks an archive as SageMaker's training toolkit does. Names that point outside the folder are changed to paths
 * inside it. Devices and links to targets outside the folder are skipped and reported.
 */
export async function extractArchive(
  archive: string,
  folder: string,
  { place: placeName, onNotice }: ExtractOptions,
): Promise<void> {
  const entries = extract();
  entries.on('entry', (header, stream, next) => {
    const write = async () => {
      const name = nameInside(header.name);
      const what = `Skipping archive member '${header.name}'`;
      if (header.type === 'pax-global-header' || name === '') return;
      const path = join(folder, name);
      if (!(await isInside(dirname(path), folder))) {
        onNotice(`${what}: it leads out of the ${placeName}.`);
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
          onNotice(`${what}: link target '${target}' points outside the ${placeName}.`);
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

/** Removes the parts of a name that point outside a folder. */
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
