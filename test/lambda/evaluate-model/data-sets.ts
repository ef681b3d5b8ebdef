import type { Column } from '../../../lambda/evaluate-model/event';
import { pseudoRandom } from '../../pseudo-random';

/** Labels with their predictions, the type of problem, and the weights and groups of the rows. */
export interface DataSet {
  readonly title: string;
  readonly problem: Readonly<Record<string, unknown>>;
  readonly labels: readonly number[];
  readonly predictions: readonly (readonly number[])[];
  readonly weights: readonly number[] | null;
  readonly groups: readonly string[] | null;
}

const random = pseudoRandom(11);

function times<Value>(count: number, of: (index: number) => Value): Value[] {
  return Array.from({ length: count }, (_, index) => of(index));
}

function dataSet(
  title: string,
  problem: DataSet['problem'],
  labels: readonly number[],
  predictionOf: (label: number) => number | readonly number[],
  more: Partial<DataSet> = {},
): DataSet {
  const predictions = labels.map((label) => [predictionOf(label)].flat());
  return { title, problem, labels, predictions, weights: null, groups: null, ...more };
}

const REGRESSION = { type: 'Regression' };
const BINARY = { type: 'BinaryClassification' };
const THREE_CLASSES = { type: 'MulticlassClassification', classes: 3 };
const RANKING = { type: 'Ranking' };

const noise = (scale = 1) => scale * (random() + random() + random() - 1.5);
const sigmoid = (value: number) => 1 / (1 + Math.exp(-value));
const coin = (share = 0.5) => (random() < share ? 1 : 0);
const probability = (label: number) => Math.fround(sigmoid(2 * label - 1 + noise(2)));
const classOf = () => Math.floor(random() * 3);
const weights = (count: number) => times(count, (index) => (index % 7 === 0 ? 0 : 3 * random()));

function probabilities(label: number): number[] {
  const scores = times(3, (one) => Math.exp((one === label ? 1 : 0) + noise(2)));
  const sum = scores.reduce((all, score) => all + score, 0);
  return scores.map((score) => Math.fround(score / sum));
}

const prices = times(500, () => 3 + noise(4));
const rare = times(3000, () => coin(0.02));
const classes = times(400, classOf);

export const DATA_SETS: readonly DataSet[] = [
  dataSet('regression', REGRESSION, prices, (label) => label + noise()),
  dataSet(
    'regression with a large offset',
    REGRESSION,
    times(300, () => 1e9 + noise()),
    (label) => label + noise(0.5),
  ),
  dataSet('regression with weights', REGRESSION, prices, (label) => label + noise(), {
    weights: weights(500),
  }),
  dataSet('regression, worse than the mean', REGRESSION, prices, () => noise(50)),
  dataSet(
    'regression with equal labels',
    REGRESSION,
    times(50, () => 0.5),
    () => noise(),
  ),
  dataSet('regression with one row', REGRESSION, [2.5], () => 2),
  dataSet(
    'two classes',
    BINARY,
    times(1000, () => coin()),
    probability,
  ),
  dataSet('two classes, one of which is rare', BINARY, rare, probability),
  dataSet(
    'two classes with many ties and a threshold',
    { ...BINARY, threshold: 0.3 },
    rare,
    (label) => Math.round(probability(label) * 10) / 10,
  ),
  dataSet(
    'two classes with weights and ties',
    BINARY,
    times(600, () => coin()),
    (label) => Math.round(probability(label) * 5) / 5,
    { weights: weights(600) },
  ),
  dataSet(
    'two classes with equal scores',
    BINARY,
    times(100, () => coin()),
    () => 0.4,
  ),
  dataSet(
    'two classes with certain scores',
    BINARY,
    times(100, () => coin()),
    () => coin(),
  ),
  dataSet(
    'two classes with scores that are not probabilities',
    BINARY,
    times(200, () => coin()),
    (label) => label + noise(4),
  ),
  dataSet(
    'two classes with labels of only one of them',
    BINARY,
    times(80, () => 1),
    probability,
  ),
  dataSet(
    'two classes without positive labels',
    BINARY,
    times(80, () => 0),
    () => 0.1,
  ),
  dataSet('two classes with one row', BINARY, [1], () => 0.7),
  dataSet('two classes with NaN as a prediction', BINARY, [1, 0, 1], (label) => (label ? 0.5 : Number.NaN)),
  dataSet('three classes', THREE_CLASSES, classes, probabilities),
  dataSet('three classes with weights', THREE_CLASSES, classes, probabilities, { weights: weights(400) }),
  dataSet('three classes without probabilities', THREE_CLASSES, classes, classOf),
  dataSet(
    'three classes, one of which never occurs',
    THREE_CLASSES,
    times(90, () => 2 * coin()),
    () => 2 * coin(),
  ),
  dataSet('three classes with one row', THREE_CLASSES, [2], probabilities),
  dataSet(
    'ranking',
    RANKING,
    times(900, () => Math.floor(random() * 5)),
    (label) => label + noise(5),
    {
      groups: times(900, (index) => `query ${(index * 7) % 31}`),
    },
  ),
  dataSet(
    'ranking with ties and groups without a relevant row',
    RANKING,
    times(300, (index) => (index < 3 ? 1 : coin((index % 3) / 9))),
    (label) => Math.round(label + noise(3)),
    { groups: times(300, (index) => (index < 3 ? `alone ${index}` : String(index % 30))) },
  ),
  dataSet('ranking without a relevant row', RANKING, [0, 0], () => noise(), { groups: ['a', 'a'] }),
];

/** The columns of a data set, and its rows in the format of the transform job. */
export function rowsOf({ labels, predictions, weights, groups }: DataSet): {
  columns: Column[];
  csv: string;
} {
  const columns: Column[] = [
    'label',
    ...(weights ? ['weight' as const] : []),
    ...(groups ? ['group' as const] : []),
    'prediction',
  ];
  const lines = labels.map((label, row) => {
    const found = predictions[row] ?? [];
    const shown = found.length > 1 ? `[${found.join(', ')}]` : String(found[0]).toLowerCase();
    return [label, weights?.[row], groups?.[row], shown].filter((field) => field !== undefined).join(',');
  });
  return { columns, csv: `${lines.join('\n')}\n` };
}
