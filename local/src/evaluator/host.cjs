// The evaluator process: evaluates user expressions one after the other. Its parent limits the time; a thread
// limits the memory. Plain JavaScript, because it must start without a compiler.
'use strict';

const path = require('node:path');
const { Worker } = require('node:worker_threads');
const { evaluate } = require('../states/jsonata/evaluate.cjs');
const { findMetrics } = require('../training/find-metrics.cjs');

const TASKS = { jsonata: evaluate, metrics: findMetrics };

/** 1 while an expression is evaluated, otherwise 0. The memory watch sleeps while the value is 0. */
const busy = new Int32Array(new SharedArrayBuffer(4));
new Worker(path.join(__dirname, 'memory-watch.cjs'), { workerData: { busy } });

let last = Promise.resolve();
process.on('message', (/** @type {any} */ message) => {
  last = last.then(() => evaluateOne(message));
});

/** @param {{ task: keyof typeof TASKS, request: any }} message */
async function evaluateOne({ task, request }) {
  setBusy(1);
  const answer = await TASKS[task](request);
  setBusy(0);
  process.send?.(answer);
}

/** @param {0 | 1} value */
function setBusy(value) {
  Atomics.store(busy, 0, value);
  Atomics.notify(busy, 0);
}

process.on('disconnect', () => process.exit(0));

process.send?.('ready');
