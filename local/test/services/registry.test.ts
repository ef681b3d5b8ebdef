import {
  CreateModelPackageCommand,
  DescribeModelPackageCommand,
  ListModelPackagesCommand,
  UpdateModelPackageCommand,
} from '@aws-sdk/client-sagemaker';
import type { RoleResource } from '../../src/assembly';
import type { Principal, RunningServices } from '../../src/services';
import { functionIn } from './execution-support';
import {
  BUCKET,
  closeServices,
  deploymentIn,
  IMAGE,
  sagemakerClient,
  start,
  temporaryRoot,
  until,
} from './helpers';
import { MODEL_DATA, modelRequest, putModelData, servingTrainer, transformRequest } from './model-requests';

afterEach(closeServices);

const ARN = 'arn:aws:sagemaker:us-east-1:123456789012';
const SPECIFICATION = {
  Containers: [{ Image: IMAGE, ModelDataUrl: MODEL_DATA, Environment: { A: 'package' } }],
  SupportedContentTypes: ['text/csv'],
  SupportedResponseMIMETypes: ['text/csv'],
};
const version = (change: object = {}) => ({
  ModelPackageGroupName: 'Houses',
  InferenceSpecification: SPECIFICATION,
  ...change,
});

const call = (running: RunningServices, operation: string, input: object, caller: Principal = running.user) =>
  running.router.call('sagemaker', operation, input as Record<string, unknown>, caller) as Promise<
    Record<string, unknown>
  >;

/** Services with an empty model package group `Houses`. */
async function services(root = temporaryRoot(), parts: Parameters<typeof deploymentIn>[1] = {}) {
  const running = await start({ deployment: deploymentIn(root, parts), trainer: servingTrainer() });
  putModelData(root);
  if (running.jobs.modelPackageGroups.get('Houses') === undefined) {
    const Tags = [{ Key: 'team', Value: 'ml' }];
    await call(running, 'CreateModelPackageGroup', { ModelPackageGroupName: 'Houses', Tags });
  }
  return { root, running, client: sagemakerClient(running) };
}

test('versions are created, described, approved, listed and deleted', async () => {
  const { running, client } = await services();
  const create = (change: object = {}) => client.send(new CreateModelPackageCommand(version(change)));
  expect(await create()).toMatchObject({ ModelPackageArn: `${ARN}:model-package/houses/1` });
  await create({
    ModelPackageGroupName: `${ARN}:model-package-group/houses`,
    ModelApprovalStatus: 'Rejected',
    CustomerMetadataProperties: { a: '1', b: '2' },
  });
  await create({ ModelApprovalStatus: 'Approved' });
  const describe = (ModelPackageName: string) =>
    client.send(new DescribeModelPackageCommand({ ModelPackageName }));
  expect(await describe('Houses/1')).toMatchObject({
    ModelPackageGroupName: 'Houses',
    ModelPackageVersion: 1,
    ModelPackageArn: `${ARN}:model-package/houses/1`,
    InferenceSpecification: SPECIFICATION,
    ModelPackageStatus: 'Completed',
    ModelPackageStatusDetails: { ValidationStatuses: [] },
    ModelApprovalStatus: 'PendingManualApproval',
    CreationTime: expect.any(Date),
  });
  const second = `${ARN}:model-package/houses/2`;
  await client.send(
    new UpdateModelPackageCommand({
      ModelPackageArn: second,
      ModelApprovalStatus: 'Approved',
      ApprovalDescription: 'good',
      CustomerMetadataProperties: { c: '3' },
      CustomerMetadataPropertiesToRemove: ['a'],
    }),
  );
  expect(await describe(second)).toMatchObject({
    ModelApprovalStatus: 'Approved',
    ApprovalDescription: 'good',
    CustomerMetadataProperties: { b: '2', c: '3' },
    LastModifiedTime: expect.any(Date),
  });
  const list = async (input: object) =>
    (await client.send(new ListModelPackagesCommand(input))).ModelPackageSummaryList?.map(
      ({ ModelPackageVersion, ModelPackageName }) => ModelPackageVersion ?? ModelPackageName,
    );
  const ofGroup = { ModelPackageGroupName: 'Houses' };
  expect(await list(ofGroup)).toEqual([1, 2, 3]);
  expect(
    await list({ ...ofGroup, ModelApprovalStatus: 'Approved', SortOrder: 'Descending', MaxResults: 1 }),
  ).toEqual([3]);
  await call(running, 'CreateModelPackage', {
    ModelPackageName: 'alone',
    InferenceSpecification: SPECIFICATION,
  });
  expect(await list({})).toEqual(['alone']);
  expect(await list({ ModelPackageType: 'Both' })).toEqual([1, 2, 3, 'alone']);
  await call(running, 'DeleteModelPackage', { ModelPackageName: `${ARN}:model-package/houses/3` });
  await expect(describe('Houses/3')).rejects.toThrow(
    `ModelPackage ${ARN}:model-package/houses/3 does not exist.`,
  );
  // A version number is not reused.
  expect(await create()).toMatchObject({ ModelPackageArn: `${ARN}:model-package/houses/4` });
});

