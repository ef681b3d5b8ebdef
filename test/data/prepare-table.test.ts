import { readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { summaryOf } from '../../bin/data';
import { Progress } from '../../bin/data/progress';
import { prepare, rows, withColumn, write } from './table';

describe('a label', () => {
  test.each<[string, string[], string, string[] | undefined, string[]]>([
    ['text of two classes', ['no', 'yes'], 'BinaryClassification', ['no', 'yes'], ['0', '1']],
    ['text of three', ['c', 'a', 'b'], 'MulticlassClassification', ['a', 'b', 'c'], ['0', '1', '2']],
    [
      'booleans in several spellings',
      ['True', 'FALSE', 'false', 'TRUE'],
      'BinaryClassification',
      ['FALSE', 'True'],
      ['0', '1'],
    ],
    ['0 and 1', ['1', '0'], 'BinaryClassification', ['0', '1'], ['0', '1']],
    ['-1 and 1', ['-1', '+1'], 'BinaryClassification', ['-1', '+1'], ['0', '1']],
    ['1 and 1.0 and 2', ['1', '1.0', '2'], 'BinaryClassification', ['1', '2'], ['0', '1']],
    ['1 to k', ['1', '2', '3', '4'], 'MulticlassClassification', ['1', '2', '3', '4'], ['0', '1', '2', '3']],
    ['0 to k-1', ['0', '1', '2'], 'MulticlassClassification', ['0', '1', '2'], ['0', '1', '2']],
    [
      'None among other words',
      ['None', 'mild', 'severe'],
      'MulticlassClassification',
      ['None', 'mild', 'severe'],
      ['0', '1', '2'],
    ],
    ['numbers', ['1.5', '2', '3.25'], 'Regression', undefined, ['1.5', '2', '3.25']],
    ['whole numbers that are not class numbers', ['3', '5', '8'], 'Regression', undefined, ['3', '5', '8']],
    [
      'more whole numbers than there can be classes',
      rows(11, String),
      'Regression',
      undefined,
      rows(11, String),
    ],
  ])('that is %s', (_name, values, problemType, classes, written) => {
    const path = write(['y,x', ...rows(66, (i) => `${values[i % values.length]},${i / 7}`)]);
    const { manifest, all } = prepare(path, 'y');
    expect(manifest.label).toMatchObject({ problemType, ...(classes && { classes }) });
    expect(new Set(all.map((line) => line.split(',')[0]))).toEqual(new Set(written));
  });

  test.each<['Regression' | 'MulticlassClassification' | 'BinaryClassification', string[], string[]]>([
    ['Regression', ['1', '2', '3'], ['1', '2', '3']],
    ['MulticlassClassification', ['3', '5', '8'], ['0', '1', '2']],
    ['MulticlassClassification', ['0', '1'], ['0', '1']],
    ['BinaryClassification', ['7', '9'], ['0', '1']],
  ])('is for %s if the settings say so: %p', (problemType, values, written) => {
    const path = write(['y,x', ...rows(30, (i) => `${values[i % values.length]},${i / 7}`)]);
    const { all, manifest } = prepare(path, 'y', { problemType });
    expect(manifest.label.problemType).toBe(problemType);
    expect(new Set(all.map((line) => line.split(',')[0]))).toEqual(new Set(written));
  });

  test.each([
    ['a number', '\u22121.5', '-1.5'],
    ['a class', '\u22121', '0'],
  ])('that is %s can have a Unicode minus sign, which causes a notice', (_name, value, written) => {
    const path = write(['y,x', ...rows(40, (i) => `${i % 2 ? 1 : value},${i / 7}`)]);
    const { manifest, all } = prepare(path, 'y', written === '0' ? {} : { problemType: 'Regression' });
    expect(all.filter((line) => line.startsWith(`${written},`))).toHaveLength(20);
    expect(manifest.label.rowsWithout).toBe(0);
    expect(manifest.notices).toEqual([expect.stringMatching(/^column y has a Unicode minus/)]);
  });

  test('that is missing excludes the row', () => {
    const path = write(['y,x', ...rows(40, (i) => `${i % 4 === 0 ? 'NA' : i * 1.5},${i}.5`)]);
    const { manifest, all } = prepare(path, 'y');
    expect(all).toHaveLength(30);
    expect(manifest.label.rowsWithout).toBe(10);
    expect(summaryOf(manifest)).toContain('  left out: 10 rows without a label');
  });
});

describe('a column', () => {
  test('of categories is summarized with its codes if there are two categories, and otherwise with the number of categories', () => {
    const path = write(['s,c,y', ...rows(60, (i) => `${i % 2 ? 'male' : 'female'},${i % 12}x,${i * 1.5}`)]);
    expect(summaryOf(prepare(path, 'y').manifest)).toContain(
      '  categories as codes: s (female is 0, male is 1), c (12 categories)',
    );
  });

  const encodingsOf = (path: string, options = {}) => {
    const { manifest, all } = prepare(path, 'y', options);
    return {
      columns: manifest.columns.map(({ name }) => name),
      fields: new Set(all.map((line) => line.replace(/^[^,]*,/, ''))),
    };
  };

  test.each<[string, string[], string[], string[]]>([
    ['numbers', ['1', '-2.5', '+.5', '3e-4', ' 7 '], ['x'], ['1', '-2.5', '+.5', '3e-4', '7']],
    [
      'missing values in words',
      ['1', 'NA', 'n/a', 'NaN', 'null', 'None', '?', '', '2'],
      ['x'],
      ['1', '', '2'],
    ],
    [
      'numbers with a Unicode minus',
      ['\u22121.5', '\u20132', '-3', '\u2212.5', '"\u22121,5"', '\u2013', '\u2014', '\u2212'],
      ['x'],
      ['-1.5', '-2', '-3', '-.5', ''],
    ],
    [
      'text that begins with a dash',
      ['\u2013 a', '\u22125 to 3', '\u2013'],
      ['x=\u2013', 'x=\u2013 a', 'x=\u22125 to 3'],
      ['1,0,0', '0,1,0', '0,0,1'],
    ],
    ['decimal commas', ['"1,5"', '"2,25"', '3'], ['x'], ['1.5', '2.25', '3']],
    ['two categories', ['male', 'female', ''], ['x'], ['1', '0', '']],
    ['booleans', ['TRUE', 'false', 'True'], ['x'], ['1', '0']],
    ['categories', ['b', 'a', 'c', 'NA'], ['x=a', 'x=b', 'x=c'], ['1,0,0', '0,1,0', '0,0,1', ',,']],
    ['categories with None', ['None', 'a', 'b'], ['x=None', 'x=a', 'x=b'], ['1,0,0', '0,1,0', '0,0,1']],
    ['many categories', rows(11, (i) => `c${i + 10}`), ['x'], rows(11, String)],
    ['numbers and words', ['1', '2', 'x'], ['x=1', 'x=2', 'x=x'], ['1,0,0', '0,1,0', '0,0,1']],
    [
      'quoted text with commas and line breaks',
      ['"a, b"', '"a\nb"', '"say ""hi"""'],
      ['x=a\nb', 'x=a, b', 'x=say "hi"'],
      ['1,0,0', '0,1,0', '0,0,1'],
    ],
    [
      'dates',
      ['2024-02-29', '1970-01-01', ''],
      ['x.day', 'x.month', 'x.weekday'],
      ['19782,2,4', '0,1,4', ',,'],
    ],
    [
      'times',
      ['2024-02-29T12:00:00Z', '1970-01-02 06:00'],
      ['x.day', 'x.month', 'x.weekday', 'x.hour'],
      ['19782.5,2,4,12', '1.25,1,5,6'],
    ],
    [
      'dates with the day first',
      ['31/01/1970', '01/02/1970'],
      ['x.day', 'x.month', 'x.weekday'],
      ['30,1,6', '31,2,0'],
    ],
    [
      'dates with the month first',
      ['01/31/1970', '02/01/1970'],
      ['x.day', 'x.month', 'x.weekday'],
      ['30,1,6', '31,2,0'],
    ],
    ['German dates', ['31.1.1970', '1.2.1970'], ['x.day', 'x.month', 'x.weekday'], ['30,1,6', '31,2,0']],
    [
      'names of months',
      ['"Jan 31, 1970"', '1 February 1970'],
      ['x.day', 'x.month', 'x.weekday'],
      ['30,1,6', '31,2,0'],
    ],
  ])('of %s', (_name, values, columns, fields) => {
    expect(encodingsOf(withColumn(values))).toEqual({ columns, fields: new Set(fields) });
  });

  test.each<['one-hot' | 'ordinal', number, number]>([
    ['one-hot', 12, 12],
    ['ordinal', 3, 1],
  ])('has its categories encoded as the settings say: %s', (categories, count, columns) => {
    const path = withColumn(
      rows(count, (i) => `c${i}`),
      'x,y',
      100,
    );
    expect(encodingsOf(path, { categories }).columns).toHaveLength(columns);
  });

  test.each<[string, (i: number) => string, string, RegExp]>([
    ['without a name', (i) => `${i * 3}`, '', /no name; to use it, give column 1 a name/],
    [
      'with row numbers, from 0',
      (i) => String(i),
      '',
      /contains row numbers, like the index column that pandas writes/,
    ],
    ['with row numbers, from 1', (i) => String(i + 1), 'Unnamed: 0', /contains row numbers/],
    ['that is empty', () => 'NA', 'x', /no values/],
    ['that is constant', () => 'a', 'x', /the same value in every row/],
    ['of identifiers', (i) => `id-${i}`, 'x', /40 different strings in 40 rows/],
    [
      'of dates that could be read in two ways',
      (i) => `0${1 + (i % 9)}/02/2020`,
      'x',
      /write them as YYYY-MM-DD/,
    ],
  ])('%s is excluded, and the summary says so', (_name, value, name, reason) => {
    const path = write([`${name},z,y`, ...rows(40, (i) => `${value(i)},${i % 7},${i * 1.5}`)]);
    const { manifest } = prepare(path, 'y');
    expect(manifest.columns.map(({ column }) => column)).toEqual(['z']);
    expect(manifest.leftOut).toEqual([{ column: expect.any(String), reason: expect.stringMatching(reason) }]);
    expect(summaryOf(manifest).join('\n')).toMatch(reason);
  });

  test('with too many distinct strings is excluded, and its strings are not kept in memory', () => {
    const path = write(['x,z,y', ...rows(3000, (i) => `text ${i % 1500},${i % 7},${i * 1.5}`)]);
    expect(prepare(path, 'y').manifest.leftOut).toEqual([
      { column: 'x', reason: expect.stringContaining('too many different strings') },
    ]);
  });

  test('that is excluded in the settings is left out', () => {
    const { manifest } = prepare(write(['a,b,y', ...rows(20, (i) => `${i / 3},${i / 7},${i}`)]), 'y', {
      excludeColumns: ['a'],
    });
    expect(manifest.leftOut).toEqual([{ column: 'a', reason: 'tuning:excludeColumns names it' }]);
  });

  test('without missing values is moved to the end, because XGBoost counts columns up to the last value', () => {
    const path = write(['a,b,y', ...rows(20, (i) => `${i / 3},${i === 7 ? 1 : ''},${i * 1.5}`)]);
    expect(prepare(path, 'y').manifest.columns.map(({ name }) => name)).toEqual(['b', 'a']);
  });

  test.each([
    [
      'whole numbers that a 32-bit float cannot represent exactly',
      (i: number) => String(16_777_217 + i),
      /column x has whole numbers .* such as 16777217 \(line 2\)/,
    ],
    ['row numbers', (i: number) => String(i + 1), /column x contains row numbers: .* tuning:excludeColumns/],
    [
      'numbers with a Unicode minus',
      (i: number) => `${i === 7 ? '\u2212' : ''}${i * 2.5}`,
      /^column x has a Unicode minus, such as "\u221217.5" \(line 9\), which is read as a minus sign$/,
    ],
  ])('of %s gets a notice', (_name, value, notice) => {
    const { manifest } = prepare(write(['x,y', ...rows(20, (i) => `${value(i)},${i * 1.5}`)]), 'y');
    expect(manifest.notices).toEqual([expect.stringMatching(notice)]);
  });
});

describe('a file', () => {
  const TABLE = ['y,größe', ...rows(20, (i) => `${i * 1.5},${i % 2 ? 'groß' : 'klein'}`)].join('\n');
  const utf16be = Buffer.from(`\ufeff${TABLE}`, 'utf16le').swap16();

  test.each<[string, Buffer]>([
    ['UTF-8', Buffer.from(TABLE)],
    ['UTF-8 with a byte order mark', Buffer.from(`\ufeff${TABLE}`)],
    ['UTF-16, low byte first', Buffer.from(`\ufeff${TABLE}`, 'utf16le')],
    ['UTF-16, high byte first', utf16be],
    ['UTF-16 without a byte order mark', Buffer.from(TABLE, 'utf16le')],
    ['Latin-1', Buffer.from(TABLE, 'latin1')],
    ['lines that end with CR LF', Buffer.from(TABLE.replaceAll('\n', '\r\n'))],
    ['lines that end with CR', Buffer.from(TABLE.replaceAll('\n', '\r'))],
    ['lines that end in different ways', Buffer.from(TABLE.replace('\n', '\r\n'))],
    ['semicolons', Buffer.from(TABLE.replaceAll(',', ';'))],
    ['tabs', Buffer.from(TABLE.replaceAll(',', '\t'))],
    ['quotes and spaces around fields', Buffer.from(TABLE.replace(/[^,\n]+/g, ' "$&" '))],
    ['blank lines', Buffer.from(TABLE.replaceAll('\n', '\n\n'))],
  ])('can have %s', (_name, bytes) => {
    const { manifest, all } = prepare(write(bytes), 'y');
    expect(manifest.columns).toEqual([
      { name: 'größe', column: 'größe', encoding: 'code', codes: { groß: 0, klein: 1 } },
    ]);
    expect([...all].sort()).toEqual(rows(20, (i) => `${i * 1.5},${i % 2 ? 0 : 1}`).sort());
  });

  test('in Latin-1 gets a notice', () => {
    const [notice] = prepare(write(Buffer.from(TABLE, 'latin1')), 'y').manifest.notices;
    expect(notice).toMatch(/data.csv is not UTF-8: it is read as Windows-1252/);
  });

  test('can have semicolons and decimal commas', () => {
    const { all } = prepare(write(['y;x', ...rows(20, (i) => `${i},5;${i * 2},25`)]), 'y');
    expect([...all].sort()).toEqual(rows(20, (i) => `${i}.5,${i * 2}.25`).sort());
  });

  test('is read in chunks, and lines and quoted line breaks may cross their boundaries', () => {
    const long = 'a'.repeat(500);
    const path = write(['y,x,z', ...rows(2000, (i) => `${i}.5,"${i % 2}\n${long}",${i % 7}`)]);
    const { manifest, all } = prepare(path, 'y');
    expect(manifest.source.rows).toBe(2000);
    expect([...all].sort()).toEqual(rows(2000, (i) => `${i}.5,${i % 2},${i % 7}`).sort());
  });
});

describe('the split', () => {
  test('puts a fifth of each class, and at least one row of it, into the validation data', () => {
    const classes = [
      ...rows(500, () => 'a'),
      ...rows(40, () => 'b'),
      ...rows(3, () => 'c'),
      ...rows(2, () => 'd'),
    ];
    const { validation, train } = prepare(
      write(['y,x', ...classes.map((name, i) => `${name},${i / 7}`)]),
      'y',
    );
    const countsOf = (lines: readonly string[]) =>
      rows(4, String).map((code) => lines.filter((line) => line.startsWith(`${code},`)).length);
    expect(countsOf(validation)).toEqual([100, 8, 1, 1]);
    expect(countsOf(train)).toEqual([400, 32, 2, 1]);
  });

  test.each<[string, (i: number) => string]>([
    ['numbers', (i) => `${i * 1.5}`],
    ['numbers that are far from zero and close to each other', (i) => `${1e9 + (i % 7) / 4}`],
    ['decimal commas', (i) => `"${i},5"`],
  ])(
    'has a baseline for regression: the error of always predicting the training mean (%s)',
    (_name, labelOf) => {
      const { manifest, train, validation } = prepare(
        write(['y,x', ...rows(99, (i) => `${labelOf(i)},${i}`)]),
        'y',
      );
      const labels = (lines: readonly string[]) => lines.map((line) => Number(line.split(',')[0]));
      const mean = labels(train).reduce((sum, label) => sum + label / train.length, 0);
      const squares = labels(validation).reduce((sum, label) => sum + (label - mean) ** 2, 0);
      expect(manifest.label.baseline).toBeCloseTo(Math.sqrt(squares / validation.length), 4);
    },
  );

  test('has a baseline for classification: the log loss of always predicting the class shares of the training data', () => {
    const classes = [...rows(60, () => 'a'), ...rows(23, () => 'b'), ...rows(2, () => 'c')];
    const { manifest, train, validation } = prepare(
      write(['y,x', ...classes.map((name, i) => `${name},${i / 7}`)]),
      'y',
    );
    const codeOf = (line: string) => line.split(',')[0];
    const shareOf = (code?: string) => train.filter((line) => codeOf(line) === code).length / train.length;
    const losses = validation.map((line) => -Math.log(shareOf(codeOf(line))));
    expect(manifest.label.baseline).toBeCloseTo(losses.reduce((a, b) => a + b) / losses.length, 4);
  });

  test('does not depend on the order of the rows', () => {
    const { validation } = prepare(write(['y,x', ...rows(1000, (i) => `${i}.5,${i}`)]), 'y');
    const thirds = [0, 1, 2].map(
      (third) => validation.filter((line) => Math.floor(Number.parseInt(line, 10) / 334) === third).length,
    );
    for (const count of thirds) expect(count).toBeGreaterThan(45);
  });

  test('is the same each time, even in another folder', () => {
    const lines = ['y,x', ...rows(100, (i) => `${i}.5,${i % 7}`)];
    const [one, other] = [prepare(write(lines, 'one.csv'), 'y'), prepare(write(lines, 'other.csv'), 'y')];
    expect(one.validation).toEqual(other.validation);
    expect(one.folder).not.toBe(other.folder);
  });
});

describe('a prepared table', () => {
  const LINES = ['y,x', ...rows(50, (i) => `${i}.5,${i % 7}`)];

  test('is reused if the file and the settings are the same', () => {
    const path = write(LINES);
    const first = prepare(path, 'y');
    const train = join(first.folder, 'train', 'train.csv');
    writeFileSync(train, 'not written again\n');
    expect(prepare(path, 'y').train).toEqual(['not written again']);
    expect(prepare(path, 'y', { categories: 'ordinal' }).folder).not.toBe(first.folder);
    utimesSync(path, 1, 1);
    expect(prepare(path, 'y').train).toHaveLength(40);
  });

  test('has a different fingerprint if its content changes', () => {
    const first = prepare(write(LINES), 'y').fingerprint;
    expect(prepare(write(LINES), 'y').fingerprint).toBe(first);
    expect(prepare(write([...LINES, '7.5,1']), 'y').fingerprint).not.toBe(first);
    // The numbers are the same as in the first file, but a column has a different name.
    expect(prepare(write(['y,other', ...LINES.slice(1)]), 'y').fingerprint).not.toBe(first);
  });

  test('is not kept if its preparation fails', () => {
    const path = write(LINES);
    expect(() => prepare(path, 'no such column')).toThrow();
    expect(prepare(path, 'y').all).toHaveLength(50);
  });

  test('has a manifest that maps a prediction to a label', () => {
    const path = write([
      'species,sex,island,born,mass',
      ...rows(
        60,
        (i) =>
          `${['Gentoo', 'Adelie', 'Chinstrap'][i % 3]},${i % 2 ? 'male' : 'female'},${['B', 'D', 'T'][i % 3]},2020-01-0${1 + (i % 9)},${i}.5`,
      ),
    ]);
    const { folder } = prepare(path, 'species');
    expect(JSON.parse(readFileSync(join(folder, 'columns.json'), 'utf8'))).toEqual({
      source: { file: 'data.csv', rows: 60, encoding: 'utf-8' },
      label: {
        column: 'species',
        problemType: 'MulticlassClassification',
        reason: 'the label is text',
        classes: ['Adelie', 'Chinstrap', 'Gentoo'],
        classRows: [20, 20, 20],
        rowsWithout: 0,
        // The baseline is the logarithm of 3, because each of the three classes has the same number of rows.
        baseline: 1.09861,
      },
      rows: { train: 48, validation: 12 },
      columns: [
        { name: 'sex', column: 'sex', encoding: 'code', codes: { female: 0, male: 1 } },
        ...['B', 'D', 'T'].map((category) => ({
          name: `island=${category}`,
          column: 'island',
          encoding: 'one-hot',
          category,
        })),
        {
          name: 'born.day',
          column: 'born',
          encoding: 'date',
          form: 'year first',
          part: 'days since 1970-01-01',
        },
        { name: 'born.month', column: 'born', encoding: 'date', form: 'year first', part: '1 to 12' },
        {
          name: 'born.weekday',
          column: 'born',
          encoding: 'date',
          form: 'year first',
          part: '0 Sunday to 6 Saturday',
        },
        { name: 'mass', column: 'mass', encoding: 'number' },
      ],
      leftOut: [],
      notices: [],
    });
  });
});

describe('progress', () => {
  const outputOf = (isTTY: boolean, ...times: number[]) => {
    const told: string[] = [];
    const clock = [0, ...times];
    const progress = new Progress(
      'Preparing a.csv (9 MB)',
      200,
      { isTTY, write: (text: string) => told.push(text) > 0 },
      () => clock.shift() ?? 0,
    );
    progress.advanceTo(50);
    progress.endPass(100);
    progress.advanceTo(50);
    progress.end();
    return told.join('');
  };

  test.each([
    ['not shown if the preparation ends soon', outputOf(true, 10, 20), ''],
    [
      'a line that changes, in a terminal',
      outputOf(true, 3000, 5000, 9000),
      '\r\x1b[KPreparing a.csv (9 MB): 25 %\r\x1b[KPreparing a.csv (9 MB): 75 %\r\x1b[KPreparing a.csv (9 MB): done in 9 s\n',
    ],
    [
      'only the start and the end, if the output is not a terminal',
      outputOf(false, 3000, 5000, 9000),
      'Preparing a.csv (9 MB) …\nPreparing a.csv (9 MB): done in 9 s\n',
    ],
  ])('is %s', (_name, output, expected) => {
    expect(output).toBe(expected);
  });
});
