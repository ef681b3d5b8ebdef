// Runs the regular expressions of metrics over log lines, in this process or in the evaluator's.
'use strict';

const vm = require('node:vm');

/** Milliseconds that one expression may take for one line. */
const TIME_LIMIT = 1000;
/** Characters around the value that are told of. */
const AROUND = 12;

/** The value that an expression captures, with what is before and after it; undefined where nothing matches. */
function findMetric(pattern, line) {
  const match = pattern.exec(line);
  if (match === null) return undefined;
  const [start, end] = match.indices[1] ?? [];
  if (start === undefined) return { before: '', after: '' };
  return {
    text: match[1],
    before: line.slice(Math.max(0, start - AROUND), start),
    after: line.slice(end, end + AROUND),
  };
}

let searches;
let found;
const run = new vm.Script('findRemainingMetrics()');

// Called by the script, so that its time is limited.
globalThis.findRemainingMetrics = () => {
  for (const { source, flags, line } of searches) {
    const started = performance.now();
    const match = findMetric(new RegExp(source, flags), line);
    found.push({ match, milliseconds: performance.now() - started });
  }
};

/**
 * Runs searches until their time is over.
 *
 * @returns what the first of them have found; the last one may have a problem, such as that it took all the time
 */
function findMetrics(given) {
  searches = given;
  found = [];
  try {
    run.runInThisContext({ timeout: TIME_LIMIT });
  } catch (error) {
    const isLate = error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT';
    if (!isLate) found.push({ milliseconds: 0, problem: error.message });
    else if (found.length === 0)
      found.push({ milliseconds: TIME_LIMIT, problem: `takes longer than ${TIME_LIMIT / 1000} s` });
  }
  return found;
}

module.exports = { findMetric, findMetrics };
