import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createXGBoostTrainer, type Trainer } from '../../src/training';
import {
  channelOf,
  defaultEnvironment,
  environments,
  failureReason,
  runJob,
  SETUP_TIMEOUT,
  temporaryFolder,
} from './support';

let trainer: Trainer;
beforeAll(async () => {
  await defaultEnvironment();
  trainer = createXGBoostTrainer({ pythonFor: environments.forXGBoost, maxWorkers: 1 });
}, SETUP_TIMEOUT);
afterAll(() => trainer.close());

function file(content: string, name = 'data.csv'): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, content);
  return path;
}

const HYPERPARAMETERS = { num_round: '2' };
const GOOD = '1,2,3\n4,5,6\n7,8,9\n';

async function reasonFor(train: string[], contentType?: string, more: Record<string, string> = {}) {
  const changes = { channels: [channelOf('train', train, contentType)] };
  const { outcome } = await runJob(trainer, { ...HYPERPARAMETERS, ...more }, {}, changes);
  return failureReason(outcome);
}

/** Trains on CSV, twice. Returns the outcome, the trainer's notices, and the log and the data warnings of one job. */
async function trainOnCsv(content: string) {
  const notices: string[] = [];
  const own = createXGBoostTrainer({
    pythonFor: environments.forXGBoost,
    maxWorkers: 1,
    onNotice: (text) => notices.push(text),
  });
  try {
    const train = [file(content)];
    const warnings: string[] = [];
    const onDataWarning = (text: string) => warnings.push(text);
    const { outcome, log } = await runJob(own, HYPERPARAMETERS, { train }, { onDataWarning });
    expect((await runJob(own, HYPERPARAMETERS, { train })).outcome).toEqual(outcome);
    return { outcome, notices, log, warnings };
  } finally {
    await own.close();
  }
}

test.each([
  ['a word', '1,2,3\n4,abc,6\n', /data\.csv, line 2, column 2: 'abc' is not a number\..* empty/],
  ['a word for a label', '1,2,3\nx,5,6\n', /line 2, column 1: 'x' is not a number.* needs a label/],
  ['half a number', '1,2,3\n\n4,5x,6\n', /line 3, column 2: '5x' is not a number/],
  ['two points', '1,2,3\n4,5.1.2,6\n', /line 2, column 2: '5\.1\.2' is not a number/],
  ['NA', '1,2,NA\n', /line 1, column 3: 'NA' is not a number.* empty/],
  [
    'booleans of pandas',
    '1,2,True\n4,5,False\n',
    /line 1, column 3: 'True' is not .* get_dummies\(dtype=int\)/,
  ],
  ['no label', '1,2,3\n,5,6\n', /line 2 has no label/],
  ['fewer columns', '1,2,3\n4,5\n', /line 2 has 2 columns where 3 are expected/],
  ['more columns', '1,2,3\n4,5,6,7\n', /line 2 has 4 columns where 3 are expected/],
  ['a header', `label,a,b\n${GOOD}`, /line 1 looks like a header: 'label,a,b'/],
])(
  'CSV with %s trains, with a warning in the log of each job and one notice',
  async (_, content, warning) => {
    const { outcome, notices, log, warnings } = await trainOnCsv(content);
    expect(outcome).toEqual({ status: 'Completed' });
    expect(notices).toEqual([expect.stringMatching(warning)]);
    expect(warnings).toEqual(notices);
    expect(log.filter((line) => line.includes(`:WARNING] ${notices[0]}`))).toHaveLength(1);
  },
);

test.each([
  ['an empty file', '', /^ClientError: No data in training channel path /],
  ['blank lines', '\n\n', /^ClientError: Could not determine delimiter/],
  ['infinity', '1,inf,3\n4,5,6\n', /^ClientError: Failed to load csv data with exception:\n.*`inf`/],
  ['a label that is not a number', '1,2,3\nnan,5,6\n', /^AlgorithmError: XGB train call failed/],
  [
    "pipes in a file where Python's csv.Sniffer does not recognize them",
    '-1.463|1.390|1.055|-0.980\n2.1|1.5|1.4|1.3\n',
    /^ClientError: Failed to load csv data with exception:\n[\s\S]*the container uses '0' as the delimiter/,
  ],
])('CSV with %s fails the job', async (_, content, reason) => {
  expect(await reasonFor([file(content)], 'text/csv')).toMatch(reason);
});

