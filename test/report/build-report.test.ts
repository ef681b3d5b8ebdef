import { buildAutoMlReport, buildTuningReport } from '../../lambda/report/build-report';
import { renderCsv } from '../../lambda/report/csv';
import { rangeScale } from '../../lambda/report/range-scale';
import type { Range } from '../../lambda/report/report-data';
import { formatNumber, formatSeconds, formatShare } from '../../lambda/shared/format';
import { DEPTH, defaultRun, ETA, madeSearch } from './searches';

test("the report of the default run matches SageMaker's responses", () => {
  const { jobs, learningCurves, reading, ...report } = buildTuningReport(defaultRun());
  expect(jobs).toHaveLength(20);
  expect(jobs.map(({ number }) => number)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
  expect(jobs.find(({ name }) => name === report.bestJob)).toMatchSnapshot();
  expect(learningCurves.map(({ metric, points }) => [metric, points.length > 20])).toContainEqual([
    'validation:rmse',
    true,
  ]);
  expect(report).toMatchSnapshot();
});

test('summaries alone are enough', () => {
  const { trainingJobs, ...input } = madeSearch({ jobs: [{ value: 2 }, { value: 1 }] });
  const report = buildTuningReport({
    ...input,
    trainingJobs: trainingJobs.map(({ summary }) => ({
      summary: { ...summary, FinalHyperParameterTuningJobObjectiveMetric: { Value: 3 } } as never,
    })),
  });
  expect(report.jobs.map(({ value, metrics }) => [value, metrics])).toEqual([
    [3, { 'validation:rmse': 3 }],
    [3, { 'validation:rmse': 3 }],
  ]);
});

test('empty structures in a definition do not hide the ranges and the objective of the search', () => {
  const search = madeSearch({ ranges: [ETA], jobs: [{ value: 2 }, { value: 1 }] });
  const TrainingJobDefinition = {
    ...search.tuningJob.TrainingJobDefinition,
    HyperParameterRanges: {},
    TuningObjective: {},
  } as never;
  const { definitions, bestJob } = buildTuningReport({
    ...search,
    tuningJob: { ...search.tuningJob, TrainingJobDefinition },
  });
  expect(definitions).toMatchObject([
    { ranges: [{ name: 'eta' }], objective: { metric: 'validation:rmse', type: 'Minimize' } },
  ]);
  expect(bestJob).toBe('search-002');
});

test('the report lists the jobs of earlier tuning jobs, but analyzes only the jobs of the search itself', () => {
  const parent = madeSearch({ name: 'parent', ranges: [ETA], jobs: [{ value: 0.1 }], start: -5 });
  const child = madeSearch({ name: 'child', ranges: [ETA], jobs: [{ value: 2 }, { value: 1 }] });
  const report = buildTuningReport({ ...child, parents: [parent] });
  expect(report.jobs.map(({ number, search }) => [number, search])).toEqual([
    [1, 'parent'],
    [2, 'child'],
    [3, 'child'],
  ]);
  expect(report.bestJob).toBe('child-002');
  expect(report.comparison?.first.value).toBe(2);
  expect(report.definitions.map(({ search }) => search)).toEqual(['child', 'parent']);
  // With IdenticalDataAndAlgorithm, the best training job in the response can belong to a parent tuning job.
  const named = buildTuningReport({ ...child, parents: [parent], bestTrainingJobName: 'parent-001' });
  expect(named.bestJob).toBe('parent-001');
});

test('if a search has several definitions, the report analyzes the definition of the best training job', () => {
  const jobs = Array.from({ length: 24 }, (_, at) => {
    const isLinear = at % 2 === 1;
    return {
      definition: isLinear ? 'linear' : 'trees',
      value: at + (isLinear ? 1 : 50),
      hyperparameters: { eta: isLinear ? '0.99' : '0.03' },
    };
  });
  const search = madeSearch({ ranges: [ETA], definitions: ['trees', 'linear'], jobs });
  const report = buildTuningReport({
    ...search,
    learningCurves: [
      {
        job: 'search-002',
        metric: 'validation:rmse',
        unit: 'round',
        points: [
          [1, 2],
          [2, Number.NaN],
          [3, 1],
        ],
      },
    ],
  });
  expect(report.bestJob).toBe('search-002');
  expect(report.edges).toMatchObject([{ definition: 'linear', hyperparameter: 'eta', side: 'max' }]);
  expect(report.learningCurves[0]?.points).toEqual([
    [1, 2],
    [3, 1],
  ]);
});

test('NaN and infinite values are left out of the JSON', () => {
  const report = buildTuningReport(
    madeSearch({ jobs: [{ value: Number.NaN }, { value: Number.POSITIVE_INFINITY }, { value: 1 }] }),
  );
  expect(report.jobs.map(({ value }) => value)).toEqual([undefined, undefined, 1]);
  expect(JSON.parse(JSON.stringify(report))).toEqual(report);
});

test('features have the names of their columns if these names are known', () => {
  const featureImportance = {
    gain: [
      { feature: 'f0', importance: 1 },
      { feature: 'f7', importance: 3 },
    ],
  };
  const report = buildTuningReport({ ...defaultRun(), featureImportance, columnNames: ['income'] });
  expect(report.featureImportance).toEqual({
    gain: [
      { feature: 'f7', importance: 3 },
      { feature: 'income', importance: 1 },
    ],
  });
});

test('an AutoML job has a report in the same format', () => {
  const candidate = (name: string, value: number, status = 'Completed') => ({
    CandidateName: name,
    CandidateStatus: status,
    ObjectiveStatus: 'Succeeded',
    CreationTime: new Date('2026-11-29T10:00:00Z'),
    EndTime: new Date('2026-11-29T10:05:00Z'),
    FinalAutoMLJobObjectiveMetric: { MetricName: 'F1', Value: value },
    CandidateProperties: {
      CandidateMetrics: [
        { MetricName: 'F1', Set: 'Validation', Value: value },
        { MetricName: 'F1', Set: 'Train', Value: value + 0.4 },
      ],
    },
  });
  const report = buildAutoMlReport({
    createdAt: new Date('2026-11-29T12:00:00Z'),
    autoMlJob: {
      AutoMLJobName: 'automl',
      AutoMLJobStatus: 'Completed',
      BestCandidate: candidate('two', 0.6),
    } as never,
    candidates: [candidate('one', 0.5), candidate('two', 0.6), candidate('three', 0, 'Failed')] as never,
  });
  expect(report).toMatchSnapshot();
});

describe('scales', () => {
  const reverse: Range = {
    name: 'r',
    kind: 'Continuous',
    scaling: 'ReverseLogarithmic',
    min: 0.9,
    max: 0.999,
  };
  test.each<[string, Range, string, number | undefined]>([
    ['linear', DEPTH, '7', 0.5],
    ['logarithmic', ETA, '0.1', 2 / 3],
    ['reverse logarithmic', reverse, '0.99', 0.5],
    ['logarithmic from zero', { ...ETA, min: 0 }, '0.5', 0.5],
    ['no number', ETA, 'NaN', undefined],
    ['empty', ETA, '', undefined],
    ['zero on a logarithmic scale', ETA, '0', undefined],
    ['a single value', { ...DEPTH, min: 3, max: 3 }, '3', 0.5],
    ['an unknown category', { ...DEPTH, kind: 'Categorical', values: ['a'] }, 'b', undefined],
  ])('%s', (_case, range, value, at) => {
    const found = rangeScale(range, 0, 1).at(value);
    if (at === undefined) expect(found).toBeUndefined();
    else expect(found).toBeCloseTo(at);
  });

  test.each([
    [ETA, ['0.001', '0.01', '0.1', '1']],
    [{ ...ETA, min: 0.02, max: 0.1 }, ['0.02', '0.04', '0.06', '0.08', '0.1']],
    [{ ...ETA, min: 1e-300, max: 1 }, ['1e−300', '1e−249', '1e−198', '1e−147', '1e−96', '1e−45']],
    [reverse, ['0.99', '0.9', '0.999']],
  ])('ticks %#', (range, labels) => {
    const ticks = rangeScale(range, 0, 100).ticks(6);
    expect(ticks.map(({ label }) => label).sort()).toEqual([...labels].sort());
  });
});

test.each([
  [0, '0'],
  [-0.5, '−0.5'],
  [0.275531234, '0.27553'],
  [12345.678, '12,346'],
  [1234, '1234'],
  [1e-300, '1e−300'],
  [-1.5e22, '−1.5e22'],
  [0.1 + 0.2, '0.3'],
])('the number %d is written %s', (value, text) => {
  expect(formatNumber(value)).toBe(text);
});

test.each([
  [formatShare(0), '0 %'],
  [formatShare(0.0004), '<\u00a00.1\u00a0%'],
  [formatShare(0.0169), '1.7 %'],
  [formatShare(12.3), '1230 %'],
  [formatSeconds(0.44), '0.4 s'],
  [formatSeconds(59.7), '1 min'],
  [formatSeconds(61), '1 min 1 s'],
  [formatSeconds(7320), '2 h 2 min'],
])('%s', (text, expected) => {
  expect(text).toBe(expected);
});

describe('training-jobs.csv', () => {
  test('has a row for each job', () => {
    const csv = renderCsv(
      buildTuningReport(madeSearch({ ranges: [ETA], jobs: [{ value: 1, hyperparameters: { eta: '0.1' } }] })),
    );
    expect(csv).toBe(
      'number,name,status,objective,validation:rmse,eta,created_at,started_at,ended_at,instance_type,instance_count,billable_seconds,failure_reason\r\n' +
        '1,search-001,Completed,1,1,0.1,2026-11-29T10:00:00.000Z,2026-11-29T10:00:05.000Z,2026-11-29T10:00:50.000Z,ml.m5.xlarge,2,45,\r\n',
    );
  });

  test.each([
    ['=1+1', "'=1+1"],
    ['+cmd', "'+cmd"],
    ['-cmd', "'-cmd"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['-1e-300', '-1e-300'],
    ['+0.5', '+0.5'],
    ['-1+cmd', "'-1+cmd"],
    ['a "b", c', '"a ""b"", c"'],
    ['=a\r\nb', '"\'=a\r\nb"'],
    ['NaN', 'NaN'],
  ])('the value %j is the field %j', (value, field) => {
    const csv = renderCsv(
      buildTuningReport(madeSearch({ jobs: [{ value: 1, hyperparameters: { eta: value }, name: 'job' }] })),
    );
    expect(csv).toContain(`1,job,Completed,1,1,${field},2026`);
  });
});
