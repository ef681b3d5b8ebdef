import { CfnParameter, type Stack, Tags } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as s3 from 'aws-cdk-lib/aws-s3';
import {
  Algorithm,
  ContainerImage,
  DataLocation,
  FinalTrainingData,
  InputData,
  ToleratedFailures,
  TuningFleet,
  type TuningFleetProps,
  TuningIntegration,
  TuningStrategy,
  WarmStart,
} from '../lib';
import { evaluateJsonata } from './evaluate-jsonata';
import { definitionOf, type Json, problemsIn, stackOf, statementsIn, TUNING, vpcIn } from './fixtures';

type MakeProps = (stack: Stack) => Partial<TuningFleetProps>;

function stackWith(props: MakeProps): Stack {
  const stack = stackOf();
  new TuningFleet(stack, 'Fleet', { ...TUNING, jobNamePrefix: 'stores', ...props(stack) });
  return stack;
}

const statesOf = (props: Partial<TuningFleetProps>) => definitionOf(stackWith(() => props)).States;

const lastSuccessOf = (stack: Stack) => definitionOf(stack).States.ListItems.Arguments.Payload.lastSuccess;

const uriData = (name: string) => InputData.csv(DataLocation.fromUri(`s3://lake/${name}/`));

test('by default, a fleet does not record successes', () => {
  const stack = stackWith(() => ({}));
  const { ListItems, TuneItems, SummarizeFleet, ...others } = definitionOf(stack).States;
  expect(others).toEqual({});
  expect(ListItems.Arguments.Payload).not.toHaveProperty('lastSuccess');
  expect([ListItems.Next, TuneItems.Next, SummarizeFleet.End]).toEqual(['TuneItems', 'SummarizeFleet', true]);
  expect(TuneItems.ItemProcessor.States.TuneFromLastSuccess).toBeUndefined();
  expect(JSON.stringify(Template.fromStack(stack).toJSON())).not.toContain('successes/');
});

test.each([
  [true, true],
  [false, undefined],
])('with warmStartFromPrevious %s, the summary is told %s', (warmStartFromPrevious, expected) => {
  const stack = stackWith(() => ({ warmStartFromPrevious, skipUnchanged: true }));
  const { SummarizeFleet } = definitionOf(stack).States;
  expect(SummarizeFleet.Arguments.Payload.warmStartFromPrevious).toBe(expected);
  const rules = Template.fromStack(stack).findResources('AWS::Events::Rule');
  const inputs = Object.values(rules).flatMap(({ Properties: { Targets = [] } }) => JSON.stringify(Targets));
  const expectedInput = '\\"warmStartFromPrevious\\":true';
  expect(inputs.some((input) => input.includes(expectedInput))).toBe(warmStartFromPrevious);
});

describe('skipUnchanged', () => {
  test('skips the Map state if no items are left to tune', async () => {
    const { ListItems, HasItemsToTune, SummarizeFleet } = statesOf({ skipUnchanged: true });
    expect(ListItems.Next).toBe('HasItemsToTune');
    const [{ Condition, Next }] = HasItemsToTune.Choices;
    expect([Next, HasItemsToTune.Default]).toEqual(['TuneItems', 'SummarizeFleet']);
    const { manifest } = SummarizeFleet.Arguments.Payload;
    expect(await evaluateJsonata(Condition, { input: { items: 1 } })).toBe(true);
    expect(await evaluateJsonata(Condition, { input: { items: 0 } })).toBe(false);
    expect(await evaluateJsonata(manifest, { input: { manifest: 'key' } })).toBe('key');
    expect(await evaluateJsonata(manifest, { input: { items: 0 } })).toBeNull();
  });

  test.each([
    [10, 1, 297, 29],
    [10, 298, 0, 29],
    [2.5, 40, 0, 1],
    [0, 5, 5, 0],
  ])(
    'tolerates %d%% of all items: with %d items to run and %d to skip, %d failures',
    async (percentage, items, skipped, expected) => {
      const toleratedFailures = ToleratedFailures.percentage(percentage);
      const { TuneItems } = statesOf({ skipUnchanged: true, toleratedFailures });
      expect(TuneItems.ToleratedFailurePercentage).toBeUndefined();
      expect(await evaluateJsonata(TuneItems.ToleratedFailureCount, { input: { items, skipped } })).toBe(
        expected,
      );
    },
  );

  test('compares all the data that the jobs of an item read', () => {
    const stack = stackWith(() => ({
      skipUnchanged: true,
      train: uriData('train'),
      validation: uriData('validation'),
      evaluation: {},
      test: uriData('test'),
      channels: { weights: uriData('weights') },
      finalTraining: { data: FinalTrainingData.of(uriData('final')) },
      allowedInputLocations: [DataLocation.fromUri('s3://lake/stores/')],
    }));
    const uri = (name: string) => `s3://lake/${name}/`;
    const replaceable = ['train', 'validation', 'test', 'final'];
    expect(lastSuccessOf(stack).data).toEqual({
      locations: {
        train: uri('train'),
        validation: uri('validation'),
        finalTrain: uri('final'),
        test: uri('test'),
      },
      shared: [uri('weights')],
      allowed: [...replaceable, 'stores'].map(uri),
    });
    const listed = statementsIn(stack, /ListItemsFunction/).flatMap(
      ({ Action, Resource, Condition }: Json) =>
        Action === 's3:ListBucket' && Resource.includes(':lake') ? Condition.StringLike['s3:prefix'] : [],
    );
    expect(listed).toEqual([...replaceable, 'stores', 'weights'].map((name) => `${name}/*`));
  });

  test('of all roles, only those of two functions have access to the records', () => {
    const stack = stackWith((inner) => ({
      skipUnchanged: true,
      bucket: s3.Bucket.fromBucketName(inner, 'Lake', 'lake'),
    }));
    const allowed = (role: RegExp) =>
      statementsIn(stack, role).flatMap(({ Action, Resource, Condition }: Json) =>
        [Resource, Condition?.StringLike?.['s3:prefix']]
          .flat()
          .some((each) => String(each).includes('successes/'))
          ? Action
          : [],
      );
    expect(allowed(/ListItemsFunction/)).toEqual(['s3:GetObject', 's3:ListBucket']);
    expect(allowed(/SummarizeFunction/)).toEqual(['s3:PutObject']);
    expect(allowed(/StateMachine|Training|Report|FindBest/)).toEqual([]);
  });

  test.each<[string, MakeProps]>([
    ['training data', (stack) => ({ train: fileSystem(), ...network(stack) })],
    ['a channel', (stack) => ({ channels: { weights: fileSystem() }, ...network(stack) })],
  ])('is refused with data in a file system: %s', (_case, props) => {
    expect(problemsIn(() => stackWith((stack) => ({ skipUnchanged: true, ...props(stack) })))).toEqual([
      'skipUnchanged: is not supported with data in file systems: only S3 tells whether data has changed',
    ]);
  });

  const fileSystem = () => InputData.efs({ fileSystemId: 'fs-0123456789abcdef0', directoryPath: '/data' });
  const network = (stack: Stack) => ({ vpc: vpcIn(stack) });
});