test('groups have tags and are listed; a group with versions cannot be deleted', async () => {
  const { running } = await services();
  const group = { ModelPackageGroupName: 'Houses' };
  await call(running, 'CreateModelPackageGroup', {
    ModelPackageGroupName: 'cars',
    ModelPackageGroupDescription: 'prices',
  });
  expect(await call(running, 'ListModelPackageGroups', { SortBy: 'Name' })).toMatchObject({
    ModelPackageGroupSummaryList: [
      { ModelPackageGroupName: 'Houses', ModelPackageGroupStatus: 'Completed' },
      { ModelPackageGroupName: 'cars', ModelPackageGroupDescription: 'prices' },
    ],
  });
  const { ModelPackageGroupArn: ResourceArn } = await call(running, 'DescribeModelPackageGroup', group);
  expect(await call(running, 'ListTags', { ResourceArn })).toEqual({ Tags: [{ Key: 'team', Value: 'ml' }] });
  const { ModelPackageArn } = await call(running, 'CreateModelPackage', version());
  await call(running, 'AddTags', { ResourceArn: ModelPackageArn, Tags: [{ Key: 'a', Value: 'b' }] });
  expect(await call(running, 'ListTags', { ResourceArn: ModelPackageArn })).toMatchObject({
    Tags: [{ Key: 'a' }],
  });
  await expect(call(running, 'DeleteModelPackageGroup', group)).rejects.toMatchObject({
    code: 'ConflictException',
  });
  await call(running, 'DeleteModelPackage', { ModelPackageName: ModelPackageArn });
  await call(running, 'DeleteModelPackageGroup', group);
  await expect(call(running, 'DescribeModelPackageGroup', group)).rejects.toThrow(
    `ModelPackageGroup ${ARN}:model-package-group/houses does not exist.`,
  );
});

test('a repeated request registers no second version, even after a restart', async () => {
  const { root, running } = await services();
  const request = version({ ClientToken: 'a'.repeat(36) });
  const { ModelPackageArn } = await call(running, 'CreateModelPackage', request);
  expect(await call(running, 'CreateModelPackage', request)).toEqual({ ModelPackageArn });
  const task = { executionArn: 'execution', token: 'attempt' };
  const byTask = { arn: running.user.arn, task };
  const first = await call(running, 'CreateModelPackage', version(), byTask);
  await running.close();
  const again = await services(root);
  expect(await call(again.running, 'CreateModelPackage', version(), byTask)).toEqual(first);
  expect(await call(again.running, 'CreateModelPackage', request)).toEqual({ ModelPackageArn });
  const other = { ...byTask, task: { ...task, token: 'redriven' } };
  expect(await call(again.running, 'CreateModelPackage', version(), other)).not.toEqual(first);
});

test.each([
  [
    'CreateModelPackageGroup',
    { ModelPackageGroupName: 'HOUSES' },
    /^Model Package Group already exists: arn:.*houses$/,
  ],
  [
    'CreateModelPackage',
    { InferenceSpecification: SPECIFICATION },
    /^Missing ARN\. Give ModelPackageGroupName for a version/,
  ],
  [
    'CreateModelPackage',
    version({ ModelPackageName: 'a' }),
    /^Both ModelPackageName and ModelPackageGroupName are provided in the input\. Cannot determine which one to use\.$/,
  ],
  [
    'CreateModelPackage',
    version({ ModelPackageGroupName: 'none' }),
    /^ModelPackageGroup .*none does not exist\.$/,
  ],
  ['CreateModelPackage', version({ Tags: [{ Key: 'a', Value: 'b' }] }), /has the tags of its group/],
  ['CreateModelPackage', { ModelPackageGroupName: 'Houses' }, /needs an InferenceSpecification/],
  [
    'CreateModelPackage',
    version({ ModelApprovalStatus: 'Maybe' }),
    /Approved, Rejected, PendingManualApproval/,
  ],
  ['UpdateModelPackage', { ModelPackageArn: `${ARN}:model-package/houses/9` }, /houses\/9 does not exist/],
  ['ListModelPackages', { ModelPackageGroupName: 'none' }, /none does not exist/],
])('%s refuses %j', async (operation, input, message) => {
  const { running } = await services();
  await expect(call(running, operation, input)).rejects.toMatchObject({
    code: 'ValidationException',
    message: expect.stringMatching(message),
  });
});

