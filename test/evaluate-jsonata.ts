import { createHash } from 'node:crypto';
import jsonata from 'jsonata';
import type { Json } from './fixtures';

/** The deepest evaluation that others have measured in Step Functions. The members of a literal count together. */
const DEEPEST = 100;

/**
 * Evaluates a JSONata string of the States Language as Step Functions does: with its functions `$parse` and `$hash`, and
 * to a limited depth.
 *
 * @param text with its marks, `{% … %}`, or without
 * @param states what `$states` has
 */
export async function evaluateJsonata(text: string, states: Json): Promise<Json> {
  const expression = jsonata(text.replace(/^\{%|%\}$/g, ''));
  expression.registerFunction('parse', (json: string) => JSON.parse(json), '<s:x>');
  expression.registerFunction(
    'hash',
    (value: string, algorithm: string) =>
      createHash(algorithm.replace('-', '').toLowerCase()).update(value).digest('hex'),
    '<ss:s>',
  );
  limitDepth(expression);
  const result = await expression.evaluate(undefined, { states });
  return result === undefined ? undefined : JSON.parse(JSON.stringify(result));
}

/** jsonata calls these at the start and the end of each evaluation. */
function limitDepth(expression: jsonata.Expression): void {
  let depth = 0;
  const tell = (name: string, listener: () => void) =>
    // Its types have no symbols.
    expression.assign(Symbol.for(`jsonata.${name}`) as unknown as string, listener);
  tell('__evaluate_entry', () => {
    depth += 1;
    if (depth > DEEPEST) throw new Error(`evaluation is more than ${DEEPEST} levels deep`);
  });
  tell('__evaluate_exit', () => {
    depth -= 1;
  });
}
