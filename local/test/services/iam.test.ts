import type { Deployment, PolicyDocument, RoleResource } from '../../src/assembly';
import { conditionsHold } from '../../src/services/iam/conditions';
import { evaluatePolicies } from '../../src/services/iam/policy-evaluation';
import {
  BUCKET,
  closeServices,
  deploymentIn,
  start,
  TRAINING_ROLE,
  temporaryRoot,
  trainingRequest,
  until,
} from './helpers';

afterEach(closeServices);

type Statement = Record<string, unknown>;

const trust = (service: string): PolicyDocument => ({
  Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: service } }],
});

const ROLE: RoleResource = {
  logicalId: 'Role',
  name: 'role',
  arn: 'arn:aws:iam::123456789012:role/role',
  trustPolicy: trust('lambda.amazonaws.com'),
  policies: [],
};

function withBucketPolicy(deployment: Deployment, statements: Statement[]): Deployment {
  const buckets = deployment.buckets.map((each) => ({ ...each, policies: [{ Statement: statements }] }));
  return { ...deployment, buckets };
}

const allow = (
  action: string | string[],
  resource: string | string[] = '*',
  rest: Statement = {},
): Statement => ({
  Effect: 'Allow',
  Action: action,
  Resource: resource,
  ...rest,
});

function decide(statements: Statement[], action: string, resource: string, context = {}) {
  return evaluatePolicies([{ Statement: statements }], { action, resource, context });
}

describe('policy evaluation', () => {
  test.each<[string, Statement[], string]>([
    ['nothing said', [], 'implicit-deny'],
    ['allowed', [allow('s3:GetObject', 'arn:aws:s3:::b/*')], 'allow'],
    ['actions are case-insensitive', [allow('S3:getobject')], 'allow'],
    ['wildcards', [allow('s3:Get*', 'arn:aws:s3:::?/a*')], 'allow'],
    ['another resource', [allow('s3:GetObject', 'arn:aws:s3:::b/c')], 'implicit-deny'],
    ['resources depend on case', [allow('s3:GetObject', 'arn:aws:s3:::B/A')], 'implicit-deny'],
    ['deny wins', [allow('*'), { ...allow('s3:*'), Effect: 'Deny' }], 'explicit-deny'],
    ['NotAction', [{ Effect: 'Allow', NotAction: 's3:Put*', Resource: '*' }], 'allow'],
    ['NotAction that names it', [{ Effect: 'Allow', NotAction: 's3:Get*', Resource: '*' }], 'implicit-deny'],
    ['NotResource', [{ Effect: 'Allow', Action: '*', NotResource: 'arn:aws:s3:::other/*' }], 'allow'],
    [
      'a condition that fails',
      [allow('*', '*', { Condition: { StringEquals: { k: 'v' } } })],
      'implicit-deny',
    ],
  ])('%s', (_name, statements, expected) => {
    expect(decide(statements, 's3:GetObject', 'arn:aws:s3:::b/a')).toBe(expected);
  });

  test('policy variables', () => {
    const statement = allow('*', 'arn:aws:s3:::b/${aws:PrincipalAccount}/*');
    expect(decide([statement], 's3:GetObject', 'arn:aws:s3:::b/1/x', { 'aws:PrincipalAccount': '1' })).toBe(
      'allow',
    );
  });

  test.each<[Record<string, unknown>, boolean]>([
    [{ StringEquals: { 'iam:passedtoservice': 'sagemaker.amazonaws.com' } }, true],
    [{ StringEquals: { 'iam:PassedToService': ['lambda.amazonaws.com'] } }, false],
    [{ StringNotEquals: { 'iam:PassedToService': 'lambda.amazonaws.com' } }, true],
    [{ StringLike: { 'iam:PassedToService': 'sage*' } }, true],
    [{ StringEquals: { absent: 'x' } }, false],
    [{ StringEqualsIfExists: { absent: 'x' } }, true],
    [{ StringNotEquals: { absent: 'x' } }, true],
    [{ Null: { absent: 'true' } }, true],
    [{ Bool: { secure: true } }, true],
    [{ NumericLessThanEquals: { runtime: '3600' } }, true],
    [{ NumericLessThan: { runtime: 10 } }, false],
    [{ 'ForAllValues:StringLike': { types: ['ml.m5.*', 'ml.c5.*'] } }, true],
    [{ 'ForAllValues:StringLike': { types: ['ml.m5.*'] } }, false],
    [{ 'ForAnyValue:StringEquals': { types: 'ml.c5.large' } }, true],
    [{ ArnLike: { source: 'arn:aws:states:*:1:stateMachine:*' } }, true],
    [{ ArnLike: { source: 'arn:aws:*:stateMachine:*' } }, false],
    [{ ArnNotEquals: { source: 'arn:aws:states:*:2:*' } }, true],
    [{ IpAddress: { 'aws:SourceIp': ['10.0.0.0/8', '127.0.0.0/8'] } }, true],
    [{ IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } }, false],
    [{ IpAddress: { 'aws:SourceIp': '2001:db8::/32' } }, false],
    [{ NotIpAddress: { 'aws:SourceIp': '203.0.113.7' } }, true],
    [{ NotIpAddress: { 'aws:SourceIp': '127.0.0.1' } }, false],
    [{ DateLessThan: { now: '2030-01-01T00:00:00Z' } }, true],
    [{ DateGreaterThan: { now: '2030-01-01T00:00:00Z' } }, false],
    [{ DateGreaterThan: { now: '1700000000' } }, true],
    [{ BinaryEquals: { bytes: 'QmluYXJ5' } }, true],
    [{ StringEquals: { secure: '${SECURE}' } }, true],
    [{ StringEquals: { secure: '${absent}' } }, false],
    [{ 'ForAnyValue:StringNotEquals': { absent: 'x' } }, false],
    [{ 'ForAllValues:StringNotEquals': { absent: 'x' } }, true],
    [{ 'ForAnyValue:StringLikeIfExists': { absent: 'x' } }, true],
  ])('%j is %s', (block, expected) => {
    const context = {
      'iam:PassedToService': 'sagemaker.amazonaws.com',
      secure: 'true',
      runtime: '3600',
      types: ['ml.m5.large', 'ml.c5.large'],
      'aws:SourceIp': '127.0.0.1',
      now: '2026-01-01T00:00:00Z',
      bytes: 'QmluYXJ5',
      source: 'arn:aws:states:us-east-1:1:stateMachine:m',
    };
    expect(conditionsHold(block, context)).toBe(expected);
  });

  test('an unknown operator is refused at deployment, and the error names it', async () => {
    const statement = allow('s3:GetObject', '*', { Condition: { 'ForAnyValue:StringsEqual': { k: 'v' } } });
    const bucketPolicy = { ...statement, Principal: '*' };
    const roles = [{ ...ROLE, logicalId: 'Reader', policies: [{ Statement: [statement] }] }];
    await expect(start({ deployment: deploymentIn(temporaryRoot(), { roles }) })).rejects.toThrow(
      'Resources/Reader: unknown IAM condition operator ForAnyValue:StringsEqual',
    );
    const deployment = withBucketPolicy(deploymentIn(temporaryRoot()), [bucketPolicy]);
    await expect(start({ deployment })).rejects.toThrow('Resources/Data: unknown IAM condition operator');
  });
});

