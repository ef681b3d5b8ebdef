import { Match } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import {
  Algorithm,
  BuiltInAlgorithm,
  DataLocation,
  InputData,
  Objective,
  ParameterRange,
  WarmStart,
} from '../lib';
import { stackOf, statementsIn, vpcIn, workflow } from './fixtures';
import { ARN, allow, resourceOf, templateOf } from './workflow-template';

describe('the training role', () => {
  test('trusts SageMaker, for this account', () => {
    const role = resourceOf(templateOf(), 'AWS::IAM::Role', /TrainingRole/);
    expect(role.Properties.AssumeRolePolicyDocument.Statement).toEqual([
      {
        Effect: 'Allow',
        Action: 'sts:AssumeRole',
        Principal: { Service: 'sagemaker.amazonaws.com' },
        Condition: { StringEquals: { 'aws:SourceAccount': '<AWS::AccountId>' } },
      },
    ]);
    expect(role.Properties).not.toHaveProperty('ManagedPolicyArns');
  });

  const image = [
    allow(
      ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
      'arn:<AWS::Partition>:ecr:<AWS::Region>:<Fn::FindInMap>:repository/sagemaker-xgboost',
    ),
    allow('ecr:GetAuthorizationToken', '*'),
  ];
  const logs = [
    allow(
      ['logs:CreateLogGroup', 'logs:DescribeLogStreams'],
      [
        ARN('logs', 'log-group:/aws/sagemaker/TrainingJobs'),
        ARN('logs', 'log-group:/aws/sagemaker/TrainingJobs:*'),
      ],
    ),
    allow(
      ['logs:CreateLogStream', 'logs:PutLogEvents'],
      ARN('logs', 'log-group:/aws/sagemaker/TrainingJobs:log-stream:churn-*'),
    ),
    allow('cloudwatch:PutMetricData', '*', {
      StringLike: { 'cloudwatch:namespace': ['/aws/sagemaker/*', 'aws/sagemaker/*'] },
    }),
  ];

  test('can read the input, write the output, pull the image, and write logs', () => {
    const stack = stackOf();
    workflow({ bucket: s3.Bucket.fromBucketName(stack, 'Mine', 'mine') }, stack);
    const bucket = 'arn:<AWS::Partition>:s3:::mine';
    expect(statementsIn(stack, /TrainingRole/)).toEqual([
      allow('s3:GetObject', `${bucket}/input/*`),
      allow(['s3:PutObject', 's3:AbortMultipartUpload'], `${bucket}/output/*`),
      allow(['s3:ListBucket', 's3:GetBucketLocation'], bucket),
      ...image,
      ...logs,
    ]);
  });

  test('can read and write checkpoints of spot instances', () => {
    const stack = stackOf();
    workflow({ bucket: s3.Bucket.fromBucketName(stack, 'Mine', 'mine'), finalTraining: { spot: {} } }, stack);
    const bucket = 'arn:<AWS::Partition>:s3:::mine';
    expect(statementsIn(stack, /TrainingRole/).slice(0, 3)).toEqual([
      allow('s3:GetObject', [`${bucket}/input/*`, `${bucket}/output/checkpoints/*`]),
      allow(
        ['s3:PutObject', 's3:AbortMultipartUpload'],
        [`${bucket}/output/*`, `${bucket}/output/checkpoints/*`],
      ),
      allow(['s3:ListBucket', 's3:GetBucketLocation'], bucket),
    ]);
  });

  test('can list every bucket that it reads or writes, in one statement without a prefix condition', () => {
    const stack = stackOf();
    const place = (uri: string) => DataLocation.fromUri(uri);
    const channels = { extra: InputData.csv(place('s3://data/extra/')) };
    const train = InputData.csv(place('s3://data/train/'));
    const validation = InputData.csv(place('s3://other/validation/'));
    workflow(
      {
        bucket: s3.Bucket.fromBucketName(stack, 'Mine', 'mine'),
        channels,
        train,
        validation,
        allowedInputLocations: [place('s3://allowed/')],
      },
      stack,
    );
    const listing = statementsIn(stack, /TrainingRole/).filter(({ Action }) =>
      [Action].flat().includes('s3:ListBucket'),
    );
    expect(listing).toEqual([
      allow(
        ['s3:ListBucket', 's3:GetBucketLocation'],
        ['data', 'other', 'allowed', 'mine'].map((bucket) => `arn:<AWS::Partition>:s3:::${bucket}`),
      ),
    ]);
  });

  test('can connect training containers to a VPC', () => {
    const stack = stackOf();
    workflow({ vpc: vpcIn(stack) }, stack);
    expect(statementsIn(stack, /TrainingRole/).at(-1)).toEqual(
      allow(
        [
          'ec2:CreateNetworkInterface',
          'ec2:CreateNetworkInterfacePermission',
          'ec2:DeleteNetworkInterface',
          'ec2:DeleteNetworkInterfacePermission',
          'ec2:DescribeDhcpOptions',
          'ec2:DescribeNetworkInterfaces',
          'ec2:DescribeSecurityGroups',
          'ec2:DescribeSubnets',
          'ec2:DescribeVpcs',
        ],
        '*',
      ),
    );
  });

  test('can use only the given KMS key', () => {
    const stack = stackOf();
    const encryptionKey = new kms.Key(stack, 'Key');
    workflow({ encryptionKey }, stack);
    const key = expect.stringMatching(/^<Key\w+\.Arn>$/);
    const statements = statementsIn(stack, /TrainingRole/).filter(({ Action }) =>
      /^kms:/.test([Action].flat()[0]),
    );
    expect(statements).toEqual([
      allow(
        [
          'kms:Decrypt',
          'kms:Encrypt',
          'kms:GenerateDataKey',
          'kms:DescribeKey',
          'kms:GenerateDataKeyWithoutPlaintext',
          'kms:CreateGrant',
        ],
        key,
      ),
    ]);
  });

  test('can use the KMS keys of the buckets that it reads and writes', () => {
    const stack = stackOf();
    const bucketOf = (id: string) => new s3.Bucket(stack, id, { encryption: s3.BucketEncryption.KMS });
    const train = InputData.csv(DataLocation.fromBucket(bucketOf('Data'), 'train/'));
    workflow({ bucket: bucketOf('Models'), train, allowedInputLocations: [] }, stack);
    const statements = statementsIn(stack, /TrainingRole/).filter(({ Resource }) => /Key/.test(Resource));
    expect(statements).toEqual([
      allow('kms:Decrypt', expect.stringMatching(/^<DataKey/)),
      allow('kms:Decrypt', expect.stringMatching(/^<ModelsKey/)),
      allow(['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey'], expect.stringMatching(/^<ModelsKey/)),
    ]);
  });

  test('can be given', () => {
    const stack = stackOf();
    const assumedBy = new iam.ServicePrincipal('sagemaker.amazonaws.com');
    const trainingRole = new iam.Role(stack, 'Mine', { assumedBy });
    expect(workflow({ trainingRole }, stack).trainingRole).toBe(trainingRole);
    expect(statementsIn(stack, /^<Mine/).map(({ Action }) => Action)).toContain('s3:GetObject');
    expect(statementsIn(stack, /StateMachineRole/)).toContainEqual(
      expect.objectContaining({
        Action: 'iam:PassRole',
        Resource: expect.stringMatching(/^<Mine\w+\.Arn>$/),
      }),
    );
  });
});

