import { execFileSync } from 'node:child_process';
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
