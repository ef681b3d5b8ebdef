import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pseudoRandom } from '../../../test/pseudo-random';
import { createAutoMLRunner } from '../../src/training/automl-runner';
import { environments, SETUP_TIMEOUT } from './support';

/**
 * What the Python code returns for a table: an analysis if the data is valid, or else the reason why it is not.
 */
interface Answer {
  readonly reason?: string;
  readonly problem?: string;
  readonly types?: Record<string, string>;
  readonly labels?: string[];
  readonly notes?: string[];
}

/** Reads all tables in one process, because starting a process takes longer than reading them. */
const SCRIPT = `
import json, sys
sys.path.insert(0, sys.argv[1])
from automl_data import Data
from errors import ClientError
answers = []
for config in json.load(open(sys.argv[2])):
    try:
        data = Data(config)
        answers.append({"problem": data.problem, "types": data.types, "labels": data.labels, "notes": data.notes})
    except ClientError as error:
        answers.append({"reason": str(error)})
print(json.dumps(answers))
`;

/** Rows `x,color,y`, in which y depends on x. */
function rows(count: number, y: (x: number, at: number) => string, header = 'x,color,y'): string {
  const random = pseudoRandom(11);
  const lines = Array.from({ length: count }, (_, at) => {
    const x = random();
    return `${x.toFixed(4)},${['red', 'green', 'blue'][at % 3]},${y(x, at)}`;
  });
  return [header, ...lines].join('\n');
}

const number = (x: number) => x.toFixed(3);
const words = ['the cat sat here', 'a dog ran over', 'some bird flew away'];

const REFUSED: [name: string, csv: string, reason: RegExp, config?: Record<string, unknown>][] = [
  [
    'no such column',
    rows(30, number, 'x,color,price'),
    /No column "y" \(TargetAttributeName\).*x, color, price/,
  ],
  ['no header', rows(30, number, '0.5,1,3'), /No column "y".*must be a header/],
  ['a constant target', rows(30, () => '7'), /only one value, "7", in all 30 rows/],
  ['one class', rows(30, () => 'yes'), /one class, "yes"/, { problemType: 'BinaryClassification' }],
  [
    'three classes for two',
    rows(30, (x) => 'abc'.charAt(x * 3)),
    /3 distinct values.*exactly two/,
    { problemType: 'BinaryClassification' },
  ],
  ['a rare second class', rows(30, (_, at) => (at === 3 ? 'a' : 'b')), /two classes.*have 3 rows or more/],
  ['a target that is missing', rows(30, () => ''), /Every value of the target "y" is missing/],
  ['a header alone', 'x,color,y\n', /training data is empty/],
  ['an empty file', '', /\.csv is empty/],
  ['too few rows', rows(5, number), /5 rows with a target: at least 20/],
  [
    'text for Regression',
    rows(30, (x) => (x > 0.5 ? 'n.a' : '1')),
    /not numbers, such as "n\.a"/,
    { problemType: 'Regression' },
  ],
  [
    'numbers and text',
    rows(60, (x) => (x > 0.9 ? 'high' : number(x))),
    /Cannot infer the problem type.*"high"/,
  ],
  ['rows that are too long', rows(30, (x) => `${number(x)},1`), /more fields than its header/],
  ['a row that is too long', `${rows(30, number)}\n1,red,2,3`, /not a CSV file with 3 columns.*line 32/],
  ['a column without a name', rows(30, number, 'x,,y'), /column without a name/],
  ['a name that is used twice', rows(30, number, 'x,x,y'), /names x more than once/],
  [
    'no column but the target',
    ['y', ...Array.from({ length: 30 }, (_, at) => at)].join('\n'),
    /No column can be used to predict/,
  ],
  ['no such weight', rows(30, number), /No column "w" \(SampleWeightAttributeName\)/, { sampleWeight: 'w' }],
];

const READ: [name: string, csv: string, answer: Answer, config?: Record<string, unknown>][] = [
  ['numbers', rows(100, number), { problem: 'Regression', types: { x: 'numeric', color: 'categorical' } }],
  [
    'two numbers',
    rows(30, (x) => (x > 0.5 ? '1' : '0')),
    { problem: 'BinaryClassification', labels: ['0', '1'] },
  ],
  [
    'few whole numbers in many rows',
    rows(400, (x) => String(Math.floor(x * 10) + 2)),
    { problem: 'MulticlassClassification', labels: ['2', '3', '4', '5', '6', '7', '8', '9', '10', '11'] },
  ],
  ['many whole numbers', rows(100, (x) => String(Math.floor(x * 60))), { problem: 'Regression' }],
  [
    'few whole numbers, as asked',
    rows(400, (x) => String(Math.floor(x * 10))),
    { problem: 'Regression' },
    { problemType: 'Regression' },
  ],
  [
    'columns with quotes, missing values, dates, text and identifiers',
    rows(
      60,
      (x, at) =>
        `${x > 0.5 ? 'yes' : 'no'},2024-01-${10 + (at % 20)},"${words[at % 3]}, ${at} ""quoted""",id-${at},${at},${at % 2 ? '' : 'NA'}`,
      'x,color,y,day,note,key,row,gone',
    ),
    {
      problem: 'BinaryClassification',
      labels: ['no', 'yes'],
      types: { x: 'numeric', color: 'categorical', day: 'datetime', note: 'text' },
    },
  ],
];

let folder: string;
let answers: Answer[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'automl-data-'));
  let python = '';
  await createAutoMLRunner({
    environments: {
      forPackages: async (wanted) => {
        const found = await environments.forPackages(wanted);
        python = found.python;
        return found;
      },
    },
    maxWorkers: 1,
  }).prepare();
  const configs = [...REFUSED, ...READ].map(([, csv, , config], at) => {
    const file = join(folder, `${at}.csv`);
    writeFileSync(file, csv);
    return { target: 'y', training: { files: [file], gzip: false, parquet: false }, ...config };
  });
  writeFileSync(join(folder, 'configs.json'), JSON.stringify(configs));
  const source = resolve(__dirname, '../../python');
  const output = execFileSync(python, ['-B', '-c', SCRIPT, source, join(folder, 'configs.json')]);
  answers = JSON.parse(output.toString());
}, SETUP_TIMEOUT);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each(REFUSED.map(([name, , reason], at) => [name, at, reason] as const))(
  'refused: %s',
  (_, at, reason) => {
    expect(answers[at]?.reason).toMatch(reason);
  },
);

test.each(READ.map(([name, , answer], at) => [name, REFUSED.length + at, answer] as const))(
  'read: %s',
  (_, at, answer) => {
    expect(answers[at]).toMatchObject(answer);
    if (answer.types) expect(answers[at]?.types).toEqual(answer.types);
  },
);
