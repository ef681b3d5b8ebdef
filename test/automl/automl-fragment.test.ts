import { createHash } from 'node:crypto';
import { Duration, type Stack } from 'aws-cdk-lib';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';

import validate = require('asl-validator');

import {
  AutoMlData,
  type AutoMlFragmentProps,
  AutoMlMode,
  AutoMlObjective,
  AutoMlProblemType,
  DataLocation,
} from '../../lib';
import { evaluateJsonata } from '../evaluate-jsonata';
import { definitionIn, type Json, stackOf, statementsIn, vpcIn } from '../fixtures';
import { autoMlFragment, csv } from './fixtures';

type Props = Partial<AutoMlFragmentProps>;

/** The definition of a state machine that contains only the fragment. */
function definitionOf(props: Props = {}, stack: Stack = stackOf(), language?: sfn.QueryLanguage): Json {
  const definition = definitionIn(autoMlFragment(props, stack), stack, language);
  const { isValid, errors } = validate(
    JSON.parse(JSON.stringify(definition).replace(/<AWS::(Partition)>/g, 'aws')),
  );
  expect({ isValid, errors }).toEqual({ isValid: true, errors: [] });
  return definition;
}

const CONTEXT = {
  Execution: { Id: 'arn:aws:states:eu-west-1:123456789012:execution:m:e1', RedriveCount: 0 },
  State: { Name: 'CreateAutoMlJob', EnteredTime: '2026-01-01T00:00:00Z', RetryCount: 0 },
};

/** Evaluates the JSONata expressions in a field of a state, with the variables that AWS would provide. */
async function evaluate(value: Json, states: Json): Promise<Json> {
  if (typeof value === 'string' && /^{%.*%}$/s.test(value)) {
    const result = await evaluateJsonata(value, { context: CONTEXT, ...states });
    expect(result).toBeDefined();
    return result;
  }
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return Promise.all(value.map((inner) => evaluate(inner, states)));
  const entries = Object.entries(value).map(async ([key, inner]) => [key, await evaluate(inner, states)]);
  return Object.fromEntries(await Promise.all(entries));
}

const SETTINGS = { target: 'price', train: 's3://data/train/', maxCandidates: 20 };

async function requestOf(props: Props = {}, settings: Json = SETTINGS, states: Json = {}): Promise<Json> {
  const { CreateAutoMlJob } = definitionOf(props).States;
  return evaluate(CreateAutoMlJob.Arguments, { input: { settings }, ...states });
}

describe('the states', () => {
  test.each([[undefined], [sfn.QueryLanguage.JSONATA]])('have the expected order, in %s', (language) => {
    const { StartAt, States } = definitionOf({}, stackOf(), language);
    expect(StartAt).toBe('Configure');
    expect(
      Object.fromEntries(
        Object.entries<Json>(States).map(([name, state]) => [
          name,
          [
            ...(state.Choices ?? []).map(({ Next }: Json) => Next),
            ...(state.Default ? [state.Default] : []),
            ...(state.Next ? [state.Next] : []),
            ...(state.Catch ?? []).map(({ Next }: Json) => Next),
          ],
        ]),
      ),
    ).toEqual({
      Configure: ['IsInputValid'],
      IsInputValid: ['InvalidInput', 'CheckData'],
      InvalidInput: [],
      CheckData: ['CreateAutoMlJob'],
      CreateAutoMlJob: ['WaitForAutoMlJob', 'CanWaitForQuota'],
      CanWaitForQuota: ['WaitForQuota', 'QuotaExceeded'],
      WaitForQuota: ['CreateAutoMlJob'],
      QuotaExceeded: [],
      WaitForAutoMlJob: ['DescribeAutoMlJob'],
      DescribeAutoMlJob: ['HasAutoMlJobEnded', 'StopAutoMlJob'],
      HasAutoMlJobEnded: ['WaitForAutoMlJob', 'FindBestCandidate'],
      StopAutoMlJob: ['AutoMlJobOutOfSight', 'AutoMlJobOutOfSight'],
      AutoMlJobOutOfSight: [],
      FindBestCandidate: ['WriteReport', 'WriteReport'],
      WriteReport: ['IsBestCandidateFound', 'IsBestCandidateFound'],
      IsBestCandidateFound: ['SearchFailed', 'Result'],
      SearchFailed: [],
      Result: [],
    });
    expect(States.CreateAutoMlJob.Resource).toBe(
      'arn:<AWS::Partition>:states:::aws-sdk:sagemaker:createAutoMLJobV2',
    );
  });

  test('end with the best candidate if there is no report', () => {
    const { States } = definitionOf({ report: false });
    expect(States.FindBestCandidate).toMatchObject({ End: true, Output: '{% $states.result.Payload %}' });
    expect(Object.keys(States)).not.toContain('WriteReport');
  });

  test('retry only errors that occurred before the job was created', () => {
    const { CreateAutoMlJob } = definitionOf().States;
    expect(CreateAutoMlJob.Retry.flatMap(({ ErrorEquals }: Json) => ErrorEquals)).toEqual([
      'SageMaker.AmazonSageMakerException',
      'SageMaker.SageMakerException',
    ]);
  });

  test('contain no expression that refers to the top level of the input', () => {
    const text = JSON.stringify(definitionOf({ validation: csv('validation') }));
    expect(text).not.toMatch(/\$\$|[^\w]\$\./);
  });

  test('of two chains can be in one state machine', () => {
    const stack = stackOf();
    const chain = autoMlFragment({}, stack, 'A')
      .prefixStates()
      .next(autoMlFragment({ jobNamePrefix: 'flats' }, stack, 'B').prefixStates());
    const names = Object.keys(definitionIn(chain, stack).States);
    expect(names).toHaveLength(36);
    expect(names).toEqual(expect.arrayContaining(['A: Configure', 'B: Configure']));
  });
});

