import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createXGBoostTrainer, type Trainer } from '../../src/training';
import { untilEnded } from '../until-ended';
import {
  defaultEnvironment,
  environments,
  failureReason,
  IMAGE,
  killablePython,
  runJob,
  SETUP_TIMEOUT,
  temporaryFolder,
  writeRegressionCsv,
} from './support';

let trainer: Trainer;
const train = [writeRegressionCsv(join(temporaryFolder(), 'train.csv'), 800, 5, 1)];
const BASE = { num_round: '20', objective: 'reg:squarederror', max_depth: '3', eta: '0.3' };

beforeAll(async () => {
  trainer = createXGBoostTrainer({ pythonFor: environments.forXGBoost, maxWorkers: 1 });
  await trainer.prepare?.({ trainingImage: IMAGE, hyperparameters: {} }, 1);
}, SETUP_TIMEOUT);
afterAll(() => trainer.close());

test('a stopped job ends at once, and saves its model only if requested', async () => {
  const stopAfterRound = async (more: Record<string, string>) => {
    const controller = new AbortController();
    const started = performance.now();
    const result = await runJob(
      trainer,
      { ...BASE, num_round: '1000000', ...more },
      { train },
      {
        signal: controller.signal,
        onLog: (line) => {
          if (line.startsWith('[5]')) {
            controller.abort();
          }
        },
      },
    );
    expect(performance.now() - started).toBeLessThan(30_000);
    expect(result.outcome).toEqual({ status: 'Stopped' });
    return existsSync(join(result.workFolder, 'model', 'xgboost-model'));
  };
  expect(await stopAfterRound({})).toBe(false);
  expect(await stopAfterRound({ save_model_on_termination: 'true' })).toBe(true);
  const aborted = await runJob(trainer, BASE, { train }, { signal: AbortSignal.abort() });
  expect(aborted.outcome).toEqual({ status: 'Stopped' });
});

test('a killed worker fails only its own job and is replaced; other jobs wait for a free worker', async () => {
  const own = createXGBoostTrainer({ pythonFor: environments.forXGBoost, maxWorkers: 1 });
  try {
    let killed = false;
    const victim = runJob(
      own,
      { ...BASE, num_round: '1000000' },
      { train },
      {
        onLog: (line) => {
          if (!killed && line.startsWith('[5]')) {
            killed = true;
            process.kill(youngestWorker(), 'SIGKILL');
          }
        },
      },
    );
    const waiting = runJob(own, BASE, { train });
    expect(failureReason((await victim).outcome)).toMatch(
      /^AlgorithmError: the training process was ended by signal SIGKILL \(the machine may have run out of memory\)[\s\S]*, exit code: 137$/,
    );
    expect((await waiting).outcome).toEqual({ status: 'Completed' });
  } finally {
    await own.close();
  }
});

test.each([
  [3, 'is replaced', /^not failed: Completed$/],
  [99, 'fails its job', /^InternalServerError: the training process was ended by signal SIGKILL/],
])('a worker that is killed %i times before it is ready %s', async (times, _what, result) => {
  const { python } = await defaultEnvironment();
  const { python: killed } = killablePython(
    python,
    `echo >> starts; if [ $(wc -l < starts) -le ${times} ]; then kill -9 $$; fi`,
  );
  const own = createXGBoostTrainer({
    pythonFor: async (...wanted) => ({ ...(await environments.forXGBoost(...wanted)), python: killed }),
    maxWorkers: 1,
  });
  try {
    expect(failureReason((await runJob(own, BASE, { train })).outcome)).toMatch(result);
  } finally {
    await own.close();
  }
});

