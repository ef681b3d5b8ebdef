/** Any JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

/** A JSON object. */
export interface JsonObject {
  readonly [key: string]: Json;
}

/** Whether a JSON value is an object, and neither null nor an array. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether a JSON value is an array. */
export function isArray(value: unknown): value is readonly Json[] {
  return Array.isArray(value);
}

/** A deep copy through JSON text, as every value crosses a state's border. */
export function copyJson(value: unknown, replacer?: (key: string, value: unknown) => unknown): Json {
  return JSON.parse(JSON.stringify(value ?? null, replacer)) as Json;
}

/** The name that AWS gives a JSON value's type in its messages. */
export function typeName(value: Json): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

/** Structural equality of two JSON values. */
export function equalJson(a: Json, b: Json): boolean {
  if (a === b) return true;
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
  return Buffer.byteLength(JSON.stringify(value), 'utf8');
}
