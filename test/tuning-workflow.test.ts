import { Duration, RemovalPolicy, type Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { AutoMlWorkflow, DataLocation, InputData, TuningIntegration, type TuningWorkflowProps } from '../lib';
import { definitionOf, type Json, stackOf, statementsIn, text, workflow } from './fixtures';
import { ARN, allow, KEY_ARN, resourceOf, templateOf } from './workflow-template';

describe('the bucket', () => {
  const BUCKET = /^TuningBucket[0-9A-F]{8}$/;
  const LOGS = /^TuningAccessLogs/;

  test('is encrypted, versioned, logged and not public, and is kept when the stack is deleted', () => {
    const bucket = resourceOf(templateOf(), 'AWS::S3::Bucket', BUCKET);
    expect(bucket).toEqual({
      Type: 'AWS::S3::Bucket',
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
        },
        LifecycleConfiguration: {
          Rules: [
            {
              Id: 'CleanUp',
              Status: 'Enabled',
              AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
              NoncurrentVersionExpiration: { NoncurrentDays: 90 },
              ExpiredObjectDeleteMarker: true,
            },
            {
              Id: 'ExpireCheckpoints',
              Status: 'Enabled',
              Prefix: 'output/checkpoints/',
              ExpirationInDays: 30,
              NoncurrentVersionExpiration: { NoncurrentDays: 1 },
            },
            {
              Id: 'ExpireTrials',
              Status: 'Enabled',
              Prefix: 'output/trials/',
              ExpirationInDays: 30,
              NoncurrentVersionExpiration: { NoncurrentDays: 1 },
            },
          ],
        },
        LoggingConfiguration: { DestinationBucketName: expect.stringMatching(/^<TuningAccessLogs/) },
        OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
        VersioningConfiguration: { Status: 'Enabled' },
      },
    });
  });

  test.each([
    ['itself', BUCKET, /^TuningBucketPolicy/],
    ['of its access logs', LOGS, /^TuningAccessLogs.*Policy/],
  ])('%s accepts only TLS 1.2 and later', (_name, bucketId, policyId) => {
    const template = templateOf();
    const [bucket] = Object.keys(template.findResources('AWS::S3::Bucket')).filter((id) => bucketId.test(id));
    const { PolicyDocument } = resourceOf(template, 'AWS::S3::BucketPolicy', policyId).Properties;
    const deny = (condition: object) => ({
      Effect: 'Deny',
      Principal: { AWS: '*' },
      Action: 's3:*',
      Resource: [`<${bucket}.Arn>`, `<${bucket}.Arn>/*`],
      Condition: condition,
    });
    expect(PolicyDocument.Statement.slice(0, 2)).toEqual([
      deny({ Bool: { 'aws:SecureTransport': 'false' } }),
      deny({ NumericLessThan: { 's3:TlsVersion': 1.2 } }),
    ]);
  });

  test.each([
    ['without feature flags', {}],
    [
      'if the app has the feature flags of a new app',
      { '@aws-cdk/aws-s3:serverAccessLogsUseBucketPolicy': true },
    ],
  ])('has access logs that only S3 can write, %s', (_name, context) => {
    const template = templateOf({}, stackOf({}, { context }));
    const { PolicyDocument } = resourceOf(template, 'AWS::S3::BucketPolicy', LOGS).Properties;
    expect(PolicyDocument.Statement.slice(2)).toEqual([
      {
        ...allow('s3:PutObject', expect.stringMatching(/^<TuningAccessLogs\w+\.Arn>\/\*$/)),
        Principal: { Service: 'logging.s3.amazonaws.com' },
        Condition: {
          ArnLike: { 'aws:SourceArn': expect.stringMatching(/^<TuningBucket[0-9A-F]{8}\.Arn>$/) },
          StringEquals: { 'aws:SourceAccount': '<AWS::AccountId>' },
        },
      },
    ]);
    const { Properties } = resourceOf(template, 'AWS::S3::Bucket', LOGS);
    expect(Properties).not.toHaveProperty('AccessControl');
    expect(Properties).toMatchObject({
      VersioningConfiguration: { Status: 'Enabled' },
      PublicAccessBlockConfiguration: { BlockPublicAcls: true, RestrictPublicBuckets: true },
      LifecycleConfiguration: { Rules: [{ ExpirationInDays: 365 }] },
    });
  });

  test('has the given retention', () => {
    const rulesOf = (props: Partial<TuningWorkflowProps>) =>
      resourceOf(templateOf(props), 'AWS::S3::Bucket', BUCKET).Properties.LifecycleConfiguration.Rules;
    const trials = { Prefix: 'out/trials/', ExpirationInDays: 5 };
    expect(rulesOf({ outputPrefix: 'out', trialRetention: Duration.days(5) })).toContainEqual(
      expect.objectContaining(trials),
    );
    expect(rulesOf({ finalTraining: { enabled: false } }).map(({ Id }: Json) => Id)).not.toContain(
      'ExpireTrials',
    );
  });

  test('is deleted with its stack if the removal policy says so', () => {
    const template = templateOf({ removalPolicy: RemovalPolicy.DESTROY });
    template.allResources('AWS::S3::Bucket', { DeletionPolicy: 'Delete' });
  });

  test('can be given', () => {
    const stack = stackOf();
    const bucket = s3.Bucket.fromBucketName(stack, 'Mine', 'mine');
    expect(workflow({ bucket }, stack).bucket).toBe(bucket);
    Template.fromStack(stack).resourceCountIs('AWS::S3::Bucket', 0);
    const { TuneHyperparameters } = definitionOf(stack).States;
    expect(TuneHyperparameters.Arguments.TrainingJobDefinition.OutputDataConfig).toEqual({
      S3OutputPath: 's3://mine/output/trials/',
    });
  });
});

