import * as fs from 'node:fs';
import * as path from 'node:path';
import type { EventRuleResource, FunctionPermission } from '../../src/assembly';
import type { EventTargetInput } from '../../src/assembly/deployment';
import type { ExecutionRecord } from '../../src/executions/executions';
import { startServices } from '../../src/services';
import { functionIn } from './execution-support';
import { closeServices, deploymentIn, printX, samplerOf, temporaryRoot, trainerOf } from './helpers';

afterEach(closeServices);

const MACHINE = 'arn:aws:states:us-east-1:123456789012:stateMachine:machine';
const FUNCTION = 'arn:aws:lambda:us-east-1:123456789012:function:cleanup';
const RULE: EventRuleResource = {
  logicalId: 'Ends',
  name: 'ends',
  arn: 'arn:aws:events:us-east-1:123456789012:rule/ends',
  pattern: {
    source: ['aws.states'],
    'detail-type': ['Step Functions Execution Status Change'],
    detail: { status: ['ABORTED', 'TIMED_OUT', 'FAILED'], stateMachineArn: [MACHINE] },
  },
  targets: [{ functionArn: FUNCTION }],
};
const PERMISSION: FunctionPermission = {
  function: FUNCTION,
  action: 'lambda:InvokeFunction',
  principal: 'events.amazonaws.com',
  sourceArn: RULE.arn,
};
const RECORD: ExecutionRecord = {
  name: 'run',
  processId: 1,
  arn: 'arn:aws:states:us-east-1:123456789012:execution:machine:run',
  stateMachineArn: MACHINE,
  input: { a: 1 },
  startDate: '2026-01-02T03:04:05.678Z',
  stopDate: '2026-01-02T03:05:05.678Z',
  status: 'FAILED',
  error: 'InvalidInput',
  cause: 'no such field',
};

/** Ends an execution. Returns the events that the function received, and the faults. */
async function end(
  record: ExecutionRecord,
  {
    rules = [RULE],
    permissions = [PERMISSION],
    code = 'exports.handler = async (event) => { console.log(`EVENT ${JSON.stringify(event)}`); };',
  }: { rules?: EventRuleResource[]; permissions?: FunctionPermission[]; code?: string } = {},
) {
  const root = temporaryRoot();
  const faults: string[] = [];
  const services = await startServices(
    deploymentIn(root, {
      functions: [
        functionIn(root, code, {
          logicalId: 'Cleanup',
          name: 'cleanup',
          roleArn: 'arn:aws:iam::123456789012:role/cleanup',
        }),
      ],
      eventRules: rules,
      functionPermissions: permissions,
    }),
    {
      trainer: trainerOf(printX),
      sampler: samplerOf([]),
      onFault: (error) => faults.push((error as Error).message),
    },
  );
  try {
    await services.onExecutionEnded(record);
  } finally {
    await services.close();
  }
  const log = path.join(root, 'logs', 'cleanup.log');
  const text = fs.existsSync(log) ? fs.readFileSync(log, 'utf8') : '';
  const events = [...text.matchAll(/EVENT (.*)/g)].map(([, json = '']) => JSON.parse(json));
  return { events, faults };
}

test("the function of a matching rule gets the event in EventBridge's format", async () => {
  const { events, faults } = await end(RECORD);
  expect(faults).toEqual([]);
  expect(events).toEqual([
    {
      version: '0',
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      'detail-type': 'Step Functions Execution Status Change',
      source: 'aws.states',
      account: '123456789012',
      time: '2026-01-02T03:05:05Z',
      region: 'us-east-1',
      resources: [RECORD.arn],
      detail: {
        executionArn: RECORD.arn,
        stateMachineArn: MACHINE,
        name: 'run',
        status: 'FAILED',
        startDate: Date.parse(RECORD.startDate),
        stopDate: Date.parse(RECORD.stopDate ?? ''),
        input: '{"a":1}',
        inputDetails: { included: true },
        output: null,
        outputDetails: null,
        error: 'InvalidInput',
        cause: 'no such field',
      },
    },
  ]);
});

test('the rule matches neither a successful execution nor another state machine', async () => {
  expect(await end({ ...RECORD, status: 'SUCCEEDED', output: {} })).toEqual({ events: [], faults: [] });
  expect(await end({ ...RECORD, stateMachineArn: `${MACHINE}2` })).toEqual({ events: [], faults: [] });
});

test('a target with a custom input receives it', async () => {
  const rule = { ...RULE, targets: [{ functionArn: FUNCTION, input: '{"fixed":true}' }] };
  expect((await end(RECORD, { rules: [rule] })).events).toEqual([{ fixed: true }]);
});

test.each<[string, EventTargetInput, unknown]>([
  ['a part of the event', { inputPath: '$.detail.input' }, '{"a":1}'],
  ['a member with a hyphen', { inputPath: '$.detail-type' }, 'Step Functions Execution Status Change'],
  ['nothing that exists', { inputPath: '$.detail.no' }, null],
  [
    'an input template with values of the event, as JSON and within strings',
    {
      inputTransformer: {
        paths: {
          status: '$.detail.status',
          input: '$.detail.input',
          start: '$.detail.startDate',
          no: '$.no',
        },
        template:
          '{"status": <status>, "text": "it \\"<status>\\" of <input>", "at": <start>, "no": <no>, "other": "<x>"}',
      },
    },
    {
      status: 'FAILED',
      text: 'it "FAILED" of {"a":1}',
      at: Date.parse(RECORD.startDate),
      no: null,
      other: '<x>',
    },
  ],
])('a target gets %s', async (_what, input, expected) => {
  const rule = { ...RULE, targets: [{ functionArn: FUNCTION, ...input }] };
  expect(await end(RECORD, { rules: [rule] })).toEqual({ events: [expected], faults: [] });
});

test.each<[string, FunctionPermission[]]>([
  ['no permission', []],
  ['one for another rule', [{ ...PERMISSION, sourceArn: `${RULE.arn}-2` }]],
  ['one for another service', [{ ...PERMISSION, principal: 's3.amazonaws.com' }]],
  ['one for another action', [{ ...PERMISSION, action: 'lambda:GetFunction' }]],
])('with %s the function is not invoked, and the user gets a notice', async (_name, permissions) => {
  const { events, faults } = await end(RECORD, { permissions });
  expect(events).toEqual([]);
  expect(faults).toEqual([
    expect.stringMatching(
      /^event rule ends: events\.amazonaws\.com may not invoke arn:.*AWS::Lambda::Permission/,
    ),
  ]);
});

test('a failing function causes a notice, and nothing else fails', async () => {
  const { faults } = await end(RECORD, {
    code: 'exports.handler = async () => { throw new Error("broken"); };',
  });
  expect(faults).toEqual([
    expect.stringMatching(/^event rule ends: the function .*cleanup failed: .*broken/),
  ]);
});
