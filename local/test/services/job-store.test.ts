import * as fs from 'node:fs';
import * as path from 'node:path';
import { type JobRecord, JobStore } from '../../src/services/sagemaker/jobs/job-store';
import { closeServices, noNotice, temporaryRoot } from './helpers';

afterEach(closeServices);

interface TestRecord extends JobRecord {
  readonly status: string;
}

const record = (name: string, status = 'InProgress', processId = process.pid): TestRecord => ({
  name,
  processId,
  status,
});

test('each state of a job is stored completely, and listeners are called', () => {
  const folder = temporaryRoot();
  const store = new JobStore<TestRecord>(folder, noNotice);
  const seen: string[] = [];
  const unfollow = store.onChange(({ status }) => seen.push(status));
  store.create(record('Job'));
  store.update('Job', (job) => ({ ...job, status: 'Completed' }));
  unfollow();
  store.update('Job', (job) => ({ ...job, status: 'Unseen' }));
  expect(seen).toEqual(['InProgress', 'Completed']);
  expect(fs.readdirSync(folder)).toEqual(['job.json']);
  expect(new JobStore<TestRecord>(folder, noNotice).get('JOB')).toEqual(record('Job', 'Unseen'));
});

test('only one of two processes can use a name, and each sees the jobs of the other', () => {
  const folder = temporaryRoot();
  const [mine, theirs] = [
    new JobStore<TestRecord>(folder, noNotice),
    new JobStore<TestRecord>(folder, noNotice),
  ];
  const otherProcess = process.pid + 1;
  expect(theirs.create(record('job', 'InProgress', otherProcess))).toBe(true);
  expect(mine.create(record('JOB', 'Mine'))).toBe(false);
  expect(mine.get('job')?.status).toBe('InProgress');
  theirs.update('job', (job) => ({ ...job, status: 'Completed' }));
  expect(mine.get('job')?.status).toBe('Completed');
});

test('listOwn returns the jobs that this run created, even if an earlier run had the same process ID', () => {
  const folder = temporaryRoot();
  // In a container, all runs can have the same process ID.
  new JobStore<TestRecord>(folder, noNotice).create(record('earlier'));
  const store = new JobStore<TestRecord>(folder, noNotice);
  store.create(record('mine'));
  expect(store.listOwn().map(({ name }) => name)).toEqual(['mine']);
  expect(store.list().map(({ name }) => name)).toEqual(['earlier', 'mine']);
});

test('an unreadable record is renamed unchanged, with a notice; the other records are listed', () => {
  const folder = temporaryRoot();
  new JobStore<TestRecord>(folder, noNotice).create(record('good'));
  fs.writeFileSync(path.join(folder, 'bad.json'), '{');
  const notices: string[] = [];
  const store = new JobStore<TestRecord>(folder, (text) => notices.push(text));
  expect(store.list()).toEqual([record('good')]);
  expect(notices).toEqual([
    expect.stringMatching(/^The record .*bad.json cannot be read .* renamed to .*bad.json.unreadable;/),
  ]);
  expect(fs.readFileSync(path.join(folder, 'bad.json.unreadable'), 'utf8')).toBe('{');
  expect(new JobStore<TestRecord>(folder, noNotice).list()).toEqual([record('good')]);
});

test.each(['../x', 'a/b', ''])('"%s" is not a job', (name) => {
  expect(new JobStore(temporaryRoot(), noNotice).get(name)).toBeUndefined();
});
