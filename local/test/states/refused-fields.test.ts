import type { JsonObject } from '../../src/states';
import { choice, PASS, problems, retrying, TASK } from './refused-support';

test.each<[state: JsonObject, ...expected: string[]]>([
  [{}, ": The field 'Type' is required but was missing"],
  [{ Type: 'Parallel' }, ": The field 'Branches' is required but was missing"],
  [{ Type: 'Parallel', Branches: [] }, "/Branches: The field 'Branches' must be a nonempty array of objects"],
  [
    { Type: 'Parallel', Branches: [5] },
    "/Branches: The field 'Branches' must be a nonempty array of objects",
  ],
  [
    { Type: 'Parallel', Branches: 'x' },
    "/Branches: The field 'Branches' must be a nonempty array of objects",
  ],
  [
    { Type: 'Choice' },
    ": The field 'Choices' is required but was missing",
    '/States: No state ends the graph',
  ],
  [choice({}), "/Choices[0]: The field 'Condition' is required but was missing"],
  [choice({ Condition: 'x' }), "/Choices[0]/Condition: The field 'Condition' must be a boolean"],
  [{ Type: 'Task' }, ": The field 'Resource' is required but was missing"],
  [{ ...TASK, Resource: 'lambda:invoke' }, '/Resource: Value is not a valid resource ARN'],
  [{ ...TASK, Credentials: 'me' }, "/Credentials: The field 'Credentials' must be an object"],
  [
    { ...TASK, TimeoutSeconds: 0 },
    "/TimeoutSeconds: The field 'TimeoutSeconds' must be a whole number between 1 and 99999999",
  ],
  [
    { ...TASK, TimeoutSeconds: 1.5 },
    "/TimeoutSeconds: The field 'TimeoutSeconds' must be a whole number between 1 and 99999999",
  ],
  [
    { ...TASK, TimeoutSeconds: 100_000_000 },
    "/TimeoutSeconds: The field 'TimeoutSeconds' must be a whole number between 1 and 99999999",
  ],
  [
    { ...TASK, TimeoutSeconds: 5, HeartbeatSeconds: 5 },
    '/HeartbeatSeconds: HeartbeatSeconds must be smaller than TimeoutSeconds',
  ],
  [{ ...TASK, Retry: [{}] }, "/Retry[0]: The field 'ErrorEquals' is required but was missing"],
  [{ ...TASK, Retry: 'x' }, "/Retry: The field 'Retry' must be a nonempty array of objects"],
  [
    retrying({ ErrorEquals: [] }),
    "/Retry[0]/ErrorEquals: The field 'ErrorEquals' must be a nonempty array of strings",
  ],
  [
    retrying({ ErrorEquals: 'E' }),
    "/Retry[0]/ErrorEquals: The field 'ErrorEquals' must be a nonempty array of strings",
  ],
  [
    retrying({ ErrorEquals: ['E', 5] }),
    "/Retry[0]/ErrorEquals: The field 'ErrorEquals' must be a nonempty array of strings",
  ],
  [retrying({ Comment: 5 }), "/Retry[0]/Comment: The field 'Comment' must be a string"],
  [
    retrying({ MaxDelaySeconds: 1 }),
    '/Retry[0]/MaxDelaySeconds: MaxDelaySeconds must be greater than IntervalSeconds',
  ],
  [
    retrying({ MaxDelaySeconds: 31_622_400 }),
    "/Retry[0]/MaxDelaySeconds: The field 'MaxDelaySeconds' must be a whole number between 1 and 31622399",
  ],
  [
    retrying({ IntervalSeconds: 5, MaxDelaySeconds: 5 }),
    '/Retry[0]/MaxDelaySeconds: MaxDelaySeconds must be greater than IntervalSeconds',
  ],
  [
    retrying({ IntervalSeconds: 100_000_000 }),
    "/Retry[0]/IntervalSeconds: The field 'IntervalSeconds' must be a whole number between 1 and 99999999",
  ],
  [
    retrying({ BackoffRate: 0.5 }),
    "/Retry[0]/BackoffRate: The field 'BackoffRate' must be a number between 1 and 1.7976931348623157e+308",
  ],
  [
    retrying({ JitterStrategy: 'HALF' }),
    "/Retry[0]/JitterStrategy: The field 'JitterStrategy' must be one of FULL, NONE",
  ],
  [{ ...TASK, Catch: [{ Next: 'A' }] }, "/Catch[0]: The field 'ErrorEquals' is required but was missing"],
  [
    { ...TASK, Catch: [{ ErrorEquals: ['E'] }] },
    "/Catch[0]: The field 'Next' is required but was missing",
    '/Catch[0]/Next: Missing transition target: ',
  ],
  [
    { ...TASK, Catch: [{ ErrorEquals: ['E'], Next: 'A', Comment: 5 }] },
    "/Catch[0]/Comment: The field 'Comment' must be a string",
  ],
  [
    { ...TASK, Catch: [{ ErrorEquals: ['E'], Next: 'A', Retry: [] }] },
    "/Catch[0]/Retry: The field 'Retry' is not supported by Step Functions",
  ],
  [{ ...TASK, Catch: [{ ErrorEquals: ['E'], Next: 'B' }] }, '/Catch[0]/Next: Missing transition target: B'],
  [{ ...PASS, Assign: 5 }, "/Assign: The field 'Assign' must be an object"],
  [
    { ...PASS, Assign: { ['x'.repeat(81)]: 1 } },
    "/Assign/xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx: 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx' is not a valid variable name",
  ],
  [{ ...PASS, Assign: { 'a b': 1 } }, "/Assign/a b: 'a b' is not a valid variable name"],
  [{ ...PASS, Assign: { 'a.$': 1 } }, "/Assign/a.$: 'a.$' is not a valid variable name"],
  [
    { ...PASS, Next: 'A', End: true },
    ": Exactly one of 'Next' and 'End' must be given",
    '/States: No state ends the graph',
  ],
  [{ ...PASS, End: false }, ": Exactly one of 'Next' and 'End' must be given"],
  [
    { ...PASS, End: 'yes' },
    "/End: The field 'End' must be a boolean",
    ": Exactly one of 'Next' and 'End' must be given",
  ],
  [{ ...PASS, Comment: 5 }, "/Comment: The field 'Comment' must be a string"],
  [{ Type: 'Fail', Error: 5 }, "/Error: The field 'Error' must be a string"],
  [
    { Type: 'Fail', Output: 5 },
    "/Output: The field 'Output' is not supported in a Fail state with the query language JSONata",
  ],
  [{ Type: 'Wait' }, ': Exactly one of the fields for seconds and for a timestamp must be given'],
  [
    { Type: 'Wait', Seconds: 1, Timestamp: '2030-01-01T00:00:00Z' },
    ': Exactly one of the fields for seconds and for a timestamp must be given',
  ],
  [
    { Type: 'Wait', Seconds: -1 },
    "/Seconds: The field 'Seconds' must be a whole number between 0 and 99999999",
  ],
  [{ Type: 'Wait', Timestamp: 'tomorrow' }, '/Timestamp: String does not match RFC3339 timestamp'],
])('refuses %j', (state, ...expected) => {
  expect(problems(state)).toEqual(expected);
});

