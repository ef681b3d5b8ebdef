import { buildTuningReport } from '../../lambda/report/build-report';
import type { TuningReportInput } from '../../lambda/report/input';
import type { Metric } from '../../lambda/shared/evaluation';
import {
  BOOSTER,
  DEPTH,
  defaultRun,
  ETA,
  evaluatedRun,
  largeSearch,
  type MadeJob,
  type MadeSearch,
  madeSearch,
} from './searches';

/** The report's sentence about a topic. */
function said(input: TuningReportInput, about: string): string | undefined {
  return buildTuningReport(input).reading.find((sentence) => sentence.about === about)?.text;
}

function sayings(input: TuningReportInput): Record<string, string> {
  return Object.fromEntries(buildTuningReport(input).reading.map(({ about, text }) => [about, text]));
}

const values = (...numbers: number[]): MadeJob[] => numbers.map((value) => ({ value }));
const repeat = (count: number, job: (index: number) => MadeJob): MadeJob[] =>
  Array.from({ length: count }, (_, index) => job(index));
const made = (jobs: readonly MadeJob[], more: Partial<MadeSearch> = {}) => madeSearch({ jobs, ...more });

test('the default run', () => {
  expect(sayings(defaultRun())).toMatchSnapshot();
});

test('750 jobs', () => {
  expect(sayings(largeSearch(750, 9))).toMatchSnapshot();
});

describe('the best against the others', () => {
  test.each<[string, MadeJob[], Partial<MadeSearch>, string | undefined]>([
    ['one job', values(1), {}, undefined],
    ['two jobs', values(2, 1), {}, 'The best job is 50 % better than the first.'],
    ['the first of two is the best', values(1, 2), {}, undefined],
    [
      'three jobs',
      values(4, 2, 1),
      {},
      'The best job is 75 % better than the first, 50 % better than the median and 50 % better than the second.',
    ],
    [
      'a score to maximize',
      values(0.5, 0.6, 0.9),
      { type: 'Maximize' },
      'The best job is 80 % better than the first, 50 % better than the median and 50 % better than the second.',
    ],
    ['values on both sides of zero', values(1, -1), {}, 'The best job is 2 better than the first.'],
    ['zero', values(0, -1), {}, 'The best job is 1 better than the first.'],
    ['equal values', values(1, 1, 1), {}, undefined],
    ['tiny values', values(2e-300, 1e-300), {}, 'The best job is 50 % better than the first.'],
  ])('%s', (_case, jobs, more, sentence) => {
    expect(said(made(jobs, more), 'comparison')).toBe(sentence);
  });
});

