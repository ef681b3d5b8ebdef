import { prepare, rows, write } from './table';

describe('rejects, with file, line, column and what to do,', () => {
  const NUMBERS = rows(40, (i) => `${i * 1.5},${i}`);
  const repeated = (label: string, count: number) => rows(count, (i) => `${label},${i}`);

  test.each<[string, string[] | Buffer, string | undefined, RegExp]>([
    [
      'no label',
      ['a,b', '1,2'],
      undefined,
      /^tuning:label: name the column of .*data.csv to predict; its columns are a, b \(separated by ","\)$/,
    ],
    [
      'a label that is no column',
      ['a,b', '1,2'],
      'c',
      /^tuning:label: .*data.csv has no column "c"; its columns are a, b /,
    ],
    [
      'a label in other letters',
      ['Price,b', '1,2'],
      'price',
      /has no column "price"; did you mean "Price"\?/,
    ],
    ['no label among many columns', [rows(60, (i) => `c${i}`).join(',')], undefined, /c18, c19 and 40 more /],
    ['a label column whose name is empty', [',b', '1,2'], '', /^tuning:label: name the column/],
    ['a label without values', ['y,x', ',1', 'NA,2'], 'y', /column y has no values$/],
    [
      'a label that is constant',
      ['y,x', ...repeated('5', 20)],
      'y',
      /column y is 5 in every row: there is nothing to predict$/,
    ],
    ['a single class', ['y,x', ...repeated('yes', 20)], 'y', /column y is yes in every row/],
    [
      'a class with one row',
      ['y,x', ...repeated('a', 20), ...repeated('b', 20), 'rare,1'],
      'y',
      /has 1 class with a single row: rare. A class needs at least 2 rows/,
    ],
    [
      'a class number with only one row',
      ['y,x', ...repeated('0', 20), ...repeated('1', 20), '2,1'],
      'y',
      /with a single row: 2. .*for quantities, set tuning:problemType=Regression$/,
    ],
    [
      'a label of identifiers',
      ['y,x', ...rows(1500, (i) => `id-${i},${i}`)],
      'y',
      /column y looks like an identifier or free text: it has more than 1,000 different values\. Name another column to predict$/,
    ],
    [
      'a label of a few identifiers',
      ['y,x', ...rows(12, (i) => `id-${i},${i}`), ...repeated('id-0', 20)],
      'y',
      /column y looks like an identifier or free text: 11 of its 12 values appear in only one row: id-1, .*\. Name another column/,
    ],
    ...[
      ['2001-01-01', '2002-01-01'],
      ['1/2/2024', '2/2/2024', ''],
      ['Feb 29 2024 12:00', '1 Mar 2024'],
    ].map((dates): [string, string[], string, RegExp] => [
      `a label with dates such as ${dates[0]}`,
      ['y,x', ...rows(20, (i) => `${dates[i % dates.length]},${i}`)],
      'y',
      /column y holds dates \(".*", line 2\), which cannot be predicted: replace them with a number, .* or name another column$/,
    ]),
    [
      'a label that no float holds',
      ['y,x', ...NUMBERS, '1e39,1'],
      'y',
      /line 42 of .*, column y: "1e39" is too large for the 32-bit floats/,
    ],
    [
      'a value that no float holds',
      ['y,x', ...NUMBERS, '1,-4e38'],
      'y',
      /line 42 of .*, column x: "-4e38" is too large for the 32-bit floats/,
    ],
    [
      'infinity',
      ['y,x', ...NUMBERS, '1,inf'],
      'y',
      /line 42 of .*, column x: "inf" is too large for the 32-bit floats/,
    ],
    [
      'a word among numbers',
      ['y,x', ...NUMBERS, '1,unknown'],
      'y',
      /line 42 of .*, column x: "unknown" is text in a column of numbers: .*tuning:excludeColumns=\["x"\]/,
    ],
    [
      'a word in a numeric label',
      ['y,x', ...NUMBERS, 'unknown,1'],
      'y',
      /line 42 of .*, column y: "unknown" is text in a column of numbers: correct it, or leave the field empty if the value is missing$/,
    ],
    [
      'thousands separators',
      ['y,x', ...NUMBERS, '1,"1,234.5"'],
      'y',
      /line 42 of .*, column x: "1,234.5" is not a number that XGBoost reads: write it without thousands/,
    ],
    [
      'what may be thousands',
      ['y,x', ...rows(40, (i) => `${i * 1.5},"1,${100 + i}"`)],
      'y',
      /line 2 of .*, column x: "1,100" may have a decimal comma or a thousands separator/,
    ],
    [
      'a row that is too short',
      ['a,b', '1,2', '1'],
      'a',
      /line 3 of .* has 1 field where the header has 2; columns are separated by ","/,
    ],
    [
      'a row that is too long',
      ['a,b', '', '1,2', '"x\ny",2', '1,2,3'],
      'a',
      /line 6 of .* has 3 fields where the header has 2;.* in quotes/,
    ],
    [
      'one column',
      ['a', '1'],
      'a',
      /has only one column, "a", but needs a label and at least one feature\. Separate columns by commas/,
    ],
    ['two columns of one name', ['a,b,b', '1,2,3'], 'a', /several columns of the same name: b. Rename them/],
    ['no header', ['1.5,2', '1,2'], 'a', /seems to have no header: its first line is 1.5, 2/],
    ['one row', ['a,b', '1,2'], 'a', /a is 1 in every row/],
    ['a label with one value', ['a,b', '1,2', ',3'], 'a', /is 1 in every row|has one value/],
    ['no rows', ['a,b'], 'a', /data.csv has a header and no rows$/],
    ['an empty file', Buffer.alloc(0), 'a', /^tuning:data: .*data.csv is empty$/],
    ['blank lines and nothing else', ['', ''], 'a', /data.csv is empty$/],
    [
      'a table without a usable feature',
      ['y,a,b', ...rows(20, (i) => `${i * 1.5},1,`)],
      'y',
      /no column to learn from\n {2}- a: it has the same value in every row\n {2}- b: it has no values$/,
    ],
    [
      'a quote that is not closed',
      ['a,b', '1,"x', '2,y'],
      'a',
      /line 2 of .* is not CSV|line 4 of .* is not CSV|line 3 of .* is not CSV/,
    ],
    [
      'text after a quote',
      ['a,b', '1,"x"y', '2,z'],
      'a',
      /line 2 of .* is not CSV: there is text after a closing quote \("\)\. Write each double quote within a quoted field as ""/,
    ],
    [
      'a quote within a field',
      ['a,b', '1,x', '2,y"z"'],
      'a',
      /line 3 of .* is not CSV: there is a quote \("\) within a field that does not begin with one/,
    ],
    [
      "a header without a name for R's row names",
      ['y,x', '1,2,3', '2,3,4'],
      'y',
      /line 2 of .* has 3 fields where the header has 2;.* Line 1 must name every column, row names from R included; line 1 is y, x$/,
    ],
    [
      'a workbook',
      Buffer.from('PK\x03\x04rest'),
      'a',
      /is a ZIP archive or an Excel workbook: .*save the sheet as CSV$/,
    ],
    ['a Parquet file', Buffer.from('PAR1rest'), 'a', /is a Parquet file: save the table as CSV$/],
    [
      'a compressed file',
      Buffer.from([0x1f, 0x8b, 8, 0]),
      'a',
      /is compressed with gzip: unpack it with gunzip$/,
    ],
    ['another binary file', Buffer.from([1, 0, 0, 0, 0, 7, 9, 0]), 'a', /is a binary file/],
  ])('%s', (_name, content, label, message) => {
    const path = write(content);
    expect(() => prepare(path, label)).toThrow(
      expect.objectContaining({ name: 'SettingsError', message: expect.stringMatching(message) }),
    );
  });

  test.each<[string, string[], string, RegExp]>([
    [
      'Regression with text',
      ['a', 'b'],
      'Regression',
      /column y is text \("a", line 2\), not a number: Regression needs numbers$/,
    ],
    [
      'BinaryClassification with three classes',
      ['a', 'b', 'c'],
      'BinaryClassification',
      /has 3 values, and BinaryClassification needs 2: a, b, c$/,
    ],
    [
      'MulticlassClassification with amounts',
      ['1.5', '2.5', '3'],
      'MulticlassClassification',
      /not whole, so they are not classes/,
    ],
  ])('%s', (_name, values, problemType, message) => {
    const path = write(['y,x', ...rows(30, (i) => `${values[i % values.length]},${i}`)]);
    expect(() => prepare(path, 'y', { problemType: problemType as 'Regression' })).toThrow(message);
  });

  test.each([
    ['is no column', 'c', /"c" is not a column of .*; columns are a, b$/],
    ['is the label', 'a', /"a" is the label of /],
  ])('a column to exclude that %s', (_name, name, message) => {
    expect(() => prepare(write(['a,b', '1,2']), 'a', { excludeColumns: [name] })).toThrow(message);
  });
});