describe('calls', () => {
  const role = (name: string, statements: Statement[], service: string): RoleResource => ({
    logicalId: name,
    name,
    arn: `arn:aws:iam::123456789012:role/${name}`,
    trustPolicy: trust(service),
    policies: [{ Statement: statements }],
  });
  const machine = { arn: 'arn:aws:iam::123456789012:role/machine' };
  const create = allow(
    'sagemaker:CreateTrainingJob',
    'arn:aws:sagemaker:us-east-1:123456789012:training-job/my-*',
  );
  const pass = allow('iam:PassRole', TRAINING_ROLE, {
    Condition: { StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } },
  });
  const pull = allow('ecr:*');
  const read = allow(
    ['s3:ListBucket', 's3:GetObject', 's3:PutObject'],
    [`arn:aws:s3:::${BUCKET}`, `arn:aws:s3:::${BUCKET}/*`],
  );

  async function call(
    machineMay: Statement[],
    trainingMay: Statement[] = [read, pull],
    trusted = 'sagemaker.amazonaws.com',
    name = 'my-job',
  ) {
    const roles = [
      role('machine', machineMay, 'states.amazonaws.com'),
      role('training', trainingMay, trusted),
    ];
    const services = await start({ deployment: deploymentIn(temporaryRoot(), { roles }) });
    await services.router.call('sagemaker', 'CreateTrainingJob', trainingRequest(name), machine);
    return until(
      () => services.jobs.training.get(name)?.description,
      (job) => !['InProgress', 'Stopping'].includes(job?.TrainingJobStatus ?? ''),
    );
  }

  test('allowed actions work', async () => {
    expect(await call([create, pass])).toMatchObject({ TrainingJobStatus: 'Completed' });
  });

  test("other actions are refused with AWS's wording", async () => {
    await expect(call([create, pass], [read], undefined, 'other-job')).rejects.toMatchObject({
      code: 'AccessDeniedException',
      message:
        'User: arn:aws:sts::123456789012:assumed-role/machine/local-mode is not authorized to perform: sagemaker:CreateTrainingJob on resource: arn:aws:sagemaker:us-east-1:123456789012:training-job/other-job because no identity-based policy allows the sagemaker:CreateTrainingJob action',
    });
    await expect(call([create])).rejects.toThrow(
      /perform: iam:PassRole on resource: arn:aws:iam::123456789012:role\/training because/,
    );
    await expect(call([create, pass, { ...allow('iam:*'), Effect: 'Deny' }])).rejects.toThrow(
      /iam:PassRole .* with an explicit deny in an identity-based policy/,
    );
  });

  test('a role without the permissions that AWS requires for a state machine is refused before anything starts', async () => {
    const kmsKeyId = 'arn:aws:kms:us-east-1:123456789012:key/mine';
    const deploy = (statements: Statement[], isLogged: boolean, encryption: { kmsKeyId?: string } = {}) => {
      const roles = [role('machine', statements, 'states.amazonaws.com')];
      const resource = 'arn:aws:states:::sagemaker:createTrainingJob.sync';
      const train = { Type: 'Task', Resource: resource, End: true };
      const branch = { StartAt: 'Train', States: { Train: train } };
      const parallel = { Type: 'Parallel', Branches: [branch], End: true };
      const stateMachine = {
        logicalId: 'Machine',
        name: 'machine',
        arn: 'arn:aws:states:us-east-1:123456789012:stateMachine:machine',
        roleArn: machine.arn,
        definition: { StartAt: 'Parallel', States: { Parallel: parallel } },
        isLogged,
        ...encryption,
      };
      const deployment = deploymentIn(temporaryRoot(), { roles });
      return start({ deployment: { ...deployment, stateMachines: [stateMachine] } });
    };
    const rule =
      'arn:aws:events:us-east-1:123456789012:rule/StepFunctionsGetEventsForSageMakerTrainingJobsRule';
    const events = allow(['events:PutTargets', 'events:PutRule', 'events:DescribeRule'], rule);
    await expect(deploy([], false)).rejects.toThrow(
      /^Cannot create state machine machine: AccessDeniedException: '.*role\/machine' is not authorized to create managed-rule\..*events:PutTargets/,
    );
    await expect(deploy([allow('events:PutTargets', rule)], false)).rejects.toThrow(/events:PutRule/);
    await expect(deploy([events], false)).resolves.toBeDefined();
    await expect(deploy([events], true)).rejects.toThrow(
      /AccessDeniedException: The state machine IAM Role is not authorized to access the Log Destination\..*logs:CreateLogDelivery/,
    );
    await expect(deploy([events, allow('logs:*')], true)).resolves.toBeDefined();
    const ofMachine = (name: string) => ({
      ...allow(['kms:Decrypt', 'kms:GenerateDataKey'], kmsKeyId),
      Condition: {
        ArnLike: {
          'kms:EncryptionContext:aws:states:stateMachineArn': `arn:aws:states:us-east-1:123456789012:stateMachine:${name}`,
        },
      },
    });
    const key = { kmsKeyId };
    await expect(deploy([events], false, key)).rejects.toThrow(
      /AccessDeniedException: The state machine IAM Role is not authorized to use the KMS key\..*kms:Decrypt/,
    );
    // aws-cdk-lib writes this condition for a state machine without a fixed name. It never matches.
    await expect(deploy([events, ofMachine('')], false, key)).rejects.toThrow(/kms:Decrypt/);
    await expect(deploy([events, ofMachine('*')], false, key)).resolves.toBeDefined();
    const logged = [events, allow('logs:*'), ofMachine('*')];
    await expect(deploy(logged, true, key)).rejects.toThrow(/kms:GenerateDataKey/);
    await expect(
      deploy([...logged, allow('kms:GenerateDataKey', kmsKeyId)], true, key),
    ).resolves.toBeDefined();
  });

  describe('trust policies', () => {
    const statement = (service: string, rest: Statement = {}): Statement => ({
      Effect: 'Allow',
      Action: 'sts:AssumeRole',
      Principal: { Service: service },
      ...rest,
    });
    const whenAccount = (accountId: string) => ({
      Condition: {
        StringEquals: { 'aws:SourceAccount': accountId },
        ArnLike: { 'aws:SourceArn': `arn:aws:*:us-east-1:${accountId}:*` },
      },
    });
    const denied = (service: string) => [statement(service), statement(service, { Effect: 'Deny' })];

    /**
     * For each service: a function that makes the service assume a role with a given trust policy, and the expected
     * error.
     */
    const SERVICES: Record<string, [(trustPolicy: PolicyDocument) => Promise<unknown>, RegExp]> = {
      sagemaker: [
        async (trustPolicy) => {
          const roles = [{ ...role('training', [read, pull], ''), trustPolicy }];
          const services = await start({ deployment: deploymentIn(temporaryRoot(), { roles }) });
          return services.router.call(
            'sagemaker',
            'CreateTrainingJob',
            trainingRequest('my-job'),
            services.user,
          );
        },
        /^Could not assume role arn:aws:iam::123456789012:role\/training\. .*allows principal 'sagemaker\.amazonaws\.com'/,
      ],
      states: [
        async (trustPolicy) => {
          const roles = [{ ...role('machine', [], ''), trustPolicy }];
          const definition = { StartAt: 'End', States: { End: { Type: 'Succeed' } } };
          const arn = 'arn:aws:states:us-east-1:123456789012:stateMachine:m';
          const stateMachine = { logicalId: 'M', name: 'm', arn, roleArn: machine.arn, definition };
          const deployment = deploymentIn(temporaryRoot(), { roles });
          return start({ deployment: { ...deployment, stateMachines: [stateMachine] } });
        },
        /^Cannot create state machine m: AccessDeniedException: Neither the global service principal states\.amazonaws\.com/,
      ],
      lambda: [
        async (trustPolicy) => {
          const roles = [{ ...role('function', [], ''), trustPolicy }];
          const deployment = deploymentIn(temporaryRoot(), { roles });
          const lambdaFunction = {
            logicalId: 'F',
            name: 'f',
            arn: 'arn:aws:lambda:us-east-1:123456789012:function:f',
            roleArn: 'arn:aws:iam::123456789012:role/function',
            folder: temporaryRoot(),
            handler: 'index.handler',
            runtime: 'nodejs22.x',
            environment: {},
            timeoutSeconds: 3,
            memoryMegabytes: 128,
          };
          return start({ deployment: { ...deployment, functions: [lambdaFunction] } });
        },
        /^Cannot create function f: InvalidParameterValueException: The role defined for the function cannot be assumed by Lambda\./,
      ],
    };

    test.each<[string, boolean, (service: string) => Statement[]]>([
      ['the service', true, (service) => [statement(service)]],
      ['several services', true, (service) => [statement('', { Principal: { Service: ['x', service] } })]],
      ['any action of STS', true, (service) => [statement(service, { Action: 'sts:*' })]],
      ['everybody', true, () => [statement('', { Principal: '*' })]],
      ['its own account', true, (service) => [statement(service, whenAccount('123456789012'))]],
      ['another service', false, () => [statement('ec2.amazonaws.com')]],
      ['its account only', false, () => [statement('', { Principal: { AWS: '123456789012' } })]],
      ['another action', false, (service) => [statement(service, { Action: 'sts:TagSession' })]],
      [
        'any action but this one',
        false,
        (service) => [statement(service, { Action: undefined, NotAction: 'sts:Assume*' })],
      ],
      ['another account', false, (service) => [statement(service, whenAccount('999999999999'))]],
      [
        'an external ID, which services do not send',
        false,
        (service) => [statement(service, { Condition: { StringEquals: { 'sts:ExternalId': 'x' } } })],
      ],
      ['all, and denied', false, denied],
      ['nobody', false, () => []],
    ])('%s: %s', async (_name, isTrusted, statements) => {
      for (const [service, [use, refusal]] of Object.entries(SERVICES)) {
        const used = use({ Statement: statements(`${service}.amazonaws.com`) });
        if (isTrusted) await expect(used).resolves.toBeDefined();
        else await expect(used).rejects.toThrow(refusal);
      }
    });

    test('Step Functions also has a regional service principal', async () => {
      const [use, refusal] = SERVICES['states'] ?? [];
      await expect(use?.(trust('states.us-east-1.amazonaws.com'))).resolves.toBeDefined();
      await expect(use?.(trust('states.eu-west-1.amazonaws.com'))).rejects.toThrow(refusal);
    });
  });

  test("the caller's conditions must hold for each of several definitions, and each definition's role must be passed", async () => {
    const tuning = (statements: Statement[], second: object) => {
      const { ResourceConfig, TrainingJobName: _name, ...definition } = trainingRequest('x');
      const input = {
        HyperParameterTuningJobName: 'my-job',
        HyperParameterTuningJobConfig: {},
        TrainingJobDefinitions: [
          { ...definition, ResourceConfig },
          { ...definition, ResourceConfig, ...second },
        ],
      };
      return async () => {
        const roles = [role('machine', statements, 'states.amazonaws.com')];
        const services = await start({ deployment: deploymentIn(temporaryRoot(), { roles }) });
        await services.router.call('sagemaker', 'CreateHyperParameterTuningJob', input, machine);
      };
    };
    const ownTypes = allow('sagemaker:CreateHyperParameterTuningJob', '*', {
      Condition: { 'ForAllValues:StringEquals': { 'sagemaker:InstanceTypes': ['ml.m5.large'] } },
    });
    const group = { InstanceGroupName: 'g', InstanceType: 'ml.p4d.24xlarge', InstanceCount: 1 };
    const denied = /AccessDenied|not authorized to perform/;
    const of = (config: object) => tuning([ownTypes, pass], config);
    await expect(of({ ResourceConfig: { InstanceGroups: [group] } })()).rejects.toThrow(denied);
    await expect(
      of({ ResourceConfig: undefined, HyperParameterTuningResourceConfig: { InstanceConfigs: [group] } })(),
    ).rejects.toThrow(denied);
    await expect(of({ RoleArn: TRAINING_ROLE.replace('training', 'admin') })()).rejects.toThrow(
      /iam:PassRole on resource: arn:aws:iam::123456789012:role\/admin/,
    );
    // An allowed request fails only later, when its members are validated.
    await expect(of({})()).rejects.toThrow(/validation errors? detected/);
  });

  test.each<[string, Statement[], RegExp | undefined]>([
    ['allows it as well', [allow('sagemaker:*')], undefined],
    [
      'does not allow it',
      [allow('s3:*')],
      /because no permissions boundary allows the sagemaker:ListTrainingJobs action$/,
    ],
    [
      'denies it',
      [allow('*'), { ...allow('sagemaker:List*'), Effect: 'Deny' }],
      /with an explicit deny in a permissions boundary$/,
    ],
  ])('a permissions boundary that %s', async (_name, statements, refusal) => {
    const bounded: RoleResource = {
      ...role('machine', [allow('sagemaker:*')], 'states.amazonaws.com'),
      permissionsBoundary: { Statement: statements },
    };
    const services = await start({ deployment: deploymentIn(temporaryRoot(), { roles: [bounded] }) });
    const listed = services.router.call('sagemaker', 'ListTrainingJobs', {}, machine);
    if (refusal) await expect(listed).rejects.toThrow(refusal);
    else expect(await listed).toMatchObject({ TrainingJobSummaries: [] });
  });

  test("the training role's permissions are checked", async () => {
    await expect(call([create, pass], [])).rejects.toThrow(
      /^No S3 objects found.*no identity-based policy allows the s3:ListBucket action/,
    );
    const withPrefix = { ...read, Condition: { StringLike: { 's3:prefix': 'input/*' } } };
    await expect(call([create, pass], [withPrefix])).rejects.toThrow(
      /^No S3 objects found.*no identity-based policy allows the s3:ListBucket action/,
    );
    await expect(call([create, pass], [read], 'lambda.amazonaws.com')).rejects.toThrow(
      /^Could not assume role arn:aws:iam::123456789012:role\/training\./,
    );
    expect(await call([create, pass], [read, allow('ecr:GetAuthorizationToken')])).toMatchObject({
      TrainingJobStatus: 'Failed',
      FailureReason: expect.stringMatching(
        /^ClientError: Cannot pull algorithm container\..*ecr:BatchCheckLayerAvailability on resource: arn:aws:ecr:us-east-1:683313688378:repository\/test-algorithm /,
      ),
    });
    expect(await call([create, pass], [allow('s3:ListBucket'), pull])).toMatchObject({
      TrainingJobStatus: 'Failed',
      FailureReason: expect.stringMatching(
        /^ClientError: Data download failed: .*s3:GetObject on resource: arn:aws:s3:::data-bucket\/input\/train.csv/,
      ),
    });
    expect(await call([create, pass], [allow(['s3:ListBucket', 's3:GetObject']), pull])).toMatchObject({
      TrainingJobStatus: 'Failed',
      FailureReason: expect.stringMatching(/^ClientError: Artifact upload failed: .*s3:PutObject/),
    });
  });
});
