import type { RoleResource } from '../../src/assembly';
import type { RunningServices } from '../../src/services';
import { closeServices, deploymentIn, start, temporaryRoot } from './helpers';

const allow = (Action: string | string[], Resource: string, Condition?: object) => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...(Condition && { Condition }),
});
const NAMESPACE = '/aws/sagemaker/TrainingJobs';

const ROLE: RoleResource = {
  logicalId: 'Training',
  name: 'training',
  arn: 'arn:aws:iam::123456789012:role/training',
  trustPolicy: { Statement: [] },
  policies: [
    {
      Statement: [
        allow('s3:PutObject', 'arn:aws:s3:::mine/*'),
        { ...allow('s3:*', 'arn:aws:s3:::mine/secret/*'), Effect: 'Deny' },
        allow('ecr:GetAuthorizationToken', '*'),
        allow('cloudwatch:PutMetricData', '*', {
          StringEquals: { 'cloudwatch:namespace': NAMESPACE },
          Bool: { 'aws:SecureTransport': 'true' },
        }),
      ],
    },
  ],
};
const BOUNDED: RoleResource = {
  ...ROLE,
  logicalId: 'Bounded',
  name: 'bounded',
  arn: 'arn:aws:iam::123456789012:role/bounded',
  permissionsBoundary: { Statement: [allow('s3:*', '*')] },
};

interface Result {
  readonly EvalActionName: string;
  readonly EvalDecision: string;
  readonly MissingContextValues: readonly string[];
  readonly PermissionsBoundaryDecisionDetail?: { readonly AllowedByPermissionsBoundary: boolean };
  readonly ResourceSpecificResults?: readonly {
    readonly EvalResourceName: string;
    readonly EvalResourceDecision: string;
  }[];
}

let services: RunningServices;

beforeAll(async () => {
  services = await start({ deployment: deploymentIn(temporaryRoot(), { roles: [ROLE, BOUNDED] }) });
});
afterAll(closeServices);

async function simulate(input: object, caller = services.user) {
  return (await services.router.call(
    'iam',
    'SimulatePrincipalPolicy',
    { PolicySourceArn: ROLE.arn, ...input },
    caller,
  )) as {
    readonly EvaluationResults: readonly Result[];
    readonly IsTruncated: boolean;
    readonly Marker?: string;
  };
}

test('each action is simulated for each resource, and the strictest decision is the overall decision', async () => {
  const object = (key: string) => `arn:aws:s3:::mine/${key}`;
  const { EvaluationResults: results } = await simulate({
    ActionNames: ['s3:PutObject', 'S3:getobject'],
    ResourceArns: [object('a'), object('secret/b'), 'arn:aws:s3:::other/*'],
  });
  expect(results).toMatchObject([
    {
      EvalActionName: 's3:PutObject',
      EvalDecision: 'explicitDeny',
      ResourceSpecificResults: [
        { EvalResourceName: object('a'), EvalResourceDecision: 'allowed' },
        { EvalResourceName: object('secret/b'), EvalResourceDecision: 'explicitDeny' },
        { EvalResourceName: 'arn:aws:s3:::other/*', EvalResourceDecision: 'implicitDeny' },
      ],
    },
    { EvalActionName: 'S3:getobject', EvalDecision: 'explicitDeny' },
  ]);
});

const decisionOf = async (input: object) => (await simulate(input)).EvaluationResults[0];

test('without resources, an action is allowed only by a statement for all resources', async () => {
  expect(await decisionOf({ ActionNames: ['ecr:GetAuthorizationToken'] })).toMatchObject({
    EvalDecision: 'allowed',
    EvalResourceName: '*',
    MissingContextValues: [],
  });
  const put = await decisionOf({ ActionNames: ['s3:PutObject'] });
  expect(put).toMatchObject({ EvalDecision: 'implicitDeny' });
  expect(put).not.toHaveProperty('ResourceSpecificResults');
});

test('conditions use the context of the request, and missing context keys are listed', async () => {
  const ActionNames = ['cloudwatch:PutMetricData'];
  const entry = (ContextKeyName: string, ContextKeyValue: string) => ({
    ContextKeyName,
    ContextKeyValues: [ContextKeyValue],
    ContextKeyType: 'string',
  });
  const namespace = entry('CloudWatch:Namespace', NAMESPACE);
  expect(await decisionOf({ ActionNames })).toMatchObject({
    EvalDecision: 'implicitDeny',
    MissingContextValues: ['cloudwatch:namespace', 'aws:SecureTransport'],
  });
  expect(await decisionOf({ ActionNames, ContextEntries: [namespace] })).toMatchObject({
    EvalDecision: 'implicitDeny',
    MissingContextValues: ['aws:SecureTransport'],
  });
  const all = [namespace, entry('aws:SecureTransport', 'true')];
  expect(await decisionOf({ ActionNames, ContextEntries: all })).toMatchObject({
    EvalDecision: 'allowed',
    MissingContextValues: [],
  });
});

