// The runtime of a Lambda function: runs in a Node.js process of its own, loads the handler as it was
// deployed and calls it for each event that comes over the process's IPC channel. Plain JavaScript,
// since it has to start without a compiler.
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { pathToFileURL } = require('node:url');

// Kept from the function's code, which finds no channel on Lambda either.
const send = process.send.bind(process);
process.send = undefined;

let handler;
/** Id of the event that is being handled. */
let current;

process.on('message', async ({ id, payload, deadline, functionArn }) => {
  current = id;
  try {
    handler ??= await loadHandler();
    const result = await callHandler(handler, JSON.parse(payload), contextOf({ id, deadline, functionArn }));
    // What JSON does not have, such as a function, is null.
    answer(id, { payload: JSON.stringify(result) ?? 'null' });
  } catch (error) {
    answer(id, { error: describeError(error) });
  }
});

// Lambda reports what nobody caught as the error of the event under way, and ends the process.
process.on('uncaughtException', (error) => fail(error, 129));
process.on('unhandledRejection', (reason) =>
  fail(runtimeError('Runtime.UnhandledPromiseRejection', String(reason)), 128),
);

// Ctrl-C goes to every process of the terminal; what is to stop then is the parent's to say.
process.on('SIGINT', () => undefined);

// Without its parent the function has nobody to answer to.
process.on('disconnect', () => process.exit(0));

function answer(id, result) {
  send({ id, ...result });
}

function fail(error, exitCode) {
  send({ id: current, error: describeError(error), isLast: true }, () => process.exit(exitCode));
}

async function loadHandler() {
  const root = process.env.LAMBDA_TASK_ROOT;
  const [, file, exportPath] = /^((?:.*\/)?[^.]*)\.(.+)$/.exec(process.env._HANDLER) ?? [];
  if (file === undefined) {
    throw runtimeError('Runtime.MalformedHandlerName', `Bad handler: ${process.env._HANDLER}`);
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
  } catch (error) {
    const type = error?.code === 'MODULE_NOT_FOUND' || error?.code === 'ERR_MODULE_NOT_FOUND';
    throw type ? runtimeError('Runtime.ImportModuleError', String(error)) : error;
  }
  const pick = (from) => exportPath.split('.').reduce((value, name) => value?.[name], from);
  const picked = pick(module) ?? pick(module.default);
  if (typeof picked !== 'function') {
    throw runtimeError('Runtime.HandlerNotFound', `${process.env._HANDLER} is undefined or not exported`);
  }
  return picked;
}

function callHandler(run, event, context) {
  if (run.length < 3) {
    return run(event, context);
  }
  return new Promise((resolve, reject) => {
    const callback = (error, result) => (error ? reject(error) : resolve(result));
    Promise.resolve(run(event, context, callback)).then(
      (result) => result !== undefined && resolve(result),
      reject,
    );
  });
}

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

function describeError(error) {
  if (!(error instanceof Error)) {
    return { errorType: typeof error, errorMessage: String(error), trace: [] };
  }
  console.error(error);
  return { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') };
}

function runtimeError(name, message) {
  return Object.assign(new Error(message), { name });
}