test('a transform job can use a model from an approved package, but not from an unapproved package', async () => {
  const { running } = await services();
  const { ModelPackageArn } = await call(running, 'CreateModelPackage', version());
  const { PrimaryContainer: _, ...rest } = modelRequest('Model-1');
  const request = { ...rest, PrimaryContainer: { ModelPackageName: ModelPackageArn } };
  await expect(call(running, 'CreateModel', request)).rejects.toThrow(
    /is not approved: its ModelApprovalStatus is Pend/,
  );
  await call(running, 'UpdateModelPackage', { ModelPackageArn, ModelApprovalStatus: 'Approved' });
  await call(running, 'CreateModel', request);
  expect(await call(running, 'DescribeModel', { ModelName: 'Model-1' })).toMatchObject({
    PrimaryContainer: { ModelPackageName: ModelPackageArn },
  });
  await call(running, 'CreateTransformJob', transformRequest('Job-1'));
  const job = await until(
    () => running.jobs.transform.get('Job-1'),
    (record) => record?.description.TransformJobStatus !== 'InProgress',
  );
  expect(job).toMatchObject({
    model: { container: { Image: IMAGE, ModelDataUrl: MODEL_DATA, Environment: { A: 'package' } } },
    description: { TransformJobStatus: 'Completed' },
  });
});

test('approving a version triggers the event rules of the template', async () => {
  const root = temporaryRoot();
  const definition = functionIn(
    root,
    `const fs = require('node:fs');
exports.handler = async (event) => fs.appendFileSync(${JSON.stringify(`${root}/events.jsonl`)}, JSON.stringify(event) + '\\n');`,
  );
  const { running } = await services(root, {
    functions: [definition],
    functionPermissions: [
      { function: definition.arn, action: 'lambda:InvokeFunction', principal: 'events.amazonaws.com' },
    ],
    eventRules: [
      {
        logicalId: 'Approved',
        name: 'Approved',
        arn: 'arn:aws:events:us-east-1:123456789012:rule/Approved',
        pattern: {
          source: ['aws.sagemaker'],
          'detail-type': ['SageMaker Model Package State Change'],
          detail: { ModelPackageGroupName: ['Houses'], ModelApprovalStatus: ['Approved'] },
        },
        targets: [{ functionArn: definition.arn }],
      },
    ] as unknown as NonNullable<Parameters<typeof deploymentIn>[1]>['eventRules'] & object,
  });
  const { ModelPackageArn } = await call(running, 'CreateModelPackage', version());
  await call(running, 'UpdateModelPackage', { ModelPackageArn, ModelApprovalStatus: 'Rejected' });
  await call(running, 'UpdateModelPackage', { ModelPackageArn, ModelApprovalStatus: 'Approved' });
  await running.close();
  const { readFileSync } = await import('node:fs');
  const events = readFileSync(`${root}/events.jsonl`, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(events).toEqual([
    expect.objectContaining({
      source: 'aws.sagemaker',
      resources: [ModelPackageArn],
      detail: expect.objectContaining({
        ModelPackageGroupName: 'Houses',
        ModelPackageVersion: 1,
        ModelApprovalStatus: 'Approved',
        CreationTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      }),
    }),
  ]);
});

describe('permissions', () => {
  const CALLER = 'arn:aws:iam::123456789012:role/caller';
  const GROUP = `${ARN}:model-package-group/houses`;
  const VERSIONS = `${ARN}:model-package/houses/*`;

  test.each([
    ['CreateModelPackage', version(), VERSIONS],
    ['DescribeModelPackage', { ModelPackageName: `${ARN}:model-package/houses/1` }, VERSIONS],
    ['UpdateModelPackage', { ModelPackageArn: `${ARN}:model-package/houses/1` }, VERSIONS],
    ['DeleteModelPackage', { ModelPackageName: `${ARN}:model-package/houses/1` }, VERSIONS],
    ['DescribeModelPackageGroup', { ModelPackageGroupName: 'Houses' }, GROUP],
    ['ListModelPackages', { ModelPackageGroupName: 'Houses' }, '*'],
  ])('%s is allowed on its resource only', async (operation, input, resource) => {
    const roleWith = (Resource: string) =>
      ({
        logicalId: 'Caller',
        name: 'caller',
        arn: CALLER,
        trustPolicy: { Statement: [] },
        policies: [{ Statement: [{ Effect: 'Allow', Action: `sagemaker:${operation}`, Resource }] }],
      }) as unknown as RoleResource;
    const root = temporaryRoot();
    const { running } = await services(root, { roles: [roleWith(resource)] });
    await call(running, 'CreateModelPackage', version());
    await call(running, operation, input, { arn: CALLER });
    await running.close();
    const other = await services(root, { roles: [roleWith(`arn:aws:s3:::${BUCKET}`)] });
    await expect(call(other.running, operation, input, { arn: CALLER })).rejects.toThrow(
      `is not authorized to perform: sagemaker:${operation} on resource: `,
    );
  });
});
