import { reportedMetrics } from '../../src/report/job-metrics';
import { renderRanking, renderTuningJob, type TuningJobView } from '../../src/report/tuning-job-table';
import type { TrainingJobSummary } from '../../src/services';

const XGBOOST = {
  num_round: '1000',
  max_depth: '6',
  eta: '0.03549846285841447',
  gamma: '0.00014492',
  min_child_weight: '3.2292',
  subsample: '0.7069331529603736',
  colsample_bytree: '0.8116393306450818',
  alpha: '0.565262267069384',
  lambda: '3.989320602151303',
};

interface Search {
  readonly tuned: Readonly<Record<string, string>>;
  readonly jobs?: number;
  readonly objective?: string;
  readonly metrics?: readonly string[];
  /** Number of the best job, counted from 1. */
  readonly best?: number;
  readonly status?: (number: number) => TrainingJobSummary['TrainingJobStatus'];
}

/** A search in which job number `best` has the lowest value, 0.1. */
function search({
  tuned,
  jobs = 20,
  objective = 'validation:rmse',
  metrics = ['train:rmse', objective],
  best = 2,
  status = () => 'Completed',
}: Search): TuningJobView {
  const trainingJobs = Array.from({ length: jobs }, (_, index): TrainingJobSummary => {
    const number = index + 1;
    const hasEnded = status(number) === 'Completed';
    return {
      TrainingJobName: `search-${number}`,
      TrainingJobArn: '',
      TuningJobName: 'search',
      CreationTime: 0,
      TrainingStartTime: 0,
      TrainingJobStatus: status(number),
      TunedHyperParameters: tuned,
      ObjectiveStatus: hasEnded ? 'Succeeded' : 'Pending',
      ...(hasEnded && {
        TrainingEndTime: 2,
        FinalHyperParameterTuningJobObjectiveMetric: {
          Type: 'Minimize',
          MetricName: objective,
          Value: number === best ? 0.1 : 0.3 + number / 1000,
        },
      }),
    };
  });
  const description = {
    HyperParameterTuningJobName: 'search',
    HyperParameterTuningJobStatus: 'InProgress',
    HyperParameterTuningJobConfig: { ResourceLimits: { MaxNumberOfTrainingJobs: jobs } },
    CreationTime: 0,
  } as unknown as TuningJobView['description'];
  return {
    description,
    trainingJobs,
    metricsOf: () => metrics.map((MetricName) => ({ MetricName, Value: 0.25 })),
  };
}

function render(given: Search, columns: number, rows = 23): string[] {
  return renderTuningJob(search(given), { columns, rows, now: 10 });
}

function headOf(lines: readonly string[]): { head: string[]; rows: string[] } {
  const last = lines.findIndex((line) => line.trim().startsWith('# '));
  const isAbove = (line: string) => /best:|…|=|training jobs|elapsed|left/.test(line);
  const first = 1 + Math.max(...lines.slice(0, last).map((line, i) => (isAbove(line) ? i : -1)), -1);
  return { head: lines.slice(first, last + 1), rows: lines.slice(last + 1) };
}

/**
 * The column titles. The words of a title can be on several lines of the header. A column begins where a word
 * of the last header line begins.
 */
function headWords(head: readonly string[]): string[] {
  const starts = [...(head.at(-1) ?? '').matchAll(/\S+/g)].map(({ index }) => index);
  return starts.map((start, i) =>
    head.map((line) => line.slice(start, starts[i + 1] ?? line.length).trim()).join(''),
  );
}

const MANY = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`hyperparameter_${i}`, `0.${i}12345`]));
const SHAPES: [string, Search][] = [
  ['nine hyperparameters of XGBoost', { tuned: XGBOOST }],
  ['30 hyperparameters', { tuned: MANY }],
  ['one hyperparameter', { tuned: { eta: '0.1' } }],
  ['a name of 256 characters', { tuned: { ['x'.repeat(256)]: '1', eta: '0.1' } }],
  ['a value of 2,500 characters', { tuned: { kind: 'v'.repeat(2500), eta: '0.1' } }],
  ['values that control a terminal', { tuned: { kind: '\u001b[2J\nx\u202e', eta: 'nan' } }],
  ['a metric with a long name', { tuned: XGBOOST, objective: `validation:${'m'.repeat(200)}` }],
  ['values without end', { tuned: { a: '1e-300', b: '-1.7976931348623157e308', c: 'NaN' } }],
  ['750 jobs', { tuned: XGBOOST, jobs: 750, best: 3 }],
];

describe.each([60, 80, 120])('%d columns', (columns) => {
  test.each(SHAPES)(
    '%s: the output fits into the window and includes the row of the best job',
    (_, shape) => {
      const lines = render(shape, columns);
      expect(lines.length).toBeLessThanOrEqual(23);
      for (const line of lines) expect(line.length).toBeLessThanOrEqual(columns);
      for (const control of ['\u001b', '\u202e']) expect(lines.join('')).not.toContain(control);
      const best = shape.best ?? 2;
      expect(lines.filter((line) => `${line} `.startsWith(` best: #${best} `))).toHaveLength(1);
      expect(headOf(lines).rows.filter((line) => line.startsWith(` ${best} `))).toHaveLength(1);
    },
  );
});

