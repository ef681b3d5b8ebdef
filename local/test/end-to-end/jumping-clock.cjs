// Preloaded into local mode. Once the file CLOCK_FLAG exists, shifts the clocks of the process and its
// functions by CLOCK_JUMP_MS. Timers are not affected, as when a user sets the system clock.
const childProcess = require('node:child_process');
const { existsSync } = require('node:fs');
const { ServerResponse } = require('node:http');

const { CLOCK_FLAG: flag, CLOCK_JUMP_MS: jump } = process.env;
const TrueDate = Date;
let hasJumped = false;

function offset() {
  hasJumped ||= existsSync(flag);
  return hasJumped ? Number(jump) : 0;
}

globalThis.Date = class extends TrueDate {
  constructor(...values) {
    super(...(values.length === 0 ? [TrueDate.now() + offset()] : values));
  }

  static now() {
    return TrueDate.now() + offset();
  }
};

const { fork } = childProcess;
childProcess.fork = (file, options) =>
  fork(file, {
    ...options,
    execArgv: [...(options.execArgv ?? []), '--require', __filename],
    env: { ...options.env, CLOCK_FLAG: flag, CLOCK_JUMP_MS: jump },
  });

// Node.js sets the Date header from the real clock, and AWS's clients use this header to correct their own clocks.
const { writeHead } = ServerResponse.prototype;
ServerResponse.prototype.writeHead = function (...values) {
  this.setHeader('Date', new Date().toUTCString());
  return writeHead.apply(this, values);
};
