import type { Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import {
  DataLocation,
  FleetItems,
  InputData,
  ModelRegistry,
  QualityGate,
  ToleratedFailures,
  TuningFleet,
  type TuningFleetProps,
  TuningIntegration,
  TuningStrategy,
} from '../lib';
import { evaluateAll, evaluateJsonata } from './evaluate-jsonata';
import { definitionOf, type Json, stackOf, statementsIn, TUNING } from './fixtures';

function fleet(props: Partial<TuningFleetProps> = {}, stack = stackOf()): TuningFleet {
  return new TuningFleet(stack, 'Fleet', { ...TUNING, jobNamePrefix: 'stores', ...props });
}

function statesOf(props: Partial<TuningFleetProps> = {}): Json {
  const stack = stackOf();
  fleet(props, stack);
  return definitionOf(stack).States;
}

const ITEM = {
  id: 'Store 1',
  folder: 'store-1-0123456789abcdef/',
  label: 'store',
  tag: 'Store 1',
  execution: 'arn:aws:states:eu-west-1:1:execution:fleet:run',
};

/** Evaluates an expression of a child execution. */
const inItem = (text: string, states: Json = {}) =>
  evaluateJsonata(text.replace(/\$fleetItem/g, '$states.item'), {
    item: ITEM,
    context: {
      Execution: { Id: 'arn:child', RedriveCount: 0 },
      State: { Name: 'TuneHyperparameters', EnteredTime: '2026-11-29T10:00:00Z', RetryCount: 0 },
    },
    ...states,
  });

describe('the states', () => {
  test('list the items, run the chain for each of them in a Standard child execution, and summarize', () => {
    const { ListItems, TuneItems, SummarizeFleet, ...others } = statesOf();
    expect(others).toEqual({});
    expect(ListItems.Next).toBe('TuneItems');
    expect(TuneItems.Next).toBe('SummarizeFleet');
    expect(SummarizeFleet.End).toBe(true);
    const { ProcessorConfig, StartAt, States } = TuneItems.ItemProcessor;
    expect(ProcessorConfig).toEqual({ Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' });
    expect([StartAt, States[StartAt].Next]).toEqual(['StartItem', 'Configure']);
    expect(Object.keys(States)).toEqual(
      expect.arrayContaining([
        'TuneHyperparameters',
        'FindBestTrainingJob',
        'TrainFinalModel',
        'WriteReport',
        'Result',
      ]),
    );
    expect(TuneItems).toMatchObject({
      ItemReader: { ReaderConfig: { InputType: 'JSONL' } },
      ResultWriter: { WriterConfig: { Transformation: 'NONE', OutputType: 'JSONL' } },
      MaxConcurrency: '{% $states.input.maxConcurrency %}',
    });
    // If the Map had a Catch, a redrive would not run the Map again.
    expect(TuneItems.Catch).toBeUndefined();
  });

  test.each<[string, ToleratedFailures | undefined, object]>([
    ['by default', undefined, { ToleratedFailurePercentage: 10 }],
    ['a percentage', ToleratedFailures.percentage(2.5), { ToleratedFailurePercentage: 2.5 }],
    ['a count', ToleratedFailures.count(3), { ToleratedFailureCount: 3 }],
    ['none', ToleratedFailures.count(0), { ToleratedFailureCount: 0 }],
  ])('tolerate failures: %s', (_case, toleratedFailures, expected) => {
    const { TuneItems } = statesOf({ toleratedFailures });
    const { ToleratedFailureCount, ToleratedFailurePercentage } = TuneItems;
    expect(JSON.parse(JSON.stringify({ ToleratedFailureCount, ToleratedFailurePercentage }))).toEqual(
      expected,
    );
  });

  test.each([
    ['CSV', FleetItems.csv(DataLocation.fromUri('s3://lake/items.csv'))],
    ['JSON_LINES', FleetItems.jsonLines(DataLocation.fromUri('s3://lake/items.csv'))],
    ['JSON', FleetItems.json(DataLocation.fromUri('s3://lake/items.csv'))],
    ['FOLDERS', FleetItems.folders(DataLocation.fromUri('s3://lake/items.csv/'))],
  ])('name the list: %s', (format, items) => {
    const allowedInputLocations = [DataLocation.fromUri('s3://lake/')];
    const { source } = statesOf({ items, allowedInputLocations }).ListItems.Arguments.Payload;
    expect(source).toEqual({ format, uri: items._location.uri });
  });
});

test.each<[string, Partial<TuningFleetProps>, string[], Json]>([
  ['no data by default', {}, ['train', 'validation'], {}],
  ['no data with an evaluation', { evaluation: {} }, ['train', 'validation', 'test'], {}],
  [
    'what a prefix gives',
    { trainPrefix: 'input/train/', bucket: s3.Bucket.fromBucketName(stackOf(), 'Lake', 'lake') },
    ['train', 'validation'],
    { train: 's3://lake/input/train/' },
  ],
  [
    'what a property gives',
    { validation: InputData.csv(DataLocation.fromUri('s3://lake/validation/')) },
    ['train', 'validation'],
    { validation: 's3://lake/validation/' },
  ],
])('the data that all items share: %s', (_case, props, dataFields, sharedData) => {
  const { Payload } = statesOf(props).ListItems.Arguments;
  expect([Payload.dataFields, Payload.sharedData]).toEqual([dataFields, sharedData]);
});

test('the function that lists folders has more time and memory to look for data in them, if items share data', () => {
  const stack = stackOf();
  fleet({ validationPrefix: 'shared/' }, stack);
  Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', {
    Description: Match.stringLikeRegexp('Reads and checks the list'),
    Timeout: 900,
    MemorySize: 2048,
  });
});

test('an item cannot replace data in a file system, so that its folder does not give this data', () => {
  const stack = stackOf();
  const vpc = new ec2.Vpc(stack, 'Vpc');
  const validation = InputData.efs({ fileSystemId: 'fs-0123456789abcdef0', directoryPath: '/validation' });
  fleet({ validation, vpc }, stack);
  const { dataFields, sharedData } = definitionOf(stack).States.ListItems.Arguments.Payload;
  expect([dataFields, sharedData]).toEqual([['train'], {}]);
});

describe('an item', () => {
  const itemStates = (props?: Partial<TuningFleetProps>) => statesOf(props).TuneItems.ItemProcessor.States;

  test('keeps its description in a variable and passes its fields to the chain', async () => {
    const { StartItem } = itemStates();
    const input = { ...ITEM, input: { maxTrainingJobs: 3 } };
    expect(await evaluateJsonata(StartItem.Assign.fleetItem, { input })).toEqual(ITEM);
    expect(await evaluateJsonata(StartItem.Output, { input })).toEqual({ maxTrainingJobs: 3 });
  });

  test.each([
    ['store', 'stores-store-'],
    ['a', 'stores-a-'],
    ['abcdef', 'stores-abcdef-'],
  ])(
    'its tuning job has a name of at most 32 characters, which contains the label of the item: %s',
    async (label, start) => {
      const { Arguments } = itemStates({ jobNamePrefix: 'stores' }).TuneHyperparameters;
      const name = await inItem(Arguments.HyperParameterTuningJobName, { item: { ...ITEM, label } });
      expect(name).toMatch(/^[a-z0-9](-*[a-z0-9]){0,31}$/);
      expect(name.startsWith(start)).toBe(true);
      const longest = itemStates({ jobNamePrefix: 'x'.repeat(13) }).TuneHyperparameters.Arguments;
      const long = await inItem(longest.HyperParameterTuningJobName, { item: { ...ITEM, label } });
      expect(long).toHaveLength(32);
      // The name ends with at least 44 bits of a hash.
      expect(long).toMatch(/-[0-9a-f]{11,}$/);
    },
  );

  test('writes below its own folder, and its jobs have its tag', async () => {
    const { TuneHyperparameters, TrainFinalModel, WriteReport } = itemStates({ spot: {}, checkpoints: true });
    const { TrainingJobDefinition, Tags } = TuneHyperparameters.Arguments;
    const output = 's3://<FleetBucket8AD9091F>/output';
    const folders = await Promise.all(
      [
        TrainingJobDefinition.OutputDataConfig.S3OutputPath,
        TrainFinalModel.Arguments.OutputDataConfig.S3OutputPath,
        WriteReport.Arguments.Payload.output,
        TrainingJobDefinition.CheckpointConfig.S3Uri,
      ].map((text) => inItem(text)),
    );
    expect(folders).toEqual([
      `${output}/trials/${ITEM.folder}`,
      `${output}/models/${ITEM.folder}`,
      `${output}/reports/${ITEM.folder}`,
      expect.stringMatching(
        new RegExp(`^${output}/checkpoints/store-1-0123456789abcdef/stores-store-[0-9a-f]+/$`),
      ),
    ]);
    for (const tags of [Tags, TrainFinalModel.Arguments.Tags]) {
      const { Value } = tags.find(({ Key }: Json) => Key === 'cdk-sagemaker-tuning:item');
      expect(await inItem(Value)).toBe('Store 1');
    }
  });

  test("with the SDK integration, its tuning job has the tag of the fleet's execution, so that it is stopped with the fleet", async () => {
    const stack = stackOf();
    const made = fleet({ strategy: TuningStrategy.hyperband({ maxResource: 9 }) }, stack);
    expect(made.stopAbandonedJobs).toBeDefined();
    const { Tags } = definitionOf(stack).States.TuneItems.ItemProcessor.States.TuneHyperparameters.Arguments;
    const { Value } = Tags.find(({ Key }: Json) => Key === 'cdk-sagemaker-tuning:execution');
    expect(await inItem(Value)).toBe(ITEM.execution);
  });

  test('uses another name if a job name is already used', () => {
    const { TuneHyperparameters, TrainFinalModel } = itemStates();
    for (const { Retry } of [TuneHyperparameters, TrainFinalModel]) {
      expect(Retry).toContainEqual(
        expect.objectContaining({
          ErrorEquals: ['SageMaker.ResourceInUseException'],
          JitterStrategy: 'FULL',
        }),
      );
    }
  });
});

describe('permissions', () => {
  const bucketIn = (stack: Stack) => s3.Bucket.fromBucketName(stack, 'Lake', 'lake');

  test('of the state machine are limited to the folder of the fleets in the bucket', () => {
    const stack = stackOf();
    fleet({ bucket: bucketIn(stack) }, stack);
    const storage = statementsIn(stack, /./).filter(({ Action }: Json) =>
      [Action].flat().includes('s3:ListMultipartUploadParts'),
    );
    expect(storage).toHaveLength(1);
    expect(JSON.stringify(storage[0].Resource)).toContain('lake/output/fleets/*');
  });

  const list = (prefix: string) => ['s3:ListBucket', { StringLike: { 's3:prefix': prefix } }];

  test.each<[string, FleetItems, Json[]]>([
    [
      'exactly one file is read',
      FleetItems.csv(DataLocation.fromUri('s3://lists/a.csv')),
      [['s3:GetObject', undefined, '/a.csv'], list('a.csv*')],
    ],
    ['folders are listed', FleetItems.folders(DataLocation.fromUri('s3://lists/a/')), [list('a/*')]],
  ])('of the function that lists the items: %s', (_case, items, expected) => {
    const stack = stackOf();
    fleet({ items, allowedInputLocations: [DataLocation.fromUri('s3://lists/a/')] }, stack);
    const statements = statementsIn(stack, /ListItemsFunction/).filter(({ Resource }: Json) =>
      JSON.stringify(Resource).includes(':s3:::lists'),
    );
    expect(
      statements.map(({ Action, Condition, Resource }: Json) => {
        const [, key] = /:s3:::lists(.*?)"/.exec(JSON.stringify(Resource)) ?? [];
        return [Action, Condition, ...(key ? [key] : [])];
      }),
    ).toEqual(expected);
  });

  test.each<[string, RegExp, string[] | undefined]>([
    [
      'for the state machine, which writes the results',
      /StateMachine/,
      ['kms:Decrypt', 'kms:GenerateDataKey'],
    ],
    ['for the function that reads the results', /SummarizeFunction/, ['kms:Decrypt']],
    ['but not for the function that lists the items', /ListItemsFunction/, undefined],
  ])("to use the bucket's key, if the fleet has a different key: %s", (_case, role, actions) => {
    const stack = stackOf();
    const [encryptionKey, other] = ['Key', 'BucketKey'].map((id) => new kms.Key(stack, id));
    fleet({ encryptionKey, bucket: new s3.Bucket(stack, 'Bucket', { encryptionKey: other }) }, stack);
    const statements = statementsIn(stack, role).filter(({ Resource }: Json) => /BucketKey/.test(Resource));
    expect(statements[0]?.Action).toEqual(actions?.length === 1 ? actions[0] : actions);
  });

  test('of the function that lists the items include the lists and summaries of earlier executions', () => {
    const stack = stackOf();
    fleet({}, stack);
    const listed = statementsIn(stack, /ListItemsFunction/).filter(
      ({ Action }: Json) => Action === 's3:ListBucket',
    );
    expect(listed.map(({ Condition }: Json) => Condition.StringLike['s3:prefix'])).toEqual([
      'input/*',
      'output/fleets/*',
    ]);
  });
});

test('an event rule writes the summary of an execution that did not succeed', () => {
  const stack = stackOf();
  fleet({}, stack);
  Template.fromStack(stack).hasResourceProperties('AWS::Events::Rule', {
    EventPattern: { detail: { status: ['FAILED', 'TIMED_OUT', 'ABORTED'] } },
    Targets: [Match.objectLike({ DeadLetterConfig: Match.anyValue(), InputTransformer: Match.anyValue() })],
  });
});

describe('the registry', () => {
  const registry = ModelRegistry.group({ name: 'stores', description: 'Stores' });
  const ALL = { registry, evaluation: {}, qualityGate: QualityGate.noWorseThanApproved() };
  const itemStates = (props: Partial<TuningFleetProps>) => statesOf(props).TuneItems.ItemProcessor.States;

  test.each([
    ['store-1-0123456789abcdef/', 'stores-store-1-0123456789abcdef'],
    ['a-0123456789abcdef/', 'stores-a-0123456789abcdef'],
    // A truncated label can end with a hyphen.
    ['twelve-chars-and-more-0123456789abcdef/', 'stores-twelve-chars--0123456789abcdef'],
  ])('has a group for each item: %s', async (folder, expected) => {
    const { FindModelPackageGroup, RegisterModel, EvaluateModel, CreateModelPackageGroup } = itemStates(ALL);
    const names = [
      FindModelPackageGroup.Arguments.NameContains,
      CreateModelPackageGroup.Arguments.ModelPackageGroupName,
      RegisterModel.Arguments.ModelPackageGroupName,
      EvaluateModel.Arguments.Payload.modelPackageGroup,
    ];
    const item = { ...ITEM, folder };
    expect(await Promise.all(names.map((name) => inItem(name, { item })))).toEqual(names.map(() => expected));
    expect(expected).toMatch(/^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/);
    const { ModelPackageGroupDescription, Tags } = CreateModelPackageGroup.Arguments;
    expect(await inItem(ModelPackageGroupDescription, { item })).toBe('Stores. Item: Store 1');
    expect(Tags.map(({ Key }: Json) => Key)).toContain('cdk-sagemaker-tuning:item');
  });

  test('has names of at most 63 characters', async () => {
    const longest = ModelRegistry.group({ name: 'x'.repeat(32) });
    const { ModelPackageGroupName } = itemStates({ registry: longest }).RegisterModel.Arguments;
    const item = { ...ITEM, folder: `${'y'.repeat(64)}-0123456789abcdef/` };
    expect(await inItem(ModelPackageGroupName, { item })).toHaveLength(63);
  });

  test('creates a model package group only if the item has none', async () => {
    const states = itemStates(ALL);
    const { EvaluateModel, FindModelPackageGroup, HasModelPackageGroup, CreateModelPackageGroup } = states;
    const { RegisterModel } = states;
    expect(EvaluateModel.Next).toBe('FindModelPackageGroup');
    expect(FindModelPackageGroup.Next).toBe('HasModelPackageGroup');
    const found = async (...names: readonly string[]) => {
      const ModelPackageGroupSummaryList = names.map((ModelPackageGroupName) => ({ ModelPackageGroupName }));
      const input = await inItem(FindModelPackageGroup.Output, {
        input: { result: 1 },
        result: { ModelPackageGroupSummaryList },
      });
      return inItem(HasModelPackageGroup.Choices[0].Condition, { input });
    };
    const name = 'stores-store-1-0123456789abcdef';
    expect([await found(), await found(`other-${name}`), await found(`other-${name}`, name)]).toEqual([
      false,
      false,
      true,
    ]);
    expect([HasModelPackageGroup.Choices[0].Next, HasModelPackageGroup.Default]).toEqual([
      'RegisterModel',
      'CreateModelPackageGroup',
    ]);
    expect(CreateModelPackageGroup.Next).toBe('RegisterModel');
    expect(FindModelPackageGroup.Catch.at(-1).Next).toBe('WriteReport');
    // All items share the rate limits of these requests.
    expect([FindModelPackageGroup.Catch[0].Next, RegisterModel.Catch[0].Next]).toEqual([
      'WasThrottled-Group',
      'WasThrottled-Registration',
    ]);
  });

  test('looks for the group again after an error, because another execution may have created it', async () => {
    const { FindModelPackageGroup, HasModelPackageGroup, CreateModelPackageGroup } = itemStates(ALL);
    const [{ Next, Output }] = CreateModelPackageGroup.Catch;
    expect(Next).toBe('FindModelPackageGroup');
    const [registers, fails] = HasModelPackageGroup.Choices;
    expect([registers.Next, fails.Next]).toEqual(['RegisterModel', 'WriteReport']);
    const found = (input: Json) =>
      inItem(FindModelPackageGroup.Output, { input, result: { ModelPackageGroupSummaryList: [] } });
    // An error that is no throttling will probably not go away.
    for (const [cause, most] of [
      ['Rate exceeded', 10],
      ['Model Package Group already exists', 2],
    ] as const) {
      const errorOutput = { Error: 'SageMaker.SageMakerException', Cause: cause };
      let input: Json = { result: {}, finalTrainingJob: {} };
      for (let failures = 0; failures < most; failures += 1) {
        input = await found(input);
        expect(await inItem(fails.Condition, { input })).toBe(false);
        input = await inItem(Output, { input, errorOutput });
      }
      input = await found(input);
      expect(await inItem(fails.Condition, { input })).toBe(true);
      expect((await inItem(fails.Output, { input })).failure).toMatchObject({
        Error: 'ModelRegistrationFailed',
        Cause: expect.stringContaining(`SageMaker.SageMakerException: ${cause}`),
      });
    }
  });

  test('retries each throttled request after random delays of at most a few minutes', () => {
    const THROTTLED: Json = {
      lambda: 'Lambda.TooManyRequestsException',
      sagemaker: 'SageMaker.SageMakerException',
    };
    const integrations = [TuningIntegration.OPTIMIZED, TuningIntegration.SDK];
    const tasks = integrations.flatMap((integration) =>
      Object.entries<Json>(itemStates({ ...ALL, integration })).filter(([, { Type }]) => Type === 'Task'),
    );
    for (const [name, { Resource, Retry }] of tasks) {
      const error = THROTTLED[/:(lambda|sagemaker):/.exec(Resource)?.[1] ?? ''];
      const retry = Retry.find(({ ErrorEquals }: Json) =>
        [error, 'States.TaskFailed', 'States.ALL'].some((each) => ErrorEquals.includes(each)),
      );
      const { JitterStrategy, IntervalSeconds, BackoffRate, MaxAttempts } = retry ?? {};
      const { MaxDelaySeconds = IntervalSeconds * BackoffRate ** (MaxAttempts - 1) } = retry ?? {};
      expect({ name, JitterStrategy }).toEqual({ name, JitterStrategy: 'FULL' });
      expect(MaxDelaySeconds).toBeLessThanOrEqual(300);
    }
    expect(tasks.length).toBeGreaterThan(20);
  });

  test('creates no group at deployment, and has permissions only for groups with the prefix', () => {
    const stack = stackOf();
    const { modelPackageGroupPrefix, fragment } = fleet(ALL, stack);
    expect([modelPackageGroupPrefix, fragment.modelPackageGroupName]).toEqual(['stores', undefined]);
    Template.fromStack(stack).resourceCountIs('AWS::SageMaker::ModelPackageGroup', 0);
    const resourcesOf = (action: string) =>
      statementsIn(stack, /./)
        .filter(({ Action }: Json) => [Action].flat().includes(action))
        .flatMap(({ Resource }: Json) => Resource)
        .map((resource: Json) => JSON.stringify(resource));
    for (const action of [
      'sagemaker:createModelPackageGroup',
      'sagemaker:createModelPackage',
      'sagemaker:DescribeModelPackage',
    ]) {
      const resources = resourcesOf(action);
      expect([action, resources.length > 0]).toEqual([action, true]);
      for (const resource of resources) expect(resource).toMatch(/model-package(-group)?\/stores-\*/);
    }
  });
});

describe('quotas', () => {
  const NAME = 'ml.m5.xlarge for training job usage';

  test('are not read by default', () => {
    const { ListItems, TuneItems, SummarizeFleet } = statesOf();
    expect(ListItems.Arguments.Payload).not.toHaveProperty('quotas');
    expect(TuneItems.Output).not.toHaveProperty('quotas');
    expect(SummarizeFleet.Arguments.Payload).not.toHaveProperty('quotas');
  });

  test('are compared with the instances of all instance groups of a job', () => {
    const groups = ['ml.m5.xlarge', 'ml.m5.xlarge', 'ml.c5.xlarge'];
    const instanceGroups = groups.map((instanceType, index) => ({
      name: `g${index}`,
      instanceType,
      instanceCount: index + 1,
    }));
    const { uses } = statesOf({ checkQuotas: true, resources: { instanceGroups } }).ListItems.Arguments
      .Payload.quotas;
    expect(uses.slice(0, 2)).toEqual([
      { quota: NAME, instances: 3, parallel: true },
      { quota: 'ml.c5.xlarge for training job usage', instances: 3, parallel: true },
    ]);
  });

  test('are read page by page, before the items', async () => {
    const stack = stackOf();
    fleet({ checkQuotas: true }, stack);
    const { StartAt, States } = definitionOf(stack);
    const { ListQuotas, HasMoreQuotas, ListMoreQuotas, ListItems } = States;
    expect(StartAt).toBe('ListQuotas');
    const execution = { items: [{ id: 1 }] };
    const page = (names: readonly string[], token: Json) => ({
      Quotas: names.map((QuotaName, index) => ({ QuotaName, Value: 4 + index, QuotaCode: 'L-1' })),
      ...token,
    });
    const one = await evaluateAll(ListQuotas.Output, {
      input: execution,
      result: page(['other', 'more'], { NextToken: 't' }),
    });
    expect(one).toEqual({ input: execution, quotas: {}, next: 't' });
    expect(await evaluateAll(ListMoreQuotas.Arguments, { input: one })).toEqual({
      ServiceCode: 'sagemaker',
      MaxResults: 100,
      NextToken: 't',
    });
    const two = await evaluateAll(ListMoreQuotas.Output, { input: one, result: page([NAME, 'x'], {}) });
    expect(two).toEqual({ input: execution, quotas: { [NAME]: 4 }, next: null });
    const [hasMore] = HasMoreQuotas.Choices;
    expect([hasMore.Next, HasMoreQuotas.Default]).toEqual(['ListMoreQuotas', 'ListItems']);
    for (const [input, expected] of [
      [one, true],
      [two, false],
    ] as const) {
      expect(await evaluateJsonata(hasMore.Condition, { input })).toBe(expected);
    }
    const { input, quotas } = await evaluateAll(ListItems.Arguments.Payload, {
      input: two,
      context: { Execution: { Id: 'arn', Name: 'run', RedriveCount: 0 } },
    });
    expect([input, quotas]).toEqual([
      execution,
      {
        uses: [
          { quota: NAME, instances: 1, parallel: true },
          { quota: NAME, instances: 1 },
        ],
        parallel: 2,
        trainingJobs: 20,
        applied: { [NAME]: 4 },
        error: null,
      },
    ]);
  });

  test('that cannot be read do not fail the execution', async () => {
    const { ListQuotas, ListMoreQuotas } = statesOf({ checkQuotas: true });
    const errorOutput = { Error: 'ServiceQuotas.AccessDeniedException', Cause: 'no' };
    const caught = (state: Json, input: Json) => {
      const [{ ErrorEquals, Next, Output }] = state.Catch;
      expect([ErrorEquals, Next]).toEqual([['States.ALL'], 'ListItems']);
      return evaluateAll(Output, { input, errorOutput });
    };
    const error = 'ServiceQuotas.AccessDeniedException: no';
    expect(await caught(ListQuotas, { retry: 'x' })).toEqual({ input: { retry: 'x' }, quotas: {}, error });
    const before = { input: {}, quotas: { [NAME]: 4 }, next: 't' };
    expect(await caught(ListMoreQuotas, before)).toEqual({ input: {}, quotas: { [NAME]: 4 }, error });
  });

  test('are compared with the number of training jobs of an item', () => {
    const { parallel, trainingJobs } = statesOf({ checkQuotas: true, maxTrainingJobs: 1 }).ListItems.Arguments
      .Payload.quotas;
    expect({ parallel, trainingJobs }).toEqual({ parallel: 2, trainingJobs: 1 });
  });

  test('are different for each kind of job', () => {
    const { uses } = statesOf({
      checkQuotas: true,
      spot: {},
      resources: {
        instanceGroups: [
          { name: 'a', instanceType: 'ml.m5.xlarge', instanceCount: 2 },
          { name: 'b', instanceType: 'ml.c5.xlarge', instanceCount: 1 },
        ],
      },
      finalTraining: { resources: { instanceType: 'ml.m5.4xlarge', instanceCount: 3 } },
      evaluation: { resources: { instanceType: 'ml.c5.large', instanceCount: 4 } },
    }).ListItems.Arguments.Payload.quotas;
    expect(uses).toEqual([
      { quota: 'ml.m5.xlarge for spot training job usage', instances: 2, parallel: true },
      { quota: 'ml.c5.xlarge for spot training job usage', instances: 1, parallel: true },
      { quota: 'ml.m5.4xlarge for training job usage', instances: 3 },
      { quota: 'ml.c5.large for transform job usage', instances: 4 },
    ]);
  });
});

describe('warnings', () => {
  const warnings = (props: Partial<TuningFleetProps>) => {
    const stack = stackOf();
    fleet(props, stack);
    return Annotations.fromStack(stack)
      .findWarning('*', Match.stringLikeRegexp('maxConcurrency: '))
      .map(({ entry }) => String(entry.data));
  };

  test('are not given by default', () => expect(warnings({})).toEqual([]));

  test('about more tuning jobs than SageMaker runs, and about many instances', () => {
    expect(warnings({ maxConcurrency: 200, resources: { instanceCount: 2 } })).toEqual([
      expect.stringContaining('at most 100 tuning jobs at the same time in an account and region, got 200'),
      expect.stringContaining(
        '800 training instances at the same time (200 items × 2 training jobs × 2 instances)',
      ),
    ]);
  });

  test('count no more parallel training jobs than an item has', () => {
    expect(warnings({ maxConcurrency: 30, maxTrainingJobs: 1 })).toEqual([
      expect.stringContaining(
        '30 training instances at the same time (30 items × 1 training jobs × 1 instances)',
      ),
    ]);
  });

  test('count the instances of all groups in any definition', () => {
    const instanceGroups = [1, 2].map((instanceCount) => ({
      name: `g${instanceCount}`,
      instanceType: 'ml.m5.xlarge',
      instanceCount,
    }));
    expect(warnings({ resources: { instanceGroups } })).toEqual([expect.stringContaining('× 3 instances)')]);
  });
});

describe('the fleet is refused with', () => {
  test.each<[string, Partial<TuningFleetProps>, RegExp]>([
    [
      'a concurrency of 0',
      { maxConcurrency: 0 },
      /maxConcurrency: must be a whole number from 1 to 10000, got 0/,
    ],
    [
      'one existing model package group',
      { registry: ModelRegistry.existingGroup('stores') },
      /registry: must be ModelRegistry.group\(\) in a fleet, because each item has its own group/,
    ],
    [
      'a group name prefix that is too long',
      { registry: ModelRegistry.group({ name: 'x'.repeat(33) }) },
      /registry: must have 1 to 32 characters, got 33/,
    ],
    [
      'a percentage above 100',
      { toleratedFailures: ToleratedFailures.percentage(101) },
      /toleratedFailures: must be a percentage from 0 to 100, got 101/,
    ],
    [
      'a negative count',
      { toleratedFailures: ToleratedFailures.count(-1) },
      /toleratedFailures: must be a whole number of at least 0, got -1/,
    ],
    [
      'a job name prefix that is too long',
      { jobNamePrefix: 'x'.repeat(14) },
      /jobNamePrefix: must be 1 to 13 lowercase/,
    ],
    [
      'a prefix of folders without a slash at the end',
      { items: FleetItems.folders(DataLocation.fromUri('s3://lake/a')) },
      /items: must be a prefix that ends with \//,
    ],
    [
      'folders outside the allowed locations',
      {
        items: FleetItems.folders(DataLocation.fromUri('s3://lake/stores/')),
        allowedInputLocations: [DataLocation.fromUri('s3://lake/other/')],
      },
      /items: s3:\/\/lake\/stores\/ is not within allowedInputLocations/,
    ],
    [
      "a list of folders outside the fleet's bucket",
      { items: FleetItems.folders(DataLocation.fromUri('s3://lake/stores/')) },
      /items: s3:\/\/lake\/stores\/ is not within allowedInputLocations/,
    ],
    ['a location that is not an S3 URI', { items: FleetItems.csv(DataLocation.fromUri('lake/a')) }, /items/],
    [
      'items of a wrong type',
      { items: 's3://lake/a' as never },
      /items: must be a FleetItems, such as FleetItems.csv\(location\), got "s3:\/\/lake\/a"/,
    ],
    [
      'a tag that is reserved for the construct',
      { tags: { 'cdk-sagemaker-tuning:item': 'x' } },
      /is reserved for the construct/,
    ],
  ])('%s', (_case, props, message) => {
    expect(() => fleet(props)).toThrow(message);
  });
});
