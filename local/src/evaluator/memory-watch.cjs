// Ends the evaluator process when it takes too much memory, or when its parent has ended. V8's own heap limit does not
// suffice: it aborts the process with a core dump, and it does not count large strings.
'use strict';

const { workerData } = require('node:worker_threads');

const MOST_BYTES = 256 * 2 ** 20;
/** The signal that tells the parent process why this process ended. Nothing else sends this signal. */
const MEMORY_SIGNAL = 'SIGUSR2';
const LOOKS_EVERY_MILLISECONDS = 5;

const parent = process.ppid;
for (;;) {
  Atomics.wait(workerData.busy, 0, 0);
  if (process.memoryUsage.rss() > MOST_BYTES || process.ppid !== parent)
    process.kill(process.pid, MEMORY_SIGNAL);
  Atomics.wait(workerData.busy, 0, 1, LOOKS_EVERY_MILLISECONDS);
}
