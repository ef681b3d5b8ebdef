import { createXGBoostTrainer, MetricCollector, type MetricDatum } from '../../src/training';
import { compileExpression } from '../../src/training/metric-expression';
import { TOO_SLOW } from '../hostile-expressions';

const trainer = createXGBoostTrainer({
  pythonFor: () => Promise.reject(new Error('not used')),
  maxWorkers: 1,
});

const XGBOOST = {
  trainingImage: '683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.2-0',
  hyperparameters: {},
};

test("SageMaker's metric expressions find every metric in a line of XGBoost's output, and the last value counts", () => {
  const seen: MetricDatum[] = [];
  const collector = new MetricCollector(trainer.metricDefinitions(XGBOOST), (metric) => seen.push(metric));
  collector.add('[0]#011train-rmse:19.37400#011validation-rmse:20.59400');
  collector.add('[2026-01-01 00:00:00:INFO] Single node training.');
  collector.add('[1]#011train-rmse:1.5e-05#011validation-rmse:-0.25000');
  expect(collector.latest().map(({ MetricName, Value }) => [MetricName, Value])).toEqual([
    ['train:rmse', 1.5e-5],
    ['validation:rmse', -0.25],
  ]);
  expect(seen.map(({ Value }) => Value)).toEqual([19.374, 20.594, 1.5e-5, -0.25]);
});

test.each([
  ['validation-map:0.5', 'validation-(?:map|mape):([0-9.]+)', 0.5],
  ['loss = 3', '(?i)LOSS = (\\d+)', 3],
  ['loss=3', 'los+e?s?=(\\d+)', 3],
  ['acc: 0.75;', '(?P<metric>[0-9.]+);', 0.75],
  ['a.b 7', 'a\\.b ([0-9]+)\\Z', 7],
  ['valid loss: 2', 'train loss: (\\d)|valid loss: 2', undefined],
  ['loss: 2', 'validation loss of the epoch|loss: (\\d)', 2],
  ['loss: 2', '(?:validation loss of the epoch)?loss: (\\d)', 2],
  ['m=7', '\\x6d=(\\d)', 7],
  ['m=7', '\\u006d=(\\d)', 7],
  ['m 7=7', 'm (?<value>\\d)=\\k<value>', 7],
  ['{"loss": 0.5}', '{"loss": ([0-9.]+)}', 0.5],
  ['loss {2}', 'loss{0,1} {(\\d)}', 2],
  ['valid loss: 2', 'x?valid{1,2} loss: (\\d)', 2],
  ['bracket ] 5', 'bracket []] (\\d)', undefined],
  ['value nan', 'value (\\S+)', undefined],
])('%s with %s', async (line, regex, expected) => {
  const collector = new MetricCollector([{ Name: 'm', Regex: regex }]);
  collector.add(line);
  await collector.settled();
  expect(collector.latest()[0]?.Value).toBe(expected);
});

test('the error for an invalid expression names the metric', () => {
  expect(() => new MetricCollector([{ Name: 'm', Regex: '([' }])).toThrow(
    /metric m: .*[Rr]egular expression/,
  );
});

test('20,000 lines are searched in seconds', async () => {
  const collector = new MetricCollector(trainer.metricDefinitions(XGBOOST));
  const started = performance.now();
  for (let i = 0; i < 20_000; i += 1) {
    collector.add(`[${i}]#011train-rmse:${i}.37400#011validation-rmse:${i}.59400`);
  }
  await collector.settled();
  expect(collector.latest()[1]?.Value).toBe(19_999.594);
  expect(performance.now() - started).toBeLessThan(20_000);
});

test('an expression that was stopped takes no more time, however many lines follow', async () => {
  const collector = new MetricCollector([
    { Name: 'slow', Regex: '(?:a+)+([0-9.]+)$' },
    { Name: 'sane', Regex: 'sane=([0-9.]+)' },
  ]);
  const started = performance.now();
  for (let i = 0; i < 2000; i += 1) collector.add(`${'a'.repeat(32)} sane=${i}`);
  for (let i = 0; i < 2000; i += 1) collector.add('a'.repeat(32));
  await collector.settled();
  expect(collector.latest()).toMatchObject([{ MetricName: 'sane', Value: 1999 }]);
  expect(collector.notes()['slow']).toMatch(TOO_SLOW);
  expect(performance.now() - started).toBeLessThan(30_000);
});

test('lines that arrive faster than an expression can search them do not fill the memory', async () => {
  const collector = new MetricCollector([{ Name: 'slow', Regex: '(b+)+c([0-9.]+)' }]);
  const line = `${'x'.repeat(200_000)}c`;
  for (let i = 0; i < 500; i += 1) collector.add(line);
  expect(collector.notes()['slow']).toContain('does not keep up');
  collector.abandon();
  await collector.settled();
});

test.each([
  ['loss: 1.5e-07', 'loss: ([0-9.]+)', '1.5` of `1.5e-07'],
  ['loss: 1.5', 'loss: ([0-9]+)', '1` of `1.5'],
  ['loss: 12', 'loss: ([0-9])', '1` of `12'],
  ['loss: -0.5', 'loss: -?([0-9.]+)', '0.5` of `-0.5'],
  ['loss 0.25', 'loss \\d\\.([0-9]+)', '25` of `0.25'],
  ['loss: 1.5e-07', 'loss: ([-+0-9.eE]+)', undefined],
  ['loss-0.5', 'loss-([0-9.]+)', undefined],
  ['loss=0.5s', 'loss=([0-9.]+)', undefined],
  ['loss: 3/4', 'loss: ([0-9]+)', undefined],
  ['[7] loss: 3 5', 'loss: ([0-9]+)', undefined],
])(
  'line %s with expression %s: a note says if only part of a number was captured',
  (line, regex, expected) => {
    const collector = new MetricCollector([{ Name: 'm', Regex: regex }]);
    collector.add(line);
    expect(collector.latest()).toHaveLength(1);
    const { m: note } = collector.notes();
    if (expected === undefined) expect(note).toBeUndefined();
    else expect(note).toContain(`captured \`${expected}\``);
  },
);

test('an expression is compiled once, even if many tuning jobs use it', () => {
  const definition = { Name: 'loss', Regex: 'shared loss=([0-9.]+)' };
  const other = { Name: 'ObjectiveMetric', Regex: definition.Regex };
  expect(compileExpression(other)).toBe(compileExpression(definition));
});
