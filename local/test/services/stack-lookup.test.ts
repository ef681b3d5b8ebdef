import type { RoleResource } from '../../src/assembly';
import { stackArn } from '../../src/assembly/stack-arn';
import type { RunningServices } from '../../src/services';
import { closeServices, deploymentIn, ENVIRONMENT, start, temporaryRoot } from './helpers';

const ROLE: RoleResource = {
  logicalId: 'Training',
  name: 'training',
  arn: 'arn:aws:iam::123456789012:role/teams/training',
  trustPolicy: { Statement: [{ Effect: 'Allow', Principal: '*', Action: 'sts:AssumeRole' }] },
  policies: [],
};
const STACK_ID = stackArn(ENVIRONMENT, 'Test');

let services: RunningServices;

beforeAll(async () => {
  const deployment = { ...deploymentIn(temporaryRoot(), { roles: [ROLE] }), outputs: { BucketName: 'data' } };
  services = await start({ deployment });
});
afterAll(closeServices);

const call = (service: string, operation: string, input: object, principal = services.user) =>
  services.router.call(service, operation, { ...input }, principal);

test('GetRole returns the ARN of a role for its name', async () => {
  expect(await call('iam', 'GetRole', { RoleName: 'training' })).toEqual({
    Role: {
      Path: '/teams/',
      RoleName: 'training',
      RoleId: expect.stringMatching(/^AROA[0-9A-F]{17}$/),
      Arn: ROLE.arn,
      CreateDate: expect.any(Number),
      AssumeRolePolicyDocument: encodeURIComponent(JSON.stringify(ROLE.trustPolicy)),
    },
  });
  await expect(call('iam', 'GetRole', { RoleName: 'nobody' })).rejects.toMatchObject({
    name: 'NoSuchEntity',
    statusCode: 404,
    message: expect.stringMatching(
      /^The role with name nobody cannot be found\. \(Roles of the stack: training\./,
    ),
  });
  await expect(call('iam', 'CreateRole', {})).rejects.toThrow(
    /does not support iam:CreateRole\. It supports GetRole, SimulatePrincipalPolicy$/,
  );
});

test('ListServiceQuotas returns no quotas', async () => {
  expect(await call('servicequotas', 'ListServiceQuotas', { ServiceCode: 'sagemaker' })).toEqual({
    Quotas: [],
  });
  await expect(call('servicequotas', 'ListServiceQuotas', { MaxResults: 100 })).rejects.toMatchObject({
    name: 'ValidationException',
    message: expect.stringContaining('serviceCode'),
  });
});

test('DescribeStacks returns the outputs of the stack', async () => {
  const stack = {
    StackId: STACK_ID,
    StackName: 'Test',
    StackStatus: 'CREATE_COMPLETE',
    CreationTime: expect.any(Number),
    Outputs: [{ OutputKey: 'BucketName', OutputValue: 'data' }],
  };
  for (const input of [{}, { StackName: 'Test' }, { StackName: STACK_ID }]) {
    expect(await call('cloudformation', 'DescribeStacks', input)).toEqual({ Stacks: [stack] });
  }
  await expect(call('cloudformation', 'DescribeStacks', { StackName: 'Other' })).rejects.toMatchObject({
    name: 'ValidationError',
    message: 'Stack with id Other does not exist',
  });
});

test('a role needs permission for each call', async () => {
  await expect(call('iam', 'GetRole', { RoleName: 'training' }, ROLE)).rejects.toThrow(
    `not authorized to perform: iam:GetRole on resource: ${ROLE.arn} because`,
  );
  await expect(call('cloudformation', 'DescribeStacks', { StackName: 'Test' }, ROLE)).rejects.toThrow(
    `not authorized to perform: cloudformation:DescribeStacks on resource: ${STACK_ID} because`,
  );
});
