// Runs the regular expressions of metrics over log lines, in this process or in the evaluator's.
'use strict';

const vm = require('node:vm');

/** Milliseconds that one expression may take for one line. */
const TIME_LIMIT = 1000;
/** Characters around the value that are told of. */
const AROUND = 12;

/**
 * What a metric's expression has captured.
 *
 * @typedef {object} MetricMatch
 * @property {string} [text] undefined when the group did not take part in the match, or there is none
 * @property {string} before a few characters of the line before it
 * @property {string} after a few characters of the line after it
 */

/**
 * A search of a line for a metric.
 *
 * @typedef {object} MetricSearch
 * @property {string} source
 * @property {string} flags `d` among them
 * @property {string} line
 */

/**
 * What came of a search.
 *
 * @typedef {object} MetricSearchResult
 * @property {MetricMatch} [match]
 * @property {number} milliseconds
 * @property {string} [problem] why it has no result: it took too long, or more memory than V8 gives an expression
 */

/**
 * The value that an expression captures, with what is before and after it; undefined where nothing matches.
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

// Called by the script, so that its time is limited.
Object.assign(globalThis, { findRemainingMetrics });

function findRemainingMetrics() {
  for (const { source, flags, line } of searches) {
    const started = performance.now();
    const match = findMetric(new RegExp(source, flags), line);
    found.push({ match, milliseconds: performance.now() - started });
  }
}

/**
 * Runs searches until their time is over.
 *
 * @param {readonly MetricSearch[]} given
 * @returns {MetricSearchResult[]} what the first of them have found; the last one may have a problem, such as that it took all the time
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
