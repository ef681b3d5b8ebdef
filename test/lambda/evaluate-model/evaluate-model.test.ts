import { ENVIRONMENT, invokeBundle, startS3, type Wire } from '../wire-server';
import { EVENT, evaluate, evaluateRows } from './evaluate';

const BINARY = { type: 'BinaryClassification' };
const THREE_CLASSES = { type: 'MulticlassClassification', classes: 3 };
const RANKING = { columns: ['label', 'group', 'prediction'], problem: { type: 'Ranking' } };
const WEIGHTED = { columns: ['label', 'weight', 'prediction'] };

describe('the rows', () => {
  test('come from all objects below the prefix, except empty objects and lines', async () => {
    const { evaluation } = await evaluate(
      {},
      {
        'evaluations/job/predictions/a.csv.out': '1,2\r\n2,3\r\n\r\n',
        'evaluations/job/predictions/b.csv.out': '',
        'evaluations/job/predictions/c/d.csv.out': '\n3, 4',
        'evaluations/job/predictions/e.csv.out': '4,5\n',
        'evaluations/job/predictionsless.out': '4,500\n',
      },
    );
    expect(evaluation).toMatchObject({ rows: 4, problem: 'Regression', metrics: { rmse: { value: 1 } } });
  });

  test.each([
    ['in brackets', '0,[0.5,0.25,0.25]\n2,[0.25, 0.25, 0.5]\n'],
    ['quoted by the join', '0,"[0.5, 0.25, 0.25]"\n2,"[0.25, 0.25, 0.5]"\n'],
    ['in columns', '0,0.5,0.25,0.25\n2,0.25,0.25,0.5\n'],
    ['that are rounded', '0,0.5,0.25,0.23\n2,0.26,0.26,0.5\n'],
    ['after all columns of the test data', '0,7,,text,0.5,0.25,0.25\n2,7,,text,0.25,0.25,0.5\n'],
  ])('have the probabilities of classes %s', async (_title, csv) => {
    const { evaluation } = await evaluateRows({ problem: THREE_CLASSES }, csv);
    expect(evaluation.metrics).toMatchObject({
      accuracy: { value: 1 },
      log_loss: { value: expect.closeTo(Math.log(2)) },
    });
  });

  test('of a group can be in any order, and the group can have any name', async () => {
    const csv = '1,"é",2\n1,b,1\n0,"é",1\n0,b,2\n';
    const { evaluation, charts } = await evaluateRows(RANKING, csv);
    expect(charts.groups).toEqual({ ranked: 2, all: 2 });
    expect(evaluation.metrics['ndcg']?.value).toBeCloseTo((1 + 1 / Math.log2(3)) / 2);
  });

  test.each<[string, Wire, string, string, RegExp]>([
    ['a missing label', {}, '1,1\n,1\n', 'InvalidLabelError', /row 2: the label is missing/],
    [
      'a header',
      {},
      'price,p\n1,1\n',
      'InvalidLabelError',
      /row 1: the label is "price", but must be a finite/,
    ],
    [
      'a label of no class',
      { problem: BINARY },
      '2,0.5\n',
      'InvalidLabelError',
      /is "2", but must be 0 or 1/,
    ],
    [
      'a fraction of a class',
      { problem: THREE_CLASSES },
      '0.5,1\n',
      'InvalidLabelError',
      /a class from 0 to 2/,
    ],
    ['a class too many', { problem: THREE_CLASSES }, '3,1\n', 'InvalidLabelError', /a class from 0 to 2/],
    ['a negative relevance', RANKING, '-1,a,1\n', 'InvalidLabelError', /a number from 0 to 31/],
    [
      'a prediction of NaN',
      {},
      '1,1\n1,1\n\n1,nan\n',
      'InvalidPredictionError',
      /row 4: the prediction is "nan"/,
    ],
    [
      'an infinite prediction',
      {},
      '1,Infinity\n',
      'InvalidPredictionError',
      /is "Infinity", but must be a finite/,
    ],
    ['a missing prediction', {}, '1,\n', 'InvalidPredictionError', /the prediction is ""/],
    [
      'a missing probability',
      { problem: THREE_CLASSES },
      '1,[0.5,,0.5]\n',
      'InvalidPredictionError',
      /the prediction is ""/,
    ],
    [
      'a score where a class is expected',
      { problem: THREE_CLASSES },
      '1,0.7\n',
      'InvalidPredictionError',
      /"0\.7", but must be a class from 0 to 2, or 3 probabilities/,
    ],
    [
      'features where probabilities are expected',
      { problem: THREE_CLASSES },
      '0,1,0,0\n1,34.5,0.2,1\n',
      'InvalidPredictionError',
      /row 2: the last 3 columns are "34\.5,0\.2,1", but must be probabilities .* set probabilities: false/,
    ],
    [
      'features from 0 to 1 where probabilities are expected',
      { problem: THREE_CLASSES },
      '0,0.5,0.25,2\n',
      'InvalidPredictionError',
      /"0\.5,0\.25,2", but must be probabilities from 0 to 1/,
    ],
    [
      'probabilities whose sum is not 1',
      { problem: THREE_CLASSES },
      '0,0.5,0.25,0\n',
      'InvalidPredictionError',
      /with a sum of 1/,
    ],
    [
      'a negative probability',
      { problem: THREE_CLASSES },
      '0,-0.5,1,0.5\n',
      'InvalidPredictionError',
      /from 0 to 1/,
    ],
    ['a negative weight', WEIGHTED, '1,-1,1\n', 'InvalidWeightError', /the weight is "-1"/],
    ['a missing weight', WEIGHTED, '1,,1\n', 'InvalidWeightError', /the weight is ""/],
    [
      'a missing column',
      {},
      '1,1\n1\n',
      'InvalidRowError',
      /row 2: .* 1 column, but the rows before it have 2/,
    ],
    [
      'a column too many',
      {},
      '1,1,1\n',
      'InvalidRowError',
      /row 1: the row has 3 columns, but 2 columns \(label, prediction\) are expected/,
    ],
    [
      'another number of columns',
      { problem: THREE_CLASSES },
      '1,0,1,0\n1,0,0,1,0\n',
      'InvalidRowError',
      /row 2: the row has 5 columns, but the rows before it have 4/,
    ],
    ['no row end', {}, `1,${'1'.repeat(2 ** 21)}`, 'InvalidRowError', /more than 1048576 characters/],
  ])(
    'with %s are refused, and the error names the file and the row',
    async (_title, event, csv, name, message) => {
      const failure = evaluateRows(event, csv);
      await expect(failure).rejects.toMatchObject({ name, message: expect.stringMatching(message) });
      const place = /^s3:\/\/data\/evaluations\/job\/predictions\/test\.csv\.out, row \d+: /;
      await expect(failure).rejects.toThrow(place);
    },
  );

  test.each<Record<string, string>>([{}, { 'evaluations/job/predictions/a': '\n\n' }])(
    'must exist: %j',
    async (objects) => {
      await expect(evaluate({}, objects)).rejects.toMatchObject({
        name: 'NoPredictionsError',
        message: 'there are no predictions below s3://data/evaluations/job/predictions/',
      });
    },
  );
});