test.each<[state: JsonObject, ...expected: string[]]>([
  [choice({ Variable: '$.a' }), '/Choices[0]: A choice rule must have a comparison operator'],
  [choice({ IsNull: true }), "/Choices[0]: The field 'Variable' is required but was missing"],
  [
    choice({ Variable: '$.a', IsPresent: 1 }),
    "/Choices[0]/IsPresent: The field 'IsPresent' must be a Boolean",
  ],
  [
    choice({ Variable: '$.a', StringEquals: 1 }),
    "/Choices[0]/StringEquals: The field 'StringEquals' must be a String",
  ],
  [
    choice({ Variable: '$.a', NumericEquals: '1' }),
    "/Choices[0]/NumericEquals: The field 'NumericEquals' must be a Numeric",
  ],
  [
    choice({ Variable: '$.a', TimestampEquals: 'x' }),
    "/Choices[0]/TimestampEquals: The field 'TimestampEquals' must be a Timestamp",
  ],
  [
    choice({ Variable: '$.a', TimestampEquals: 5 }),
    "/Choices[0]/TimestampEquals: The field 'TimestampEquals' must be a Timestamp",
  ],
  [
    choice({ Variable: '$.a', StringMatchesPath: '$.b' }),
    "/Choices[0]/StringMatchesPath: The field 'StringMatchesPath' is not supported",
  ],
  [
    choice({ Variable: '$.a', IsNullPath: '$.b' }),
    "/Choices[0]/IsNullPath: The field 'IsNullPath' is not supported",
  ],
  [
    choice({ Not: { Variable: '$.a', IsNull: true, Next: 'A' } }),
    "/Choices[0]/Not/Next: The field 'Next' is not supported in a nested rule",
  ],
  [choice({ And: [] }), "/Choices[0]/And: The field 'And' must be a nonempty array of objects"],
  [
    { ...TASK, TimeoutSeconds: 5, TimeoutSecondsPath: '$.t' },
    "/TimeoutSeconds: Only one of 'TimeoutSeconds' and 'TimeoutSecondsPath' may be given",
  ],
  [
    { ...TASK, TimeoutSecondsPath: "States.Format('5')" },
    "/TimeoutSecondsPath: Value is not a valid JSONPath ('States.Format('5')' has an unexpected 'S' at position 0)",
  ],
  [{ ...TASK, ResultPath: '$..a' }, '/ResultPath: Value is not a Reference Path'],
  [{ ...TASK, InputPath: 5 }, "/InputPath: The field 'InputPath' must be a string"],
  [
    { ...TASK, Parameters: [{ 'a.$': 5 }] },
    "/Parameters[0]: The value for the field 'a.$' must be a valid JSONPath or a valid intrinsic function call (it is not a string)",
  ],
  [
    { ...TASK, Parameters: { 'a.$': 'x' } },
    "/Parameters: The value for the field 'a.$' must be a valid JSONPath or a valid intrinsic function call ('x' has an unexpected 'x' at position 0)",
  ],
  [
    { ...TASK, Parameters: { a: 1, 'a.$': '$.x' } },
    "/Parameters/a: The field 'a' is given twice, with and without '.$'",
  ],
  [
    { ...TASK, Output: 5 },
    "/Output: The field 'Output' is not supported in a Task state with the query language JSONPath",
  ],
  [{ ...PASS, Assign: { 'states.$': '$.a' } }, "/Assign/states.$: The variable name 'states' is reserved"],
  [
    { ...PASS, Arguments: {} },
    "/Arguments: The field 'Arguments' is not supported in a Pass state with the query language JSONPath",
  ],
])('refuses %j in JSONPath', (state, ...expected) => {
  expect(problems(state, 'JSONPath')).toEqual(expected);
});

