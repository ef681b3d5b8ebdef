import { resolve } from 'node:path';
import type { JsonObject } from '../../src/states/json';
import { checkExpression } from '../../src/states/jsonata/check-expression';
import { evaluateExpression, parseExpression } from '../../src/states/jsonata/expression';
import { isHarmless } from '../../src/states/jsonata/harmless';

const STATES: JsonObject = {
  input: { a: 1, größe: 2, 'b c': 3, list: [{ x: 1 }, { x: 2 }], deep: { a: { b: 4 } } },
  context: { Execution: { Name: 'run', Input: { big: 'x' } }, State: { Name: 'S' } },
};

/**
 * Local mode sends the evaluator process only the values that an expression mentions. These cases check that it sends
 * every value that an expression needs.
 */
test.each<[source: string, result: unknown]>([
  ['$states.input.a', 1],
  ['$states . input . a', 1],
  ['$states.input.größe', 2],
  ['$states.input.`b c`', 3],
  ['$states.input."b c"', 3],
  ['$states.input.list.x', [1, 2]],
  ['$states.input.list[1].x', 2],
  ['$states.input.deep.a.b', 4],
  ['$states.input.(a + größe)', 3],
  ['$states.input{"k": a}', { k: 1 }],
  ['$lookup($states.input, "a")', 1],
  ['$keys($states.input)', ['a', 'größe', 'b c', 'list', 'deep']],
  ['$states.input.*[0]', 1],
  ['$count($states.**)', 19],
  ['$keys($states)', ['input', 'context']],
  ['($s := $states; $s.input.a)', 1],
  ['$states/* all */.input.a', 1],
  ['$states.`input`.a', 1],
  ['$states.input.a & $states.context.State.Name', '1S'],
  ['$states.context.Execution.Input', { big: 'x' }],
  ['$map($states.input.list, function($i) { $i.x + $states.input.a })', [2, 3]],
  ['$v.a + $value', 15],
  ['$exists($states.input.none)', false],
  [
    '$states.input.list.{"x": x, "a": %.a}',
    [
      { x: 1, a: 1 },
      { x: 2, a: 1 },
    ],
  ],
  ['$states.input.deep.a.{"b": b, "list": %.%.list[0]}', { b: 4, list: { x: 1 } }],
  ['$states.input.list[%.a = x].x', 1],
])('%s', async (source, expected) => {
  const { signal } = new AbortController();
  const bindings = {
    states: STATES,
    variables: { v: { a: 5 }, value: 10, other: 1 },
    random: () => 0.5,
    signal,
  };
  expect(await evaluateExpression(source, 'Output', bindings)).toEqual(expected);
});

test.each<[source: string, expected: boolean]>([
  ['$states.input.a', true],
  ['$states.input."a b" >= $b * 2 and $c = null', true],
  ['$states.input.a ? 1 : "x"', true],
  ['$states.input.a[0]', false],
  ['$states.input.**', false],
  ['$a & $a', false],
  ['[1..3]', false],
  ['[$a, $a]', false],
  ['{"a": $a}', false],
  ['($a := 1; $a)', false],
  ['$f($a)', false],
  ['$a.$b()', false],
  ['$a ~> /a/', false],
  ['$a^(b)', false],
  ['$a{b: c}', false],
  ['$a@$x.c', false],
])('only harmless expressions are evaluated in the main process: %s', (source, expected) => {
  expect(isHarmless(parseExpression(source))).toBe(expected);
});

describe('an expression is valid if JSONata 2.0.6, the version in Step Functions, can parse it', () => {
  // The library checks expressions with this version.
  const jsonata = jest.requireActual(resolve(__dirname, '../../../node_modules/jsonata'));

  test.each([
    ['$states.input.x ?? {}'],
    ['$states.input.x ?: 1'],
    ['$f($states.input.x)?:1'],
    ['{"a": [1, $states.input.list[x ?? 1 > 0]]}'],
    ['$map($states.input.list, function($i) { $i.x ?: $i.y ?: 1 })'],
    ['$states.input{a: b ?? c}'],
    ['$states.input^(a ?: b)'],
    ['$states.input.a ? 1 : ($b ?? 2)'],
    ['($a ?: $b) ?? $c'],
  ])('refused: %s', (source) => {
    const parse = () => jsonata(source);
    expect(parse).toThrow();
    let message = '';
    try {
      parse();
    } catch (error) {
      message = (error as Error).message;
    }
    expect(checkExpression(source, undefined)).toEqual([
      { code: 'INVALID_JSONATA_EXPRESSION', message: `'${source}': ${message}` },
    ]);
  });

  test.each([
    ['$states.input.a ? 1 : 2'],
    ['"??" = "?:" ? 1 : 2'],
    ['$states.input."a?"?1:2'],
    ['$states.input.a ? "?:" : /a?:/'],
    ['$states.input.`a?`?1:2'],
    ['$sum(?, ?)'],
  ])('accepted: %s', (source) => {
    expect(() => jsonata(source)).not.toThrow();
    expect(checkExpression(source, undefined)).toEqual([]);
  });
});
