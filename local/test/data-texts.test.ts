import {
  DescribeExecutionCommand,
  DescribeStateMachineCommand,
  GetExecutionHistoryCommand,
  ListStateMachinesCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { LocalMode } from '../src';
import { synthesize } from './end-to-end/support';

/** State machines that process numbers in different ways. */
const MACHINES: Readonly<Record<string, string>> = {
  pass: '{ "StartAt": "S",\n  "States": {"S": {"Type": "Pass", "End": true}} }',
  literal:
    '{"StartAt":"S","States":{"S":{"Type":"Pass","Result":{"a":1.0,"b":1e3,"c":[12345678901234567890]},"End":true}}}',
  paths: `{"StartAt":"S","States":{"S":{"Type":"Pass","Parameters":{"one.$":"$.a","all.$":"$","text.$":"States.JsonToString($)","format.$":"States.Format('{}', $.a)","array.$":"States.Array($.a, $.b)","sum.$":"States.MathAdd($.a, 1)","parsed.$":"States.StringToJson('[2.0]')"},"ResultPath":"$.made","End":true}}}`,
  choice:
    '{"StartAt":"C","States":{"C":{"Type":"Choice","Choices":[{"And":[{"Variable":"$.a","IsNumeric":true},{"Variable":"$.a","NumericEquals":1},{"Variable":"$.b","NumericGreaterThanEquals":1000.0}],"Next":"Yes"}],"Default":"No"},"Yes":{"Type":"Pass","End":true},"No":{"Type":"Fail"}}}',
  map: '{"StartAt":"M","States":{"M":{"Type":"Map","ItemsPath":"$.items","ItemProcessor":{"StartAt":"I","States":{"I":{"Type":"Wait","Seconds":1.0,"Next":"J"},"J":{"Type":"Pass","End":true}}},"End":true}}}',
  jsonata:
    '{"QueryLanguage":"JSONata","StartAt":"A","States":{"A":{"Type":"Pass","Assign":{"kept":"{% $states.input.a + 1 %}"},"Next":"B"},"B":{"Type":"Pass","End":true}}}',
  nested:
    '{"StartAt":"S","States":{"S":{"Type":"Task","Resource":"arn:aws:states:::states:startExecution.sync:2","Parameters":{"StateMachineArn":"${pass}","Input.$":"$"},"OutputPath":"$.Output","End":true}}}',
};

let localMode: LocalMode;
let client: SFNClient;
let arns: Readonly<Record<string, string>>;

beforeAll(async () => {
  const assembly = synthesize((stack) => {
    const role = new Role(stack, 'Role', { assumedBy: new ServicePrincipal('states.amazonaws.com') });
    role.addToPolicy(new PolicyStatement({ actions: ['*'], resources: ['*'] }));
    for (const [name, definitionString] of Object.entries(MACHINES)) {
      const pass = `arn:aws:states:${stack.region}:${stack.account}:stateMachine:pass`;
      new CfnStateMachine(stack, `${name}-machine`, {
        stateMachineName: name,
        roleArn: role.roleArn,
        definitionString,
        ...(name === 'nested' && { definitionSubstitutions: { pass } }),
      }).node.addDependency(role);
    }
  });
  localMode = await LocalMode.deploy({ assembly, waitTimeScale: 0.001 });
  client = new SFNClient(localMode.clientConfig());
  const { stateMachines = [] } = await client.send(new ListStateMachinesCommand({}));
  arns = Object.fromEntries(
    stateMachines.map(({ name = '', stateMachineArn = '' }) => [name, stateMachineArn]),
  );
});

afterAll(() => localMode?.close());

const INPUT = '{ "a": 1.0,\n  "b": 1e3, "id": 12345678901234567890 }';
const COMPACT = '{"a":1.0,"b":1e3,"id":12345678901234567890}';

/** Runs a state machine and describes its execution. */
async function run(machine: string, input: string) {
  const { executionArn } = await client.send(
    new StartExecutionCommand({ stateMachineArn: arns[machine], input }),
  );
  for (;;) {
    const described = await client.send(new DescribeExecutionCommand({ executionArn }));
    if (described.status !== 'RUNNING') return described;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

test.each<[machine: string, input: string, output: string]>([
  ['pass', INPUT, COMPACT],
  ['pass', ' 1.0 ', '1.0'],
  ['pass', '"1.0"', '"1.0"'],
  ['literal', '{}', '{"a":1.0,"b":1e3,"c":[12345678901234567890]}'],
  [
    'paths',
    INPUT,
    `{"a":1.0,"b":1e3,"id":12345678901234567890,"made":{"one":1.0,"all":${COMPACT},"text":${JSON.stringify(COMPACT)},"format":"1.0","array":[1.0,1e3],"sum":2,"parsed":[2.0]}}`,
  ],
  ['choice', INPUT, COMPACT],
  ['map', '{"items":[1.0,{"x":2.50}]}', '[1.0,{"x":2.50}]'],
  ['jsonata', INPUT, COMPACT],
  ['nested', INPUT, COMPACT],
])('%s passes on %j with its source', async (machine, input, output) => {
  const described = await run(machine, input);
  expect(described).toMatchObject({ status: 'SUCCEEDED', input, output });
});

test('the history preserves the source of numbers', async () => {
  const { executionArn } = await run('pass', INPUT);
  const { events = [] } = await client.send(new GetExecutionHistoryCommand({ executionArn }));
  expect(
    events.map((event) =>
      Object.values(event).find((each) => typeof each === 'object' && !(each instanceof Date)),
    ),
  ).toMatchObject([{ input: INPUT }, { input: COMPACT }, { output: COMPACT }, { output: COMPACT }]);
});

test('readers of the record get JavaScript numbers', async () => {
  const execution = localMode.startExecution({ stateMachine: 'literal' });
  expect(await execution.output()).toEqual({ a: 1, b: 1000, c: [12345678901234567000] });
});

test.each(Object.keys(MACHINES).filter((name) => name !== 'nested'))(
  'DescribeStateMachine returns the source of the definition of %s',
  async (name) => {
    const { definition } = await client.send(
      new DescribeStateMachineCommand({ stateMachineArn: arns[name] }),
    );
    expect(definition).toBe(MACHINES[name]);
  },
);
