import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import {
  createRecord,
  deleteRecord,
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
const moment = () => new Promise((done) => setTimeout(done, 300));

test('a record is replaced, without leaving other files', () => {
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

test('of changes that may be lost the last one arrives', async () => {
  writeRecord(file, 'created');
  writeRecordSoon(file, 'first');
  writeRecordSoon(file, 'last');
  expect(content()).toBe('created');
  await moment();
  expect(content()).toBe('last');
  expect(readdirSync(join(folder, 'jobs'))).toEqual(['job.json']);
});

test('a change that waits never replaces a later one, nor brings back a record that was deleted', async () => {
  writeRecord(file, 'created');
  writeRecordSoon(file, 'progress');
  writeRecord(file, 'ended');
  const other = join(folder, 'jobs', 'other.json');
  createRecord(other, 'created');
  writeRecordSoon(other, 'progress');
  deleteRecord(other);
  await moment();
  expect(content()).toBe('ended');
  expect(existsSync(other)).toBe(false);
});

test('a change that waits for a folder that is gone is dropped', async () => {
  writeRecord(file, 'created');
  writeRecordSoon(file, 'progress');
  rmSync(folder, { recursive: true });
  await moment();
  expect(existsSync(folder)).toBe(false);
});

test('the disk has the content of a record before the record has its name', () => {
  const script = `
    const { createRecord, writeRecord, writeRecordSoon } = require('./local/src/local-folder/write-record');
    createRecord(process.argv[1], 'one');
    writeRecord(process.argv[1], 'two');
    writeRecordSoon(process.argv[1], 'three');
    setTimeout(() => undefined, 300);`;
  const options = [
    '--require',
    'ts-node/register',
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
