import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TrainedData } from '../../src/predictions';
import type { PreparedColumn } from '../../src/tables';
import { readColumnsFile } from '../../src/tables';
import type { ModelServer } from '../../src/training';
import { temporaryFolder } from '../training/support';
import { csv, predicted, writeJson } from './support';

const COLUMNS: readonly PreparedColumn[] = [
  { name: 'n', column: 'n', encoding: 'number' },
  { name: 'sex', column: 'sex', encoding: 'code', codes: { female: 0, male: 1 } },
  ...['Lima', 'Oslo', 'Rome'].map(
    (category): PreparedColumn => ({
      name: `city=${category}`,
      column: 'city',
      encoding: 'one-hot',
      category,
    }),
  ),
  { name: 'due.day', column: 'due', encoding: 'date', form: 'day first', part: 'days since 1970-01-01' },
  { name: 'due.month', column: 'due', encoding: 'date', form: 'day first', part: '1 to 12' },
  { name: 'ok', column: 'ok', encoding: 'code', codes: { FALSE: 0, True: 1 } },
  { name: 'size', column: 'size', encoding: 'code', codes: { '1': 0, '2': 1, XL: 2 } },
];

const NAMED: TrainedData = {
  uri: 's3://bucket/train/',
  leading: ['label'],
  features: 9,
  prepared: { label: { column: 'y' }, columns: COLUMNS },
};

const UNNAMED: TrainedData = { uri: 's3://bucket/train/', leading: ['label'], features: 2 };

/**
 * Predicts with a model that returns `answer`, by default 0.5 for each row.
 *
 * @returns the predictions, and the encoded rows that the model received
 */
async function encode(
  rows: string,
  data: TrainedData,
  answer = (encoded: string) => encoded.replace(/.+/g, '0.5'),
) {
  let encoded = '';
  const server: ModelServer = {
    images: 'all',
    accepts: () => true,
    async transform({ files: [file], workFolder }) {
      encoded = readFileSync(file?.path ?? '', 'utf8');
      mkdirSync(join(workFolder, 'output'));
      writeFileSync(join(workFolder, 'output', '0'), answer(encoded));
      return { status: 'Completed' };
    },
  };
  const model = { title: 'job', image: '', environment: {}, archive: '', hyperparameters: {}, data };
  return { ...(await predicted(rows, { model, server })), encoded: encoded.trimEnd().split('\n') };
}

describe('by name', () => {
  const HEADER = 'city,due,sex,size,n,ok';

  test.each<[string, string, string, RegExp[]]>([
    ['known values', 'Oslo,29.2.2024,male,2,7,True', '7,1,0,1,0,19782,2,1,1', []],
    ['other spellings of known values', 'Oslo,29/2/2024,male,2.0, 7 ,TRUE', '7,1,0,1,0,19782,2,1,1', []],
    ['missing values', 'NA,,?,,n/a,', ',,,,,,,,', []],
    ['None and a dash among text', 'None,,-,,-,', ',,0,0,0,,,,', [/column sex: 1 row .*"-"/, /column city/]],
    [
      'an unknown category in a column of codes and in one-hot columns',
      'Paris,,other,3,1,maybe',
      '1,,0,0,0,,,,',
      [
        /^column sex: 1 row with a value that the training data did not have, such as "other"\. Known: female, male; such a value is treated as missing$/,
        /^column city: .*"Paris"\. Known: Lima, Oslo, Rome; for such a value, all of these columns are 0$/,
        /^column ok: .*"maybe"/,
        /^column size: .*"3"/,
      ],
    ],
    [
      'a date in another format',
      'Lima,2024-02-29,male,1,1,True',
      '1,1,1,0,0,,,1,0',
      [
        /^column due: 1 row .*"2024-02-29"\. A value that is not a date in the format of the training data \(day first\) is treated as missing$/,
      ],
    ],
  ])('%s', async (_name, row, fields, notices) => {
    const { encoded, notices: told } = await encode(csv(HEADER, row), NAMED);
    expect(encoded).toEqual([fields]);
    expect(told).toEqual(notices.map((notice) => expect.stringMatching(notice)));
  });

  test('several unknown categories of a column give one notice with the number of rows', async () => {
    const rows = ['a', 'b', 'a', 'c', 'd'].map((sex) => `Oslo,,${sex},,1,`);
    const { notices } = await encode(csv(HEADER, ...rows), NAMED);
    expect(notices).toEqual([expect.stringMatching(/^column sex: 5 rows .* such as "a", "b", "c"\. /)]);
  });

  test('the result keeps quoted values and additional columns of the input', async () => {
    const { text } = await encode(
      csv('sex;n;note;city;due;ok;size', 'male;"1,5";"a, ""b""";Rome;;;XL'),
      NAMED,
    );
    expect(text).toBe('sex,n,note,city,due,ok,size,prediction\nmale,"1,5","a, ""b""",Rome,,,XL,0.5\n');
  });

  test.each<[string, string[], RegExp]>([
    [
      'missing columns',
      ['SEX,n,due,ok,size', 'a,1,,,'],
      /lacks 2 columns that the model was trained with: sex \(there is SEX\), city\. Its columns are SEX, n/,
    ],
    ['a column twice', [`${HEADER},n`, ',,,,1,,2'], /several columns of the same name: n\. Rename/],
    [
      'text in a column of numbers',
      [HEADER, ',,,,1,', ',,,,many,'],
      /line 3 of .*, column n: "many" is text in a column of numbers/,
    ],
    [
      'a thousands separator',
      [HEADER, ',,,,"1,234.5",'],
      /line 2 .*, column n: "1,234.5" is not a number that XGBoost reads/,
    ],
    [
      'what may be a thousands separator',
      [HEADER, ',,,,"1,234",'],
      /line 2 .*, column n: "1,234" may have a decimal comma or a thousands separator/,
    ],
    ['a number beyond 32-bit floats', [HEADER, ',,,,1e39,'], /column n: "1e39" is too large/],
    ['a row that is too short', [HEADER, 'Oslo,1'], /line 2 of .* has 2 fields where the header has 6/],
    ['no rows', [HEADER], /has a header and no rows/],
    ['a column of the result', [`${HEADER},prediction`, ',,,,1,,5'], /already has a column prediction/],
  ])('%s: refused', async (_name, lines, message) => {
    await expect(encode(csv(...lines), NAMED)).rejects.toThrow(message);
  });

  test.each([
    ['fewer', '0.5\n'],
    ['more', '0.5\n0.5\n0.5\n'],
  ])('a model that returns %s rows is refused', async (word, answer) => {
    const failure = encode(csv(HEADER, ',,,,1,', ',,,,2,'), NAMED, () => answer);
    await expect(failure).rejects.toThrow(new RegExp(`^job returned ${word} rows than .*rows\\.csv has$`));
  });

  test('a columns.json that does not fit its data is refused', async () => {
    await expect(encode(csv(HEADER, ',,,,1,'), { ...NAMED, features: 8 })).rejects.toThrow(
      /the columns\.json of the training data s3:\/\/bucket\/train\/ describes 9 columns after the label, but the data has 8/,
    );
  });
});