test.each([
  ['missing features', '1,,3\n4,5,\n7,nan,9\n'],
  ['Windows line breaks and a byte order mark', '\ufeff1,2,3\r\n4,5,6\r\n'],
  ['exponents and signs', '1e3,-2E-2,+3\n.5,5.,-0\n'],
  ['tabs', '1\t2\t3\n4\t5\t6\n'],
  ['semicolons', '1;2;3\n4;5;6\n'],
  ['pipes', '1|2|3\n4|5|6\n'],
  ['blanks', '1 2 3\n4 5 6\n'],
  ['no line break at the end of the file', '1,2,3\n4,5,6'],
])('CSV with %s trains with the right columns', async (_, content) => {
  const changes = { channels: [channelOf('train', [file(content)], 'text/csv')] };
  const { outcome, log } = await runJob(trainer, HYPERPARAMETERS, {}, changes);
  expect(outcome).toEqual({ status: 'Completed' });
  expect(log.join('\n')).toContain('rows and 2 columns');
  expect(log.filter((line) => line.includes(':WARNING]'))).toEqual([]);
});

test.each([
  ['csv', GOOD],
  ['text/csv', GOOD],
  ['libsvm', '1 0:2 1:3\n'],
  ['text/libsvm', '1 0:2 1:3\n'],
  ['text/x-libsvm', '1 0:2 1:3\n'],
])('%s is a content type', async (contentType, content) => {
  expect(await reasonFor([file(content)], contentType)).toBe('not failed: Completed');
});

test('the files of a channel are all read, in order', async () => {
  const folder = temporaryFolder();
  const files = Array.from({ length: 500 }, (_, i) => {
    const path = join(folder, `part-${String(i).padStart(5, '0')}.csv`);
    // Some files have a byte order mark, and some have no line break at the end.
    writeFileSync(path, `${i % 3 === 0 ? '\ufeff' : ''}${i},2,3${i % 2 === 0 ? '\n' : ''}`);
    return path;
  });
  const { outcome, log } = await runJob(trainer, HYPERPARAMETERS, { train: files });
  expect(outcome).toEqual({ status: 'Completed' });
  expect(log.join('\n')).toContain('Train matrix has 500 rows and 2 columns');
});

test('all files of a channel are read, except those whose name begins with a dot or an underscore', async () => {
  const folder = join(temporaryFolder(), 'a b;c?d#é');
  mkdirSync(folder);
  const files = [
    ['part 1.csv', GOOD],
    ['part 2.csv', '1,2,3\n'],
    ['_SUCCESS', 'x'],
    ['.hidden', 'x'],
  ].map(([name = '', content = '']) => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  });
  const { outcome, log } = await runJob(trainer, HYPERPARAMETERS, { train: files });
  expect(outcome).toEqual({ status: 'Completed' });
  expect(log.join('\n')).toContain('Train matrix has 4 rows and 2 columns');
  const unequal = await runJob(trainer, HYPERPARAMETERS, { train: [file(GOOD), file('1,2\n', 'other.csv')] });
  expect(unequal.log.join('\n')).toMatch(/other\.csv, line 1 has 2 columns where 3 are expected/);
});

test('a changed file is read again, but an unchanged file is not', async () => {
  const path = file(GOOD);
  const matrix = async () =>
    (await runJob(trainer, HYPERPARAMETERS, { train: [path] })).log.find((line) =>
      line.includes('Train matrix'),
    );
  expect(await matrix()).toContain('3 rows');
  expect(await matrix()).toContain('3 rows');
  writeFileSync(path, `${GOOD}1,1,1\n`);
  expect(await matrix()).toContain('4 rows');
});