test.each<[Wire, string]>([
  [{ type: 'Regression' }, '1,0,2\n2,0,4\n'],
  [BINARY, '1,0,0.7\n0,0,0.2\n'],
  [THREE_CLASSES, '1,0,0,1,0\n0,0,1,0,0\n'],
])('if all weights are 0, all metrics of %j are undefined', async (problem, csv) => {
  const { evaluation } = await evaluateRows({ ...WEIGHTED, problem }, csv);
  for (const metric of Object.values(evaluation.metrics)) {
    expect(metric).toEqual({
      value: null,
      lower: null,
      upper: null,
      baseline: null,
      reason: 'the weights of all rows are 0',
    });
  }
});

describe('the intervals', () => {
  const csv = Array.from({ length: 4000 }, (_, row) => `0,${Math.sin(row * row)}`).join('\n');

  test('are the same in each run, and as wide as theory predicts', async () => {
    const [one, other] = await Promise.all([evaluateRows({}, csv), evaluateRows({}, csv)]);
    expect(one.evaluation).toEqual(other.evaluation);
    const { value, lower, upper } = one.evaluation.metrics['mse'] ?? {};
    const squares = csv.split('\n').map((line) => Number(line.split(',')[1]) ** 2);
    const variance = squares.reduce((sum, square) => sum + (square - Number(value)) ** 2, 0) / squares.length;
    const error = Math.sqrt(variance / squares.length);
    const width = (Number(upper) - Number(lower)) / (2 * 1.96 * error);
    expect(width).toBeGreaterThan(0.9);
    expect(width).toBeLessThan(1.1);
    expect(Number(value) - Number(lower)).toBeGreaterThan(error);
    expect(Number(upper) - Number(value)).toBeGreaterThan(error);
  });

  test('do not exist for a single row', async () => {
    const { evaluation, file } = await evaluateRows({}, '1,2\n');
    expect(evaluation.metrics['rmse']).toEqual({ value: 1, lower: null, upper: null, baseline: 0 });
    expect(file['regression_metrics']).toMatchObject({
      rmse: { value: 1, standard_deviation: 'NaN' },
      r2: { value: 'NaN', standard_deviation: 'NaN' },
    });
  });
});