describe('the input locations', () => {
  /** The locations that the training role can read, and the locations that an execution's input can name. */
  function locationsOf(
    props: Partial<TuningWorkflowProps>,
    stack: Stack,
  ): { read: string[]; allowed: string } {
    workflow(props, stack);
    const reading = statementsIn(stack, /TrainingRole/).filter(({ Action }) => Action === 's3:GetObject');
    const { Configure } = definitionOf(stack).States;
    const allowed = /\$allowed := \$parse\((".*?")\);/.exec(Configure.Output)?.[1] ?? '""';
    return {
      read: reading.flatMap(({ Resource }) => Resource).map((arn: string) => arn.replace(/^[^/]*\//, '')),
      allowed: JSON.parse(allowed).slice(1, -1),
    };
  }

  test('are below inputPrefix', () => {
    const { read, allowed } = locationsOf({ inputPrefix: 'houses/2026' }, stackOf());
    expect(read).toEqual(['houses/2026/*']);
    expect(allowed).toMatch(/^"s3:\/\/<TuningBucket\w+>\/houses\/2026\/"$/);
  });

  test('include the whole inputPrefix if the default data is used', () => {
    const stack = stackOf();
    const { read, allowed } = locationsOf(
      { trainPrefix: 'input/v7/train', validationPrefix: '/input/v7/check/' },
      stack,
    );
    expect(read).toEqual(['input/*']);
    expect(allowed).toMatch(/^"s3:\/\/<TuningBucket\w+>\/input\/"$/);
    const { Configure } = definitionOf(stack).States;
    expect(Configure.Output).toMatch(
      /'train': .*\/input\/v7\/train\/".*'validation': .*\/input\/v7\/check\/"/,
    );
  });

  test('have no location in the workflow’s bucket if all data is given', () => {
    const stack = stackOf();
    const bucket = s3.Bucket.fromBucketName(stack, 'Mine', 'mine');
    const data = (name: string) => InputData.csv(DataLocation.fromUri(`s3://lake/${name}/`));
    const { read, allowed } = locationsOf({ bucket, train: data('a'), validation: data('b') }, stack);
    expect(read).toEqual(['a/*', 'b/*']);
    expect(allowed).toBe('"s3://lake/a/","s3://lake/b/"');
    expect(JSON.stringify(Template.fromStack(stack))).not.toContain('input/');
  });
});

describe('the prefixes', () => {
  test.each([
    ['/out/', 'out/'],
    ['//out', 'out/'],
    ['a/b//', 'a/b/'],
  ])('outputPrefix %s becomes %s, even in lifecycle rules', (outputPrefix, prefix) => {
    const stack = stackOf();
    workflow({ outputPrefix }, stack);
    expect(statementsIn(stack, /TrainingRole/)).toContainEqual(
      expect.objectContaining({ Resource: expect.stringMatching(new RegExp(`^<[^>]*>/${prefix}\\*$`)) }),
    );
    const buckets = Object.values(Template.fromStack(stack).findResources('AWS::S3::Bucket')) as Json[];
    const rules = buckets.flatMap(({ Properties }) => Properties.LifecycleConfiguration?.Rules ?? []);
    expect(rules.map(({ Prefix }) => Prefix).filter(Boolean)).toEqual([
      `${prefix}checkpoints/`,
      `${prefix}trials/`,
    ]);
  });

  test.each<[string, Partial<TuningWorkflowProps>, string]>([
    [
      'a whole bucket for output',
      { outputPrefix: '' },
      'outputPrefix: must be a folder such as output/, got ""',
    ],
    [
      'only a slash for output',
      { outputPrefix: '/' },
      'outputPrefix: must be a folder such as output/, got "/"',
    ],
    [
      'no retention',
      { trialRetention: Duration.days(0) },
      'trialRetention: must be a whole number of at least 1, got 0 (days)',
    ],
    [
      'half a day of retention',
      { trialRetention: Duration.hours(12) },
      'trialRetention: must be a whole number of at least 1, got 0.5 (days)',
    ],
    [
      'a name of no state machine',
      { stateMachineName: 'a b' },
      'stateMachineName: must be 1 to 80 letters, digits',
    ],
  ])('%s is rejected', (_name, props, problem) => {
    expect(() => workflow(props)).toThrow(problem);
  });

  test('trialRetention is rejected for a given bucket', () => {
    const stack = stackOf();
    const bucket = s3.Bucket.fromBucketName(stack, 'Mine', 'mine');
    expect(() => workflow({ bucket, trialRetention: Duration.days(5) }, stack)).toThrow(
      'trialRetention: applies only to a new bucket: a given bucket keeps its own lifecycle rules',
    );
  });
});

describe('the state machine', () => {
  test('can run jobs with its prefix, invoke the function, and write logs and traces', () => {
    const stack = stackOf();
    workflow({}, stack);
    const tuning = ARN('sagemaker', 'hyper-parameter-tuning-job/churn-*');
    const training = ARN('sagemaker', 'training-job/churn-*');
    const passRole = allow('iam:PassRole', expect.stringMatching(/^<TuningTrainingRole\w+\.Arn>$/), {
      StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' },
    });
    const events = (kind: string) =>
      allow(
        ['events:PutTargets', 'events:PutRule', 'events:DescribeRule'],
        ARN('events', `rule/StepFunctionsGetEventsForSageMaker${kind}JobsRule`),
      );
    const actions = (kind: string) => [
      `sagemaker:Create${kind}`,
      `sagemaker:Describe${kind}`,
      `sagemaker:Stop${kind}`,
      'sagemaker:AddTags',
      'sagemaker:ListTags',
    ];
    const statements = statementsIn(stack, /StateMachineRole/);
    const expected = [
      allow(
        [
          'logs:CreateLogDelivery',
          'logs:GetLogDelivery',
          'logs:UpdateLogDelivery',
          'logs:DeleteLogDelivery',
          'logs:ListLogDeliveries',
          'logs:PutResourcePolicy',
          'logs:DescribeResourcePolicies',
          'logs:DescribeLogGroups',
        ],
        '*',
      ),
      allow(
        [
          'xray:PutTraceSegments',
          'xray:PutTelemetryRecords',
          'xray:GetSamplingRules',
          'xray:GetSamplingTargets',
        ],
        '*',
      ),
      ...['FindBestTrainingJob', 'Report'].map((name) =>
        allow('lambda:InvokeFunction', [
          expect.stringMatching(new RegExp(`^<Tuning${name}Function\\w+\\.Arn>$`)),
          expect.stringMatching(new RegExp(`^<Tuning${name}Function\\w+\\.Arn>:\\*$`)),
        ]),
      ),
      allow(actions('HyperParameterTuningJob'), tuning),
      passRole,
      events('Tuning'),
      allow(actions('TrainingJob'), training),
      events('Training'),
      allow('sagemaker:describeTrainingJob', training),
    ];
    expect(statements).toHaveLength(expected.length);
    expect(statements).toEqual(expect.arrayContaining(expected));
  });

  test('is created only after the permissions of its training jobs', () => {
    const { DependsOn } = resourceOf(templateOf(), 'AWS::StepFunctions::StateMachine');
    expect(DependsOn).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^TuningTrainingPolicy/),
        expect.stringMatching(/^TuningTrainingRole/),
        expect.stringMatching(/^TuningStateMachineRoleDefaultPolicy/),
      ]),
    );
  });

  test('logs all events for a year, and has tracing', () => {
    const template = templateOf({ stateMachineName: 'churn' });
    template.hasResourceProperties('AWS::StepFunctions::StateMachine', {
      StateMachineName: 'churn',
      LoggingConfiguration: { Level: 'ALL', IncludeExecutionData: true },
      TracingConfiguration: { Enabled: true },
    });
    template.hasResourceProperties('AWS::Logs::LogGroup', {
      RetentionInDays: 365,
    });
  });

  test('names its log group after the deployed stack, so that the template can be deployed several times', () => {
    const stackUuid = { 'Fn::Select': [2, { 'Fn::Split': ['/', { Ref: 'AWS::StackId' }] }] };
    templateOf({ logRemovalPolicy: RemovalPolicy.RETAIN }).hasResourceProperties('AWS::Logs::LogGroup', {
      LogGroupName: {
        'Fn::Join': [
          '',
          [
            '/aws/vendedlogs/states/',
            { Ref: 'AWS::StackName' },
            '-',
            { 'Fn::Select': [0, { 'Fn::Split': ['-', stackUuid] }] },
            Match.stringLikeRegexp('^-[0-9a-f]{8}$'),
          ],
        ],
      },
    });
  });

  test('reads data from folders of the bucket, and writes models to folders of the bucket', async () => {
    const stack = stackOf();
    workflow({ bucket: s3.Bucket.fromBucketName(stack, 'Mine', 'mine'), outputPrefix: 'results' }, stack);
    const { Configure, TrainFinalModel, TuneHyperparameters } = definitionOf(stack).States;
    expect(Configure.Output).toContain(
      '\'train\': $exists($input.train) ? $input.train : "s3://mine/input/train/"',
    );
    expect(Configure.Output).toContain('$input.validation : "s3://mine/input/validation/"');
    expect(Configure.Output).toContain('$allowed := $parse("[\\"s3://mine/input/\\"]")');
    const { OutputDataConfig } = TuneHyperparameters.Arguments.TrainingJobDefinition;
    expect(OutputDataConfig.S3OutputPath).toBe('s3://mine/results/trials/');
    expect(TrainFinalModel.Arguments.OutputDataConfig.S3OutputPath).toBe('s3://mine/results/models/');
  });
});