test('with csv_weights, the second column contains the weights of the rows', async () => {
  const rows = (weights: number[]) =>
    [0, 10].flatMap((label, i) => Array.from({ length: 20 }, () => `${label},${weights[i]},1,2`)).join('\n');
  const rmseOf = async (weights: number[], metric: Record<string, string> = {}) => {
    const more = { csv_weights: '1', num_round: '30', objective: 'reg:squarederror', ...metric };
    const { log } = await runJob(
      trainer,
      { ...HYPERPARAMETERS, ...more },
      { train: [file(`${rows(weights)}\n`)] },
    );
    expect(log.join('\n')).toContain('40 rows and 2 columns');
    return Number(log.filter((line) => line.startsWith('[29]'))[0]?.split(':')[1]);
  };
  expect(await rmseOf([1, 1])).toBeCloseTo(5, 1);
  expect(await rmseOf([99, 1])).toBeCloseTo(1, 1);
  // If rmse is requested as a metric, the container computes it and ignores the weights.
  expect(await rmseOf([99, 1], { eval_metric: 'rmse' })).toBeCloseTo(7, 1);
});

test('LIBSVM is the default format', async () => {
  const good = '1 0:2 3:1.5\n0:0.5 1:3\n';
  const { log, outcome } = await runJob(
    trainer,
    HYPERPARAMETERS,
    {},
    {
      channels: [channelOf('train', [file(good)])],
    },
  );
  expect(outcome).toEqual({ status: 'Completed' });
  expect(log.join('\n')).toContain('Train matrix has 2 rows and 4 columns');
});

test.each([
  ['CSV in place of it', GOOD, "First line '1,2,3"],
  ['a blank line', '\n1 0:2 1:3\n', "First line '\n"],
  ['a space at the end of the line', '1 0:2 1:3 \n', "First line '1 0:2 1:3 "],
  ['tabs', '1\t0:2\t1:3\n', "First line '1\t0:2"],
  ['no index', '1 2 3\n', "First line '1 2 3"],
  ['a word as label after lines with one feature', '1 0:2\n2\nx 0:3 1:4\n', "First line 'x 0:3 1:4"],
])('LIBSVM that begins with %s fails the job', async (_, content, reason) => {
  expect(await reasonFor([file(content)])).toContain(`ClientError: ${reason}`);
});

test.each([
  ['a word for a value', '1 0:2 1:1\n2 0:abc\n', /line 2: '0:abc' is not <index>:<value>/],
  ['a word for a label', '1 0:2 1:1\nx 0:3\n', /line 2: 'x' is not a label/],
  ['weights on some lines', '1 0:2 1:1\n2:0.5 0:3\n', /some lines have a weight .* and some have none/],
])('LIBSVM that continues with %s gets a warning', async (_, content, warning) => {
  const changes = { channels: [channelOf('train', [file(content)])] };
  const { log } = await runJob(trainer, HYPERPARAMETERS, {}, changes);
  expect(log.filter((line) => line.includes(':WARNING]'))).toEqual([expect.stringMatching(warning)]);
});

/** Writes Parquet files. `tables` is a Python list of pyarrow tables. */
async function parquetFiles(tables: string): Promise<string[]> {
  const { python } = await environments.forXGBoost('3.2.0', ['parquet']);
  // pyarrow must not take parts of the path for columns or for hidden files.
  const folder = join(temporaryFolder(), '.hidden', '_private', 'year=2024');
  mkdirSync(folder, { recursive: true });
  const code = `import json, sys, pyarrow as pa, pyarrow.parquet as pq
def with_index(table, *columns):
    pandas = {"index_columns": columns, "columns": [], "column_indexes": []}
    return table.replace_schema_metadata({"pandas": json.dumps(pandas)})
paths = []
for number, table in enumerate(${tables}):
    paths.append(f"{sys.argv[1]}/{number}.parquet")
    pq.write_table(table, paths[-1])
print(json.dumps(paths))`;
  return JSON.parse(execFileSync(python, ['-c', code, folder], { encoding: 'utf8' })) as string[];
}

test(
  'Parquet is read after its reader has been installed into the environment',
  async () => {
    const train = await parquetFiles(
      '[pa.table({"y": [1.0, 2.0, 3.0], "a": [1, 2, 3], "b": [0.5, None, 1.5]})]',
    );
    const changes = { channels: [channelOf('train', train, 'application/x-parquet')] };
    const { outcome, log } = await runJob(trainer, HYPERPARAMETERS, {}, changes);
    expect(outcome).toEqual({ status: 'Completed' });
    expect(log.join('\n')).toContain('Train matrix has 3 rows and 2 columns');
    expect(await reasonFor([file('no parquet')], 'application/x-parquet')).toMatch(
      /^ClientError: Failed to load parquet data/,
    );
  },
  SETUP_TIMEOUT,
);