describe('evaluation.json', () => {
  test("has the form of SageMaker's model-quality statistics", async () => {
    const details = { test: 's3://data/test/', model: 'final' };
    const csv = '1,0.9\n1,0.4\n0,0.2\n0,0.6\n0,0.1\n';
    const { file, evaluation, charts } = await evaluateRows({ problem: BINARY, details }, csv);
    const metric = (value: unknown) => ({ value, standard_deviation: expect.anything() });
    expect(file).toEqual({
      schemaVersion: 1,
      binary_classification_metrics: {
        confusion_matrix: { 0: { 0: 2, 1: 1 }, 1: { 0: 1, 1: 1 } },
        auc: metric(expect.closeTo(5 / 6)),
        au_prc: metric(expect.closeTo(5 / 6)),
        log_loss: metric(expect.any(Number)),
        brier_score: metric(expect.any(Number)),
        accuracy: metric(0.6),
        f1: metric(0.5),
        precision: metric(0.5),
        recall: metric(0.5),
        accuracy_best_constant_classifier: metric(0.6),
        precision_best_constant_classifier: metric('NaN'),
        recall_best_constant_classifier: metric(0),
        f1_best_constant_classifier: metric(0),
      },
      problem: 'BinaryClassification',
      rows: 5,
      metrics: evaluation.metrics,
      charts,
      source: details,
    });
  });

  test('is encrypted with the KMS key of the output', async () => {
    expect((await evaluateRows({ encryptionKey: 'arn:aws:kms:x' }, '1,2\n')).kmsKey).toBe('arn:aws:kms:x');
  });
});

test('the baselines are the metrics of a constant prediction', async () => {
  const { evaluation } = await evaluateRows({}, '1,1\n2,2\n6,6\n');
  const baseline = (name: string) => evaluation.metrics[name]?.baseline;
  expect(['mse', 'mae', 'r2'].map(baseline)).toEqual([expect.closeTo(14 / 3), 2, 0]);
});

test('the baseline for classes always predicts the share of class 1', async () => {
  const event = { problem: { type: 'BinaryClassification' } };
  const { evaluation } = await evaluateRows(event, '1,0.9\n1,0.8\n1,0.7\n0,0.2\n');
  const baseline = (name: string) => evaluation.metrics[name]?.baseline;
  expect(['log_loss', 'brier_score', 'accuracy'].map(baseline)).toEqual([
    expect.closeTo(-0.75 * Math.log(0.75) - 0.25 * Math.log(0.25)),
    0.1875,
    0.75,
  ]);
});

const nested = (levels: number): Wire =>
  levels === 0 ? { type: 'BetterThanBaseline' } : { type: 'All', conditions: [nested(levels - 1)] };

test.each<[string, Wire, RegExp]>([
  ['an unknown field', { other: 1 }, /unknown field "other"/],
  [
    'no S3 URI',
    { predictions: 'bucket/key' },
    /predictions must be s3:\/\/bucket\/prefix, got "bucket\/key"/,
  ],
  [
    'another problem',
    { problem: { type: 'Clustering' } },
    /problem.type must be Regression, .*, got "Clustering"/,
  ],
  [
    'no number of classes',
    { problem: { type: 'MulticlassClassification' } },
    /problem.classes must be an integer/,
  ],
  ['other columns', { columns: ['prediction', 'label'] }, /columns must be \["label","prediction"\] or/],
  [
    'no groups',
    { problem: { type: 'Ranking' } },
    /columns must be \["label","group","prediction"\] for Ranking/,
  ],
  [
    'a metric of another problem',
    { gate: { type: 'AtLeast', metric: 'auc', value: 1 } },
    /gate.metric must be a metric of Regression \(rmse, mse, mae, r2\), got "auc"/,
  ],
  ['no limit', { gate: { type: 'AtLeast', metric: 'rmse' } }, /gate.value must be a number, got nothing/],
  ['no conditions', { gate: { type: 'All', conditions: [] } }, /gate.conditions must be a list/],
  ['conditions in 11 levels', { gate: nested(11) }, /gate must be a tree of at most 10 levels, got "All"/],
  ['an unknown condition', { gate: { type: 'None' } }, /gate.type must be AtLeast, .*, got "None"/],
  ['no group', { gate: { type: 'NoWorseThanApproved' } }, /modelPackageGroup must be a string, because/],
])('an event with %s is refused', async (_title, event, message) => {
  await expect(evaluateRows(event, '1,1\n')).rejects.toMatchObject({
    name: 'InvalidEventError',
    message: expect.stringMatching(message),
  });
});

test('the bundle evaluates like the source, and keeps the names of errors', async () => {
  const server = await startS3('data', { 'evaluations/job/predictions/a': '1,2\n1,x\n' });
  const environment = { ...ENVIRONMENT, AWS_ENDPOINT_URL: server.endpoint };
  const failed = await invokeBundle('evaluate-model', EVENT, environment);
  expect(failed).toMatchObject({ type: 'InvalidPredictionError', message: expect.stringContaining('row 2') });
  await server.close();
});