describe('by position', () => {
  const noNames =
    'The training data s3://bucket/train/ has no columns.json, which names its columns. The columns are used by position, and must be encoded as in the training data';
  const ignored = 'Ignored at the start of each row, as in the training data: label';

  test.each<[string, string[], TrainedData, string[], string[]]>([
    ['a header', ['b,a', '1,2'], UNNAMED, ['1,2'], [noNames]],
    ['a header, and the label first', ['y,b,a', '9,1,2', '8,,'], UNNAMED, ['1,2', ','], [noNames, ignored]],
    ['neither header nor label', ['1,2', '3,'], UNNAMED, ['1,2', '3,'], [noNames]],
    [
      'label and weight',
      ['9,0.5,1,2'],
      { ...UNNAMED, leading: ['label', 'weight'] },
      ['1,2'],
      [noNames, `${ignored}, weight`],
    ],
    ['data that no longer exists', ['1,2,3'], { uri: UNNAMED.uri, leading: ['label'] }, ['1,2,3'], [noNames]],
    [
      'no header, although the columns have names',
      ['7,1,0,1,0,19782,2,1,1'],
      NAMED,
      ['7,1,0,1,0,19782,2,1,1'],
      [
        'rows.csv has no header. The columns are used by position, and must be encoded as in the training data',
      ],
    ],
    [
      'a single column, in which a missing value is written as nan, because blank lines would be skipped',
      ['x', '1', 'NA'],
      { ...UNNAMED, features: 1 },
      ['1', 'nan'],
      [noNames],
    ],
  ])('%s', async (_name, lines, data, encoded, notices) => {
    expect(await encode(csv(...lines), data)).toMatchObject({ encoded, notices });
  });

  test.each<[string, string[], RegExp]>([
    [
      'too many columns',
      ['1,2,3,4'],
      /has 4 columns, but the training data .* has 2, or 3 with the label first\. The training data .* has no columns\.json/,
    ],
    ['text', ['a,b', '1,red'], /line 2 of .*, column b: "red" is text in a column of numbers/],
  ])('%s: refused', async (_name, lines, message) => {
    await expect(encode(csv(...lines), UNNAMED)).rejects.toThrow(message);
  });
});

describe('columns.json', () => {
  const read = (content: unknown) => {
    const path = join(temporaryFolder(), 'columns.json');
    writeJson(path, content);
    return readColumnsFile(path);
  };

  test('that you write yourself needs only names', () => {
    const { label, columns } = read({ columns: [{ name: 'y' }, { name: 'a' }], label: { column: 'y' } });
    expect({ label, columns }).toEqual({
      label: { column: 'y' },
      columns: [{ name: 'a', column: 'a', encoding: 'number' }],
    });
  });

  test.each<[unknown, RegExp]>([
    [[], /it must be a JSON object/],
    [{}, /columns must be a list/],
    [{ columns: ['a'] }, /columns\[0\] must have a name/],
    [
      { columns: [{ name: 'a', encoding: 'hash' }] },
      /columns\[0\]\.encoding is "hash"; allowed: number, code, one-hot, date/,
    ],
    [
      { columns: [{ name: 'a', encoding: 'code' }] },
      /columns\[0\]\.codes must have a number for each category/,
    ],
    [{ columns: [{ name: 'a', encoding: 'one-hot' }] }, /columns\[0\]\.category must be a string/],
    [
      { columns: [{ name: 'a', encoding: 'date', form: 'ISO' }] },
      /columns\[0\]\.form is "ISO"; allowed: year first/,
    ],
    [
      { columns: [{ name: 'a' }], label: { transform: 'sqrt' } },
      /label\.transform is "sqrt"; allowed: log1p/,
    ],
    [{ columns: [{ name: 'a' }], label: { classes: [0, 1] } }, /label\.classes must be a list of strings/],
  ])('%j is refused', (content, message) => {
    expect(() => read(content)).toThrow(message);
  });

  test('of the sample data gives the transform of the label and the codes of the categories', () => {
    const { label, columns } = readColumnsFile(join(__dirname, '../../../data/bikeshare/columns.json'));
    expect(label).toEqual({ column: 'log1p_bikers', transform: 'log1p' });
    expect(columns.find(({ name }) => name === 'mnth')).toMatchObject({
      encoding: 'code',
      codes: { Jan: 1 },
    });
    expect(columns).toHaveLength(12);
  });
});
