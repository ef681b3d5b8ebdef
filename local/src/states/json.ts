import { randomUUID } from 'node:crypto';

/** Any JSON value. Numbers may be {@link ExactNumber} objects. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

/** A JSON object. */
export interface JsonObject {
  readonly [key: string]: Json;
}

/**
 * Prefix that marks the source text of a number while JSON is parsed or serialized. No other string begins
 * with it.
 */
const MARK = `${randomUUID()}:`;
const MARKED = new RegExp(`"${MARK}([^"]*)"`, 'g');

/** Whether numbers are serialized as their source text. */
let keepsTexts = false;
/** Whether any {@link ExactNumber} was serialized. */
let hasTexts = false;

/**
 * A number that JavaScript would print differently from its source, such as `1.0`, `1e3` and
 * `12345678901234567890`. States pass it on unchanged. Calculations use the JavaScript number.
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

/** The numeric value; undefined if the value is not a number. */
export function numberIn(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  return value instanceof ExactNumber ? value.valueOf() : undefined;
}

/** Matches JSON that may contain an {@link ExactNumber}. Most JSON contains none. */
const MAY_BE_EXACT = /\d(?:[.eE]|\d{15})/;

/** Matches a string or a possible number in JSON. */
const TOKENS = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/g;

/** Parses JSON, preserving the source of numbers. @throws SyntaxError */
export function parseExact(text: string): Json {
  const value = JSON.parse(text) as Json;
  if (!MAY_BE_EXACT.test(text)) return value;
  let isExact = true;
  const marked = text.replace(TOKENS, (token) => {
    // AWS turns -0 into 0, as recordings of AWS show.
    if (token.startsWith('"') || token === '-0' || String(Number(token)) === token) return token;
    isExact = false;
    return `"${MARK}${token}"`;
  });
  if (isExact) return value;
  return JSON.parse(marked, (_, each: unknown) =>
    typeof each === 'string' && each.startsWith(MARK) ? new ExactNumber(each.slice(MARK.length)) : each,
  ) as Json;
}

/** Serializes a value, preserving the source of its numbers. */
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

/** The value with plain JavaScript numbers, for code that supports no other numbers. Copies only if needed. */
export function withPlainNumbers(value: Json): Json {
  hasTexts = false;
  const text = JSON.stringify(value);
  return hasTexts ? (JSON.parse(text) as Json) : value;
}

/** Whether a JSON value is an object, but not an array or null. */
export function isObject(value: unknown): value is JsonObject {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof ExactNumber)
  );
}

/** Whether a JSON value is an array. */
export function isArray(value: unknown): value is readonly Json[] {
  return Array.isArray(value);
}

/** A deep copy through JSON. Every value that enters or leaves a state is copied. */
export function copyJson(value: unknown, replacer?: (key: string, value: unknown) => unknown): Json {
  return replacer
    ? (JSON.parse(JSON.stringify(value ?? null, replacer)) as Json)
    : parseExact(jsonText(value ?? null));
}

/** The name of a JSON value's type in AWS's messages. */
export function typeName(value: Json): string {
  if (value === null) return 'null';
  if (value instanceof ExactNumber) return 'number';
  return Array.isArray(value) ? 'array' : typeof value;
}

/** Structural equality of JSON values. */
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

/** Maximum size of a state's input, output or assigned variables, in bytes of UTF-8 JSON. */
export const PAYLOAD_LIMIT = 262_144;

/** The size of a value as AWS measures it: bytes of its JSON in UTF-8. */
export function jsonSize(value: Json): number {
  return Buffer.byteLength(jsonText(value), 'utf8');
}