describe('a key', () => {
  test('encrypts the bucket, logs, volumes, models, the state machine and the environment variables of functions', () => {
    const stack = stackOf();
    const template = templateOf({ encryptionKey: new kms.Key(stack, 'Key') }, stack);
    const key = expect.stringMatching(/^<Key\w+\.Arn>$/);
    const bucket = resourceOf(template, 'AWS::S3::Bucket', /^TuningBucket/);
    expect(bucket.Properties.BucketEncryption.ServerSideEncryptionConfiguration).toEqual([
      {
        BucketKeyEnabled: true,
        ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: key },
      },
    ]);
    const groups = Object.values(template.findResources('AWS::Logs::LogGroup')) as Json[];
    expect(groups.map(({ Properties }) => text(Properties.KmsKeyId))).toEqual([key, key, key]);
    const { TrainFinalModel } = definitionOf(stack).States;
    expect(TrainFinalModel.Arguments).toMatchObject({
      OutputDataConfig: { KmsKeyId: key },
      ResourceConfig: { VolumeKmsKeyId: key },
    });
    const machine = resourceOf(template, 'AWS::StepFunctions::StateMachine');
    expect(machine.Properties.EncryptionConfiguration).toEqual({
      Type: 'CUSTOMER_MANAGED_KMS_KEY',
      KmsKeyId: key,
      KmsDataKeyReusePeriodSeconds: 300,
    });
    const functions = Object.values(template.findResources('AWS::Lambda::Function')) as Json[];
    expect(functions.map(({ Properties }) => text(Properties.KmsKeyArn))).toEqual([key, key]);
  });

  test('is used by every function and state machine of both integrations and of AutoML', () => {
    const stack = stackOf();
    const encryptionKey = new kms.Key(stack, 'Key');
    workflow({ encryptionKey, integration: TuningIntegration.SDK }, stack);
    new AutoMlWorkflow(stack, 'AutoMl', { encryptionKey, target: 'price' });
    const template = Template.fromStack(stack);
    const keysOf = (type: string, key: (properties: Json) => Json) =>
      Object.values(template.findResources(type)).map(
        ({ Properties }: Json) => key(Properties)?.['Fn::GetAtt'][0],
      );
    const all = [
      ...keysOf('AWS::Lambda::Function', ({ KmsKeyArn }) => KmsKeyArn),
      ...keysOf('AWS::StepFunctions::StateMachine', (machine) => machine.EncryptionConfiguration?.KmsKeyId),
      ...keysOf('AWS::Logs::LogGroup', ({ KmsKeyId }) => KmsKeyId),
    ];
    // The 3 functions for tuning, 4 functions for AutoML and 2 state machines, and a log group for each.
    expect(all).toHaveLength(18);
    expect([...new Set(all)]).toEqual([expect.stringMatching(/^Key/)]);
  });

  test.each<[string, (stack: Stack) => kms.IKey]>([
    ['a key', (stack) => new kms.Key(stack, 'Key')],
    ['an alias of a key', (stack) => new kms.Key(stack, 'Key').addAlias('alias/mine')],
  ])(
    'given as %s can be used by the state machine, whatever the name of the state machine',
    (_what, encryptionKey) => {
      const stack = stackOf();
      workflow({ encryptionKey: encryptionKey(stack) }, stack);
      const key = expect.stringMatching(/^<Key\w+\.Arn>$/);
      expect(
        statementsIn(stack, /StateMachineRole/).filter(({ Action }) => /^kms:/.test([Action].flat()[0])),
      ).toEqual([
        allow(['kms:Decrypt', 'kms:GenerateDataKey'], key, {
          ArnLike: { 'kms:EncryptionContext:aws:states:stateMachineArn': ARN('states', 'stateMachine:*') },
        }),
        allow('kms:GenerateDataKey', key, {
          StringEquals: { 'kms:EncryptionContext:SourceArn': ARN('logs', '*') },
        }),
      ]);
    },
  );

  test('allows CloudWatch Logs to use it, as the creation of encrypted log groups requires', () => {
    const stack = stackOf();
    const template = templateOf({ encryptionKey: new kms.Key(stack, 'Key') }, stack);
    const { Statement } = resourceOf(template, 'AWS::KMS::Key').Properties.KeyPolicy;
    const forLogs = Statement.filter(({ Principal }: Json) => Principal.Service);
    expect(forLogs).toEqual([
      {
        Effect: 'Allow',
        Principal: { Service: 'logs.<AWS::Region>.<AWS::URLSuffix>' },
        Action: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey'],
        Resource: '*',
        Condition: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': ARN('logs', 'log-group:*') } },
      },
      {
        Effect: 'Allow',
        Principal: { Service: 'delivery.logs.amazonaws.com' },
        Action: 'kms:Decrypt',
        Resource: '*',
      },
    ]);
  });

  test('can be imported', () => {
    const stack = stackOf();
    const encryptionKey = kms.Key.fromKeyArn(stack, 'Key', KEY_ARN);
    expect(() => templateOf({ encryptionKey }, stack)).not.toThrow();
  });
});