describe('the settings of the states', () => {
  const settingsOf = (props: MakeProps): string =>
    lastSuccessOf(stackWith((stack) => ({ skipUnchanged: true, ...props(stack) }))).settings;
  const usual = settingsOf(() => ({}));

  test.each<[string, MakeProps]>([
    ['nothing', () => ({})],
    ['tags of the jobs', () => ({ tags: { build: '17' } })],
    [
      'tags of the app, such as the time of the deployment',
      (stack) => {
        Tags.of(stack).add('deployed', 'now');
        return {};
      },
    ],
    ['the concurrency', () => ({ maxConcurrency: 3 })],
    ['the number of tolerated failures', () => ({ toleratedFailures: ToleratedFailures.count(3) })],
  ])('stay the same after a change of: %s', (_case, props) => {
    expect(settingsOf(props)).toBe(usual);
  });

  test.each<[string, Partial<TuningFleetProps>]>([
    ['the number of jobs', { maxTrainingJobs: 7 }],
    ['a hyperparameter', { hyperparameters: { num_round: '101' } }],
    ['the strategy', { strategy: TuningStrategy.random() }],
    ['the instance type', { resources: { instanceType: 'ml.m5.large' } }],
    ['the final training', { finalTraining: { enabled: false } }],
  ])('are different after a change of: %s', (_case, props) => {
    expect(settingsOf(() => props)).not.toBe(usual);
  });

  test.each(['Tags', 'Retry', 'Comment'])('differ if the environment variable %s changes', (name) => {
    const [one, other] = ['1', '2'].map((value) =>
      settingsOf(() => ({ algorithm: container({ [name]: value }), hyperparameters: {} })),
    );
    expect(one).not.toBe(other);
  });

  const container = (environment: { [name: string]: string }) =>
    Algorithm.container({
      image: ContainerImage.fromRegistry('123456789012.dkr.ecr.eu-west-1.amazonaws.com/mine:1'),
      metrics: [{ name: 'validation:rmse', regex: 'rmse=(\\S+)' }],
      environment,
    });

  test('contain the values of tokens, which are resolved when the stack is deployed', () => {
    const settings = settingsOf((stack) => ({
      resources: { instanceType: new CfnParameter(stack, 'InstanceType').valueAsString },
    }));
    expect(settings).toMatch(/^[0-9a-f]{64}( <[\w.:]+>)+$/);
    expect(settings).toContain('<InstanceType>');
    expect(usual).not.toContain('<InstanceType>');
  });
});