const TABLE = 'pa.table({"y": [1.0, 2.0, 3.0], "a": [10, 30, 20], "b": [0.5, 0.1, 1.5]})';
const ROWS = '1,10,0.5\n2,30,0.1\n3,20,1.5\n';

test.each<[name: string, tables: string, csv: string]>([
  [
    'an index of numbers',
    `[with_index(${TABLE}.append_column("__index_level_0__", [[7, 5, 9]]), "__index_level_0__")]`,
    ROWS,
  ],
  ['a named index', `[with_index(${TABLE}.add_column(0, "id", [["p", "q", "r"]]), "id")]`, ROWS],
  [
    'an index without a column',
    `[with_index(${TABLE}, {"kind": "range", "start": 0, "stop": 3, "step": 1})]`,
    ROWS,
  ],
  [
    'columns in another order in the second file',
    `[${TABLE}, ${TABLE}.select(["b", "y", "a"])]`,
    ROWS + ROWS,
  ],
  [
    'a column that the second file lacks',
    `[${TABLE}, ${TABLE}.select(["y", "a"])]`,
    `${ROWS}1,10,\n2,30,\n3,20,\n`,
  ],
  [
    'a column that the first file lacks',
    `[${TABLE}.select(["y", "a"]), ${TABLE}]`,
    '1,10\n2,30\n3,20\n1,10\n2,30\n3,20\n',
  ],
])(
  'Parquet with %s is read as in the container',
  async (_, tables, csv) => {
    const hyperparameters = { num_round: '5', min_child_weight: '0' };
    const trainOn = async (path: string[], type: string) => {
      const changes = { channels: [channelOf('train', path, type)] };
      const { log } = await runJob(trainer, hyperparameters, {}, changes);
      return log
        .filter((line) => /^\[\d+\]|Train matrix/.test(line))
        .map((line) => line.replace(/^\[.*\] /, ''));
    };
    const expected = await trainOn([file(csv)], 'text/csv');
    expect(expected).toHaveLength(6);
    expect(await trainOn(await parquetFiles(tables), 'application/x-parquet')).toEqual(expected);
  },
  SETUP_TIMEOUT,
);

test('Parquet whose second file has values of another type fails as in the container', async () => {
  const train = await parquetFiles(`[${TABLE}, pa.table({"y": [1.0], "a": [1.5], "b": [0.5]})]`);
  expect(await reasonFor(train, 'application/x-parquet')).toMatch(
    /^ClientError: Failed to load parquet data with exception:\nFloat value 1\.5/,
  );
});

test.each([['text/plain'], ['text/csv; label_size=1'], ['text/csv;charset=utf-8'], ['TEXT/CSV'], ['']])(
  'content type "%s" is refused, because the container requires exact names',
  async (contentType) => {
    expect(await reasonFor([file(GOOD)], contentType)).toContain(
      `ClientError: Channel configuration for 'train' channel is not supported: content type ${contentType}.`,
    );
  },
);

test.each(['recordio-protobuf', 'application/x-recordio-protobuf'])('%s is not implemented', async (type) => {
  expect(await reasonFor([file(GOOD)], type)).toBe(
    'ClientError: ContentType recordio-protobuf is not supported by local mode',
  );
});

test('channels are checked', async () => {
  const channels = (...names: string[]) => ({
    channels: names.map((name) => channelOf(name, [file(GOOD)], 'text/csv')),
  });
  const reason = async (...names: string[]) =>
    failureReason((await runJob(trainer, HYPERPARAMETERS, {}, channels(...names))).outcome);
  expect(await reason('validation')).toBe('ClientError: Missing required channel: train');
  expect(await reason('train', 'test')).toBe('ClientError: Extraneous channel found: test');
  expect(await reason('train', 'code')).toMatch(/^ClientError: Channel configuration for 'code' channel/);
  const empty = await runJob(trainer, HYPERPARAMETERS, { train: [file(GOOD)], validation: [file('')] });
  expect(failureReason(empty.outcome)).toMatch(/^ClientError: No data in validation channel path /);
});