test.each([80, 120])(
  '%d columns have room for both metrics and the hyperparameters of XGBoost',
  (columns) => {
    const { head, rows } = headOf(render({ tuned: XGBOOST }, columns));
    const words = headWords(head);
    expect(words.filter((word) => word !== 'time')).toEqual([
      '#',
      'validation:rmse',
      'train:rmse',
      ...Object.keys(XGBOOST),
    ]);
    const cells = rows
      .find((row) => row.startsWith(' 2 '))
      ?.trim()
      .replace(/\S+ s /, '')
      .split(/ +/)
      .map(Number);
    const expected = [2, 0.1, 0.25, ...Object.values(XGBOOST).map(Number)];
    expect(cells).toHaveLength(expected.length);
    cells?.forEach((cell, i) => {
      expect(Math.abs(cell / (expected[i] ?? 0) - 1)).toBeLessThan(0.005);
    });
  },
);

test('hyperparameters without a column in the table are listed for the best job', () => {
  const lines = render({ tuned: XGBOOST }, 60);
  const words = headWords(headOf(lines).head);
  const missing = Object.keys(XGBOOST).filter((name) => !words.includes(name));
  expect(missing).not.toEqual([]);
  for (const name of missing) expect(lines.join('\n')).toContain(`${name}=`);
  // Not all 30 columns fit.
  expect(render({ tuned: MANY }, 60).find((line) => line.endsWith('…'))).toBeDefined();
});

test.each([3, 4, 5, 6, 8, 10, 23])('the best job is shown in a window of %d rows', (rows) => {
  const lines = render({ tuned: XGBOOST, jobs: 50, best: 1 }, 80, rows);
  expect(lines.length).toBeLessThanOrEqual(rows);
  expect(lines.join('\n')).toMatch(/best: #1 {2}validation:rmse 0\.10000 {2}train:rmse 0\.25000/);
});

test('if there is no room for a status column, a symbol marks jobs that have not completed', () => {
  const status = (number: number) =>
    (['Failed', 'Stopped', 'InProgress'] as const)[number - 1] ?? 'Completed';
  const { rows } = headOf(render({ tuned: XGBOOST, jobs: 5, best: 4, status }, 80));
  expect(rows.map((row) => row.trim().split(' ')[0])).toEqual(['1✗', '2■', '3▸', '4', '5']);
});

test.each([
  ['validation:rmse', ['train:rmse', 'validation:rmse', 'train:mae'], 'train:rmse'],
  ['val_loss', ['loss', 'val_loss'], 'loss'],
  ['val_loss', ['loss', 'val_loss', 'train_loss'], 'train_loss'],
  ['validLoss', ['trainLoss'], 'trainLoss'],
  ['test:accuracy', ['train:accuracy', 'validation:accuracy'], 'train:accuracy'],
  ['train:rmse', ['validation:rmse', 'train:rmse'], 'validation:rmse'],
  ['accuracy', ['loss', 'accuracy'], undefined],
])('with %s of %j is shown %s', (objective, metrics, shown) => {
  const lines = render({ tuned: { x: '1' }, objective, metrics }, 120);
  expect(headWords(headOf(lines).head).slice(2, -2)).toEqual([objective, ...(shown ? [shown] : [])]);
  expect(lines.join('\n')).toContain(shown ? `${objective} 0.10000  ${shown} 0.25000` : `${objective} 0.1`);
});

test("ObjectiveMetric, which is SageMaker's copy of the objective, is not listed as a metric of the algorithm", () => {
  const FinalMetricDataList = ['train:rmse', 'ObjectiveMetric', 'validation:rmse'].map((MetricName) => ({
    MetricName,
    Value: 1,
    Timestamp: 0,
  }));
  expect(reportedMetrics({ FinalMetricDataList }).map(({ MetricName }) => MetricName)).toEqual([
    'train:rmse',
    'validation:rmse',
  ]);
});

describe('the ranking', () => {
  test('has all digits, statuses, times and names if there is no terminal', () => {
    const [head, first, ...others] = renderRanking(search({ tuned: XGBOOST }), { columns: Infinity, now: 0 });
    expect(head?.trim().split(/ {2,}/)).toEqual([
      ...['#', 'status', 'validation:rmse', 'train:rmse', 'time'],
      ...Object.keys(XGBOOST),
      'name',
    ]);
    expect(first).toMatch(/^ 2 +Completed +0\.10000 +0\.25000 +2\.0 s +1000 .* 0\.0355 .*3\.989 +search-2$/);
    expect(others).toHaveLength(19);
  });

  test.each([60, 80, 120])('fits into %d columns and lists what it leaves out', (columns) => {
    const lines = renderRanking(search({ tuned: MANY }), { columns, now: 0 });
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(columns);
    const words = headWords(headOf(lines).head);
    const note = lines.join(' ');
    for (const name of Object.keys(MANY)) expect(words.includes(name) || note.includes(name)).toBe(true);
    expect(note).toMatch(/No room for \d+ hyperparameters \("--json" has all\)/);
  });
});

test('hyperparameters that only worse definitions have are dropped first', () => {
  const view = search({ tuned: Object.fromEntries(Object.entries(MANY).slice(0, 8)), jobs: 3, best: 3 });
  const trainingJobs = view.trainingJobs.map((job, i) =>
    i === 2 ? { ...job, TunedHyperParameters: { winner_a: '1.2345', winner_b: '2' } } : job,
  );
  const lines = renderTuningJob({ ...view, trainingJobs }, { columns: 60, rows: 23, now: 10 });
  expect(headWords(headOf(lines).head)).toEqual(expect.arrayContaining(['winner_a', 'winner_b']));
});
