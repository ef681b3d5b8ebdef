import { numberText } from './number-text';

/**
 * Converts an expression to a JSONata string of the States Language. The string has only one line, because some tools
 * do not accept line breaks. (Line breaks in literals are escaped.)
 */
export function jsonata(expression: string): string {
  return `{% ${expression.replace(/\s*\n\s*/g, ' ').trim()} %}`;
}

/** Whether a string is a JSONata expression in the States Language. */
export function isJsonata(value: string): boolean {
  return value.startsWith('{%') && value.endsWith('%}');
}

/** The expression inside a JSONata string of the States Language. */
export function innerExpression(value: string): string {
  return value.slice(2, -2).trim();
}

/** A value as a JSONata literal, which is JSON. Tokens, including number tokens, become references. */
export function literal(value: unknown): string {
  if (typeof value === 'number') return numberText(value);
  if (Array.isArray(value)) return `[${value.map(literal).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return `{${members.map(([name, inner]) => `${JSON.stringify(name)}:${literal(inner)}`).join(',')}}`;
}

/**
 * A literal whose size depends on the props, as a JSON string that `$parse` reads. An expression can have only about 100
 * nested evaluations. With a string, this limit cannot be reached, even if Step Functions counts each member of a
 * literal as nested, as jsonata's own limit does.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html for `$parse`
 */
export function parsed(literalValue: string): string {
  return `$parse(${JSON.stringify(literalValue)})`;
}
