import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  ListExecutionsCommand,
  ListStateMachinesCommand,
  ListTagsForResourceCommand,
  StartExecutionCommand,
  StopExecutionCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-sfn';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { Principal } from '../../src/services';
import { ENVIRONMENT, temporaryRoot } from './helpers';
import { CALLER, clientOf, execution, machine, ROLE, STATES, serve, startExecution } from './states-support';

test.each([
  [
    'no JSON',
    new StartExecutionCommand({ stateMachineArn: machine('Echo'), input: '{' }),
    'InvalidExecutionInput',
    /^Invalid State Machine Execution Input: '/,
  ],
  [
    'a name with a space',
    new StartExecutionCommand({ stateMachineArn: machine('Echo'), name: 'a b' }),
    'InvalidName',
    /^Invalid Name: 'a b'$/,
  ],
  [
    'a name that is a path out of the folder',
    new StartExecutionCommand({ stateMachineArn: machine('Echo'), name: '../a' }),
    'InvalidName',
    /^Invalid Name: /,
  ],
  [
    'a name that is too long',
    new StartExecutionCommand({ stateMachineArn: machine('Echo'), name: 'a'.repeat(81) }),
    'ValidationException',
    /^1 validation error detected: Value 'a+' at 'name' failed .* length less than or equal to 80$/,
  ],
  [
    'an input that is too large',
    new StartExecutionCommand({ stateMachineArn: machine('Echo'), input: `"${'é'.repeat(131_072)}"` }),
    'ValidationException',
    /^1 validation error detected: Value at 'input' failed .* length less than or equal to 262144$/,
  ],
  [
    'a cause that is too long, and must not appear in the error',
    new StopExecutionCommand({ executionArn: execution('Echo', 'none'), cause: 'secret'.repeat(6000) }),
    'ValidationException',
    /^1 validation error detected: Value at 'cause' failed .* length less than or equal to 32768$/,
  ],
  [
    'a trace header that is not ASCII',
    new StartExecutionCommand({ stateMachineArn: machine('Echo'), traceHeader: 'ü' }),
    'ValidationException',
    /Value 'ü' at 'traceHeader' failed .* pattern: \\p\{ASCII\}\*$/,
  ],
  [
    'no such state machine',
    new StartExecutionCommand({ stateMachineArn: machine('Other') }),
    'StateMachineDoesNotExist',
    /^State Machine Does Not Exist: 'arn:.*:Other'$/,
  ],
  [
    'no such execution',
    new DescribeExecutionCommand({ executionArn: execution('Echo', 'none') }),
    'ExecutionDoesNotExist',
    /^Execution Does Not Exist: 'arn:.*:none'$/,
  ],
  [
    'the ARN of something else',
    new DescribeExecutionCommand({ executionArn: machine('Echo') }),
    'InvalidArn',
    /^Invalid Arn: 'Resource type not valid in this context: stateMachine'$/,
  ],
  ['no ARN', new StopExecutionCommand({ executionArn: 'mine' }), 'InvalidArn', /^Invalid Arn: 'mine'$/],
  [
    'a missing member',
    new DescribeExecutionCommand({ executionArn: undefined }),
    'ValidationException',
    /Value null at 'executionArn' failed to satisfy constraint: Member must not be null$/,
  ],
  [
    'a value of no enum',
    new ListExecutionsCommand({ stateMachineArn: machine('Echo'), statusFilter: 'DONE' as 'FAILED' }),
    'ValidationException',
    /Value 'DONE' at 'statusFilter' .* enum value set: \[RUNNING, /,
  ],
  [
    'a page that is too large',
    new ListStateMachinesCommand({ maxResults: 1001 }),
    'ValidationException',
    /Value '1001' at 'maxResults' .* value less than or equal to 1000$/,
  ],
  [
    'a foreign token',
    new ListStateMachinesCommand({ nextToken: 'abc' }),
    'InvalidToken',
    /^Invalid Token: 'abc'$/,
  ],
  ['neither kind of ARN', new ListExecutionsCommand({}), 'ValidationException', /^Must provide/],
  [
    'a missing operation',
    new CreateStateMachineCommand({ name: 'a', definition: '{}', roleArn: ROLE }),
    'UnknownOperationException',
    /^local mode does not support states:CreateStateMachine\. It supports ListStateMachines, /,
  ],
])('%s is refused', async (_case, command, name, message) => {
  const { client, runner } = await serve(temporaryRoot());
  await expect(client.send(command as StartExecutionCommand)).rejects.toMatchObject({
    name,
    message: expect.stringMatching(message),
  });
  expect(runner.store.list()).toEqual([]);
});

test('state machines have the tags from the template until the tags are changed', async () => {
  const { client } = await serve(temporaryRoot());
  const resourceArn = machine('Echo');
  const tagsOf = async () => (await client.send(new ListTagsForResourceCommand({ resourceArn }))).tags;
  expect(await tagsOf()).toEqual([{ key: 'team', value: 'ml' }]);
  const tags = [
    { key: 'stage', value: 'test' },
    { key: 'Cost Center', value: '' },
    { key: 'team', value: 'ü/1' },
  ];
  await client.send(new TagResourceCommand({ resourceArn, tags }));
  await client.send(new UntagResourceCommand({ resourceArn, tagKeys: ['stage', 'none'] }));
  expect(await tagsOf()).toEqual([
    { key: 'team', value: 'ü/1' },
    { key: 'Cost Center', value: '' },
  ]);
  const many = Array.from({ length: 49 }, (_, i) => ({ key: `k${i}`, value: 'v' }));
  const tooMany = client.send(new TagResourceCommand({ resourceArn, tags: many }));
  await expect(tooMany).rejects.toMatchObject({ name: 'TooManyTags' });
  expect(await tagsOf()).toHaveLength(2);
});

test.each([
  ['a missing state machine', machine('None'), {}, 'ResourceNotFound', /^Resource not found: '/],
  ['an execution', `${STATES}:execution:Echo:a`, {}, 'InvalidArn', /^Invalid Arn: '/],
  ['a version', machine('Echo:1'), {}, 'InvalidArn', /^Invalid Arn: '/],
  [
    'a key of AWS',
    machine('Echo'),
    { key: 'aws:a' },
    'ValidationException',
    /keys must not begin with "aws:"/,
  ],
  ['an odd character', machine('Echo'), { value: 'a;b' }, 'ValidationException', /^Invalid tag 'key'/],
  ['no key', machine('Echo'), { key: '' }, 'ValidationException', /length greater than or equal to 1/],
])('tags of %s are refused', async (_name, resourceArn, tag, name, message) => {
  const { client } = await serve(temporaryRoot());
  const tags = [{ key: 'key', value: 'value', ...tag }];
  await expect(client.send(new TagResourceCommand({ resourceArn, tags }))).rejects.toMatchObject({
    name,
    message: expect.stringMatching(message),
  });
});

test('a role is limited to its policies', async () => {
  const { services } = await serve(temporaryRoot());
  const client = clientOf(services, { arn: CALLER });
  const { executionArn } = await startExecution(client, 'Echo', {});
  await client.send(new DescribeExecutionCommand({ executionArn }));
  const resourceArn = machine('Echo');
  await client.send(new TagResourceCommand({ resourceArn, tags: [{ key: 'stage', value: 'test' }] }));
  await client.send(new UntagResourceCommand({ resourceArn, tagKeys: ['stage'] }));
  await client.send(new ListTagsForResourceCommand({ resourceArn }));
  const user = 'User: arn:aws:sts::123456789012:assumed-role/caller/local-mode is not authorized to perform';
  for (const [command, action, resource] of [
    [new StartExecutionCommand({ stateMachineArn: machine('Sleep') }), 'StartExecution', machine('Sleep')],
    [new StopExecutionCommand({ executionArn }), 'StopExecution', executionArn],
    [new ListStateMachinesCommand({}), 'ListStateMachines', '\\*'],
    [
      new ListTagsForResourceCommand({ resourceArn: machine('Sleep') }),
      'ListTagsForResource',
      machine('Sleep'),
    ],
    [
      new TagResourceCommand({ resourceArn: machine('Echo'), tags: [{ key: 'stage', value: 'else' }] }),
      'TagResource',
      machine('Echo'),
    ],
    [
      new UntagResourceCommand({ resourceArn: machine('Echo'), tagKeys: ['team'] }),
      'UntagResource',
      machine('Echo'),
    ],
  ] as const) {
    await expect(client.send(command as StartExecutionCommand)).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringMatching(`^${user}: states:${action} on resource: ${resource} because`),
    });
  }
});

test('GetCallerIdentity returns the principal of the access keys', async () => {
  const { services } = await serve(temporaryRoot());
  const sts = (principal: Principal) =>
    new STSClient({
      endpoint: services.url,
      region: ENVIRONMENT.region,
      credentials: services.credentialsFor(principal),
      maxAttempts: 1,
    });
  expect(await sts(services.user).send(new GetCallerIdentityCommand({}))).toMatchObject({
    Account: '123456789012',
    Arn: 'arn:aws:iam::123456789012:user/local',
    UserId: expect.stringMatching(/^AIDA/),
  });
  // GetCallerIdentity needs no permission.
  expect(await sts({ arn: CALLER }).send(new GetCallerIdentityCommand({}))).toMatchObject({
    Arn: 'arn:aws:sts::123456789012:assumed-role/caller/local-mode',
    UserId: expect.stringMatching(/^AROA.*:local-mode$/),
  });
  const assume = new AssumeRoleCommand({ RoleArn: CALLER, RoleSessionName: 'a' });
  await expect(sts(services.user).send(assume)).rejects.toMatchObject({
    name: 'UnknownOperationException',
    message: 'local mode does not support sts:AssumeRole. It supports GetCallerIdentity',
  });
});
