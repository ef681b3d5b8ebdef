import { conditionsHold } from '../../src/services/iam/conditions';

/** Whether a condition is true for a value in the request. */
function holds(operator: string, expected: unknown, actual: string | readonly string[] | undefined): boolean {
  const given = actual === undefined ? {} : { 'aws:key': actual };
  return conditionsHold({ [operator]: { 'aws:key': expected } }, given as never);
}

const RELATIONS = {
  Equals: [false, true, false],
  NotEquals: [true, false, true],
  LessThan: [true, false, false],
  LessThanEquals: [true, true, false],
  GreaterThan: [false, false, true],
  GreaterThanEquals: [false, true, true],
} as const;

/** A smaller value, an equal value in a different notation, a greater value, and the policy's value. */
const ORDERED = {
  Numeric: ['9.99', '10.0', '10.01', '10'],
  Date: ['2030-01-01T00:00:00Z', '1893456001', '2030-01-01T00:00:02Z', '2030-01-01T01:00:01+01:00'],
} as const;

test.each(
  Object.entries(ORDERED).flatMap(([type, values]) =>
    Object.entries(RELATIONS).map(
      ([relation, expected]) => [`${type}${relation}`, values, expected] as const,
    ),
  ),
)('%s', (operator, [smaller, same, greater, policy], expected) => {
  expect([smaller, same, greater].map((value) => holds(operator, policy, value))).toEqual(expected);
});

/** For each operator: the policy's value, matching values, and values that do not match. */
const OTHERS: Readonly<Record<string, readonly [expected: string, fits: string[], not: string[]]>> = {
  StringEquals: ['a*', ['a*'], ['A*', 'ab', 'a*b', '']],
  StringEqualsIgnoreCase: ['Ab', ['ab', 'AB'], ['abc']],
  StringLike: ['a*c?', ['acd', 'abbcd'], ['ac', 'Acd', 'acdd', 'xacd']],
  ArnEquals: [
    'arn:aws:s3:::b/*',
    ['arn:aws:s3:::b/k', 'arn:aws:s3:::b/a:b'],
    ['arn:aws:s3:::c/k', 'arn:aws:s3:x::b/k', 'b/k', 'x:arn:aws:s3:::b/k'],
  ],
  ArnLike: [
    'arn:aws:iam::*:role/r',
    ['arn:aws:iam::1:role/r'],
    ['arn:aws:iam::1:x:role/r', 'arn:aws:iam::1:role/rr'],
  ],
  BinaryEquals: ['AQ==', ['AQ=='], ['aq==']],
  Bool: ['true', ['true', 'True'], ['false', '']],
  IpAddress: ['10.0.0.0/8', ['10.0.0.0', '10.255.255.255'], ['9.255.255.255', '11.0.0.0', '::1', 'x']],
};

test.each(Object.entries(OTHERS))('%s', (operator, [expected, fits, not]) => {
  expect([...fits, ...not].filter((value) => holds(operator, expected, value))).toEqual(fits);
  const negated = NEGATED[operator];
  if (negated === undefined) return;
  expect([...fits, ...not].filter((value) => holds(negated, expected, value))).toEqual(not);
});

const NEGATED: Readonly<Record<string, string>> = {
  StringEquals: 'StringNotEquals',
  StringEqualsIgnoreCase: 'StringNotEqualsIgnoreCase',
  StringLike: 'StringNotLike',
  ArnEquals: 'ArnNotEquals',
  ArnLike: 'ArnNotLike',
  IpAddress: 'NotIpAddress',
};

test.each([
  ['203.0.113.7', '203.0.113.7', true],
  ['203.0.113.7', '203.0.113.8', false],
  ['203.0.113.7/32', '203.0.113.7', true],
  ['0.0.0.0/0', '203.0.113.7', true],
  ['2001:db8::/32', '2001:db8:1::1', true],
  ['2001:db8::/32', '2001:db9::1', false],
  ['2001:db8::1/128', '2001:db8::1', true],
  ['0.0.0.0/0', '2001:db8::1', false],
  ['203.0.113.7/33', '203.0.113.7', false],
  ['2001:db8::1/129', '2001:db8::1', false],
  ['203.0.113.7/-1', '203.0.113.7', false],
  ['203.0.113.7/x', '203.0.113.7', false],
  ['somewhere', '203.0.113.7', false],
])('IpAddress %s covers %s: %p', (range, address, expected) => {
  expect(holds('IpAddress', range, address)).toBe(expected);
});

test.each([
  ['ForAnyValue:StringEquals', ['a', 'b'], true],
  ['ForAnyValue:StringNotEquals', ['a', 'b'], true],
  ['ForAnyValue:StringNotEquals', ['a'], false],
  ['ForAllValues:StringEquals', ['a', 'b'], false],
  ['ForAllValues:StringEquals', ['a', 'a'], true],
  ['ForAllValues:StringNotEquals', ['a', 'b'], false],
  ['ForAllValues:StringNotEquals', ['b', 'c'], true],
  ['StringNotEquals', ['a', 'b'], false],
  ['StringEquals', ['b', 'a'], true],
])('%s "a" of %j: %p', (operator, actual, expected) => {
  expect(holds(operator, 'a', actual)).toBe(expected);
});

test.each(['xForAnyValue:StringEquals', 'ForSomeValues:StringEquals', 'StringEqualsIfexists', 'toString'])(
  'the operator %s is unknown',
  (operator) => {
    expect(() => holds(operator, 'a', 'a')).toThrow(`unknown IAM condition operator ${operator}`);
  },
);

test('Null', () => {
  expect(conditionsHold({ Null: { a: ['true', 'false'] } }, {})).toBe(false);
  expect([holds('Null', 'true', undefined), holds('Null', 'true', 'x')]).toEqual([true, false]);
  expect([holds('Null', 'false', undefined), holds('Null', 'false', 'x')]).toEqual([false, true]);
});

test('a missing key fails all operators except the negated ones and IfExists', () => {
  const ordered = Object.keys(ORDERED).flatMap((type) => Object.keys(RELATIONS).map((each) => type + each));
  const operators = [...ordered, ...Object.keys(OTHERS), ...Object.values(NEGATED)];
  expect(operators.filter((operator) => holds(operator, '1', undefined))).toEqual(
    operators.filter((operator) => operator.includes('Not')),
  );
  expect(operators.filter((operator) => !holds(`${operator}IfExists`, '1', undefined))).toEqual([]);
});
