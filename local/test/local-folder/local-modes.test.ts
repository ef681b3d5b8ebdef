import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  aloneIn,
  enterRoot,
  forgetKilled,
  isLocalModeRunning,
  othersIn,
  thisProcess,
} from '../../src/local-folder/local-modes';
import { startOf } from '../../src/local-folder/process-alive';

const NOBODY = 2 ** 22 + 1; // higher than any process ID on Linux
let root: string;
let processes: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'local-modes-'));
  processes = join(root, 'processes');
  mkdirSync(processes);
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

test('other running local modes are reported, but not this process or killed processes', () => {
  const leave = enterRoot(root);
  writeFileSync(join(processes, String(process.ppid)), startOf(process.ppid) ?? '');
  writeFileSync(join(processes, String(NOBODY)), '');
  expect(othersIn(root)).toEqual([process.ppid]);
  expect(readdirSync(processes)).toHaveLength(3);
  forgetKilled(root);
  expect(readdirSync(processes).sort()).toEqual([process.pid, process.ppid].map(String).sort());
  leave();
  expect(existsSync(join(processes, String(process.pid)))).toBe(false);
});

test('a process that got the ID of a killed local mode is not taken for a local mode', () => {
  const file = join(processes, String(process.ppid));
  writeFileSync(file, 'started before the machine was');
  expect(isLocalModeRunning(root, { processId: process.ppid })).toBe(false);
  expect(othersIn(root)).toEqual([]);
  expect(existsSync(file)).toBe(true);
  forgetKilled(root);
  expect(existsSync(file)).toBe(false);
});

test('a process is identified by its ID and its start time', () => {
  const running = thisProcess();
  expect(isLocalModeRunning(root, running)).toBe(true);
  expect(isLocalModeRunning(root, { ...running, processStart: 'other' })).toBe(false);
  expect(isLocalModeRunning(root, { processId: process.pid })).toBe(false);
  expect(isLocalModeRunning(root, { ...running, processId: NOBODY })).toBe(false);
  expect(isLocalModeRunning(root, { processId: process.ppid })).toBe(true);
});

test('only one local mode resumes at a time, and the lock of a killed local mode is ignored', () => {
  const lock = join(processes, 'lock');
  writeFileSync(lock, String(process.ppid));
  expect(() => aloneIn(root, () => 'done')).toThrow(
    `Another instance of local mode (process ${process.ppid}) is resuming what was interrupted in ${root}.`,
  );
  writeFileSync(lock, ''); // another local mode has created the lock file, but has not yet written its process ID
  expect(() => aloneIn(root, () => 'done')).toThrow(
    `Another instance of local mode is resuming what was interrupted in ${root}.`,
  );
  writeFileSync(lock, `${process.ppid} started before the machine was`);
  expect(aloneIn(root, () => 'done')).toBe('done');
  writeFileSync(lock, String(NOBODY));
  expect(aloneIn(root, () => 'done')).toBe('done');
  expect(() => aloneIn(root, () => fail())).toThrow('did not work');
  expect(existsSync(lock)).toBe(false);
});

function fail(): never {
  throw new Error('did not work');
}