test('the function that finds the best training job can read the results of its own jobs and write logs', () => {
  const stack = stackOf();
  const template = templateOf({}, stack);
  expect(statementsIn(stack, /FindBest.*FunctionRole/)).toEqual([
    allow(['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], '*'),
    allow(
      ['logs:CreateLogStream', 'logs:PutLogEvents'],
      expect.stringMatching(/^<Tuning.*FunctionLogs\w+\.Arn>$/),
    ),
    allow(
      'sagemaker:DescribeHyperParameterTuningJob',
      ARN('sagemaker', 'hyper-parameter-tuning-job/churn-*'),
    ),
    allow('sagemaker:DescribeTrainingJob', ARN('sagemaker', 'training-job/churn-*')),
    allow('sagemaker:ListTrainingJobsForHyperParameterTuningJob', '*'),
  ]);
  template.hasResourceProperties('AWS::Lambda::Function', {
    Runtime: 'nodejs24.x',
    Handler: 'index.handler',
    Architectures: ['arm64'],
    Timeout: 300,
    LoggingConfig: { LogGroup: { Ref: Match.stringLikeRegexp('FunctionLogs') } },
  });
  const role = resourceOf(template, 'AWS::IAM::Role', /FindBest.*FunctionRole/);
  expect(role.Properties).not.toHaveProperty('ManagedPolicyArns');
});

describe('the function that writes the report', () => {
  const bucket = (key: string) => expect.stringMatching(new RegExp(`^<TuningBucket\\w+\\.Arn>/${key}$`));

  test('can read the results of its own jobs, the logs of training jobs and the final model, and write reports', () => {
    const stack = stackOf();
    workflow({}, stack);
    expect(statementsIn(stack, /ReportFunctionRole/).slice(2)).toEqual([
      allow(
        'sagemaker:DescribeHyperParameterTuningJob',
        ARN('sagemaker', 'hyper-parameter-tuning-job/churn-*'),
      ),
      allow('sagemaker:DescribeTrainingJob', ARN('sagemaker', 'training-job/churn-*')),
      allow('sagemaker:ListTrainingJobsForHyperParameterTuningJob', '*'),
      allow('logs:FilterLogEvents', ARN('logs', 'log-group:/aws/sagemaker/TrainingJobs:*')),
      allow('s3:GetObject', bucket('output/models/\\*')),
      allow('s3:PutObject', bucket('output/reports/\\*')),
    ]);
  });

  test('can read the models of the search and use their KMS key if there is no final training', () => {
    const stack = stackOf();
    const encryptionKey = new kms.Key(stack, 'Key');
    workflow({ finalTraining: { enabled: false }, encryptionKey }, stack);
    const statements = statementsIn(stack, /ReportFunctionRole/);
    expect(statements).toContainEqual(allow('s3:GetObject', bucket('output/trials/\\*')));
    expect(statements).toContainEqual(
      allow(['kms:GenerateDataKey', 'kms:Decrypt'], expect.stringMatching(/^<Key\w+\.Arn>$/)),
    );
  });

  test('cannot read models of algorithms whose model format it does not know', () => {
    const stack = stackOf();
    workflow(
      {
        algorithm: Algorithm.builtIn(BuiltInAlgorithm.LINEAR_LEARNER),
        objective: Objective.minimize('validation:objective_loss'),
        hyperparameters: { predictor_type: 'regressor' },
        parameterRanges: [ParameterRange.continuous('l1', { min: 1e-7, max: 1 })],
      },
      stack,
    );
    const actions = statementsIn(stack, /ReportFunctionRole/).flatMap(({ Action }) => Action);
    expect(actions).not.toContain('s3:GetObject');
  });

  test('can read the earlier tuning jobs in the prop warmStart', () => {
    const stack = stackOf();
    workflow({ warmStart: WarmStart.transferLearning(['Earlier-1']) }, stack);
    const jobs = (name: string) => ARN('sagemaker', `hyper-parameter-tuning-job/${name}`);
    expect(statementsIn(stack, /ReportFunctionRole/)).toContainEqual(
      allow('sagemaker:DescribeHyperParameterTuningJob', [jobs('churn-*'), jobs('earlier-1')]),
    );
  });

  test('does not exist without a report', () => {
    const stack = stackOf();
    const { fragment } = workflow({ report: false }, stack);
    expect(fragment.reportFunction).toBeUndefined();
    expect(statementsIn(stack, /ReportFunctionRole/)).toEqual([]);
  });
});

test('grantStartExecution allows a role to start executions', () => {
  const stack = stackOf();
  const tuning = workflow({}, stack);
  const caller = new iam.Role(stack, 'Caller', { assumedBy: new iam.AccountRootPrincipal() });
  tuning.grantStartExecution(caller);
  expect(statementsIn(stack, /^<Caller/)).toEqual([
    allow('states:StartExecution', expect.stringMatching(/^<TuningStateMachine\w+>$/)),
  ]);
});