describe('polling the AutoML job', () => {
  async function looksUntil(seconds: number): Promise<number> {
    const { Seconds } = definitionOf().States.WaitForAutoMlJob;
    const waits: number[] = [];
    for (let polls = 1; polls <= 300; polls += 1) waits.push(await evaluate(Seconds, { input: { polls } }));
    const longest = waits.at(-1) as number;
    let looks = 0;
    for (let passed = 0; passed < seconds; looks += 1) passed += waits[looks] ?? longest;
    return looks;
  }
  const EVENTS_PER_LOOK = 9;

  test('needs fewer than 25,000 events, even for the 30 days that SageMaker allows', async () => {
    expect((await looksUntil(30 * 24 * 3600)) * EVENTS_PER_LOOK).toBeLessThan(22_000);
    expect((await looksUntil(24 * 3600)) * EVENTS_PER_LOOK).toBeLessThan(2000);
  });

  test('is frequent at first', async () => {
    const { Seconds } = definitionOf().States.WaitForAutoMlJob;
    expect(await evaluate(Seconds, { input: { polls: 1 } })).toBe(5);
    expect(await evaluate(Seconds, { input: { polls: 20 } })).toBe(100);
  });

  test.each([
    ['InProgress', true],
    ['Stopping', true],
    ['Completed', false],
    ['Failed', false],
    ['Stopped', false],
  ])('%s: continues is %s', async (status, goesOn) => {
    const [{ Condition }] = definitionOf().States.HasAutoMlJobEnded.Choices;
    expect(await evaluate(Condition, { input: { status } })).toBe(goesOn);
  });

  test('keeps only the status from the description', async () => {
    const { Output } = definitionOf().States.DescribeAutoMlJob;
    const result = { AutoMLJobStatus: 'InProgress', BestCandidate: { Big: 'x' } };
    expect(await evaluate(Output, { input: { autoMlJobName: 'houses-1', polls: 4 }, result })).toEqual({
      autoMlJobName: 'houses-1',
      polls: 5,
      status: 'InProgress',
    });
  });

  test('begins with the name of the job', async () => {
    const { Output } = definitionOf().States.CreateAutoMlJob;
    const result = { AutoMLJobArn: 'arn:aws:sagemaker:eu-west-1:123456789012:automl-job/houses-1' };
    expect(await evaluate(Output, { result })).toEqual({ autoMlJobName: 'houses-1', polls: 1 });
  });
});

