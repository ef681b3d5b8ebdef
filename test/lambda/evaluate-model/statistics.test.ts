import { descendingOrder } from '../../../lambda/evaluate-model/metrics/argsort';
import { estimate, PARTS, PartSums, partOf } from '../../../lambda/evaluate-model/metrics/bootstrap';
import { Column } from '../../../lambda/evaluate-model/metrics/column';
import { RankedScores } from '../../../lambda/evaluate-model/metrics/ranked-scores';
import { pseudoRandom } from '../../pseudo-random';

const random = pseudoRandom(3);
const numbers = (count: number, of: () => number) => new Float64Array(count).map(of);

describe('the order of scores', () => {
  test.each<[string, Float64Array]>([
    ['none', new Float64Array()],
    ['one', Float64Array.of(3)],
    ['many', numbers(70_000, random)],
    ['negative ones', numbers(1000, () => random() - 0.5)],
    ['float32 ones', numbers(1000, () => Math.fround(random()))],
    ['ties', numbers(1000, () => Math.floor(random() * 5) - 2)],
    ['equal ones', numbers(100, () => -1.5)],
    ['both zeros', Float64Array.of(-0, 0, -0, 1e-310, 0, -1e-310)],
    ['extremes', Float64Array.of(1, -Number.MAX_VALUE, Number.MAX_VALUE, Number.MIN_VALUE, 0, -1e-300)],
  ])('is that of a stable sort: %s', (_title, values) => {
    const expected = [...values.keys()].sort((a, b) => (values[b] ?? 0) - (values[a] ?? 0));
    expect([...descendingOrder(values)]).toEqual(expected);
  });
});

test.each([0, 1, 65_536, 65_537, 200_000])('a column has all %d numbers', (length) => {
  const column = new Column();
  for (let row = 0; row < length; row += 1) column.push(row * 1.5);
  expect(column.length).toBe(length);
  const values = column.take();
  expect(values).toHaveLength(length);
  expect(values.every((value, row) => value === row * 1.5)).toBe(true);
});

describe('with more rows than parts', () => {
  const rows = 40 * PARTS;

  test('the parts have almost equal sizes', () => {
    const sizes = new Float64Array(PARTS);
    for (let row = 0; row < rows; row += 1) sizes[partOf(row)] = (sizes[partOf(row)] ?? 0) + 1;
    expect(Math.min(...sizes)).toBeGreaterThan(10);
    expect(Math.max(...sizes)).toBeLessThan(80);
  });

  // The intervals must not depend on the order of the values.
  test.each<[string, (row: number) => number]>([
    ['random', () => random()],
    ['sorted', (row) => row / rows],
    ['periodic', (row) => (row % 64) / 64],
  ])('the standard error of a mean agrees with theory: %s values', (_order, of) => {
    const sums = new PartSums(2);
    for (let row = 0; row < rows; row += 1) {
      sums.add(partOf(row), 0, 1);
      sums.add(partOf(row), 1, of(row));
    }
    const mean = estimate((weights) => {
      const [count = 0, sum = 0] = sums.totals(weights);
      return { mean: sum / count };
    }, rows)['mean'];
    const theory = Math.sqrt(1 / 12 / rows);
    expect((mean?.standardDeviation ?? 0) / theory).toBeGreaterThan(0.88);
    expect((mean?.standardDeviation ?? 0) / theory).toBeLessThan(1.12);
  });

  test('the standard error of AUC agrees with the formula of Hanley and McNeil', () => {
    const labels = numbers(rows, () => (random() < 0.02 ? 1 : 0));
    // The formula of Hanley and McNeil is exact for exponentially distributed scores.
    const scores = labels.map((label) => -Math.log(random()) * (label === 1 ? 3 : 1));
    const ranked = new RankedScores(scores, labels, undefined);
    const { auc } = estimate((weights) => ({ ...ranked.areas(weights) }), rows);
    const area = auc?.value ?? 0;
    expect(area).toBeCloseTo(0.75, 1);
    const positives = labels.reduce((sum, label) => sum + label, 0);
    const variance =
      area * (1 - area) +
      (positives - 1) * (area / (2 - area) - area ** 2) +
      (rows - positives - 1) * ((2 * area ** 2) / (1 + area) - area ** 2);
    const theory = Math.sqrt(variance / (positives * (rows - positives)));
    expect((auc?.standardDeviation ?? 0) / theory).toBeGreaterThan(0.88);
    expect((auc?.standardDeviation ?? 0) / theory).toBeLessThan(1.12);
  });
});
