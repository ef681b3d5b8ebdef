import { randomUUID } from 'node:crypto';

/** Any JSON value. A number may be an {@link ExactNumber}. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

/** A JSON object. */
export interface JsonObject {
  readonly [key: string]: Json;
}

/** Stands before the text of a number where JSON text is made or read: no other string begins so. */
const MARK = `${randomUUID()}:`;
const MARKED = new RegExp(`"${MARK}([^"]*)"`, 'g');

/** Whether JSON text is made that keeps the texts of numbers, and whether there were any. */
let keepsTexts = false;
let hasTexts = false;

/**
 * A number that JavaScript does not print as it was written, such as `1.0`, `1e3` and `12345678901234567890`. It keeps
 * its text where a state hands it on, calculates as the number that JavaScript makes of it, and is typed as one.
 */
export class ExactNumber extends Number {
  constructor(readonly text: string) {
    super(text);
  }

  override toString(): string {
    return this.text;
  }

  toJSON(): string | number {
    hasTexts = true;
    return keepsTexts ? `${MARK}${this.text}` : this.valueOf();
  }
}

/** The number that a value is; undefined when it is none. */
export function numberIn(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  return value instanceof ExactNumber ? value.valueOf() : undefined;
}

/** What every number has that JavaScript prints otherwise; most texts have it nowhere. */
const MAY_BE_EXACT = /\d(?:[.eE]|\d{15})/;

/** A string, or what may be a number. */
const TOKENS = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/g;

/** Parses JSON text; numbers keep theirs. @throws SyntaxError */
export function parseExact(text: string): Json {
  const value = JSON.parse(text) as Json;
  if (!MAY_BE_EXACT.test(text)) return value;
  let isExact = true;
  const marked = text.replace(TOKENS, (token) => {
    // AWS makes 0 of -0, as recorded.
    if (token.startsWith('"') || token === '-0' || String(Number(token)) === token) return token;
    isExact = false;
    return `"${MARK}${token}"`;
  });
  if (isExact) return value;
  return JSON.parse(marked, (_, each: unknown) =>
    typeof each === 'string' && each.startsWith(MARK) ? new ExactNumber(each.slice(MARK.length)) : each,
  ) as Json;
}

/** The JSON text of a value, with the texts of its numbers. */
export function jsonText(value: unknown): string {
  keepsTexts = true;
  hasTexts = false;
  try {
    const text = JSON.stringify(value) ?? 'null';
    return hasTexts ? text.replace(MARKED, '$1') : text;
  } finally {
    keepsTexts = false;
  }
}

/** The value with JavaScript's own numbers, for those that know no others: itself, or a copy. */
export function withPlainNumbers(value: Json): Json {
  hasTexts = false;
  const text = JSON.stringify(value);
  return hasTexts ? (JSON.parse(text) as Json) : value;
}

/** Whether a JSON value is an object, and neither null nor an array. */
export function isObject(value: unknown): value is JsonObject {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof ExactNumber)
  );
}

/** Whether a JSON value is an array. */
export function isArray(value: unknown): value is readonly Json[] {
  return Array.isArray(value);
}

/** A deep copy through JSON text, as every value crosses a state's border. */
export function copyJson(value: unknown, replacer?: (key: string, value: unknown) => unknown): Json {
  return replacer
    ? (JSON.parse(JSON.stringify(value ?? null, replacer)) as Json)
    : parseExact(jsonText(value ?? null));
}

/** The name that AWS gives a JSON value's type in its messages. */
export function typeName(value: Json): string {
  if (value === null) return 'null';
  if (value instanceof ExactNumber) return 'number';
  return Array.isArray(value) ? 'array' : typeof value;
}

/** Structural equality of two JSON values. */
export function equalJson(a: Json, b: Json): boolean {
  if (a === b) return true;
  const [left, right] = [numberIn(a), numberIn(b)];
  if (left !== undefined && right !== undefined) return left === right;
  if (isArray(a))
    return isArray(b) && a.length === b.length && a.every((item, i) => equalJson(item, b[i] ?? null));
  if (!isObject(a) || !isObject(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && equalJson(a[key] ?? null, b[key] ?? null))
  );
}

/** The most bytes of UTF-8 JSON text that a state may take, answer or assign. */
export const PAYLOAD_LIMIT = 262_144;

/** The size of a value as AWS counts it: the bytes of its JSON text in UTF-8. */
export function jsonSize(value: Json): number {
  return Buffer.byteLength(jsonText(value), 'utf8');
}