describe('the request', () => {
  test('of the defaults', async () => {
    expect(await requestOf()).toEqual({
      AutoMLJobName: expect.stringMatching(/^houses-[0-9a-f]{15}$/),
      RoleArn: expect.stringMatching(/^<AutoMlTrainingRole/),
      AutoMLJobInputDataConfig: [
        {
          ChannelType: 'training',
          ContentType: 'text/csv;header=present',
          CompressionType: 'None',
          DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: 's3://data/train/' } },
        },
      ],
      OutputDataConfig: { S3OutputPath: 's3://models/houses/' },
      AutoMLProblemTypeConfig: {
        TabularJobConfig: { TargetAttributeName: 'price', CompletionCriteria: { MaxCandidates: 20 } },
      },
      SecurityConfig: { EnableInterContainerTrafficEncryption: true },
      Tags: [{ Key: 'cdk-sagemaker-tuning:execution', Value: CONTEXT.Execution.Id }],
    });
  });

  test('has all settings', async () => {
    const stack = stackOf();
    const { CreateAutoMlJob } = definitionOf(
      {
        train: AutoMlData.csv(DataLocation.fromUri('s3://data/train/'), { gzip: true }),
        problemType: AutoMlProblemType.REGRESSION,
        objective: AutoMlObjective.RMSE,
        mode: AutoMlMode.ENSEMBLING,
        maxRuntime: Duration.hours(2),
        maxRuntimePerTrainingJob: Duration.minutes(10),
        sampleWeightColumn: 'weight',
        validationFraction: 0.25,
        featureSpecification: DataLocation.fromUri('s3://data/features.json'),
        interContainerTrafficEncryption: false,
        vpc: vpcIn(stack),
        tags: { team: 'sales' },
      },
      stack,
    ).States;
    const request = await evaluate(CreateAutoMlJob.Arguments, { input: { settings: SETTINGS } });
    expect(request).toMatchObject({
      AutoMLJobInputDataConfig: [{ CompressionType: 'Gzip' }],
      AutoMLProblemTypeConfig: {
        TabularJobConfig: {
          ProblemType: 'Regression',
          Mode: 'ENSEMBLING',
          SampleWeightAttributeName: 'weight',
          FeatureSpecificationS3Uri: 's3://data/features.json',
          CompletionCriteria: {
            MaxCandidates: 20,
            MaxAutoMLJobRuntimeInSeconds: 7200,
            MaxRuntimePerTrainingJobInSeconds: 600,
          },
        },
      },
      AutoMLJobObjective: { MetricName: 'RMSE' },
      DataSplitConfig: { ValidationFraction: 0.25 },
      SecurityConfig: {
        EnableInterContainerTrafficEncryption: false,
        VpcConfig: {
          SecurityGroupIds: [expect.stringMatching(/^<AutoMlSecurityGroup/)],
          Subnets: ['subnet-0123456789abcdef1', 'subnet-0123456789abcdef2'],
        },
      },
      Tags: [{ Key: 'team', Value: 'sales' }, { Key: 'cdk-sagemaker-tuning:execution' }],
    });
  });

  test('has the validation data of the execution', async () => {
    const settings = { ...SETTINGS, validation: 's3://data/v/' };
    const { AutoMLJobInputDataConfig: channels } = await requestOf({}, settings);
    expect(channels.map(({ ChannelType }: Json) => ChannelType)).toEqual(['training', 'validation']);
    expect(channels[1].DataSource.S3DataSource.S3Uri).toBe('s3://data/v/');
  });

  test('has a different name for each attempt', async () => {
    const retry = { context: { ...CONTEXT, State: { ...CONTEXT.State, RetryCount: 1 } } };
    const names = [await requestOf(), await requestOf(), await requestOf({}, SETTINGS, retry)].map(
      ({ AutoMLJobName }) => AutoMLJobName,
    );
    expect(names[0]).toBe(names[1]);
    expect(names[2]).not.toBe(names[0]);
  });

  test.each([['run(2)'], ['día'], ["it's"]])(
    'has a tag for the execution %s with characters that SageMaker accepts',
    async (name) => {
      const Id = `arn:aws:states:eu-west-1:123456789012:execution:m:${name}`;
      const context = { ...CONTEXT, Execution: { ...CONTEXT.Execution, Id } };
      const { Tags } = await requestOf({}, SETTINGS, { context });
      expect(Tags[0].Value).toBe(createHash('sha256').update(Id).digest('hex'));
    },
  );

  test('to the function that checks the data has the data settings', async () => {
    const { CheckData } = definitionOf({
      problemType: AutoMlProblemType.REGRESSION,
      objective: AutoMlObjective.MSE,
    }).States;
    expect((await evaluate(CheckData.Arguments, { input: { settings: SETTINGS } })).Payload).toEqual({
      target: 'price',
      train: 's3://data/train/',
      validation: null,
      contentType: 'text/csv;header=present',
      gzip: false,
      problemType: 'Regression',
    });
  });
});

