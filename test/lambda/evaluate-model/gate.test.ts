import { type Wire, WireError } from '../wire-server';
import { evaluateRows } from './evaluate';

// Labels and predictions with an RMSE and an MAE of 0.412. The baseline has an RMSE of 1.
const CSV = '1,1.412\n-1,-0.588\n';
const GROUP = 'prices';
const APPROVED = { type: 'NoWorseThanApproved' };
const atMost = (value: number) => ({ type: 'AtMost', metric: 'rmse', value });
const atLeast = (value: number) => ({ type: 'AtLeast', metric: 'r2', value });
const all = (...conditions: Wire[]) => ({ type: 'All', conditions });
const any = (...conditions: Wire[]) => ({ type: 'Any', conditions });

const STATISTICS = 's3://data/evaluations/earlier/evaluation.json';
const STATISTICS_KEY = 'evaluations/earlier/evaluation.json';

/** A fake SageMaker whose model package group has one approved version. */
function registry(statistics: string | undefined = STATISTICS) {
  return {
    ListModelPackages: (input: Wire) => {
      expect(input).toMatchObject({
        ModelPackageGroupName: GROUP,
        ModelApprovalStatus: 'Approved',
        SortBy: 'CreationTime',
        SortOrder: 'Descending',
      });
      return { ModelPackageSummaryList: [{ ModelPackageArn: 'arn:3' }] };
    },
    DescribeModelPackage: (input: Wire) => {
      expect(input).toEqual({ ModelPackageName: 'arn:3' });
      return {
        ModelPackageVersion: 3,
        ...(statistics && { ModelMetrics: { ModelQuality: { Statistics: { S3Uri: statistics } } } }),
      };
    },
  };
}

const approvedWith = (rmse: unknown) => ({
  [STATISTICS_KEY]: JSON.stringify({ regression_metrics: { rmse: { value: rmse } } }),
});

const decide = (gate: Wire, operations = {}, objects = {}) =>
  evaluateRows({ gate, modelPackageGroup: GROUP }, CSV, operations, objects).then((result) => result.gate);

test.each<[Wire, boolean, string]>([
  [atMost(0.5), true, 'rmse is 0.412, the gate allows at most 0.5'],
  [atMost(0.3), false, 'rmse is 0.412, the gate allows at most 0.3'],
  [atLeast(0.9), false, 'r2 is 0.83, the gate requires at least 0.9'],
  [atLeast(0.8), true, 'r2 is 0.83, the gate requires at least 0.8'],
  // Numbers that are equal in their first three digits are shown with more digits.
  [atMost(0.41199), false, 'rmse is 0.412, the gate allows at most 0.41199'],
  [{ type: 'BetterThanBaseline' }, true, 'rmse is 0.412, the baseline has 1'],
  [
    all(atMost(0.3), atLeast(0.8), atLeast(0.9)),
    false,
    'rmse is 0.412, the gate allows at most 0.3; r2 is 0.83, the gate requires at least 0.9',
  ],
  [any(atMost(0.3), atLeast(0.8)), true, 'r2 is 0.83, the gate requires at least 0.8'],
  [
    any(atMost(0.3), all(atLeast(0.8), atLeast(0.9))),
    false,
    'rmse is 0.412, the gate allows at most 0.3; r2 is 0.83, the gate requires at least 0.9',
  ],
])('the gate %j: passed %p, because %s', async (gate, passed, reason) => {
  expect(await decide(gate)).toMatchObject({ passed, reason });
});

test('shows each condition with its value and its limit', async () => {
  const gate = await decide(any(atMost(0.3), all(atLeast(0.8), { type: 'BetterThanBaseline' })));
  expect(gate?.conditions).toMatchObject([
    { condition: 'rmse is at most 0.3', passed: false, value: expect.closeTo(0.412), limit: 0.3 },
    { condition: 'r2 is at least 0.8', passed: true, value: expect.closeTo(0.83), limit: 0.8 },
    { condition: 'rmse is better than the baseline', passed: true, limit: 1 },
  ]);
});

