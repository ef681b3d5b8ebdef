// The functions that Step Functions adds to JSONata. Plain JavaScript, because the evaluator process has no
// compiler.
'use strict';

const { createHash, randomUUID } = require('node:crypto');
const { JavaRandom } = require('../java-random.cjs');

/**
 * Hash algorithms by their States Language names.
 *
 * @type {ReadonlyMap<string, string>}
 */
const HASH_ALGORITHMS = new Map([
  ['MD5', 'md5'],
  ['SHA-1', 'sha1'],
  ['SHA-256', 'sha256'],
  ['SHA-384', 'sha384'],
  ['SHA-512', 'sha512'],
]);

/** jsonata's error code for a sequence that is too long. */
const TOO_LARGE = 'D2015';

/** Maximum length of the result of `$range`. */
const LONGEST_RANGE = 360_145;

/**
 * Registers the functions that Step Functions adds to JSONata.
 *
 * @param {import('jsonata').Expression} expression
 */
function registerAddedFunctions(expression) {
  expression.registerFunction('partition', partition, '<xn?:x>');
  expression.registerFunction('range', range, '<nnn?:x>');
  expression.registerFunction('hash', hash, '<s?s?:s>');
  expression.registerFunction('uuid', () => randomUUID(), '<:s>');
  expression.registerFunction('parse', parse, '<s?:x>');
}

/**
 * `$random([seed])`: with a seed, returns the first number of Java's generator, as on AWS.
 *
 * @param {number} first the result of the first call without a seed
 * @returns {(...args: unknown[]) => number}
 */
function randomFunction(first) {
  let isFirst = true;
  return (...args) => {
    const [seed] = args;
    if (args.length > 1) throw mismatch('T0410', 'random', 2);
    if (seed !== undefined) {
      if (typeof seed !== 'number') throw mismatch('T0410', 'random', 1);
      return new JavaRandom(Math.trunc(seed)).nextDouble();
    }
    const number = isFirst ? first : Math.random();
    isFirst = false;
    return number;
  };
}

/**
 * `$partition(items, [size])`: without a size, returns a single part.
 *
 * @param {unknown} items
 * @param {number} [size]
 */
function partition(items, size) {
  if (items === undefined) return undefined;
  if (!Array.isArray(items)) throw mismatch('T0412', 'partition', 1);
  const step = size === undefined ? items.length : Math.trunc(size);
  if (step < 0) throw failure('Second argument must be zero or greater');
  if (items.length === 0 || step === 0) return undefined;
  const parts = [];
  for (let start = 0; start < items.length; start += step) parts.push(items.slice(start, start + step));
  return parts;
}

/**
 * `$range(from, to, by)` includes `to`. If the range contains only one number, the function returns the number itself,
 * like any JSONata sequence.
 *
 * @param {number} [from]
 * @param {number} [to]
 * @param {number} [by]
 */
function range(from, to, by) {
  const [first, last, step] = [from, to, by].map((n) => Math.trunc(n ?? Number.NaN));
  if (first === undefined || last === undefined || !step) return undefined;
  const length = Math.floor((last - first) / step) + 1;
  if (length > LONGEST_RANGE) throw Object.assign(new Error(), { code: TOO_LARGE });
  const numbers = Array.from({ length: Math.max(0, length || 0) }, (_, i) => first + i * step);
  return numbers.length > 1 ? numbers : numbers[0];
}

/**
 * @param {string} [text]
 * @param {string} [algorithm]
 */
function hash(text, algorithm) {
  if (text === undefined || algorithm === undefined) return undefined;
  const name = HASH_ALGORITHMS.get(algorithm);
  if (!name) {
    throw failure(`Hash algorithm '${algorithm}' must be one of SHA-1, SHA-384, SHA-256, SHA-512, MD5`);
  }
  return createHash(name).update(text, 'utf8').digest('hex');
}

/** @param {string} [text] */
function parse(text) {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text, (_, value) => {
      if (typeof value === 'number' && !Number.isFinite(value)) throw failure('');
      return value;
    });
  } catch {
    throw failure('Invalid JSON');
  }
}

/**
 * An error for an invalid argument. jsonata generates the message.
 *
 * @param {'T0410' | 'T0412'} code
 * @param {string} token
 * @param {number} index
 */
function mismatch(code, token, index) {
  return Object.assign(new Error(), { code, token, index, type: 'any' });
}

/** @param {string} message */
function failure(message) {
  return Object.assign(new Error(message), { code: 'D3137' });
}

module.exports = { HASH_ALGORITHMS, TOO_LARGE, randomFunction, registerAddedFunctions };
