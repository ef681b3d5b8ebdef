import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { automlPackages } from '../../../local/src/training/automl-runner';
import { environments, SETUP_TIMEOUT } from '../../../local/test/training/support';
import { DATA_SETS, rowsOf } from './data-sets';
import { evaluateRows } from './evaluate';

type Found = Readonly<Record<string, unknown>>;
let expected: readonly Found[];

beforeAll(async () => {
  const { python } = await environments.forPackages(automlPackages(false));
  const output = execFileSync(python, [join(__dirname, 'scikit_learn.py')], {
    // JSON has no NaN, but Python's reader accepts it.
    input: JSON.stringify(DATA_SETS, (_, value) => (Number.isNaN(value) ? 'NaN' : value)).replaceAll(
      '"NaN"',
      'NaN',
    ),
    encoding: 'utf8',
  });
  expected = JSON.parse(output);
}, SETUP_TIMEOUT);

const CASES = DATA_SETS.map((set, index) => [set.title, index] as const);

test.each(CASES)("the metrics of %s equal scikit-learn's", async (_title, index) => {
  const set = DATA_SETS[index] as (typeof DATA_SETS)[number];
  const { columns, csv } = rowsOf(set);
  const evaluation = evaluateRows({ columns, problem: set.problem }, csv);
  if (set.title.includes('NaN')) {
    expect(expected[index]).toMatchObject({ auc: null, au_prc: null, log_loss: null, brier_score: null });
    await expect(evaluation).rejects.toMatchObject({ name: 'InvalidPredictionError' });
    return;
  }
  const { evaluation: found, charts } = await evaluation;
  for (const [name, metric] of Object.entries(found.metrics)) {
    expectEqual([name, metric.value], [name, expected[index]?.[name]]);
    if (metric.value === null) expect(metric.reason).toMatch(/^[\w²]+ .*[\w)]$/);
    else expect(metric).not.toHaveProperty('reason');
  }
  const { residuals, calibration, confusionMatrix } = expected[index] as Found;
  expectEqual(charts.confusionMatrix, confusionMatrix);
  if (residuals)
    expectEqual(
      charts.residuals?.map(({ value }) => value),
      residuals,
    );
  if (calibration) {
    expectEqual(
      [
        charts.calibration?.map(({ label }) => label),
        charts.calibration?.map(({ prediction }) => prediction),
      ],
      calibration,
    );
  }
});

/** Compares nested lists of numbers, to 6 significant digits. */
function expectEqual(found: unknown, wanted: unknown): void {
  const different = (one: unknown, other: unknown): boolean => {
    if (Array.isArray(one) && Array.isArray(other) && one.length === other.length) {
      return one.some((item, index) => different(item, other[index]));
    }
    if (typeof one !== 'number' || typeof other !== 'number') return (one ?? null) !== (other ?? null);
    return Math.abs(one - other) > 5e-7 * Math.abs(other) + 1e-14;
  };
  if (different(found, wanted)) expect(found).toEqual(wanted);
}