test('permissions boundaries limit what policies allow, and additional policies allow more', async () => {
  const ActionNames = ['ecr:GetAuthorizationToken'];
  const outside = {
    EvalDecision: 'implicitDeny',
    PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: false },
  };
  expect(await decisionOf({ ActionNames, PolicySourceArn: BOUNDED.arn })).toMatchObject(outside);
  const boundary = JSON.stringify({ Statement: allow('s3:*', '*') });
  expect(await decisionOf({ ActionNames, PermissionsBoundaryPolicyInputList: [boundary] })).toMatchObject(
    outside,
  );
  const further = JSON.stringify({ Version: '2012-10-17', Statement: [allow('sqs:*', '*')] });
  expect(await decisionOf({ ActionNames: ['sqs:SendMessage'] })).toMatchObject({
    EvalDecision: 'implicitDeny',
  });
  expect(await decisionOf({ ActionNames: ['sqs:SendMessage'], PolicyInputList: [further] })).toMatchObject({
    EvalDecision: 'allowed',
  });
});

test('principals outside the template have unlimited permissions, as everywhere in local mode', async () => {
  for (const name of ['user/local', 'role/service-role/of-another-stack']) {
    const PolicySourceArn = `arn:aws:iam::123456789012:${name}`;
    expect(await decisionOf({ PolicySourceArn, ActionNames: ['s3:PutObject'] })).toMatchObject({
      EvalDecision: 'allowed',
    });
  }
});

test('results are returned in pages', async () => {
  const ActionNames = ['s3:A', 's3:B', 's3:C'];
  const names: string[] = [];
  let page: Awaited<ReturnType<typeof simulate>> | undefined;
  while (page === undefined || page.IsTruncated) {
    page = await simulate({ ActionNames, MaxItems: 2, Marker: page?.Marker });
    names.push(...page.EvaluationResults.map(({ EvalActionName }) => EvalActionName));
  }
  expect(names).toEqual(ActionNames);
  const last = await simulate({ ActionNames, MaxItems: 3 });
  expect(last.IsTruncated).toBe(false);
  expect(last).not.toHaveProperty('Marker');
});

test('a simulation requires iam:SimulatePrincipalPolicy', async () => {
  await expect(simulate({ ActionNames: ['s3:A'] }, ROLE)).rejects.toThrow(
    `not authorized to perform: iam:SimulatePrincipalPolicy on resource: ${ROLE.arn} because`,
  );
});

test.each<[object, string, RegExp]>([
  [{}, 'ValidationException', /Value null at 'actionNames'/],
  [{ ActionNames: ['s3'] }, 'ValidationException', /length greater than or equal to 3/],
  [{ ActionNames: ['PutObject'] }, 'InvalidInput', /such as s3:GetObject, got PutObject/],
  [{ ActionNames: ['s3:Get*'] }, 'InvalidInput', /such as s3:GetObject, got s3:Get\*/],
  [
    { ActionNames: ['s3:A'], PolicySourceArn: 'arn:aws:s3:::a-bucket-of-mine' },
    'InvalidInput',
    /ARN of a role, user or group, got arn:aws:s3:::a-bucket-of-mine/,
  ],
  [{ ActionNames: ['s3:A'], PolicyInputList: ['null'] }, 'InvalidInput', /not a policy document in JSON/],
  [
    {
      ActionNames: ['s3:A'],
      PolicyInputList: [JSON.stringify({ Statement: allow('s3:*', '*', { Odd: { 'aws:a': 'b' } }) })],
    },
    'InvalidInput',
    /unknown IAM condition operator Odd/,
  ],
  [{ ActionNames: ['s3:A'], ResourcePolicy: '{}' }, 'InvalidInput', /does not support ResourcePolicy in/],
  [
    { ActionNames: ['s3:A'], CallerArn: 'arn:aws:iam::123456789012:user/x' },
    'InvalidInput',
    /does not support a CallerArn other than/,
  ],
  [{ ActionNames: ['s3:A'], Marker: 'x' }, 'InvalidInput', /Invalid Marker: x/],
])('%j is refused', async (input, name, message) => {
  await expect(simulate(input)).rejects.toMatchObject({ name, message: expect.stringMatching(message) });
});
