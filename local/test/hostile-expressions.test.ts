import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { Evaluator, LimitReached, evaluator as ofMetrics } from '../src/evaluator/evaluator';
import { MetricCollector } from '../src/training';
import { HOSTILE_JSONATA, HOSTILE_METRICS } from './hostile-expressions';

const PROJECT = resolve(__dirname, '../..');
/** Time limit of an evaluation, in milliseconds. Shorter than the default, to keep these tests short. */
const TIME_LIMIT = 500;
/** Milliseconds to add to each expected time, for a machine that is busy with other tests. */
const SLACK = 30_000;

let eventLoop: EventLoopWatch;

beforeEach(() => {
  eventLoop = new EventLoopWatch();
});

afterEach(() => eventLoop.close());

afterAll(() => ofMetrics.close());

test.each(HOSTILE_METRICS)('metric expression %s', async (regex, line, expected) => {
  const collector = new MetricCollector([
    { Name: 'm', Regex: regex },
    { Name: 'other', Regex: 'sane=([0-9.]+)' },
  ]);
  const started = Date.now();
  collector.add(line);
  collector.add(`${line} sane=0.25`);
  await collector.settled();
  expect(Date.now() - started).toBeLessThan(1000 + SLACK);
  expect(eventLoop.longest).toBeLessThan(2000);
  const value = collector.latest().find(({ MetricName }) => MetricName === 'm')?.Value;
  const note = collector.notes().m;
  if (typeof expected === 'string') expect(note).toContain(expected);
  else if (expected instanceof RegExp) expect(note).toMatch(expected);
  else expect(value === undefined ? value : Number(value.toPrecision(1))).toBe(expected);
  // A problem with one metric does not affect the others.
  expect(collector.latest().find(({ MetricName }) => MetricName === 'other')?.Value).toBe(0.25);
});

describe('JSONata expressions', () => {
  const impatient = new Evaluator(TIME_LIMIT);
  // On a slow machine, an expression needs more than the default time to reach the memory limit.
  const patient = new Evaluator(60_000);

  afterAll(() => Promise.all([impatient.close(), patient.close()]));

  test.each(HOSTILE_JSONATA)('%s', async (source, limit) => {
    const started = Date.now();
    const evaluator = limit === 'time' ? impatient : patient;
    const answer = await evaluate(source, evaluator);
    if (limit === 'time') expect(Date.now() - started).toBeLessThan(TIME_LIMIT + SLACK);
    expect(eventLoop.longest).toBeLessThan(2000);
    const reached = answer instanceof LimitReached ? answer.limit : undefined;
    if (limit === 'either') expect(reached).toBeDefined();
    else expect(reached).toBe(limit);
    // The next evaluation works as before.
    expect(await evaluate('1 + 1', evaluator)).toEqual({ json: '2' });
  });

  test('that wait for a hostile expression are evaluated after it', async () => {
    const [hostile = '', sane] = [HOSTILE_JSONATA[0]?.[0], '$sum([1, 2])'];
    const answers = await Promise.all([
      evaluate(hostile, impatient),
      evaluate(sane, impatient),
      evaluate(sane, impatient),
    ]);
    expect(answers).toEqual([new LimitReached('time'), { json: '3' }, { json: '3' }]);
  });

  test('are ended if their result is no longer needed', async () => {
    const controller = new AbortController();
    const started = Date.now();
    const [hostile = ''] = HOSTILE_JSONATA[0] ?? [];
    const answers = [evaluate(hostile, patient, controller.signal), evaluate('1 + 1', patient)];
    setTimeout(() => controller.abort(new Error('stopped')), 200);
    expect(await Promise.all(answers)).toEqual([new Error('stopped'), { json: '2' }]);
    expect(Date.now() - started).toBeLessThan(SLACK);
  });

  async function evaluate(source: string, evaluator: Evaluator, signal?: AbortSignal): Promise<unknown> {
    const request = { source, states: {}, variables: {}, random: 0.5 };
    return evaluator.evaluate('jsonata', request, signal).catch((error: unknown) => error);
  }
});

test('all hostile expressions together need less than 500 MiB', async () => {
  const { stdout } = await promisify(execFile)('python3', ['-c', LARGEST_PROCESS, process.execPath], {
    cwd: PROJECT,
    env: { ...process.env, SCRIPT: join(__dirname, 'evaluate-hostile.ts') },
  });
  const { largest, own } = JSON.parse(stdout) as { largest: number; own: number };
  // Peak memory of local mode and its evaluator process, in KiB.
  expect(own + largest).toBeLessThan(500 * 1024);
});

/** Runs the script and prints the largest peak memory of the script and its child processes. */
const LARGEST_PROCESS = `
import json, os, resource, subprocess, sys
command = [sys.argv[1], "--require", "./scripts/typescript.cjs", os.environ["SCRIPT"]]
own = int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
print(json.dumps({"own": own, "largest": largest if sys.platform == "linux" else largest // 1024}))
`;

/** Measures the longest time, in milliseconds, for which the event loop of this process was blocked. */
class EventLoopWatch {
  private last = Date.now();
  private longestTime = 0;
  private readonly timer = setInterval(() => this.look(), 10);

  get longest(): number {
    this.look();
    return this.longestTime;
  }

  close(): void {
    clearInterval(this.timer);
  }

  private look(): void {
    this.longestTime = Math.max(this.longestTime, Date.now() - this.last);
    this.last = Date.now();
  }
}