test('a job that waits for a worker can be stopped, and the next waiting job still gets its turn', async () => {
  const own = createXGBoostTrainer({ pythonFor: environments.forXGBoost, maxWorkers: 1 });
  try {
    const [first, second] = [new AbortController(), new AbortController()];
    let started = () => undefined as unknown;
    const begun = new Promise((resolve) => {
      started = () => resolve(undefined);
    });
    const endless = { ...BASE, num_round: '1000000' };
    const running = runJob(own, endless, { train }, { signal: first.signal, onStart: () => void started() });
    await begun;
    let isBegun = false;
    const onStart = () => {
      isBegun = true;
    };
    const waiting = runJob(own, BASE, { train }, { signal: second.signal, onStart });
    const last = runJob(own, BASE, { train });
    await new Promise((resolve) => setTimeout(resolve, 100));
    second.abort();
    expect((await waiting).outcome).toEqual({ status: 'Stopped' });
    expect(isBegun).toBe(false);
    first.abort();
    expect((await running).outcome).toEqual({ status: 'Stopped' });
    expect((await last).outcome).toEqual({ status: 'Completed' });
  } finally {
    await own.close();
  }
});

test('Ctrl-C, which goes to every process of the terminal, does not end workers before their parent', async () => {
  const own = createXGBoostTrainer({ pythonFor: environments.forXGBoost, maxWorkers: 1 });
  try {
    let isInterrupted = false;
    const { outcome } = await runJob(
      own,
      { ...BASE, num_round: '2000' },
      { train },
      {
        onLog: (line) => {
          if (!isInterrupted && line.startsWith('[5]')) {
            isInterrupted = true;
            process.kill(youngestWorker(), 'SIGINT');
          }
        },
      },
    );
    expect(isInterrupted).toBe(true);
    expect(outcome).toEqual({ status: 'Completed' });
  } finally {
    await own.close();
  }
});

/** The process ID of the newest worker. */
function youngestWorker(): number {
  // The newest process does not always have the highest ID, because process IDs start again from the lowest after the
  // highest.
  const columns = ['-o', 'pid=,args=', '--sort=start_time'];
  const output = execFileSync('ps', [...columns, '--ppid', String(process.pid)], { encoding: 'utf8' });
  const workers = output.split('\n').filter((line) => line.includes('xgboost_worker.py'));
  return Number(workers.at(-1)?.trim().split(/\s+/)[0]);
}

test('workers end with their parent, even while they train', async () => {
  const script = join(__dirname, '../../python/xgboost_worker.py');
  const job = {
    op: 'train',
    job: 1,
    hyperparameters: { ...BASE, num_round: '10000000' },
    channels: [{ name: 'train', contentType: 'text/csv', files: train }],
    workFolder: temporaryFolder(),
    threads: 1,
  };
  // The parent sends the job, reads the first round and is killed.
  const parent = `
import json, os, subprocess, sys
worker = subprocess.Popen([sys.executable, sys.argv[1]], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
worker.stdin.write((sys.argv[2] + "\\n").encode()); worker.stdin.flush()
line = b""
while b"[3]" not in line:
    line = worker.stdout.readline()
    if not line or b'"Failed"' in line: sys.exit("no third round: " + str(line))
print(worker.pid, flush=True)
os._exit(0)`;
  const { python } = await defaultEnvironment();
  const output = execFileSync(python, ['-c', parent, script, JSON.stringify(job)], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    // The call is synchronous, so without a timeout, a script that waits forever would block all tests.
    timeout: 60_000,
  });
  await untilEnded(Number(output));
});

test('an environment that cannot be prepared fails the job with the reason', async () => {
  const own = createXGBoostTrainer({
    pythonFor: () => Promise.reject(new Error('no Python')),
    maxWorkers: 1,
  });
  expect(failureReason((await runJob(own, BASE, { train })).outcome)).toBe('InternalServerError: no Python');
  const broken = createXGBoostTrainer({
    pythonFor: async () => ({ python: '/no/such/python', pythonVersion: '3.12.0', xgboostVersion: '3.2.0' }),
    maxWorkers: 1,
  });
  expect(failureReason((await runJob(broken, BASE, { train })).outcome)).toMatch(
    /^InternalServerError: the training process could not be started: .*ENOENT/,
  );
});
