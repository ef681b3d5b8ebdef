// Evaluates JSONata as Step Functions does, in the evaluator process.
'use strict';

const jsonata = require('jsonata');
const { randomFunction, registerAddedFunctions, TOO_LARGE } = require('./added-functions.cjs');
const { limitDepth, TOO_DEEP } = require('./depth.cjs');

/** Limits of an evaluation, as other projects measured them on AWS. The parent process limits the time. */
const LIMITS = { sequence: 873_782 };

/**
 * Maximum length of a result in characters: the number of bytes that an expression can use on AWS, as
 * measured in floci-io/floci#2783.
 */
const LONGEST_RESULT = 6_990_256;

/**
 * Parsed expressions, most recent last.
 *
 * @type {Map<string, import('jsonata').Expression>}
 */
const compiled = new Map();
const MOST_COMPILED = 1000;

/**
 * @typedef {object} Request
 * @property {string} source
 * @property {unknown} states
 * @property {Readonly<Record<string, unknown>>} variables
 * @property {number} random the result of the first call to `$random()`
 */

/** @typedef {{ code?: string | undefined, message?: string }} Failure */

/** @typedef {{ json: string } | { problem: 'nothing' | 'function' } | { error: Failure }} Answer */

/**
 * @param {Request} request
 * @returns {Promise<Answer>} `json`: the result; `problem`: the result is undefined or a function; `error`:
 *   the expression threw
 */
async function evaluate({ source, states, variables, random }) {
  const frame = { eval: undefined, random: randomFunction(random), ...variables, states };
  try {
    const result = await compile(source).evaluate(undefined, frame);
    if (result === undefined) return { problem: 'nothing' };
    if (holdsFunction(result)) return { problem: 'function' };
    const json = JSON.stringify(result, withoutInfinity);
    return json.length > LONGEST_RESULT ? { error: { code: TOO_LARGE } } : { json };
  } catch (error) {
    return { error: describe(error) };
  }
}

/** @param {string} source */
function compile(source) {
  let expression = compiled.get(source);
  if (!expression) {
    expression = jsonata(source, LIMITS);
    registerAddedFunctions(expression);
    limitDepth(expression);
    if (compiled.size >= MOST_COMPILED) compiled.delete(compiled.keys().next().value ?? '');
    compiled.set(source, expression);
  }
  return expression;
}

/**
 * Numbers that JSON cannot represent are strings on AWS: `Infinity`, `-Infinity` and `NaN`.
 *
 * @param {string} _
 * @param {unknown} value
 */
function withoutInfinity(_, value) {
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}

/**
 * Whether a value contains a function: a JavaScript function, or an object that jsonata marks as a function.
 *
 * @param {unknown} value
 * @returns {boolean}
 */
function holdsFunction(value) {
  if (typeof value === 'function') return true;
  if (typeof value !== 'object' || value === null) return false;
  if ('_jsonata_lambda' in value || '_jsonata_function' in value) return true;
  // Ignores the `push` member that jsonata adds to its arrays.
  return (Array.isArray(value) ? value : Object.values(value)).some(holdsFunction);
}

/**
 * @param {any} error
 * @returns {Failure}
 */
function describe(error) {
  // V8 throws a RangeError at its own limits.
  if (error instanceof RangeError && /string length/.test(error.message)) return { code: TOO_LARGE };
  if (error instanceof RangeError && /call stack/.test(error.message)) return { code: TOO_DEEP };
  return { code: error?.code, message: error?.message ?? String(error) };
}

module.exports = { evaluate };
