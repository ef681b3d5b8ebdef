import { execFileSync } from 'node:child_process';
import { setTimeout } from 'node:timers/promises';
import { Evaluator } from '../src/evaluator/evaluator';

const SUM = { source: '$sum([1..3])', states: {}, variables: {}, random: 0 };

/** Process IDs and process groups of this process's evaluators. */
function evaluatorProcesses(): { readonly pid: number; readonly group: number }[] {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,pgid=,args='], { encoding: 'utf8' }).split('\n');
  return lines.flatMap((line) => {
    const [pid, parent, group, ...command] = line.trim().split(/\s+/);
    const isEvaluator = Number(parent) === process.pid && command.join(' ').includes('evaluator/host.cjs');
    return isEvaluator ? [{ pid: Number(pid), group: Number(group) }] : [];
  });
}

let evaluator: Evaluator;

beforeEach(() => {
  evaluator = new Evaluator();
});

afterEach(() => evaluator.close());

test("Ctrl-C, which goes to the terminal's process group, does not reach the evaluator process", async () => {
  const answer = evaluator.evaluate('jsonata', SUM);
  const [child] = evaluatorProcesses();
  expect(child?.group).toBe(child?.pid);
  await expect(answer).resolves.toEqual({ json: '6' });
});

test('if the evaluator process dies before it reads a request, a new process gets the request', async () => {
  await evaluator.evaluate('jsonata', SUM);
  for (const { pid } of evaluatorProcesses()) process.kill(pid, 'SIGKILL');
  // The evaluator process is dead, but this process has not noticed: Node.js reports the exit in the next turn of the
  // event loop.
  while (evaluatorProcesses().length > 0);
  await expect(evaluator.evaluate('jsonata', SUM)).resolves.toEqual({ json: '6' });
});

test('if the evaluator process is killed during an evaluation, a new process gets the request', async () => {
  await evaluator.evaluate('jsonata', SUM);
  const answer = evaluator.evaluate('jsonata', {
    ...SUM,
    source: '$sum($map([1..300000], function($i) { $i }))',
  });
  for (const { pid } of evaluatorProcesses()) process.kill(pid, 'SIGKILL');
  await expect(answer).resolves.toEqual({ json: '45000150000' });
});

test('the time in which the evaluator process starts does not count toward the time limit', async () => {
  const timeLimit = 1500;
  evaluator = new Evaluator(timeLimit);
  const answer = evaluator.evaluate('jsonata', SUM);
  const [child] = evaluatorProcesses();
  if (child === undefined) throw new Error('the evaluator process has not started');
  process.kill(child.pid, 'SIGSTOP');
  await setTimeout(timeLimit + 500);
  process.kill(child.pid, 'SIGCONT');
  await expect(answer).resolves.toEqual({ json: '6' });
});

describe('when this process has been blocked', () => {
  const TIME_LIMIT = 1500;

  beforeEach(async () => {
    evaluator = new Evaluator(TIME_LIMIT);
    await sums(0);
  });

  test('no request fails because its answer could not be read within the time limit', async () => {
    const first = sums(10);
    // Sends more requests before the first answers are read. If the time limit had ended the evaluator process, the new
    // requests would fail.
    const second = setTimeout(TIME_LIMIT).then(() => {
      block(200);
      return sums(20);
    });
    block(TIME_LIMIT + 500);
    expect(await first).toEqual(['11', '12', '13']);
    expect(await second).toEqual(['21', '22', '23']);
  });

  test('requests get their own answers, although a dead process has left unread answers', async () => {
    const first = sums(10);
    block(300);
    for (const { pid } of evaluatorProcesses()) process.kill(pid, 'SIGKILL');
    while (evaluatorProcesses().length > 0);
    const second = sums(20);
    expect(await first).toEqual(['11', '12', '13']);
    expect(await second).toEqual(['21', '22', '23']);
  });

  function sums(base: number): Promise<string[]> {
    const sources = [1, 2, 3].map((number) => `$sum([${base}, ${number}])`);
    return Promise.all(
      sources.map(
        async (source) => (await evaluator.evaluate<{ json: string }>('jsonata', { ...SUM, source })).json,
      ),
    );
  }

  function block(milliseconds: number): void {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
  }
});
