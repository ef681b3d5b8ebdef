import { execFileSync } from 'node:child_process';
import { readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createXGBoostTrainer, type Trainer } from '../../src/training';
import { untilEnded } from '../until-ended';
import {
  environments,
  failureReason,
  runJob,
  SETUP_TIMEOUT,
  temporaryFolder,
  writeRegressionCsv,
} from './support';

const BASE = { num_round: '20', objective: 'reg:squarederror', max_depth: '3', eta: '0.3' };
const ENDLESS = { ...BASE, num_round: '10000000' };
const describeOnLinux = process.platform === 'linux' ? describe : describe.skip;

describeOnLinux('jobs that fork from the process with their data', () => {
  let trainer: Trainer;
  let train: string[];
  let validation: string[];

  beforeAll(async () => {
    trainer = createXGBoostTrainer({ pythonFor: environments.forXGBoost, maxWorkers: 3, forkedBytes: 0 });
    const folder = temporaryFolder();
    train = [writeRegressionCsv(join(folder, 'train.csv'), 3000, 8, 1)];
    validation = [writeRegressionCsv(join(folder, 'validation.csv'), 500, 8, 2)];
  }, SETUP_TIMEOUT);
  afterAll(() => trainer.close());

  /** A job that trains until it is stopped. */
  function startEndless(hyperparameters: Record<string, string> = ENDLESS) {
    const abort = new AbortController();
    let onRound: () => void = () => undefined;
    const isTraining = new Promise<void>((resolve) => {
      onRound = resolve;
    });
    const onLog = (line: string) => {
      if (line.startsWith('[3]')) onRound();
    };
    const ended = runJob(trainer, hyperparameters, { train }, { signal: abort.signal, onLog });
    return { isTraining, ended, stop: () => abort.abort() };
  }

  test('train the same models as jobs that load their data themselves, whatever data is cached', async () => {
    const own = createXGBoostTrainer({ pythonFor: environments.forXGBoost, maxWorkers: 1 });
    try {
      const changes: Record<string, string>[] = [
        { tree_method: 'hist' },
        { tree_method: 'hist', max_bin: '16', subsample: '0.7' },
        { tree_method: 'exact' },
        { tree_method: 'approx' },
        { booster: 'dart', rate_drop: '0.3' },
        { booster: 'gblinear', updater: 'coord_descent' },
        { csv_weights: '1' },
      ];
      const model = (folder: string) => readFileSync(join(folder, 'model', 'xgboost-model'));
      // XGBoost's warnings are not compared, because they contain the time, and a warm worker prints a warning at most
      // once a second.
      const isWarning = (line: string) => line.includes('WARNING: ');
      const printed = (log: string[]) => log.filter((line) => line.startsWith('[') && !isWarning(line));
      const withoutTime = (log: string[]) =>
        printed(log).map((line) => line.replace(/^\[\d{4}[^\]]*\]|[\d.]+ s/g, ''));
      for (const threads of [1, 2]) {
        for (const change of changes) {
          const [forked, alone] = await Promise.all(
            [trainer, own].map((each) =>
              runJob(each, { ...BASE, ...change }, { train, validation }, { threads }),
            ),
          );
          expect([forked?.outcome, alone?.outcome]).toEqual([
            { status: 'Completed' },
            { status: 'Completed' },
          ]);
          expect(forked?.log.some(isWarning)).toBe(change.booster === 'gblinear');
          expect(withoutTime(forked?.log ?? [])).toEqual(withoutTime(alone?.log ?? []));
          expect(model(forked?.workFolder ?? '')).toEqual(model(alone?.workFolder ?? ''));
        }
      }
    } finally {
      await own.close();
    }
  });

  test('read shared data only once, whether they run in parallel or one after the other', async () => {
    const folder = temporaryFolder();
    const file = writeRegressionCsv(join(folder, 'data.csv'), 500, 4, 3);
    utimesSync(file, 1, 1);
    const job = () => runJob(trainer, BASE, { train: [file] });
    const [first, ...others] = await Promise.all([job(), job(), job()]);
    // The content changes, but the size and modification time stay the same. A job that read the file again would get
    // other values.
    writeFileSync(file, readFileSync(file, 'utf8').replace(/^./gm, '7'));
    utimesSync(file, 1, 1);
    const last = (log: string[] = []) => log.filter((line) => line.startsWith('[19]'));
    expect(last(first?.log)).toHaveLength(1);
    for (const { log } of [...others, await job()]) expect(last(log)).toEqual(last(first?.log));
  });

  test('need memory that does not grow with the number of jobs', async () => {
    const file = writeRegressionCsv(join(temporaryFolder(), 'data.csv'), 20_000, 10, 4);
    const job = () => runJob(trainer, { ...BASE, num_round: '5' }, { train: [file] });
    await Promise.all([job(), job()]); // The first jobs load the data.
    const peaks: number[] = [];
    for (let quarter = 0; quarter < 4; quarter += 1) {
      const samples: number[] = [];
      const timer = setInterval(() => samples.push(megabytesOf([...workers(), ...jobProcesses()])), 100);
      for (let pair = 0; pair < 4; pair += 1) await Promise.all([job(), job()]);
      clearInterval(timer);
      peaks.push(Math.max(...samples, megabytesOf(workers())));
    }
    // Each quarter of the test runs eight jobs. If each job left a copy of the data (at least 1.6 MB) in memory, one
    // quarter would already exceed the limit.
    expect(peaks[3]).toBeLessThan((peaks[0] ?? 0) + 8);
  });

  test('end idle workers when a worker has loaded the data', async () => {
    const own = createXGBoostTrainer({ pythonFor: environments.forXGBoost, maxWorkers: 3, forkedBytes: 0 });
    const others = workers();
    const ownWorkers = () => workers().filter((id) => !others.includes(id));
    try {
      await own.prepare?.({ trainingImage: 'sagemaker-xgboost', hyperparameters: {} }, 3);
      expect(ownWorkers()).toHaveLength(3);
      expect((await runJob(own, BASE, { train })).outcome).toEqual({ status: 'Completed' });
      await waitUntil(() => ownWorkers().length === 1, 5000);
      expect(ownWorkers()).toHaveLength(1);
      expect((await runJob(own, BASE, { train })).outcome).toEqual({ status: 'Completed' });
    } finally {
      await own.close();
    }
  });

  test('fail separately: a killed process fails only its own job', async () => {
    const one = startEndless();
    await one.isTraining;
    const [firstProcess] = jobProcesses();
    const other = startEndless();
    await other.isTraining;
    process.kill(firstProcess ?? 0, 'SIGKILL');
    expect(failureReason((await one.ended).outcome)).toMatch(
      /^AlgorithmError: the training process was ended by signal SIGKILL .*, exit code: 137$/,
    );
    expect(jobProcesses()).toHaveLength(1);
    other.stop();
    expect((await other.ended).outcome).toEqual({ status: 'Stopped' });
    expect((await runJob(trainer, BASE, { train })).outcome).toEqual({ status: 'Completed' });
  });

  test('end when they are stopped, with a model if requested, even if their process hangs', async () => {
    const saving = startEndless({ ...ENDLESS, save_model_on_termination: 'true' });
    await saving.isTraining;
    saving.stop();
    const { outcome, workFolder } = await saving.ended;
    expect(outcome).toEqual({ status: 'Stopped' });
    expect(statSync(join(workFolder, 'model', 'xgboost-model')).size).toBeGreaterThan(0);
    const deaf = startEndless();
    await deaf.isTraining;
    for (const id of jobProcesses()) process.kill(id, 'SIGSTOP');
    deaf.stop();
    expect((await deaf.ended).outcome).toEqual({ status: 'Stopped' });
    expect(jobProcesses()).toEqual([]);
  });

  test('respect the limit of parallel jobs', async () => {
    const running = [startEndless(), startEndless(), startEndless()];
    await Promise.all(running.map(({ isTraining }) => isTraining));
    let isStarted = false;
    const onStart = () => {
      isStarted = true;
    };
    const waiting = runJob(trainer, BASE, { train }, { onStart });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(isStarted).toBe(false);
    for (const { stop } of running) stop();
    await Promise.all(running.map(({ ended }) => ended));
    expect((await waiting).outcome).toEqual({ status: 'Completed' });
  });

  test.each([
    ['', /^ClientError: No data in training channel path/],
    ['1,inf,3\n4,5,6\n', /^ClientError: Failed to load csv data with exception:\n.*`inf`/],
  ])('each fail with the reason if the data (%j) cannot be loaded', async (content, reason) => {
    const file = join(temporaryFolder(), 'data.csv');
    writeFileSync(file, content);
    const jobs = await Promise.all([1, 2].map(() => runJob(trainer, BASE, { train: [file] })));
    for (const { outcome } of jobs) expect(failureReason(outcome)).toMatch(reason);
  });

  test('each have the warnings about the data in their log', async () => {
    const file = join(temporaryFolder(), 'data.csv');
    writeFileSync(file, `label,a,b\n${'1,2,3\n2,3,4\n'.repeat(20)}`);
    const jobs = await Promise.all([1, 2].map(() => runJob(trainer, BASE, { train: [file] })));
    for (const { log } of jobs) {
      expect(log.filter((line) => line.includes('line 1 looks like a header'))).toHaveLength(1);
    }
  });

  test('end with their parent process', async () => {
    const jobs = [startEndless(), startEndless()];
    await Promise.all(jobs.map(({ isTraining }) => isTraining));
    const ids = jobProcesses();
    expect(ids).toHaveLength(2);
    for (const worker of workers()) process.kill(worker, 'SIGKILL');
    for (const { ended } of jobs) expect(failureReason((await ended).outcome)).toMatch(/SIGKILL/);
    await untilEnded(...ids);
    expect((await runJob(trainer, BASE, { train })).outcome).toEqual({ status: 'Completed' });
  });
});

function childrenOf(parent: number): number[] {
  const output = execFileSync('ps', ['-eo', 'pid=,ppid=,stat=,args='], { encoding: 'utf8' });
  return output
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, ppid, stat]) => Number(ppid) === parent && !stat?.startsWith('Z'))
    .filter((fields) => fields.some((field) => field.endsWith('xgboost_worker.py')))
    .map(([pid]) => Number(pid));
}

function workers(): number[] {
  return childrenOf(process.pid);
}

function jobProcesses(): number[] {
  return workers().flatMap(childrenOf);
}

/** Total memory of processes. Shared pages count once. */
function megabytesOf(ids: readonly number[]): number {
  return ids.reduce((sum, id) => sum + proportionalKilobytes(id) / 1024, 0);
}

function proportionalKilobytes(id: number): number {
  try {
    return Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${id}/smaps_rollup`, 'utf8'))?.[1]);
  } catch {
    return 0; // the process has just ended
  }
}

async function waitUntil(condition: () => boolean, milliseconds: number): Promise<void> {
  const end = Date.now() + milliseconds;
  while (!condition() && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 20));
}
