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

/** A value as a JSONata literal: JSON is JSONata. */
export function literal(value: unknown): string {
  return JSON.stringify(value);
}
