import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { storeOutputs, writeModelArchive } from '../../src/training';
import { temporaryFolder } from './support';

function modelFolder(): string {
  const folder = join(temporaryFolder(), 'model');
  mkdirSync(join(folder, 'code'), { recursive: true });
  writeFileSync(join(folder, 'xgboost-model'), Buffer.alloc(100_000, 7));
  writeFileSync(join(folder, 'code', 'inference.py'), 'pass\n');
  return folder;
}

test('the archive has the model at its root and can be read by tar', async () => {
  const folder = temporaryFolder();
  const archive = join(folder, 'model.tar.gz');
  await writeModelArchive(modelFolder(), archive);
  expect(execFileSync('tar', ['-tzf', archive], { encoding: 'utf8' }).trim().split('\n')).toEqual([
    'code/',
    'code/inference.py',
    'xgboost-model',
  ]);
  execFileSync('tar', ['-xzf', archive, '-C', folder]);
  expect(readFileSync(join(folder, 'xgboost-model')).equals(Buffer.alloc(100_000, 7))).toBe(true);
});

test('equal files give the same bytes, whatever their modification time', async () => {
  const [first, second] = [modelFolder(), modelFolder()];
  utimesSync(join(second, 'xgboost-model'), 1, 1);
  const out = temporaryFolder();
  await writeModelArchive(first, join(out, 'a'));
  await writeModelArchive(second, join(out, 'b'));
  expect(readFileSync(join(out, 'a')).equals(readFileSync(join(out, 'b')))).toBe(true);
});

/** A model folder with links of every kind, and a file outside the folder. */
function modelFolderWithLinks(): { work: string; links: Record<string, string> } {
  const work = temporaryFolder();
  const model = join(work, 'model');
  mkdirSync(join(model, 'code'), { recursive: true });
  writeFileSync(join(model, 'weights'), 'weights');
  writeFileSync(join(work, 'outside'), 'outside');
  const links = {
    latest: 'weights',
    absolute: join(model, 'weights'),
    dangling: 'no-such-file',
    leaving: join(work, 'outside'),
    loop: 'loop',
    'code/parent': '..',
  };
  for (const [name, target] of Object.entries(links)) symlinkSync(target, join(model, name));
  return { work, links };
}

test('links are stored as links in the archive, whatever their target', async () => {
  const { work, links } = modelFolderWithLinks();
  const out = temporaryFolder();
  await storeOutputs(work, 'Completed', (name) => join(out, name));
  execFileSync('tar', ['-xzf', join(out, 'model.tar.gz'), '-C', out]);
  for (const [name, target] of Object.entries({ ...links, absolute: 'weights' })) {
    expect([name, lstatSync(join(out, name)).isSymbolicLink()]).toEqual([name, true]);
    expect([name, readlinkSync(join(out, name))]).toEqual([name, target]);
  }
  expect(readFileSync(join(out, 'absolute'), 'utf8')).toBe('weights');
});

test('an uncompressed model contains the targets of links instead of the links', async () => {
  const { work } = modelFolderWithLinks();
  const stored: string[] = [];
  const out = temporaryFolder();
  await storeOutputs(
    work,
    'Completed',
    (name) => {
      stored.push(name);
      return join(out, name.replaceAll('/', '-'));
    },
    'NONE',
  );
  expect(stored.sort()).toEqual(['model/absolute', 'model/latest', 'model/leaving', 'model/weights']);
  expect(readFileSync(join(out, 'model-leaving'), 'utf8')).toBe('outside');
});

test('a failure leaves no files', async () => {
  const out = temporaryFolder();
  // Creates many archives at once, because the timing of threads decides whether a file is opened before or
  // after the failure.
  const archives = Array.from({ length: 50 }, (_, index) => join(out, `${index}.tar.gz`));
  const written = await Promise.allSettled(
    archives.map((archive) => writeModelArchive(join(out, 'no-such-folder'), archive)),
  );
  expect(written.map(({ status }) => status)).toEqual(archives.map(() => 'rejected'));
  await setTimeout(50);
  expect(readdirSync(out)).toEqual([]);
});

test('an error of the disk is the failure reason', () => {
  const folder = temporaryFolder();
  const model = join(folder, 'model');
  mkdirSync(model);
  writeFileSync(join(model, 'weights'), randomBytes(4 << 20));
  // A limit on the file size simulates a full disk without root permissions.
  const limited = `trap '' XFSZ; ulimit -f 1024; exec "$@"`;
  const source = `
    const { writeModelArchive } = require(${JSON.stringify(require.resolve('../../src/training'))});
    writeModelArchive(${JSON.stringify(model)}, ${JSON.stringify(`${model}.tar.gz`)}).catch((error) => console.log(error.code));`;
  const node = [process.execPath, '--require', require.resolve('ts-node/register'), '--eval', source];
  const printed = execFileSync('/bin/bash', ['-c', limited, 'bash', ...node], {
    cwd: __dirname,
    encoding: 'utf8',
  });
  expect(printed).toBe('EFBIG\n');
  expect(readdirSync(folder)).toEqual(['model']);
});

test('a failed job stores its output data, but no model', async () => {
  const work = temporaryFolder();
  for (const folder of ['model', 'output/data']) {
    mkdirSync(join(work, folder), { recursive: true });
    writeFileSync(join(work, folder, 'file'), 'x');
  }
  const out = temporaryFolder();
  await storeOutputs(work, 'Failed', (name) => join(out, name));
  expect(readdirSync(out)).toEqual(['output.tar.gz']);
  await storeOutputs(work, 'Stopped', (name) => join(out, name));
  expect(readdirSync(out)).toEqual(['model.tar.gz', 'output.tar.gz']);
});

test('a file of an uncompressed model atomically replaces an earlier file', async () => {
  const work = temporaryFolder();
  mkdirSync(join(work, 'model'));
  writeFileSync(join(work, 'model', 'xgboost-model'), 'new');
  const out = join(temporaryFolder(), 'model');
  mkdirSync(out);
  writeFileSync(join(out, 'xgboost-model'), 'old');
  const reader = openSync(join(out, 'xgboost-model'), 'r');
  try {
    await storeOutputs(work, 'Completed', (name) => join(out, '..', name), 'NONE');
    // A reader that opened the old file still sees it unmodified.
    expect(readFileSync(reader, 'utf8')).toBe('old');
  } finally {
    closeSync(reader);
  }
  expect(readFileSync(join(out, 'xgboost-model'), 'utf8')).toBe('new');
  expect(readdirSync(out)).toEqual(['xgboost-model']);
});
