import * as fs from 'node:fs';
import * as path from 'node:path';
import type { ExecutionRunner } from '../../src/executions/execution-runner';
import type { RunningServices } from '../../src/services';
import { AwsError } from '../../src/services/aws-error';
import type { ServiceModel } from '../../src/services/model/validator';
import { automlRequest } from './automl-support';
import { ECHO, STATES, startWithExecutions } from './execution-support';
import {
  BUCKET,
  closeServices,
  deploymentIn,
  temporaryRoot,
  trainingRequest,
  tuningRequest,
} from './helpers';

/*
 * Calls every operation with changed copies of a valid request. In each copy, one member has a strange value. The
 * result must be a success or an error of the service, not an internal error of local mode.
 */

type Input = Record<string, unknown>;

const ODD: readonly unknown[] = [
  ...[
    null,
    '',
    ' ',
    'x',
    '0',
    '1e3',
    'a\u0000b',
    '\ud800',
    '../..',
    '__proto__',
    'constructor',
    '%',
    '=',
    '\\',
  ],
  ...['x'.repeat(100_000), 'arn:aws:::', 's3://', 's3://a', '[', '(?:', '9'.repeat(400), 'NaN'],
  ...[0, -1, 1.5, 2 ** 31, 2 ** 53, 1e300, true, false],
  ...[[], [null], [[]], [{}], ['x'], {}, { x: null }, { x: {} }, { x: 'y' }, { __proto__: 'x' }],
];

const OBJECT = { Bucket: BUCKET, Key: 'input/train.csv' };
const METRIC = {
  Namespace: '/aws/sagemaker/TrainingJobs',
  MetricName: 'loss',
  Dimensions: [{ Name: 'TrainingJobName', Value: 'first' }],
};
const TIMES = { StartTime: Math.floor(Date.now() / 1000) - 600, EndTime: Math.floor(Date.now() / 1000) + 60 };
const EXECUTION = `${STATES}:execution:Echo:first`;

/** Valid requests. Operations that are not listed are called without members. */
const GOOD: Readonly<Record<string, Readonly<Record<string, Input>>>> = {
  sagemaker: {
    CreateTrainingJob: { ...trainingRequest('first'), Tags: [{ Key: 'a', Value: 'b' }] },
    CreateHyperParameterTuningJob: tuningRequest('first'),
    CreateAutoMLJobV2: { ...automlRequest('first', { TargetAttributeName: 'y' }) },
    Search: {
      Resource: 'TrainingJob',
      SearchExpression: {
        Filters: [{ Name: 'HyperParameters.x', Operator: 'LessThan', Value: '1' }],
        NestedFilters: [
          { NestedPropertyName: 'InputDataConfig', Filters: [{ Name: 'x', Operator: 'Exists' }] },
        ],
        SubExpressions: [{ Filters: [{ Name: 'Tags.a', Value: 'b' }] }],
      },
    },
    AddTags: { ResourceArn: 'arn:aws:sagemaker:us-east-1:123456789012:training-job/first', Tags: [] },
  },
  states: {
    StartExecution: { stateMachineArn: ECHO.arn, input: '{}' },
    DescribeExecution: { executionArn: EXECUTION },
    GetExecutionHistory: { executionArn: EXECUTION },
    StopExecution: { executionArn: EXECUTION },
    ListExecutions: { stateMachineArn: ECHO.arn },
    DescribeStateMachine: { stateMachineArn: ECHO.arn },
    SendTaskFailure: { taskToken: 'x' },
    SendTaskHeartbeat: { taskToken: 'x' },
    SendTaskSuccess: { taskToken: 'x', output: '{}' },
    TagResource: { resourceArn: ECHO.arn, tags: [{ key: 'a', value: 'b' }] },
    UntagResource: { resourceArn: ECHO.arn, tagKeys: ['a'] },
    ListTagsForResource: { resourceArn: ECHO.arn },
  },
  lambda: { Invoke: { FunctionName: 'fn', InvocationType: 'DryRun' } },
  logs: {
    DescribeLogStreams: { logGroupName: '/aws/sagemaker/TrainingJobs' },
    GetLogEvents: { logGroupName: '/aws/sagemaker/TrainingJobs', logStreamName: 'first/algo-1-1' },
    FilterLogEvents: {
      ...{ logGroupName: '/aws/sagemaker/TrainingJobs', filterPattern: '"x" -y', limit: 1 },
      ...{ startTime: 1, endTime: 2e12 },
    },
  },
  monitoring: {
    GetMetricStatistics: { ...METRIC, ...TIMES, Period: 60, Statistics: ['Average'] },
    GetMetricData: {
      ...TIMES,
      MetricDataQueries: [{ Id: 'a', MetricStat: { Metric: METRIC, Period: 60, Stat: 'p50' }, Label: 'x' }],
    },
  },
  iam: {
    GetRole: { RoleName: 'x' },
    SimulatePrincipalPolicy: {
      PolicySourceArn: 'arn:aws:iam::123456789012:role/x',
      ActionNames: ['s3:GetObject'],
      ResourceArns: ['arn:aws:s3:::a/*'],
      PolicyInputList: ['{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}'],
      ContextEntries: [{ ContextKeyName: 'aws:a', ContextKeyValues: ['b'], ContextKeyType: 'string' }],
    },
  },
  cloudformation: { DescribeStacks: {} },
  s3: {
    ListBuckets: {},
    HeadBucket: { Bucket: BUCKET },
    GetBucketLocation: { Bucket: BUCKET },
    GetBucketVersioning: { Bucket: BUCKET },
    CreateBucket: { Bucket: 'new-bucket', CreateBucketConfiguration: {} },
    ListObjects: { Bucket: BUCKET },
    ListObjectsV2: { Bucket: BUCKET },
    ListMultipartUploads: { Bucket: BUCKET },
    GetObject: OBJECT,
    HeadObject: OBJECT,
    GetObjectTagging: OBJECT,
    GetObjectAttributes: { ...OBJECT, ObjectAttributes: ['ETag', 'ObjectParts'] },
    PutObject: { Bucket: BUCKET, Key: 'written', Body: 'x' },
    CopyObject: { Bucket: BUCKET, Key: 'copied', CopySource: `${BUCKET}/input/train.csv` },
    CreateMultipartUpload: { Bucket: BUCKET, Key: 'parts' },
    DeleteObject: { Bucket: BUCKET, Key: 'none' },
    UploadPart: { Bucket: BUCKET, Key: 'parts', UploadId: '', PartNumber: 1, Body: 'x' },
    UploadPartCopy: {
      Bucket: BUCKET,
      Key: 'parts',
      UploadId: '',
      PartNumber: 1,
      CopySource: `${BUCKET}/input/train.csv`,
    },
    ListParts: { Bucket: BUCKET, Key: 'parts', UploadId: '' },
    CompleteMultipartUpload: {
      ...{ Bucket: BUCKET, Key: 'parts', UploadId: '' },
      MultipartUpload: { Parts: [{ PartNumber: 1, ETag: 'x' }] },
    },
  },
};

