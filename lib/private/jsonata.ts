import { numberText } from './number-text';

/**
 * Makes a JSONata string of the States Language out of an expression: in one line, as some tools take no other.
 * (In literals, line ends are escaped.)
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

/** A value as a JSONata literal: JSON is JSONata. Numbers that are tokens become references, as strings do. */
export function literal(value: unknown): string {
  if (typeof value === 'number') return numberText(value);
  if (Array.isArray(value)) return `[${value.map(literal).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return `{${members.map(([name, inner]) => `${JSON.stringify(name)}:${literal(inner)}`).join(',')}}`;
}

/**
 * A large literal as a string of JSON and a function that reads it. A literal of its size could not be evaluated,
 * because its members count as nested evaluations, of which Step Functions allows about 100.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html for `$parse`
 */
export function parsed(literalValue: string): string {
  return `$parse(${JSON.stringify(literalValue)})`;
}