describe('convergence', () => {
  /**
   * Jobs whose last third improves the best value by `gain`. Before that, the best value is better than the median
   * by 1.
   */
  const late = (gain: number) => [
    ...repeat(8, (index) => ({ value: 2 + (index % 2) })),
    ...values(3, 2 - gain, 3, 3),
  ];
  test.each<[string, MadeJob[], Partial<MadeSearch>, RegExp | undefined]>([
    ['too few jobs', values(5, 4, 3, 2, 1), {}, undefined],
    [
      'nothing gained',
      late(0),
      {},
      /^The search has converged: the last 4 jobs did not improve the best value\./,
    ],
    [
      'little gained',
      late(0.01),
      {},
      /^The search has converged: the last 4 jobs improved the best value by 0\.01 /,
    ],
    [
      'something gained',
      late(0.05),
      {},
      /^The search has nearly converged: .* by 0\.05 \(4\.8 % of the distance/,
    ],
    [
      'much gained',
      late(1),
      {},
      /^The search was still improving: the last 4 jobs improved the best value by 1 /,
    ],
    ['a grid, whose order means nothing', late(1), { strategy: 'Grid' }, undefined],
    ['a search that still runs', late(1), { status: 'InProgress' }, undefined],
    ['a constant objective', repeat(20, () => ({ value: 1 })), {}, undefined],
  ])('%s', (_case, jobs, more, sentence) => {
    const text = said(made(jobs, more), 'convergence');
    if (sentence === undefined) expect(text).toBeUndefined();
    else expect(text).toMatch(sentence);
  });
});

describe('ends of ranges', () => {
  /** Jobs for which `eta` has one value in the best jobs and a different value in all other jobs. */
  const search = (best: string, others: string, count = 12): MadeJob[] =>
    repeat(count, (index) => ({
      value: index < 4 ? 1 + index / 100 : 2,
      hyperparameters: { eta: index < 4 ? best : others },
    }));
  test.each<[string, MadeJob[], RegExp | undefined]>([
    ['the best jobs are at the upper end', search('1', '0.01'), /eta is at the upper end of its range \(1\)/],
    [
      'close to the lower end on the logarithmic scale',
      search('0.0011', '0.1'),
      /eta \(0\.0011\) is close to the lower end of its range \(0\.001\)/,
    ],
    // On a linear scale, this value would be at the lower end.
    ['in the middle of the logarithmic scale', search('0.03', '0.5'), undefined],
    ['too few jobs', search('1', '0.01', 9), undefined],
    [
      'the best job alone',
      repeat(12, (index) => ({ value: index, hyperparameters: { eta: index ? '0.03' : '1' } })),
      undefined,
    ],
  ])('%s', (_case, jobs, sentence) => {
    const text = said(made(jobs, { ranges: [ETA, BOOSTER] }), 'edges');
    if (sentence === undefined) expect(text).toBeUndefined();
    else expect(text).toMatch(sentence);
  });
});

describe('overfitting', () => {
  const job = (train: number, value: number): MadeJob => ({ value, metrics: { 'train:rmse': train } });
  const curves = (validation: number[], train: number[]): Partial<TuningReportInput> => ({
    learningCurves: [['validation:rmse', validation] as const, ['train:rmse', train] as const].map(
      ([metric, points]) => ({
        job: 'search-001',
        metric,
        unit: 'round',
        points: points.map((value, round) => [round, value] as const),
      }),
    ),
  });
  const falling = Array.from({ length: 20 }, (_, round) => 2 - round / 20);
  test.each<[string, MadeJob, Partial<TuningReportInput>, RegExp | undefined]>([
    ['no train metric', { value: 1 }, {}, undefined],
    ['close metrics', job(0.95, 1), {}, /does not overfit much: rmse is 0\.95 on the training data and 1 on/],
    ['a gap', job(0.5, 1), {}, /fits the training data much better than the validation data/],
    [
      'a gap without a loss',
      job(0.5, 1),
      curves(falling, falling),
      /Its validation metric did not get worse during the training\.$/,
    ],
    [
      'a validation metric that got worse',
      job(0.5, 1.5),
      curves([...falling.slice(0, 10), ...falling.slice(0, 10).reverse()], falling),
      /overfits: its validation rmse was best in round 9 of 19/,
    ],
    [
      'both metrics got worse',
      job(2, 1.5),
      curves([...falling].reverse(), [...falling].reverse()),
      /does not overfit much/,
    ],
    [
      'a best round between the points of the chart',
      job(0.5, 2),
      curves(
        Array.from({ length: 1000 }, (_, round) => (round === 503 ? 0.5 : 3 - round / 1000)),
        Array.from({ length: 1000 }, (_, round) => 2 - round / 1000),
      ),
      /overfits: its validation rmse was best in round 503 of 999 \(0\.5\)/,
    ],
  ])('%s', (_case, made_, more, sentence) => {
    const text = said({ ...made([made_]), ...more }, 'overfit');
    if (sentence === undefined) expect(text).toBeUndefined();
    else expect(text).toMatch(sentence);
  });

  const rising = curves([...falling.slice(0, 10), 1.7, 1.9, 2], falling.slice(0, 13));
  const tuned = (patience: string): MadeJob => ({ hyperparameters: { early_stopping_rounds: patience } });
  test.each<[string, MadeJob, string, RegExp]>([
    [
      'ended the training',
      job(0.5, 2),
      '3',
      / Early stopping ended the training 3 rounds after the best round\.$/,
    ],
    [
      'ended the training without a gap',
      job(1.9, 2),
      '3',
      /does not overfit much.* Early stopping ended the/,
    ],
    ['did not end the training', job(0.5, 2), '10', /on the validation data\.$/],
    ['was tuned', { ...job(0.5, 2), ...tuned('3') }, '10', / Early stopping ended the training 3 rounds/],
    ['was off', job(0.5, 2), '0', /overfits/],
  ])('early stopping %s', (_case, made_, patience, sentence) => {
    const search = made([made_]);
    const { TrainingJobDefinition: definition } = search.tuningJob;
    const StaticHyperParameters = { early_stopping_rounds: patience };
    const tuningJob = {
      ...search.tuningJob,
      TrainingJobDefinition: { ...definition, StaticHyperParameters },
    };
    expect(said({ ...search, ...rising, tuningJob: tuningJob as never }, 'overfit')).toMatch(sentence);
  });
});

describe('jobs that failed or were stopped', () => {
  const failed = (reason?: string): MadeJob => ({
    status: 'Failed',
    ...(reason && { failureReason: reason }),
  });
  test.each<[string, MadeJob[], Partial<MadeSearch>, Record<string, unknown>]>([
    ['none', values(1, 2), {}, { failures: undefined, 'no-value': undefined }],
    ['one', [failed('no memory'), ...values(1)], {}, { failures: '1 of 2 jobs failed: no memory.' }],
    [
      'two reasons',
      [failed('no disk'), failed('no memory 0x1f'), failed('no memory 0x2e'), ...values(1)],
      {},
      { failures: '3 of 4 jobs failed, most often (2 times) for this reason: no memory 0x1f.' },
    ],
    [
      'a reason each',
      [failed('no disk'), failed('no memory'), ...values(1)],
      {},
      { failures: '2 of 3 jobs failed, each for a different reason, such as: no disk.' },
    ],
    [
      'no reason',
      [failed(), ...values(1)],
      {},
      { failures: '1 of 2 jobs failed. SageMaker gives no reason.' },
    ],
    [
      'all',
      [failed('no memory'), failed('no memory')],
      { status: 'Failed' },
      {
        failures: 'All 2 jobs failed, for the same reason: no memory.',
        'no-value': 'None of the 2 jobs has a value of validation:rmse, so there is no best job.',
        status: 'The search has the status Failed.',
      },
    ],
    ['no jobs', [], {}, { 'no-value': 'The search has no jobs.' }],
    [
      'jobs without the metric',
      [{}, {}],
      {},
      {
        'no-value': expect.stringMatching(/2 jobs completed without one: check that the log has the metric/),
      },
    ],
    [
      'stopped early',
      [{ value: 2, status: 'Stopped' }, ...values(1)],
      {},
      { stopped: '1 of 2 jobs were stopped before they ended.' },
    ],
    [
      'a search that was stopped',
      [{ value: 2, status: 'Stopped' }],
      { status: 'Stopped' },
      { stopped: undefined, status: 'The search was stopped before it ended.' },
    ],
    [
      'a constant objective',
      values(1, 1, 1),
      {},
      { constant: expect.stringMatching(/^All 3 jobs have the same value of validation:rmse \(1\)/) },
    ],
  ])('%s', (_case, jobs, more, sentences) => {
    const told = sayings(made(jobs, more));
    for (const [about, sentence] of Object.entries(sentences)) expect(told[about]).toEqual(sentence);
  });

  test('a completed job is the best job even if a stopped job has a better value', () => {
    const report = buildTuningReport(made([{ value: 1, status: 'Stopped' }, ...values(2)]));
    expect(report.bestJob).toBe('search-002');
  });
});

describe('instance time', () => {
  test('counts all instances of a job, and has a separate sum for failed jobs', () => {
    const jobs = [{ value: 1 }, { status: 'Failed', billableSeconds: 100 }];
    expect(said(made(jobs), 'cost')).toBe(
      'Billable instance time: 4 min 50 s (ml.m5.xlarge). Failed jobs took 3 min 20 s of it.',
    );
  });

  test('is left out if it is unknown for all jobs; says so if it is unknown for some jobs', () => {
    const { trainingJobs, ...input } = made(values(1, 2));
    const summaries = trainingJobs.map(({ summary = {} }) => ({ summary }));
    expect(said({ ...input, trainingJobs: summaries as never }, 'cost')).toBeUndefined();
    const mixed = [summaries[0], trainingJobs[1]] as never;
    expect(said({ ...input, trainingJobs: mixed }, 'cost')).toBe(
      'Billable instance time: 1 min 30 s (ml.m5.xlarge). The time of 1 job is unknown and not included.',
    );
  });
});

describe('the final model', () => {
  const final = (status: string, value?: number) => ({
    ...made(values(2, 1)),
    finalTrainingJob: {
      TrainingJobName: 'final',
      TrainingJobStatus: status,
      FinalMetricDataList: value === undefined ? [] : [{ MetricName: 'validation:rmse', Value: value }],
    } as never,
  });
  const trainedOn = (...channels: string[]) => {
    const input = final('Completed');
    const InputDataConfig = channels.map((ChannelName) => ({ ChannelName }));
    return {
      ...input,
      finalTrainingJob: { ...(input.finalTrainingJob as object), InputDataConfig } as never,
    };
  };
  test.each([
    ['equal', final('Completed', 1), 'The final model has the same validation:rmse as the best job: 1.'],
    [
      'worse',
      final('Completed', 1.2),
      "The final model's validation:rmse is 1.2, worse than the best job's 1.",
    ],
    [
      'better',
      final('Completed', 0.9),
      "The final model's validation:rmse is 0.9, better than the best job's 1.",
    ],
    ['without the metric', final('Completed'), undefined],
    [
      'without validation data',
      trainedOn('train'),
      'The final model has no validation:rmse: it was trained without validation data. To know how good it is, evaluate it on data that neither the search nor the final training used.',
    ],
    ['with validation data and without the metric', trainedOn('train', 'validation'), undefined],
    [
      'that of the best job',
      { ...made(values(2, 1)), bestTrainingJobName: 'search-002', reusesBest: true },
      'The final model is the model of the best job: no final training ran.',
    ],
    [
      'failed',
      final('Failed'),
      'The final training job final has the status Failed, so there is no final model.',
    ],
    ['none', made(values(2, 1)), undefined],
  ])('%s', (_case, input, sentence) => {
    expect(said(input, 'final-model')).toBe(sentence);
  });
});

test.each([
  [
    1,
    1.25,
    'with 5 folds, the best hyperparameters have a mean validation:rmse of 1.25. The best job has 1. This value is',
  ],
  [
    3,
    0.9,
    'with 5 folds, repeated 3 times, the best hyperparameters have a mean validation:rmse of 0.9. The best job has 1.',
  ],
])('compares the best job with a cross-validation of %d rounds and the mean %d', (rounds, mean, sentence) => {
  const crossValidation = { name: 'job', folds: 5, rounds, metrics: { 'validation:rmse': mean } };
  expect(said({ ...made(values(2, 1)), crossValidation }, 'cross-validation')).toContain(sentence);
});

test('of several definitions, the explanation covers the definition of the best job', () => {
  const jobs = repeat(60, (index) => ({
    definition: index % 2 ? 'deep' : 'flat',
    value: index % 2 ? (index % 12) / 10 : 5 + (index % 7),
    hyperparameters: { max_depth: String(2 + (index % 11)), eta: String(0.001 + (index % 12) / 13) },
  }));
  const report = buildTuningReport(made(jobs, { ranges: [DEPTH, ETA], definitions: ['flat', 'deep'] }));
  expect(report.jobs.find(({ name }) => name === report.bestJob)?.definition).toBe('deep');
  expect(report.importance.map(({ definition, jobs: count }) => [definition, count])).toEqual([
    ['flat', 30],
    ['deep', 30],
  ]);
  expect(report.reading.find(({ about }) => about === 'importance')?.text).toMatch(/^eta \(/);
});

describe('the evaluation', () => {
  const rmse = { value: 0.4123456, lower: 0.3912, upper: 0.4334, baseline: 1.2 };
  const evaluated = (metric: Partial<Metric>, jobs: readonly MadeJob[] = values(0.41)) => ({
    ...made(jobs),
    evaluation: {
      problem: 'Regression' as const,
      rows: 1000,
      metrics: { rmse: { ...rmse, ...metric } },
      statistics: 's3://bucket/evaluation.json',
    },
  });

  test.each<[string, TuningReportInput, string]>([
    [
      'better',
      evaluated({}),
      'On the test data, rmse is 0.412 (0.391–0.433), better than the baseline of 1.200.',
    ],
    [
      'no better',
      evaluated({ baseline: 0.4 }),
      'On the test data, rmse is 0.412 (0.391–0.433), which is no better than the baseline of 0.400: a constant prediction would do as well.',
    ],
    [
      'perhaps better',
      evaluated({ baseline: 0.42 }),
      'On the test data, rmse is 0.412 (0.391–0.433). The baseline of 0.420 is in this interval: 1,000 rows are too few to say that the model is better.',
    ],
    [
      'worse than the search expected',
      evaluated({}, values(0.3)),
      "On the test data, rmse is 0.412 (0.391–0.433), better than the baseline of 1.200. The best job's validation:rmse of 0.3 is better than this interval: the search overestimates the model, or the test data differs.",
    ],
    [
      'without an interval',
      evaluated({ lower: null, upper: null }),
      'On the test data, rmse is 0.41235, better than the baseline of 1.2.',
    ],
    ['without a baseline', evaluated({ baseline: null }), 'On the test data, rmse is 0.412 (0.391–0.433).'],
    [
      'undefined',
      evaluated({ value: null, lower: null, upper: null, reason: 'the weights of all rows are 0' }),
      'On the test data, rmse is undefined: the weights of all rows are 0.',
    ],
  ])('is %s', (_title, input, sentence) => {
    expect(said(input, 'evaluation')).toBe(sentence);
  });

  test('includes the decision of the quality gate', () => {
    const { gate } = evaluatedRun();
    expect(said({ ...made(values(1)), gate }, 'gate')).toBe(
      'The quality gate did not pass: rmse is 0.412, the gate allows at most 0.3.',
    );
  });
});
