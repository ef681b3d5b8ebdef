// Applies the regular expressions of metrics to log lines, in this process or in the evaluator process.
'use strict';

const vm = require('node:vm');

/** Time limit for the searches of one call, in milliseconds. */
const TIME_LIMIT = 1000;
/** Number of characters that a note shows on each side of the value. */
const AROUND = 12;

/**
 * The text that a metric's expression captured.
 *
 * @typedef {object} MetricMatch
 * @property {string} [text] undefined if the expression has no group, or the group is not part of the match
 * @property {string} before a few characters of the line before the match
 * @property {string} after a few characters of the line after the match
 */

/**
 * A search for a metric in a line.
 *
 * @typedef {object} MetricSearch
 * @property {string} source
 * @property {string} flags includes `d`
 * @property {string} line
 */

/**
 * The result of a search.
 *
 * @typedef {object} MetricSearchResult
 * @property {MetricMatch} [match]
 * @property {number} milliseconds
 * @property {string} [problem] why there is no result: the expression was too slow, or needed more memory than
 *   V8 allows
 */

/**
 * The value that an expression captures, and the text around it; undefined without a match.
 *
 * @param {RegExp} pattern with the flag `d`
 * @param {string} line
 * @returns {MetricMatch | undefined}
 */
function findMetric(pattern, line) {
  const match = pattern.exec(line);
  if (match === null) return undefined;
  const captured = match.indices?.[1];
  if (captured === undefined) return { before: '', after: '' };
  const [start, end] = captured;
  return {
    text: line.slice(start, end),
    before: line.slice(Math.max(0, start - AROUND), start),
    after: line.slice(end, end + AROUND),
  };
}

/** @type {readonly MetricSearch[]} */
let searches = [];
/** @type {MetricSearchResult[]} */
let found = [];
const run = new vm.Script('findRemainingMetrics()');

// The script below calls this function with a time limit.
Object.assign(globalThis, { findRemainingMetrics });

function findRemainingMetrics() {
  for (const { source, flags, line } of searches) {
    const started = performance.now();
    const match = findMetric(new RegExp(source, flags), line);
    found.push({ match, milliseconds: performance.now() - started });
  }
}

/**
 * Runs searches until the time is up.
 *
 * @param {readonly MetricSearch[]} given
 * @returns {MetricSearchResult[]} results of the searches that have run; the last result may have a problem, such
 *   as a timeout
 */
function findMetrics(given) {
  searches = given;
  found = [];
  try {
    run.runInThisContext({ timeout: TIME_LIMIT });
  } catch (/** @type {any} */ error) {
    const isLate = error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT';
    if (!isLate) found.push({ milliseconds: 0, problem: error.message });
    else if (found.length === 0)
      found.push({ milliseconds: TIME_LIMIT, problem: `takes longer than ${TIME_LIMIT / 1000} s` });
  }
  return found;
}

module.exports = { findMetric, findMetrics };