test.each<[machine: JsonObject, ...expected: string[]]>([
  [{ Version: '2.0' }, "/Version: The version '2.0' is not supported"],
  [
    { TimeoutSeconds: 0 },
    "/TimeoutSeconds: The field 'TimeoutSeconds' must be a whole number between 1 and 99999999",
  ],
  [{ QueryLanguage: 'SQL' }, "/QueryLanguage: The field 'QueryLanguage' must be one of JSONPath, JSONata"],
  [
    { StartAt: 5 },
    "/StartAt: The field 'StartAt' must be a string",
    ": The field 'StartAt' is required but was missing",
    '/StartAt: Missing transition target: ',
    ': State "A" is not reachable.',
  ],
  [{ States: {} }, '/StartAt: Missing transition target: A'],
  [
    { States: undefined } as unknown as JsonObject,
    ": The field 'States' is required but was missing",
    '/StartAt: Missing transition target: A',
  ],
  [{ States: { A: 5 } }, ': A state must be an object', ": The field 'Type' is required but was missing"],
  [{ States: { A: { Type: 'Pass', Next: 'B' } } }, '/Next: Missing transition target: B'],
  [
    { StartAt: 'x'.repeat(81), States: { ['x'.repeat(81)]: { Type: 'Succeed' } } },
    '/States/xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx: The name of a state must not have more than 80 characters',
  ],
  [{ States: { A: { Type: 'Pass', Next: 'A' } } }, '/States: No state ends the graph'],
])('refuses a state machine with %j', (machine, ...expected) => {
  expect(problems(PASS, 'JSONata', machine)).toEqual(expected);
});

test.each<[state: JsonObject]>([
  [{ ...TASK, TimeoutSeconds: 99_999_999, HeartbeatSeconds: 99_999_998 }],
  [{ ...TASK, TimeoutSeconds: 1 }],
  [{ ...TASK, Retry: [], Catch: [] }],
  [{ ...TASK, Credentials: { RoleArn: 'r' } }],
  [retrying({ IntervalSeconds: 1, MaxDelaySeconds: 2, BackoffRate: 1, MaxAttempts: 0, Comment: 'c' })],
  [retrying({ MaxDelaySeconds: 31_622_399, JitterStrategy: 'NONE' })],
  [{ ...TASK, Catch: [{ ErrorEquals: ['E'], Next: 'A', Comment: 'c' }] }],
  [{ ...PASS, Assign: { ['x'.repeat(80)]: 1, é1: 2 } }],
  [{ Type: 'Wait', Seconds: 0 }],
])('accepts %j', (state) => {
  expect(problems(state)).toEqual([]);
});

test('accepts the longest name, a comment and the version', () => {
  const name = 'x'.repeat(80);
  const machine = { Version: '1.0', Comment: 'c', StartAt: name, States: { [name]: { Type: 'Succeed' } } };
  expect(problems(PASS, 'JSONata', machine)).toEqual([]);
});