describe('permissions', () => {
  const ARN = (rest: string) => `arn:<AWS::Partition>:sagemaker:<AWS::Region>:<AWS::AccountId>:${rest}`;

  test('of the state machine are limited to jobs with its job name prefix', () => {
    const stack = stackOf();
    definitionOf({}, stack);
    const statements = statementsIn(stack, /^<MachineRole/);
    const jobs = ARN('automl-job/houses-*');
    for (const action of ['createAutoMLJobV2', 'describeAutoMLJobV2', 'stopAutoMLJob', 'AddTags']) {
      expect(statements).toContainEqual({
        Effect: 'Allow',
        Action: `sagemaker:${action}`,
        Resource: jobs,
      });
    }
    expect(statements).toContainEqual({
      Effect: 'Allow',
      Action: 'iam:PassRole',
      Resource: expect.stringMatching(/^<AutoMlTrainingRole/),
      Condition: { StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } },
    });
    const others = statements.filter(({ Resource }: Json) => Resource !== jobs);
    expect(others.map(({ Action }: Json) => Action).sort()).toEqual([
      'iam:PassRole',
      'lambda:InvokeFunction',
      'lambda:InvokeFunction',
      'lambda:InvokeFunction',
    ]);
  });

  test('of the functions are limited to the data and to jobs with the prefix', () => {
    const stack = stackOf();
    definitionOf({ validation: csv('validation') }, stack);
    const reading = statementsIn(stack, /CheckDataFunction/).filter(({ Action }: Json) =>
      /^s3:/.test(Action),
    );
    expect(reading).toEqual([
      {
        Effect: 'Allow',
        Action: 's3:GetObject',
        Resource: ['arn:<AWS::Partition>:s3:::data/train/*', 'arn:<AWS::Partition>:s3:::data/validation/*'],
      },
      ...['train', 'validation'].map((folder) => ({
        Effect: 'Allow',
        Action: 's3:ListBucket',
        Resource: 'arn:<AWS::Partition>:s3:::data',
        Condition: { StringLike: { 's3:prefix': `${folder}/*` } },
      })),
    ]);
    expect(statementsIn(stack, /FindBestCandidateFunction/)).toEqual(
      expect.arrayContaining([
        { Effect: 'Allow', Action: 'sagemaker:DescribeAutoMLJobV2', Resource: ARN('automl-job/houses-*') },
        { Effect: 'Allow', Action: 'sagemaker:ListCandidatesForAutoMLJob', Resource: '*' },
      ]),
    );
  });

  test('of the training role only allow it to write below the output and to pass itself', () => {
    const stack = stackOf();
    definitionOf({}, stack);
    const statements = statementsIn(stack, /^<AutoMlTrainingRole/);
    expect(statements.filter(({ Action }: Json) => String(Action).includes('s3:Put'))).toEqual([
      {
        Effect: 'Allow',
        Action: ['s3:PutObject', 's3:AbortMultipartUpload'],
        Resource: 'arn:<AWS::Partition>:s3:::models/houses/*',
      },
    ]);
    expect(statements.filter(({ Action }: Json) => String(Action).includes('s3:List'))).toEqual([
      {
        Effect: 'Allow',
        Action: ['s3:ListBucket', 's3:GetBucketLocation'],
        Resource: ['arn:<AWS::Partition>:s3:::data', 'arn:<AWS::Partition>:s3:::models'],
      },
    ]);
    const pass = statements.filter(({ Action }: Json) => Action === 'iam:PassRole');
    expect(pass).toEqual([
      expect.objectContaining({ Resource: expect.stringMatching(/^<AutoMlTrainingRole/) }),
    ]);
  });
});