describe('the approved version', () => {
  test.each<[string, number, number | undefined, boolean, string]>([
    ['better', 0.4, undefined, false, 'rmse is 0.412, the approved version 3 of the group prices has 0.4'],
    ['worse', 0.45, undefined, true, 'rmse is 0.412, the approved version 3 of the group prices has 0.45'],
    [
      'better by so little that three digits do not show it',
      0.41199,
      undefined,
      false,
      'rmse is 0.412, the approved version 3 of the group prices has 0.41199',
    ],
    [
      'better, but within the tolerance',
      0.4,
      0.02,
      true,
      'rmse is 0.412, the approved version 3 of the group prices and the tolerance of 0.02 allow at most 0.42',
    ],
  ])('is %s', async (_title, other, tolerance, passed, reason) => {
    const gate = { ...APPROVED, ...(tolerance && { tolerance }) };
    expect(await decide(gate, registry(), approvedWith(other))).toMatchObject({ passed, reason });
  });

  test.each<[string, object, object, boolean, RegExp]>([
    [
      'there is none',
      { ListModelPackages: () => ({ ModelPackageSummaryList: [] }) },
      {},
      true,
      /^there is no approved version to compare with yet$/,
    ],
    [
      'there is no group',
      {
        ListModelPackages: () => {
          throw new WireError('ValidationException', 'Model Package Group prices does not exist.');
        },
      },
      {},
      true,
      /^there is no approved version/,
    ],
    [
      'it has no evaluation',
      registry(''),
      {},
      false,
      /^version 3 of the group prices cannot be compared: it was registered without model-quality statistics$/,
    ],
    [
      'its evaluation is gone',
      registry(),
      {},
      false,
      /cannot be compared: its statistics s3:.*evaluation.json cannot be read: .*NoSuchKey/,
    ],
    ['its evaluation is not JSON', registry(), { [STATISTICS_KEY]: 'x' }, false, /cannot be read: /],
    ['its metric is undefined', registry(), approvedWith('NaN'), false, /: its statistics have no rmse$/],
    [
      'its evaluation is for another problem',
      registry(),
      { [STATISTICS_KEY]: 'null' },
      false,
      /have no rmse$/,
    ],
  ])('cannot be compared with, because %s', async (_title, operations, objects, passed, reason) => {
    const gate = await decide(APPROVED, operations, objects);
    expect(gate).toMatchObject({ passed, reason: expect.stringMatching(reason) });
    expect(gate?.conditions).toMatchObject([{ limit: null, value: expect.closeTo(0.412) }]);
  });

  test.each([
    ['s3://data/test/', 'the approved version 3 of the group prices has 0.4'],
    ['s3://data/old/', 'the approved version 3 of the group prices (evaluated on other test data) has 0.4'],
  ])('that was evaluated on %s', async (test, text) => {
    const statistics = { regression_metrics: { rmse: { value: 0.4 } }, source: { test } };
    const event = { gate: APPROVED, modelPackageGroup: GROUP, details: { test: 's3://data/test/' } };
    const objects = { [STATISTICS_KEY]: JSON.stringify(statistics) };
    const { gate } = await evaluateRows(event, CSV, registry(), objects);
    expect(gate?.reason).toBe(`rmse is 0.412, ${text}`);
  });

  test('is found after empty pages, because SageMaker filters pages by approval', async () => {
    const pages: Wire[] = [
      { ModelPackageSummaryList: [], NextToken: 'second' },
      { NextToken: 'third' },
      { ModelPackageSummaryList: [{ ModelPackageArn: 'arn:3' }], NextToken: 'fourth' },
    ];
    const tokens: unknown[] = [];
    const operations = {
      ...registry(),
      ListModelPackages: (input: Wire) => {
        expect(input).toMatchObject({ ModelPackageGroupName: GROUP, ModelApprovalStatus: 'Approved' });
        tokens.push(input['NextToken']);
        return pages[tokens.length - 1] as Wire;
      },
    };
    expect(await decide(APPROVED, operations, approvedWith(0.4))).toMatchObject({
      passed: false,
      reason: 'rmse is 0.412, the approved version 3 of the group prices has 0.4',
    });
    expect(tokens).toEqual([undefined, 'second', 'third']);
  });

  test('is read only once, and only if a condition needs it', async () => {
    const calls: string[] = [];
    const operations = registry();
    const counting = {
      ...operations,
      ListModelPackages: (input: Wire) => {
        calls.push('list');
        return operations.ListModelPackages(input);
      },
    };
    await decide(atMost(1), counting, approvedWith(1));
    expect(calls).toEqual([]);
    await decide(all(APPROVED, { ...APPROVED, metric: 'mae' }), counting, approvedWith(1));
    expect(calls).toEqual(['list']);
  });

  test('causes the function to fail if it cannot be listed, so that the state machine retries', async () => {
    const refused = {
      ListModelPackages: () => {
        throw new WireError('ThrottlingException', 'Rate exceeded');
      },
    };
    await expect(decide(APPROVED, refused)).rejects.toMatchObject({ name: 'ThrottlingException' });
  });
});

test('a condition on an undefined metric does not pass', async () => {
  const gate = all(atLeast(0), { type: 'BetterThanBaseline' });
  const { gate: decided } = await evaluateRows({ gate }, '2,2\n');
  expect(decided).toMatchObject({
    passed: false,
    reason: expect.stringMatching(
      /^r2 is undefined: R² needs at least 2 rows; rmse is 0, the baseline has 0$/,
    ),
  });
});

test.each([
  ['[0.1,0.9]', 'log_loss is 0.105, the baseline has 0.693'],
  ['1', 'accuracy is 1, the baseline has 0.5'],
])(
  'for several classes with predictions such as %s, BetterThanBaseline compares the main metric',
  async (prediction, reason) => {
    const csv = `1,${prediction}\n0,${prediction.startsWith('[') ? '[0.9,0.1]' : '0'}\n`;
    const problem = { type: 'MulticlassClassification', classes: 2 };
    const { gate } = await evaluateRows({ problem, gate: { type: 'BetterThanBaseline' } }, csv);
    expect(gate).toMatchObject({ passed: true, reason });
  },
);
