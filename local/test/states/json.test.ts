import {
  copyJson,
  equalJson,
  isObject,
  jsonSize,
  jsonText,
  parseExact,
  typeName,
  withPlainNumbers,
} from '../../src/states/json';

test.each([
  '{"a": 1.0}',
  '[1e3, 1E3, 1e+3, -1.50, 0.10]',
  '{"id":12345678901234567890,"next":[{"x":-98765432109876543210.5}]}',
  '1.0',
  '{"text":"1.0 and \\"2.0\\" and \\\\","n":2.0}',
  '{"__proto__":1.0,"1.0":"1.0"}',
])('%s keeps its source', (text) => {
  const value = parseExact(text);
  expect(jsonText(value)).toBe(text.replaceAll(/([,:]) /g, '$1'));
  expect(jsonText(copyJson(value))).toBe(jsonText(value));
  expect(withPlainNumbers(value)).toEqual(JSON.parse(text));
  expect(JSON.stringify(value)).toBe(JSON.stringify(JSON.parse(text)));
});

test.each(['{"a":[1,-2,0.5,1e+21,null,true],"b":"1.0"}', '"1.0"', '[]'])(
  '%s equals the result of JSON.parse',
  (text) => {
    expect(parseExact(text)).toEqual(JSON.parse(text));
  },
);

test('-0 is read as 0, as in executions recorded on AWS', () => {
  expect(jsonText(parseExact('[-0]'))).toBe('[0]');
});

test('invalid JSON is refused', () => {
  expect(() => parseExact('{"a": 01}')).toThrow(SyntaxError);
});

test('an exact number is a number', () => {
  const [exact, other] = parseExact('[1.0, 1.00]') as [number, number];
  expect(typeName(exact)).toBe('number');
  expect(isObject(exact)).toBe(false);
  expect(equalJson(exact, 1)).toBe(true);
  expect(equalJson(exact, other)).toBe(true);
  expect(equalJson(exact, 2)).toBe(false);
  expect(jsonSize([exact, 1])).toBe('[1.0,1]'.length);
  expect(exact + 1).toBe(2);
});
