import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { JobLog } from '../../src/services/sagemaker/jobs/job-log';
import { closeServices, temporaryRoot } from './helpers';

afterEach(closeServices);

test('log lines that arrive together are written in one write, in order', () => {
  const root = temporaryRoot();
  const log = JobLog.open(root, 'job');
  log.write('one');
  log.write('two');
  log.close();
  expect(readFileSync(join(root, 'logs', 'job.log'), 'utf8')).toBe('one\ntwo\n');
});

test('the error for a full disk contains the path of the log', () => {
  const root = temporaryRoot();
  const file = join(root, 'logs', 'job.log');
  mkdirSync(join(root, 'logs'));
  symlinkSync('/dev/full', file);
  const log = JobLog.open(root, 'job');
  log.write('one');
  expect(() => log.close()).toThrow(`ENOSPC: no space left on device, write '${file}'`);
});
