// Ends the evaluator's process when it takes too much memory, or when its parent has ended. V8's own limit of the heap
// aborts the process with a core dump, and lets one large string pass.
'use strict';

const { workerData } = require('node:worker_threads');

const MOST_BYTES = 256 * 2 ** 20;
/** Tells the parent why the process has ended; nobody else sends it. */
const MEMORY_SIGNAL = 'SIGUSR2';
const LOOKS_EVERY_MILLISECONDS = 5;

const parent = process.ppid;
for (;;) {
  Atomics.wait(workerData.busy, 0, 0);
  if (process.memoryUsage.rss() > MOST_BYTES || process.ppid !== parent)
    process.kill(process.pid, MEMORY_SIGNAL);
  Atomics.wait(workerData.busy, 0, 1, LOOKS_EVERY_MILLISECONDS);
}
