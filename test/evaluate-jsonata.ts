import { createHash } from 'node:crypto';
import jsonata from 'jsonata';
import type { Json } from './fixtures';

/**
 * The maximum evaluation depth of a JSONata expression in Step Functions, as measured by the floci project. These tests
 * are stricter than Step Functions: all members of an array or object literal add to the depth, because jsonata
 * evaluates them at the same time.
 */
const DEEPEST = 100;

/**
 * Evaluates a JSONata string as Step Functions does: with the functions `$parse` and `$hash`, and with a depth limit.
 *
 * @param text with or without the delimiters `{%` and `%}`
 * @param states the value of `$states`
 */
export async function evaluateJsonata(text: string, states: Json, deepest = DEEPEST): Promise<Json> {
  const expression = jsonata(text.replace(/^\{%|%\}$/g, ''));
  expression.registerFunction('parse', (json: string) => JSON.parse(json), '<s:x>');
  expression.registerFunction(
    'hash',
    (value: string, algorithm: string) =>
      createHash(algorithm.replace('-', '').toLowerCase()).update(value).digest('hex'),
    '<ss:s>',
  );
  limitDepth(expression, deepest);
  const result = await expression.evaluate(undefined, { states });
  return result === undefined ? undefined : JSON.parse(JSON.stringify(result));
}

/** Evaluates all JSONata strings in a value. JSONata strings have the delimiters `{%` and `%}`. */
export async function evaluateAll(value: Json, states: Json): Promise<Json> {
  if (typeof value === 'string') return value.startsWith('{%') ? evaluateJsonata(value, states) : value;
  if (Array.isArray(value)) return Promise.all(value.map((each) => evaluateAll(each, states)));
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).map(async ([name, each]) => [name, await evaluateAll(each, states)]);
  return Object.fromEntries(await Promise.all(entries));
}

/** Counts the depth with hooks that jsonata calls at the start and end of each evaluation. */
function limitDepth(expression: jsonata.Expression, deepest: number): void {
  let depth = 0;
  const tell = (name: string, listener: () => void) =>
    // jsonata's types do not allow symbols.
    expression.assign(Symbol.for(`jsonata.${name}`) as unknown as string, listener);
  tell('__evaluate_entry', () => {
    depth += 1;
    if (depth > deepest) throw new Error(`evaluation is more than ${deepest} levels deep`);
  });
  tell('__evaluate_exit', () => {
    depth -= 1;
  });
}