const MODELS = path.join(__dirname, '../../src/services/model');

let services: RunningServices;
let runner: ExecutionRunner;

beforeAll(async () => {
  const root = temporaryRoot();
  ({ services, runner } = await startWithExecutions({ ...deploymentIn(root), stateMachines: [ECHO] }));
});
afterAll(async () => {
  await runner.close();
  await services.close();
  await closeServices();
});

/** Variants of a request, each with one value replaced or one omitted member added. */
function* mutations(good: Input, members: readonly string[]): Generator<Input> {
  for (const value of ODD) {
    yield* at(good, value) as Generator<Input>;
    for (const member of members) {
      yield { ...good, [member]: value };
    }
  }
}

function* at(node: unknown, value: unknown): Generator<unknown> {
  if (typeof node !== 'object' || node === null) {
    return;
  }
  for (const [key, child] of Object.entries(node)) {
    const replace = (by: unknown): unknown =>
      Array.isArray(node) ? node.map((each, i) => (String(i) === key ? by : each)) : { ...node, [key]: by };
    yield replace(value);
    for (const deeper of at(child, value)) {
      yield replace(deeper);
    }
  }
}

const OPERATIONS = fs
  .readdirSync(MODELS)
  .filter((name) => name.endsWith('-model.json'))
  .flatMap((name) => {
    const service = name.replace('-model.json', '');
    const model = JSON.parse(fs.readFileSync(path.join(MODELS, name), 'utf8')) as ServiceModel;
    return Object.entries(model.operations ?? {}).map(
      ([operation, shape]) => [service, operation, Object.keys(model.shapes[shape]?.members ?? {})] as const,
    );
  });

test.each(OPERATIONS)('%s:%s', async (service, operation, members) => {
  const { router, user } = services;
  const good = GOOD[service]?.[operation] ?? {};
  const { UploadId } = (await router.call(
    's3',
    'CreateMultipartUpload',
    { Bucket: BUCKET, Key: 'parts' },
    user,
  )) as Input;
  const faults: unknown[] = [];
  for (const input of mutations('UploadId' in good ? { ...good, UploadId } : good, members)) {
    await router.call(service, operation, input, user).then(
      (answer) =>
        (answer as Input | undefined)?.['Body'] && (answer as { Body: fs.ReadStream }).Body.destroy(),
      (error: unknown) => {
        if (!(error instanceof AwsError) || (error.statusCode >= 500 && error.statusCode !== 501)) {
          faults.push([
            (error as Error).message,
            (error as Error).stack?.split('\n')[1],
            JSON.stringify(input).slice(0, 300),
          ]);
        }
      },
    );
  }
  expect(faults.slice(0, 6)).toEqual([]);
});
