import * as fs from 'node:fs';
import * as path from 'node:path';
import { openJobs, readJobs } from '../../src/services';
import { closeServices, noNotice, temporaryRoot } from './helpers';

afterEach(closeServices);

const NOBODY = 2 ** 22 + 1; // higher than any process ID on Linux
const times = { CreationTime: 1, LastModifiedTime: 2 };

/** Running jobs of a process that cannot be seen: it was killed, or it runs in another container. */
const JOBS = {
  training: {
    TrainingJobName: 'job',
    TrainingJobStatus: 'InProgress',
    SecondaryStatus: 'Training',
    SecondaryStatusTransitions: [{ Status: 'Training', StartTime: 1 }],
    ...times,
  },
  automl: { AutoMLJobName: 'job', AutoMLJobStatus: 'InProgress', ...times },
  transform: { TransformJobName: 'job', TransformJobStatus: 'InProgress', ...times },
};
const KINDS = Object.keys(JOBS) as (keyof typeof JOBS)[];

function rootWithJobs(): string {
  const root = temporaryRoot();
  for (const [kind, description] of Object.entries(JOBS)) {
    const folder = path.join(root, 'sagemaker', `${kind}-jobs`);
    fs.mkdirSync(folder, { recursive: true });
    const record = { name: 'job', processId: NOBODY, tags: [], candidates: [], description };
    fs.writeFileSync(path.join(folder, 'job.json'), JSON.stringify(record));
    fs.writeFileSync(path.join(folder, `.${NOBODY}.0a.tmp`), '{');
  }
  for (const name of ['job', 'job.automl', 'job.transform']) {
    fs.mkdirSync(path.join(root, 'work', name), { recursive: true });
  }
  return root;
}

/** All files and folders below a folder, with the contents of the files. */
function snapshot(root: string): string[] {
  return (fs.readdirSync(root, { recursive: true }) as string[]).sort().map((name) => {
    const file = path.join(root, name);
    return fs.statSync(file).isDirectory() ? name : `${name}: ${fs.readFileSync(file, 'utf8')}`;
  });
}

test('reading shows the jobs of other processes as interrupted, and changes no file', () => {
  const root = rootWithJobs();
  const before = snapshot(root);
  const jobs = readJobs(root, noNotice);
  for (const kind of KINDS) {
    expect(jobs[kind].list()).toMatchObject([{ name: 'job', isInterrupted: true }]);
    expect(jobs[kind].get('job')).toMatchObject({ isInterrupted: true });
  }
  expect(snapshot(root)).toEqual(before);
});

test('starting records the same ends that reading shows, and deletes the working folders', () => {
  const root = rootWithJobs();
  const read = readJobs(root, noNotice);
  openJobs(root, noNotice);
  const again = readJobs(root, noNotice);
  for (const kind of KINDS) expect(again[kind].list()).toEqual(read[kind].list());
  expect(fs.readdirSync(path.join(root, 'work'))).toEqual([]);
});

test('reading creates no folders', () => {
  const root = temporaryRoot();
  expect(readJobs(root, noNotice).training.list()).toEqual([]);
  expect(fs.readdirSync(root)).toEqual([]);
});
