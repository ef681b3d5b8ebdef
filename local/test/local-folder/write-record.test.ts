import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import {
  createRecord,
  deleteRecord,
  flushRecord,
  writeRecord,
  writeRecordSoon,
} from '../../src/local-folder/write-record';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'write-record-'));
  file = join(folder, 'jobs', 'job.json');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const content = () => readFileSync(file, 'utf8');
const moment = () => new Promise((done) => setTimeout(done, 700));

test('replacing a record leaves no temporary files', () => {
  writeRecord(file, 'one');
  writeRecord(file, 'two');
  expect(content()).toBe('two');
  expect(readdirSync(join(folder, 'jobs'))).toEqual(['job.json']);
});

test('a record is created once', () => {
  expect(createRecord(file, 'one')).toBe(true);
  expect(createRecord(file, 'two')).toBe(false);
  expect(content()).toBe('one');
});

test('of several deferred changes, only the last is written', async () => {
  writeRecord(file, 'created');
  writeRecordSoon(file, () => 'first');
  writeRecordSoon(file, () => 'last');
  expect(content()).toBe('created');
  await moment();
  expect(content()).toBe('last');
  expect(readdirSync(join(folder, 'jobs'))).toEqual(['job.json']);
});

test('a deferred change never replaces a later one, and never restores a deleted record', async () => {
  writeRecord(file, 'created');
  writeRecordSoon(file, () => 'progress');
  writeRecord(file, 'ended');
  const other = join(folder, 'jobs', 'other.json');
  createRecord(other, 'created');
  writeRecordSoon(other, () => 'progress');
  deleteRecord(other);
  await moment();
  expect(content()).toBe('ended');
  expect(existsSync(other)).toBe(false);
});

test('flushed content replaces the record only when `place` is called, which also cancels deferred changes', async () => {
  writeRecord(file, 'created');
  const [placed, discarded] = await Promise.all([flushRecord(file, 'ended'), flushRecord(file, 'other')]);
  discarded.discard();
  writeRecordSoon(file, () => 'progress');
  expect(content()).toBe('created');
  placed.place();
  await moment();
  expect(content()).toBe('ended');
  expect(readdirSync(join(folder, 'jobs'))).toEqual(['job.json']);
});

test('a deferred change is dropped if its folder was deleted', async () => {
  writeRecord(file, 'created');
  writeRecordSoon(file, () => 'progress');
  rmSync(folder, { recursive: true });
  await moment();
  expect(existsSync(folder)).toBe(false);
});

test('new content of a record is on disk before it replaces the old content', () => {
  const script = `
    const { flushRecord, writeRecord, writeRecordSoon } = require('./local/src/local-folder/write-record');
    writeRecord(process.argv[1], 'one');
    flushRecord(process.argv[1], 'two').then(({ place }) => {
      place();
      writeRecordSoon(process.argv[1], () => 'three');
    });
    setTimeout(() => undefined, 700);`;
  const options = [
    '--require',
    './scripts/typescript.cjs',
    '--require',
    './local/test/local-folder/synced-files.cjs',
  ];
  const output = execFileSync(process.execPath, [...options, '-e', script, file], {
    cwd: resolve(__dirname, '../../..'),
    encoding: 'utf8',
  });
  expect(output.trim().split('\n')).toEqual(['job.json synced', 'job.json synced', 'job.json synced']);
  expect(content()).toBe('three');
});
