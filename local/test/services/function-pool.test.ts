import { FunctionPool } from '../../src/services/lambda/function-pool';
import type { FunctionProcess, InvocationResult } from '../../src/services/lambda/function-process';

const PATIENCE_MS = 40;

/** A process whose calls end when the test says so. */
class FakeProcess {
  isAlive = true;
  readonly ends: (() => void)[] = [];

  prepare(): void {}

  invoke(payload: string): Promise<InvocationResult> {
    return new Promise((resolve) => this.ends.push(() => resolve({ payload })));
  }

  close(): void {
    this.isAlive = false;
  }
}

/** A pool for two processes, and the processes that it starts. */
function poolOfTwo(idleMs?: number): { pool: FunctionPool; started: FakeProcess[] } {
  const started: FakeProcess[] = [];
  const start = () => {
    const process = new FakeProcess();
    started.push(process);
    return process as unknown as FunctionProcess;
  };
  return { pool: new FunctionPool(start, 2, PATIENCE_MS, idleMs), started };
}

const settled = () => new Promise((done) => setImmediate(done));

test('if there are more calls than processes, calls wait for a process, in order', async () => {
  const { pool, started } = poolOfTwo();
  const calls = ['1', '2', '3', '4'].map((payload) => pool.invoke(payload));
  await settled();
  expect(started.map(({ ends }) => ends.length)).toEqual([1, 1]);
  started[1]?.ends[0]?.();
  await settled();
  expect(started.map(({ ends }) => ends.length)).toEqual([1, 2]);
  started[0]?.ends[0]?.();
  await settled();
  for (const { ends } of started) ends[1]?.();
  expect(await Promise.all(calls)).toEqual(['1', '2', '3', '4'].map((payload) => ({ payload })));
  expect(started).toHaveLength(2);
});

test('a call that has waited too long gets an additional process, which is ended afterwards', async () => {
  const { pool, started } = poolOfTwo();
  const calls = ['1', '2', '3'].map((payload) => pool.invoke(payload));
  await new Promise((done) => setTimeout(done, 2 * PATIENCE_MS));
  expect(started).toHaveLength(3);
  for (const { ends } of started) ends[0]?.();
  await Promise.all(calls);
  expect(started.filter(({ isAlive }) => isAlive)).toHaveLength(2);
});

test('if a process dies, the next call gets a new process', async () => {
  const { pool, started } = poolOfTwo();
  const calls = ['1', '2', '3'].map((payload) => pool.invoke(payload));
  await settled();
  started[0]?.close();
  started[0]?.ends[0]?.();
  await settled();
  expect(started).toHaveLength(3);
  for (const { ends } of started) ends.at(-1)?.();
  await Promise.all(calls);
});

test('preparing twice starts one process; after the pool is closed, calls fail', async () => {
  const { pool, started } = poolOfTwo();
  pool.prepare();
  pool.prepare();
  expect(started).toHaveLength(1);
  const calls = ['1', '2', '3'].map((payload) => pool.invoke(payload));
  await settled();
  pool.close();
  await expect(calls[2]).rejects.toThrow('closing');
  await expect(pool.invoke('4')).rejects.toThrow('closing');
  expect(started.map(({ isAlive }) => isAlive)).toEqual([false, false]);
});

test('if processes become free in time, waiting calls start no additional process', async () => {
  const { pool, started } = poolOfTwo();
  const calls = Array.from({ length: 8 }, (_, i) => pool.invoke(`${i}`));
  for (let call = 0; call < 4; call += 1) {
    await new Promise((done) => setTimeout(done, 0.6 * PATIENCE_MS));
    for (const { ends } of started) ends[call]?.();
  }
  await Promise.all(calls);
  expect(started).toHaveLength(2);
});

test('an idle process is ended and not prepared again', async () => {
  const { pool, started } = poolOfTwo(PATIENCE_MS);
  pool.prepare();
  await new Promise((done) => setTimeout(done, 2 * PATIENCE_MS));
  pool.prepare();
  expect(started.map(({ isAlive }) => isAlive)).toEqual([false]);
  const call = pool.invoke('1');
  await new Promise((done) => setTimeout(done, 2 * PATIENCE_MS));
  expect(started.map(({ isAlive }) => isAlive)).toEqual([false, true]);
  started[1]?.ends[0]?.();
  await call;
});
