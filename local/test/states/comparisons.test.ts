import { compareValues, OPERATORS } from '../../src/states/execution/comparisons';
import type { Json } from '../../src/states/json';

/**
 * For each type, four values in this order: a smaller value, the value itself, an equal value (in a different notation
 * if possible), and a greater value.
 */
const VALUES = {
  String: ['a', 'b', 'b', 'c'],
  Numeric: [0.9999999, 1, 1.0, 1.0000001],
  Timestamp: [
    '2030-01-01T00:00:00.999999999Z',
    '2030-01-01T00:00:01Z',
    '2030-01-01T01:00:01+01:00',
    '2030-01-01T00:00:01.000000001Z',
  ],
} as const;

/** Results of each relation for a smaller, an equal and a greater value. */
const RELATIONS = {
  Equals: [false, true, false],
  LessThan: [true, false, false],
  LessThanEquals: [true, true, false],
  GreaterThan: [false, false, true],
  GreaterThanEquals: [false, true, true],
} as const;

const ORDERED = Object.entries(VALUES).flatMap(([type, values]) =>
  Object.entries(RELATIONS).map(([relation, expected]) => ({
    operator: `${type}${relation}`,
    values,
    expected,
  })),
);

test.each(ORDERED)('$operator', ({ operator, values, expected }) => {
  const [smaller, one, same, greater] = values;
  expect([smaller, one, greater].map((value) => compareValues(operator, value, same))).toEqual(expected);
});

test.each(ORDERED)('$operator is false for values of other types', ({ operator, values }) => {
  const operand = values[1];
  const others: Json[] = [null, true, {}, [], [operand], typeof operand === 'number' ? String(operand) : 1];
  expect(others.filter((value) => compareValues(operator, value, operand))).toEqual([]);
});

test('strings are compared character by character, numbers by value', () => {
  expect(compareValues('StringLessThan', '10', '9')).toBe(true);
  expect(compareValues('NumericLessThan', 10, 9)).toBe(false);
  expect(compareValues('StringEquals', 'A', 'a')).toBe(false);
});

const TYPE_TESTS: Readonly<Record<string, readonly Json[]>> = {
  IsNull: [null],
  IsString: ['', '2030-01-01T00:00:00Z'],
  IsNumeric: [0, -1.5],
  IsBoolean: [true, false],
  IsTimestamp: ['2030-01-01T00:00:00Z'],
};

test.each(Object.entries(TYPE_TESTS))('%s', (operator, those) => {
  const all: Json[] = [null, '', '2030-01-01T00:00:00Z', 0, -1.5, true, false, {}, []];
  expect(all.filter((value) => compareValues(operator, value, true))).toEqual(those);
  expect(all.filter((value) => compareValues(operator, value, false))).toEqual(
    all.filter((value) => !those.includes(value)),
  );
});

test('BooleanEquals', () => {
  const pairs = [true, false].flatMap((value) => [true, false].map((operand) => [value, operand] as const));
  expect(pairs.map(([value, operand]) => compareValues('BooleanEquals', value, operand))).toEqual([
    true,
    false,
    false,
    true,
  ]);
  expect(compareValues('BooleanEquals', 'true', true)).toBe(false);
});

test.each<[pattern: string, text: string, matches: boolean]>([
  ['a*c', 'abc', true],
  ['a*c', 'ac', true],
  ['a*c', 'ab', false],
  ['*', '', true],
  ['', '', true],
  ['', 'a', false],
  ['a\\*c', 'a*c', true],
  ['a\\*c', 'abc', false],
  ['a\\\\*', 'a\\b', true],
  ['a.c', 'abc', false],
  ['a?c', 'abc', false],
  ['a*b*c', 'a\nb\nc', true],
  ['*ab', 'aab', true],
  ['*a*a*a*a*a*a*a*a*b', 'a'.repeat(5000), false],
])('StringMatches %j with %j', (pattern, text, matches) => {
  expect(compareValues('StringMatches', text, pattern)).toBe(matches);
});

test('the tables have every operator', () => {
  const tested = [...ORDERED.map(({ operator }) => operator), ...Object.keys(TYPE_TESTS)];
  // IsPresent is tested in cases/flow-states.json.
  expect([...tested, 'BooleanEquals', 'StringMatches', 'IsPresent'].sort()).toEqual(
    [...OPERATORS.keys()].sort(),
  );
});
