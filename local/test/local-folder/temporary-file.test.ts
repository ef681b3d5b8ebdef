import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ExecutionStore } from '../../src/executions/executions';
import { temporaryFile } from '../../src/local-folder/temporary-file';
import { openJobs } from '../../src/services';
import { BucketStore } from '../../src/services/s3/bucket-store';
import { temporaryFolder } from '../end-to-end/support';

const KILLED = spawnSync(process.execPath, ['--version']).pid;
let running: ChildProcess;

beforeAll(() => {
  running = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
});

afterAll(() => running.kill());

/** The temporary files of a killed process, of a running process and of this process, in a folder below a root. */
function leaveFiles(...folders: readonly string[]): { root: string; left: () => string[]; kept: string[] } {
  const root = temporaryFolder();
  const folder = join(root, ...folders);
  mkdirSync(folder, { recursive: true });
  const [killed, other] = [KILLED, running.pid].map((processId) =>
    temporaryFile(folder).replace(`.${process.pid}.`, `.${processId}.`),
  );
  const files = [killed, other, temporaryFile(folder)] as string[];
  for (const file of files) writeFileSync(file, '{');
  const kept = files.slice(1).map((file) => file.slice(folder.length + 1));
  return { root, left: () => readdirSync(folder).filter((name) => name.endsWith('.tmp')), kept };
}

describe('temporary files of killed processes are removed, but not those of running ones', () => {
  test('next to the records of jobs', () => {
    const { root, left, kept } = leaveFiles('sagemaker', 'training-jobs');
    openJobs(root, () => undefined);
    expect(left().sort()).toEqual([...kept].sort());
  });

  test('of uploads to a bucket', () => {
    const { root, left, kept } = leaveFiles('s3', '.uploads');
    new BucketStore(join(root, 's3'), undefined as never);
    expect(left().sort()).toEqual([...kept].sort());
  });

  test('in the folder of an execution that was interrupted', () => {
    const { root, left, kept } = leaveFiles('executions', 'night');
    const record = {
      name: 'night',
      arn: 'arn:night',
      status: 'RUNNING',
      processId: KILLED,
      startDate: '2026',
    };
    writeFileSync(join(root, 'executions', 'night', 'execution.json'), JSON.stringify(record));
    new ExecutionStore(root, () => undefined).endInterrupted();
    expect(left().sort()).toEqual([...kept].sort());
  });
});