test.each([
  ['metricStarted', 'ExecutionsStarted', 'Sum'],
  ['metricSucceeded', 'ExecutionsSucceeded', 'Sum'],
  ['metricFailed', 'ExecutionsFailed', 'Sum'],
  ['metricTime', 'ExecutionTime', 'Average'],
] as const)('%s is %s', (method, metricName, statistic) => {
  const tuning = workflow();
  const metric = tuning[method]({ label: 'mine' });
  expect(metric).toMatchObject({ namespace: 'AWS/States', metricName, statistic, label: 'mine' });
  expect(metric.dimensions).toEqual({ StateMachineArn: tuning.stateMachine.stateMachineArn });
});

test('metric returns any metric of the state machine', () => {
  expect(workflow().metric('ExecutionThrottled')).toMatchObject({ metricName: 'ExecutionThrottled' });
});

test('two workflows of a stack share neither names nor permissions', () => {
  const stack = stackOf();
  const one = workflow({ jobNamePrefix: undefined }, stack, 'One');
  const other = workflow({ jobNamePrefix: undefined }, stack, 'Other');
  const [prefix, otherPrefix] = [one, other].map(({ fragment }) =>
    text(stack.resolve(fragment.jobNamePrefix)),
  );
  expect(prefix).not.toBe(otherPrefix);
  const ofOne = JSON.stringify(statementsIn(stack, /^<OneStateMachineRole/));
  expect(ofOne).toContain(`/${prefix}-*`);
  expect(ofOne).not.toContain(`/${otherPrefix}-*`);
});
