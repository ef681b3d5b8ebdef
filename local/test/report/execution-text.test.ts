import { renderExecution } from '../../src/report/execution-text';

function shown(states: readonly string[], redriveCount: number): string[] {
  const record = {
    name: 'night',
    status: 'SUCCEEDED',
    startDate: 'start',
    input: {},
    redriveCount,
    redriveDate: 'noon',
  } as Parameters<typeof renderExecution>[0];
  const history = states.map((name, index) => ({
    type: 'TaskStateEntered',
    timestamp: `t${index}`,
    details: { name },
  })) as unknown as Parameters<typeof renderExecution>[1]['history'];
  return renderExecution(record, { history, jobs: [], items: [], file: 'f', reports: [] }).split('\n');
}

test('a state that ran several times has one line with their number', () => {
  const lines = shown(['Tune', 'AreJobsLeft', 'WarmStart', 'AreJobsLeft', 'WarmStart', 'Train'], 0);
  const first = lines.indexOf('States:') + 1;
  expect(lines.slice(first, first + 4)).toEqual([
    '  t0  Tune',
    '  t1  AreJobsLeft ×2',
    '  t2  WarmStart ×2',
    '  t5  Train',
  ]);
});

test.each([
  [1, 'Redriven: once, at noon'],
  [2, 'Redriven: 2 times, last at noon'],
])('the text of a redriven execution (%s) says how often it was redriven', (count, line) => {
  expect(shown([], count)).toContain(line);
});
