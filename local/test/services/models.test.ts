import { CreateModelCommand, DescribeModelCommand, ListModelsCommand } from '@aws-sdk/client-sagemaker';
import type { RoleResource } from '../../src/assembly';
import type { Principal, RunningServices } from '../../src/services';
import {
  BUCKET,
  closeServices,
  deploymentIn,
  IMAGE,
  sagemakerClient,
  start,
  TRAINING_ROLE,
  temporaryRoot,
} from './helpers';
import { MODEL_DATA, modelRequest, putModelData } from './model-requests';

afterEach(closeServices);

const ARN = 'arn:aws:sagemaker:us-east-1:123456789012:model';

async function services(roles: RoleResource[] = []) {
  const root = temporaryRoot();
  const running = await start({ deployment: deploymentIn(root, { roles }) });
  putModelData(root);
  return { root, running };
}

const call = (running: RunningServices, operation: string, input: object, caller: Principal = running.user) =>
  running.router.call('sagemaker', operation, input as Record<string, unknown>, caller) as Promise<
    Record<string, unknown>
  >;

test('a model is created, described, listed, tagged and deleted', async () => {
  const { running } = await services();
  const client = sagemakerClient(running);
  const Tags = [{ Key: 'team', Value: 'ml' }];
  for (const name of ['Model-1', 'other', 'Model-2']) {
    const request = { ...modelRequest(name, { Environment: { MODE: 'fast' } }), Tags };
    expect(await client.send(new CreateModelCommand(request))).toMatchObject({
      ModelArn: `${ARN}/${name.toLowerCase()}`,
    });
  }
  const described = await client.send(new DescribeModelCommand({ ModelName: 'model-1' }));
  expect(described).toMatchObject({
    ModelName: 'Model-1',
    PrimaryContainer: {
      Image: IMAGE,
      Mode: 'SingleModel',
      ModelDataUrl: MODEL_DATA,
      Environment: { MODE: 'fast' },
    },
    ExecutionRoleArn: TRAINING_ROLE,
    EnableNetworkIsolation: false,
    CreationTime: expect.any(Date),
  });
  expect(described).not.toHaveProperty('Tags');
  const names = async (input: object) =>
    (await client.send(new ListModelsCommand(input))).Models?.map(({ ModelName }) => ModelName);
  expect(await names({})).toEqual(['Model-2', 'other', 'Model-1']);
  expect(await names({ NameContains: 'model', SortBy: 'Name', SortOrder: 'Ascending' })).toEqual([
    'Model-1',
    'Model-2',
  ]);
  expect(await names({ CreationTimeAfter: new Date(Date.now() + 60_000) })).toEqual([]);
  const { NextToken, Models } = await client.send(new ListModelsCommand({ MaxResults: 2 }));
  expect(Models?.[0]).toEqual({
    ModelName: 'Model-2',
    ModelArn: `${ARN}/model-2`,
    CreationTime: expect.any(Date),
  });
  expect(await names({ MaxResults: 2, NextToken })).toEqual(['Model-1']);
  expect(await call(running, 'ListTags', { ResourceArn: `${ARN}/model-1` })).toEqual({ Tags });
  await call(running, 'DeleteModel', { ModelName: 'Model-1' });
  await expect(call(running, 'DescribeModel', { ModelName: 'Model-1' })).rejects.toMatchObject({
    code: 'ValidationException',
    message: `Could not find model "${ARN}/model-1".`,
  });
  await call(running, 'CreateModel', modelRequest('Model-1'));
});

test('models outlive the process', async () => {
  const { root, running } = await services();
  await call(running, 'CreateModel', modelRequest('Model-1'));
  await running.close();
  const again = await start({ deployment: deploymentIn(root) });
  expect(await call(again, 'DescribeModel', { ModelName: 'Model-1' })).toMatchObject({
    ModelName: 'Model-1',
  });
});

test.each([
  [modelRequest('Known'), /^Cannot create already existing model ".*:model\/known"\.$/],
  [
    modelRequest('M', { ModelDataUrl: `s3://${BUCKET}/none.tar.gz` }),
    /^Could not find model data at s3:..data-b/,
  ],
  [{ ModelName: 'M', ExecutionRoleArn: TRAINING_ROLE }, /either PrimaryContainer or Containers/],
  [{ ...modelRequest('M'), ExecutionRoleArn: undefined }, /ExecutionRoleArn is missing/],
  [modelRequest('M', { Image: undefined }), /either Image or ModelPackageName/],
  [modelRequest('M', { Mode: 'Both' }), /SingleModel, MultiModel/],
  [modelRequest('-'), /failed to satisfy constraint/],
])('refuses %#', async (request, message) => {
  const { running } = await services();
  await call(running, 'CreateModel', modelRequest('Known'));
  await expect(call(running, 'CreateModel', request)).rejects.toMatchObject({
    code: 'ValidationException',
    message: expect.stringMatching(message),
  });
});

describe('permissions', () => {
  const CALLER = 'arn:aws:iam::123456789012:role/caller';
  const role = (arn: string, ...allowed: [string, string][]): RoleResource =>
    ({
      logicalId: arn,
      name: arn.split('/')[1],
      arn,
      trustPolicy: {
        Statement: [
          { Effect: 'Allow', Principal: { Service: 'sagemaker.amazonaws.com' }, Action: 'sts:AssumeRole' },
        ],
      },
      policies: [{ Statement: allowed.map(([Action, Resource]) => ({ Effect: 'Allow', Action, Resource })) }],
    }) as unknown as RoleResource;
  const create = async (caller: [string, string][], execution: [string, string][]) => {
    const { running } = await services([role(CALLER, ...caller), role(TRAINING_ROLE, ...execution)]);
    const request = { ...modelRequest('Model-1'), Tags: [{ Key: 'a', Value: 'b' }] };
    return call(running, 'CreateModel', request, { arn: CALLER });
  };
  const CREATE: [string, string] = ['sagemaker:CreateModel', `${ARN}/model-1`];
  const TAG: [string, string] = ['sagemaker:AddTags', `${ARN}/model-1`];
  const PASS: [string, string] = ['iam:PassRole', TRAINING_ROLE];
  const READ: [string, string] = ['s3:GetObject', `arn:aws:s3:::${BUCKET}/models/*`];

  test.each([
    ['sagemaker:CreateModel', [TAG, PASS], [READ]],
    ['sagemaker:AddTags', [CREATE, PASS], [READ]],
    ['iam:PassRole', [CREATE, TAG], [READ]],
    ['s3:GetObject', [CREATE, TAG, PASS], []],
  ])('needs %s', async (action, caller, execution) => {
    await expect(create(caller as [string, string][], execution as [string, string][])).rejects.toThrow(
      action,
    );
  });

  test('needs nothing else', async () => {
    await create([CREATE, TAG, PASS], [READ]);
  });
});
