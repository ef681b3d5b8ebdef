import { estimateSecondsLeft, type Progress, renderProgress } from '../../src/report/progress';

const progress: Progress = {
  unit: 'training jobs',
  ended: 5,
  running: 2,
  failed: 1,
  expected: 20,
  isOver: false,
  elapsedSeconds: 12,
  secondsLeft: 34,
};

test('a bar, counts and times are on one line if there is room, and on several otherwise', () => {
  expect(renderProgress(progress, 120)).toEqual([
    ` [${'█'.repeat(8)}${'░'.repeat(22)}] 5 of 20 training jobs, 2 running, 1 failed, 12.0 s elapsed, about 35 s left`,
  ]);
  const narrow = renderProgress(progress, 40);
  expect(narrow.length).toBeGreaterThan(1);
  expect(narrow.every((line) => line.length <= 40)).toBe(true);
  expect(narrow.join('')).toContain('about 35 s left');
});

test('searches that have ended or have no expected number of jobs are shown without a bar', () => {
  const over = renderProgress({ ...progress, isOver: true, running: 0 }, 120);
  expect(over).toEqual([' 5 of 20 training jobs, 1 failed, 12.0 s']);
  const open = renderProgress({ ...progress, expected: undefined, secondsLeft: undefined }, 120);
  expect(open).toEqual([' 5 training jobs, 2 running, 1 failed, 12.0 s elapsed']);
});

test('the remaining time is estimated from the pace so far', () => {
  const ended = [
    { start: 0, end: 10 },
    { start: 0, end: 10 },
    { start: 10, end: 20 },
    { start: 10, end: 20 },
  ];
  const plan = { expected: 8, ended: 4, parallel: 2, now: 20 };
  expect(estimateSecondsLeft(ended, plan)).toBe(20);
  // One job is half done.
  const running = [...ended, { start: 20 }];
  expect(estimateSecondsLeft(running, { ...plan, now: 25 })).toBeCloseTo((5 + 3 * 10) / (45 / 25));
  // The last job is expected to take as long as the average.
  expect(estimateSecondsLeft(ended, { ...plan, expected: 5 })).toBe(10);
  expect(estimateSecondsLeft(ended.slice(0, 1), plan)).toBeUndefined();
});

test('the estimate ignores time in which local mode was not running', () => {
  const ended = [
    { start: 0, end: 10 },
    { start: 30_000, end: 30_010 },
  ];
  const plan = { expected: 4, ended: 2, parallel: 1, now: 30_010 };
  expect(estimateSecondsLeft(ended, plan)).toBe(20);
});
