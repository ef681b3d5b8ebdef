'use strict';
/**
 * The engine for ../shared/conformance/run.js. It runs a recorded case on the interpreter, without real waiting times.
 */
const path = require('node:path');

require('ts-node').register({ swc: true, cwd: path.join(__dirname, '..', '..') });
const { parseStateMachine, startExecution, StatesError, withPlainNumbers } = require('../src/states');
const { VirtualClock } = require('./states/virtual-clock');

module.exports = async (testCase, { task }) => {
  const execution = startExecution(parseStateMachine(testCase.definition), {
    input: testCase.input === undefined ? {} : testCase.input,
    context: {
      id: 'arn:aws:states:us-east-1:111111111111:execution:machine:run',
      name: 'run',
      roleArn: 'arn:aws:iam::111111111111:role/sfn_role',
      startTime: new Date(),
      stateMachine: { id: 'arn:aws:states:us-east-1:111111111111:stateMachine:machine', name: 'machine' },
    },
    clock: new VirtualClock(Date.now()),
    runTask: async (call) => {
      try {
        return await task(call.stateName, call.resource, call.arguments);
      } catch (failure) {
        throw new StatesError(failure.error, failure.cause);
      }
    },
  });
  const result = await execution.result;
  return 'output' in result ? { ...result, output: withPlainNumbers(result.output) } : result;
};