describe('warmStartFromPrevious', () => {
  const itemStates = (props: Partial<TuningFleetProps> = {}) =>
    statesOf({ warmStartFromPrevious: true, ...props }).TuneItems.ItemProcessor.States;

  test('records successes without comparing data', () => {
    const stack = stackWith(() => ({ warmStartFromPrevious: true }));
    expect(lastSuccessOf(stack)).toEqual({ settings: expect.any(String), warmStart: true });
    const { HasItemsToTune, TuneItems } = definitionOf(stack).States;
    expect(HasItemsToTune).toBeUndefined();
    expect(TuneItems.ItemProcessor.States.TuneFromLastSuccess).toBeDefined();
  });

  test.each<[string, Partial<TuningFleetProps>]>([
    ['.sync', {}],
    ['the SDK', { integration: TuningIntegration.SDK }],
  ])('starts without the parent if SageMaker refuses the parent (%s)', async (_case, props) => {
    const states = itemStates(props);
    const { IsInputValid, TuneFromLastSuccess } = states;
    const [, { Condition, Next }, { Next: other }] = IsInputValid.Choices;
    expect([Next, other, IsInputValid.Default]).toEqual([
      'TuneFromLastSuccess',
      'TuneWithWarmStart',
      'TuneHyperparameters',
    ]);
    const condition = Condition.replace('$fleetItem', '$states.item');
    expect(await evaluateJsonata(condition, { item: { startsFromLastSuccess: true } })).toBe(true);
    expect(await evaluateJsonata(condition, { item: {} })).toBe(false);

    const { WarmStartType, ParentHyperParameterTuningJobs } = TuneFromLastSuccess.Arguments.WarmStartConfig;
    expect(WarmStartType).toBe('TransferLearning');
    const input = { settings: { warmStartFrom: ['earlier'] } };
    expect(await evaluateJsonata(ParentHyperParameterTuningJobs, { input })).toEqual([
      { HyperParameterTuningJobName: 'earlier' },
    ]);
    const {
      ErrorEquals,
      Next: next,
      Output,
    } = TuneFromLastSuccess.Catch.find(({ ErrorEquals: names }: Json) =>
      names.some((name: string) => /AmazonSageMakerException|States.TaskFailed/.test(name)),
    );
    expect([ErrorEquals.includes('SageMaker.AmazonSageMakerException'), next]).toEqual([
      true,
      'WasThrottled-LastSuccess',
    ]);
    const wasThrottled = states[next];
    const [{ Condition: isThrottled, Next: wait }] = wasThrottled.Choices;
    expect([states[wait].Next, wasThrottled.Default]).toEqual(['TuneFromLastSuccess', 'TuneHyperparameters']);
    const inputAfter = async (Cause: string, before: Json): Promise<Json> => {
      const output = await evaluateJsonata(Output, { input: before, errorOutput: { Cause } });
      return { ...output, isRepeated: await evaluateJsonata(isThrottled, { input: output }) };
    };
    expect(await inputAfter('Could not find the parent', input)).toMatchObject({
      settings: { warmStartFrom: [] },
      isRepeated: false,
    });
    // A throttled request says nothing about the parent.
    const cause = 'Rate exceeded (Service: SageMaker, Status Code: 400)';
    expect(await inputAfter(cause, input)).toMatchObject({ settings: input.settings, isRepeated: true });
    expect(await inputAfter(cause, { ...input, throttled: { wait: 9, waited: 1800 } })).toMatchObject({
      settings: { warmStartFrom: [] },
      isRepeated: false,
    });
  });

  test.each<[string, Json, string[], boolean]>([
    ['the tuning job of its last success', { startsFromLastSuccess: true }, ['earlier'], true],
    ['nothing, because SageMaker rejected it', { startsFromLastSuccess: true }, [], false],
    ['its own tuning job', {}, ['own'], false],
    ['nothing', {}, [], false],
  ])(
    'the output of an item says whether it started from %s',
    async (_case, item, warmStartFrom, expected) => {
      const { FindBestTrainingJob } = itemStates();
      const result = FindBestTrainingJob.Output.result.replaceAll('$fleetItem', '$states.item');
      const states = { item, input: { settings: { warmStartFrom } }, result: { Payload: { tuningJob: {} } } };
      expect(await evaluateJsonata(result, states)).toEqual({ tuningJob: {}, warmStarted: expected });
    },
  );

  test.each<[string, Partial<TuningFleetProps>, RegExp]>([
    [
      'parents for all items',
      { warmStart: WarmStart.transferLearning(['earlier']) },
      /^warmStartFromPrevious: cannot be combined with warmStart: it names/,
    ],
    [
      'a grid search',
      { strategy: TuningStrategy.grid() },
      /^warmStartFromPrevious: cannot be combined with the strategy Grid: only a Bayesian search learns/,
    ],
    [
      'more training jobs than a tuning job with a parent may have',
      { maxTrainingJobs: 251 },
      /^maxTrainingJobs: must be at most 250 with warmStartFromPrevious, .* got 251$/,
    ],
  ])('is refused with %s', (_case, props, message) => {
    const problems = problemsIn(() => stackWith(() => ({ warmStartFromPrevious: true, ...props })));
    expect(problems).toContainEqual(expect.stringMatching(message));
  });
});
