// The runtime of a Lambda function, in a separate Node.js process. It loads the deployed handler and calls it
// for each event that arrives on the process's IPC channel. Plain JavaScript, because it must start without a
// compiler.
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { pathToFileURL } = require('node:url');

// Hides the IPC channel from the function's code, because Lambda has no such channel.
const send = process.send?.bind(process);
if (!send) throw new Error('The runtime of a Lambda function needs an IPC channel');
process.send = undefined;

/** @typedef {(event: unknown, context: object, callback?: (error: unknown, result?: unknown) => void) => unknown} Handler */

/** @typedef {{ id: string, payload: string, deadline: number, functionArn: string }} Invocation */

/** @type {Handler | undefined} */
let handler;
/**
 * ID of the current event.
 *
 * @type {string | undefined}
 */
let current;

process.on('message', async (/** @type {any} */ message) => {
  if (message.isPreparation) {
    // If the handler cannot be loaded, the next event loads it again and reports the error.
    handler = await loadHandler().catch(() => undefined);
    return;
  }
  /** @type {Invocation} */
  const { id, payload, deadline, functionArn } = message;
  current = id;
  try {
    handler ??= await loadHandler();
    const result = await callHandler(handler, JSON.parse(payload), contextOf({ id, deadline, functionArn }));
    // Values that JSON cannot represent, such as functions, become null.
    answer(id, { payload: JSON.stringify(result) ?? 'null' });
  } catch (error) {
    answer(id, { error: describeError(error) });
  }
});

// Lambda reports an uncaught exception as the error of the current event and ends the process.
process.on('uncaughtException', (error) => fail(error, 129));
process.on('unhandledRejection', (reason) =>
  fail(runtimeError('Runtime.UnhandledPromiseRejection', String(reason)), 128),
);

// Ctrl-C reaches every process of the terminal. Only the parent decides what to stop.
process.on('SIGINT', () => undefined);

// Exits when the parent process ends.
process.on('disconnect', () => process.exit(0));

/**
 * @param {string} id
 * @param {{ payload: string } | { error: object }} result
 */
function answer(id, result) {
  send?.({ id, ...result });
}

/**
 * @param {unknown} error
 * @param {number} exitCode
 */
function fail(error, exitCode) {
  send?.({ id: current, error: describeError(error), isLast: true }, () => process.exit(exitCode));
}

/** @returns {Promise<Handler>} */
async function loadHandler() {
  const { LAMBDA_TASK_ROOT: root = '', _HANDLER: name = '' } = process.env;
  const [, file, exportPath] = /^((?:.*\/)?[^.]*)\.(.+)$/.exec(name) ?? [];
  if (file === undefined || exportPath === undefined) {
    throw runtimeError('Runtime.MalformedHandlerName', `Bad handler: ${name}`);
  }
  const base = path.join(root, file);
  const found = ['.js', '.mjs', '.cjs']
    .map((extension) => base + extension)
    .find((each) => fs.existsSync(each));
  if (found === undefined) {
    throw runtimeError('Runtime.ImportModuleError', `Error: Cannot find module '${file}'`);
  }
  let module;
  try {
    module = await import(pathToFileURL(found).href);
  } catch (/** @type {any} */ error) {
    const type = error?.code === 'MODULE_NOT_FOUND' || error?.code === 'ERR_MODULE_NOT_FOUND';
    throw type ? runtimeError('Runtime.ImportModuleError', String(error)) : error;
  }
  /** @param {any} from */
  const pick = (from) => exportPath.split('.').reduce((value, name) => value?.[name], from);
  const picked = pick(module) ?? pick(module.default);
  if (typeof picked !== 'function') {
    throw runtimeError('Runtime.HandlerNotFound', `${name} is undefined or not exported`);
  }
  return picked;
}

/**
 * @param {Handler} run
 * @param {unknown} event
 * @param {object} context
 */
function callHandler(run, event, context) {
  if (run.length < 3) {
    return run(event, context);
  }
  return new Promise((resolve, reject) => {
    /** @type {(error: unknown, result?: unknown) => void} */
    const callback = (error, result) => (error ? reject(error) : resolve(result));
    Promise.resolve(run(event, context, callback)).then(
      (result) => result !== undefined && resolve(result),
      reject,
    );
  });
}

/** @param {Omit<Invocation, 'payload'>} invocation */
function contextOf({ id, deadline, functionArn }) {
  return {
    awsRequestId: id,
    callbackWaitsForEmptyEventLoop: true,
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    invokedFunctionArn: functionArn,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  };
}

/** @param {unknown} error */
function describeError(error) {
  if (!(error instanceof Error)) {
    return { errorType: typeof error, errorMessage: String(error), trace: [] };
  }
  console.error(error);
  return { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') };
}

/**
 * @param {string} name
 * @param {string} message
 */
function runtimeError(name, message) {
  return Object.assign(new Error(message), { name });
}
