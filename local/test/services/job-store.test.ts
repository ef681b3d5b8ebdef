import * as fs from 'node:fs';
import * as path from 'node:path';
import { type JobRecord, JobStore } from '../../src/services/sagemaker/jobs/job-store';
import { closeServices, temporaryRoot } from './helpers';

afterEach(closeServices);

interface TestRecord extends JobRecord {
  readonly status: string;
}

const record = (name: string, status = 'InProgress', processId = process.pid): TestRecord => ({
  name,
  processId,
  status,
});

test('each state of a job is a whole file, and listeners follow it', () => {
  const folder = temporaryRoot();
  const store = new JobStore<TestRecord>(folder);
  const seen: string[] = [];
  const unfollow = store.onChange(({ status }) => seen.push(status));
  store.create(record('Job'));
  store.update('Job', (job) => ({ ...job, status: 'Completed' }));
  unfollow();
  store.update('Job', (job) => ({ ...job, status: 'Unseen' }));
  expect(seen).toEqual(['InProgress', 'Completed']);
  expect(fs.readdirSync(folder)).toEqual(['job.json']);
  expect(new JobStore<TestRecord>(folder).get('JOB')).toEqual(record('Job', 'Unseen'));
});

test('of two processes only one gets a name, and each sees the jobs of the other', () => {
  const folder = temporaryRoot();
  const [mine, theirs] = [new JobStore<TestRecord>(folder), new JobStore<TestRecord>(folder)];
  const otherProcess = process.pid + 1;
  expect(theirs.create(record('job', 'InProgress', otherProcess))).toBe(true);
  expect(mine.create(record('JOB', 'Mine'))).toBe(false);
  expect(mine.get('job')?.status).toBe('InProgress');
  theirs.update('job', (job) => ({ ...job, status: 'Completed' }));
  expect(mine.get('job')?.status).toBe('Completed');
});

test('the jobs of this run are those that it has created, whatever the process is called', () => {
  const folder = temporaryRoot();
  // In a container every run may have the same process id.
  new JobStore<TestRecord>(folder).create(record('earlier'));
  const store = new JobStore<TestRecord>(folder);
  store.create(record('mine'));
  expect(store.listOwn().map(({ name }) => name)).toEqual(['mine']);
  expect(store.list().map(({ name }) => name)).toEqual(['earlier', 'mine']);
});

test('a record that cannot be read is named and stays as it is', () => {
  const folder = temporaryRoot();
  fs.writeFileSync(path.join(folder, 'bad.json'), '{');
  expect(() => new JobStore(folder)).toThrow(/bad.json cannot be read .*: repair or remove it$/);
  expect(fs.readFileSync(path.join(folder, 'bad.json'), 'utf8')).toBe('{');
});

test.each(['../x', 'a/b', ''])('"%s" is no job', (name) => {
  expect(new JobStore(temporaryRoot()).get(name)).toBeUndefined();
});
