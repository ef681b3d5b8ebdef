import {
  closeSync,
  createReadStream,
  createWriteStream,
  fdatasync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { copyFile, open, readdir, readlink, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { createGzip, gzip } from 'node:zlib';
import { type Headers, type Pack, pack } from 'tar-stream';
import type { TrainingOutcome } from './trainer';

/**
 * The fastest compression level, because the next training job waits for the archive. Compared with the default level,
 * compressing an XGBoost model takes less than half the time, and the archive is an eighth larger.
 */
const COMPRESSION_LEVEL = 1;

/** For models of several megabytes, streams are more efficient with 64 KiB chunks than with the default of 16 KiB. */
const CHUNK_BYTES = 1 << 16;

/**
 * Maximum size of a folder that is packed in memory and compressed in one step. Larger folders use streams. For a model
 * of 170 kB, the streams took as much processor time as the compression itself.
 */
const IN_MEMORY_BYTES = 1 << 20;

/** With the maximum `memLevel`, zlib uses its largest tables, and compression takes a sixth less time. */
const COMPRESSION = { level: COMPRESSION_LEVEL, memLevel: 9 };

/**
 * Packs a job's `model/` folder into a compressed tar archive as SageMaker does, with the files at the root.
 * A symbolic link stays a link. If its target is outside the folder or missing, it will be broken after
 * unpacking. The same files give the same bytes. The archive is written to a temporary path and renamed, so
 * that it is never incomplete.
 *
 * @param modelFolder the folder to pack; an empty folder gives an empty archive
 * @param archive path of the archive, such as `.../output/model.tar.gz`
 * @param partial path for the incomplete archive, on the same disk as `archive`
 */
export async function writeModelArchive(
  modelFolder: string,
  archive: string,
  partial = `${archive}.${process.pid}.partial`,
): Promise<void> {
  try {
    const isSmall = sizeOf(modelFolder) <= IN_MEMORY_BYTES;
    await (isSmall ? writeAtOnce : writeInPieces)(modelFolder, partial);
    await rename(partial, archive);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}

async function writeAtOnce(folder: string, file: string): Promise<void> {
  const tar = pack();
  const [content] = await Promise.all([buffer(tar), fill(tar, folder)]);
  // The output buffer is large enough for the whole archive.
  const compressed = await promisify(gzip)(content, { ...COMPRESSION, chunkSize: content.length });
  const descriptor = openSync(file, 'w');
  try {
    writeFileSync(descriptor, compressed);
    await promisify(fdatasync)(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

async function writeInPieces(folder: string, file: string): Promise<void> {
  const tar = pack();
  const output = createWriteStream(file);
  const closed = new Promise<void>((resolve) => output.once('close', () => resolve()));
  try {
    // Adds entries while the archive is being written.
    await Promise.all([
      pipeline(tar, createGzip({ ...COMPRESSION, chunkSize: CHUNK_BYTES }), output),
      fill(tar, folder),
    ]);
  } finally {
    // Waits until the file is closed. After an error, the caller deletes the file. If the file were
    // still being opened, it would reappear.
    await closed;
  }
  const written = await open(file, 'r+');
  await written.sync();
  await written.close();
}

async function fill(tar: Pack, folder: string): Promise<void> {
  try {
    await addFolder(tar, folder, { root: folder, prefix: '' });
    tar.finalize();
  } catch (error) {
    tar.destroy(error as Error);
  }
}

/** The size of the files in a folder, in bytes. */
function sizeOf(folder: string): number {
  return readdirSync(folder)
    .map((name) => join(folder, name))
    .map((path) => ({ path, state: lstatSync(path) }))
    .reduce((sum, { path, state }) => sum + (state.isDirectory() ? sizeOf(path) : state.size), 0);
}

/**
 * Stores the results in a job's working folder where SageMaker would: `model/` as `model.tar.gz` (or as
 * separate files if compression is disabled), `output/data/` as `output.tar.gz`. A failed job keeps no model.
 * A stopped job keeps its model only if it saved any files. Empty output is not stored.
 *
 * @param target returns the path at which to store a file, given its name (an archive, or a file of the model)
 */
export async function storeOutputs(
  workFolder: string,
  status: TrainingOutcome['status'],
  target: (name: string) => string,
  compression: 'GZIP' | 'NONE' = 'GZIP',
): Promise<void> {
  const model = join(workFolder, 'model');
  const isKept = status === 'Completed' || (status === 'Stopped' && (await hasFiles(model)));
  if (isKept && compression === 'NONE') {
    for (const file of await filesBelow(model, 'model')) {
      // Copies to a temporary name in the working folder and renames the complete file, so that a killed process
      // leaves no partial file.
      const partial = join(workFolder, 'model-file.partial');
      await copyFile(join(workFolder, file), partial);
      await rename(partial, target(file));
    }
  } else if (isKept) {
    await writeModelArchive(model, target('model.tar.gz'), join(workFolder, 'model.tar.gz'));
  }
  const data = join(workFolder, 'output', 'data');
  if (await hasFiles(data)) {
    await writeModelArchive(data, target('output.tar.gz'), join(workFolder, 'output.tar.gz'));
  }
}

/**
 * Paths of all files in a folder, each with a prefix. S3 has no links: the target of a symbolic link is
 * stored under the link's name. Broken links and links to an enclosing folder are skipped.
 */
async function filesBelow(folder: string, prefix: string, around: readonly string[] = []): Promise<string[]> {
  const here = await realpath(folder);
  if (around.includes(here)) return [];
  const entries = (await readdir(folder)).sort();
  const found = await Promise.all(
    entries.map(async (name) => {
      const path = join(folder, name);
      const state = await stat(path).catch(() => undefined);
      if (state?.isDirectory()) return filesBelow(path, `${prefix}/${name}`, [...around, here]);
      return state?.isFile() ? [`${prefix}/${name}`] : [];
    }),
  );
  return found.flat();
}

async function hasFiles(folder: string): Promise<boolean> {
  return (await readdir(folder).catch(() => [])).length > 0;
}

/** The folder to pack, and the prefix that its files get in the archive. */
interface Place {
  readonly root: string;
  readonly prefix: string;
}

async function addFolder(tar: Pack, folder: string, { root, prefix }: Place): Promise<void> {
  for (const name of readdirSync(folder).sort()) {
    const path = join(folder, name);
    const state = lstatSync(path);
    const header = { name: prefix + name, mtime: new Date(0), uid: 0, gid: 0 };
    if (state.isDirectory()) {
      await addEntry(tar, { ...header, name: `${header.name}/`, type: 'directory', mode: 0o755 });
      await addFolder(tar, path, { root, prefix: `${header.name}/` });
    } else if (state.isSymbolicLink()) {
      await addEntry(tar, {
        ...header,
        type: 'symlink',
        linkname: await linkTarget(path, root),
        mode: 0o777,
      });
    } else if (state.isFile() && state.size <= IN_MEMORY_BYTES) {
      await addEntry(tar, { ...header, mode: 0o644 }, readFileSync(path));
    } else if (state.isFile()) {
      const entry = tar.entry({ ...header, size: state.size, mode: 0o644 });
      await pipeline(createReadStream(path, { highWaterMark: CHUNK_BYTES }), entry);
    }
  }
}

/**
 * The target of a link. An absolute path inside the packed folder becomes relative, so that it works wherever
 * the archive is unpacked.
 */
async function linkTarget(path: string, root: string): Promise<string> {
  const target = await readlink(path);
  const isWithin = isAbsolute(target) && !relative(root, target).startsWith('..');
  return isWithin ? relative(dirname(path), target) || '.' : target;
}

function addEntry(tar: Pack, header: Headers, content?: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    tar.entry(header, content, (error) => (error ? reject(error) : resolve()));
  });
}
