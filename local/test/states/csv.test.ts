import { readContent, UnreadableItems } from '../../src/states/execution/item-formats';

/**
 * Pairs of CSV rows (the header, `a,b`, is left out) and the items that Step Functions parses from these rows. AWS
 * documents the rules in example-csv-parse-dist-map.html.
 */
const CASES: readonly (readonly [
  rule: string,
  rows: string,
  items: readonly (readonly [string, string])[],
])[] = [
  [
    'plain',
    '1,2\n3,4\n',
    [
      ['1', '2'],
      ['3', '4'],
    ],
  ],
  ['no line break after the last row', '1,2', [['1', '2']]],
  [
    'line ends of Windows',
    '1,2\r\n3,4\r\n',
    [
      ['1', '2'],
      ['3', '4'],
    ],
  ],
  [
    'empty lines',
    '1,2\n\n3,4\n\n',
    [
      ['1', '2'],
      ['3', '4'],
    ],
  ],
  ['white space stays', ' 1 ,\t2\n', [[' 1 ', '\t2']]],
  ['an empty field', ',2\n', [['', '2']]],
  ['fewer fields than the header', '1\n', [['1', '']]],
  ['more fields than the header', '1,2,3\n', [['1', '2']]],
  ['a delimiter in quotes', '"1,5",2\n', [['1,5', '2']]],
  ['a line break in quotes', '"1\n5",2\n', [['1\n5', '2']]],
  ['an empty field in quotes', '"",2\n', [['', '2']]],
  ['a quote written twice', '"say ""hi""",2\n', [['say "hi"', '2']]],
  ['doubled quotes in a field that is not quoted', '{""k"":""v""},2\n', [['{"k":"v"}', '2']]],
  [
    'a quote inside an unquoted field does not merge rows',
    '5" pipe,2\n6" pipe,4\n',
    [
      ['5" pipe', '2'],
      ['6" pipe', '4'],
    ],
  ],
  [
    'a quote at the end of an unquoted field',
    'pipe 5",2\n3,4\n',
    [
      ['pipe 5"', '2'],
      ['3', '4'],
    ],
  ],
  ['a pair of quotes inside an unquoted field', 'the "big" one,2\n', [['the "big" one', '2']]],
  [
    'a backslash before a backslash',
    'C:\\\\Program Files\\\\App.exe,2\n',
    [['C:\\Program Files\\App.exe', '2']],
  ],
  ['a backslash before the delimiter', '1\\,5,2\n', [['1,5', '2']]],
  ['backslashes before quotes', '"say \\"hi\\"",2\n', [['say "hi"', '2']]],
  ['a backslash before anything else', '\\d\\t,2\n', [['dt', '2']]],
  ['a backslash at the end', '1,2\\', [['1', '2']]],
  ['characters of the private use area', '\ue000\\,\ue001,2\n', [['\ue000,\ue001', '2']]],
];

const FORMAT = { inputType: 'CSV', csvDelimiter: ',' } as const;

test.each(CASES)('%s', (_, rows, items) => {
  expect(readContent(`a,b\n${rows}`, FORMAT)).toEqual(items.map(([a, b]) => ({ a, b })));
});

test('a byte order mark is not part of the header', () => {
  expect(readContent('\ufeffa,b\n1,2\n', FORMAT)).toEqual([{ a: '1', b: '2' }]);
  expect(readContent('\ufeff"a",b\n1,2\n', FORMAT)).toEqual([{ a: '1', b: '2' }]);
});

test.each([',', '|', ';', ' ', '\t'])('the delimiter %j', (csvDelimiter) => {
  const text = ['a', 'b\n1', `"2${csvDelimiter}5"\n3\\${csvDelimiter}5`, '4\n'].join(csvDelimiter);
  expect(readContent(text, { ...FORMAT, csvDelimiter })).toEqual([
    { a: '1', b: `2${csvDelimiter}5` },
    { a: `3${csvDelimiter}5`, b: '4' },
  ]);
});

test('a quoted field without a closing quote is an error of the ItemReader', () => {
  expect(() => readContent('a,b\n"1,2\n', FORMAT)).toThrow(UnreadableItems);
});
