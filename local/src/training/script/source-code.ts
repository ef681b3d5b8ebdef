import { createReadStream, createWriteStream } from 'node:fs';
import { cp, mkdir, readdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import { joinInside } from '../../assembly/safe-path';
import { JobError, pathInFolder } from '../job-folder';

/**
 * Puts the code of a script-mode job where its container has it.
 *
 * @param source an archive (`.tar.gz`), or a folder with the code or with one such archive
 * @throws JobError when there is no such code, or it is not an archive, or leads out of its folder
 */
export async function placeSourceCode(source: string, codeFolder: string): Promise<void> {
  const state = await stat(source).catch(() => undefined);
  if (state === undefined) {
    throw new JobError(`ClientError: sagemaker_submit_directory: there is nothing at ${source}`);
  }
  const archive = state.isDirectory() ? await onlyArchive(source) : source;
  if (archive === undefined) {
    await cp(source, codeFolder, { recursive: true, dereference: true });
    return;
  }
  try {
    await extractArchive(archive, codeFolder);
  } catch (error) {
    if (error instanceof JobError) throw error;
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
  return name !== undefined && others.length === 0 && /\.(tar\.gz|tgz)$/.test(name)
    ? join(folder, name)
    : undefined;
}

async function extractArchive(archive: string, folder: string): Promise<void> {
  const entries = extract();
  entries.on('entry', (header, stream, next) => {
    const write = async () => {
      if (header.type === 'pax-global-header') return;
      if (header.type !== 'file' && header.type !== 'directory' && header.type !== 'contiguous-file') {
        throw new JobError(
          `ClientError: sagemaker_submit_directory: "${header.name}" is a ${header.type}, which local mode does ` +
            'not unpack: only files and folders',
        );
      }
      const path = placeOf(header.name, folder);
      if (header.type === 'directory') {
        await mkdir(path, { recursive: true });
        return;
      }
      await mkdir(dirname(path), { recursive: true });
      await pipeline(stream, createWriteStream(path, { mode: ((header.mode ?? 0) & 0o777) | 0o600 }));
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

function placeOf(name: string, folder: string): string {
  try {
    return joinInside(folder, name);
  } catch {
    throw new JobError(
      `ClientError: sagemaker_submit_directory: "${name}" in the archive leads out of its folder`,
    );
  }
}
