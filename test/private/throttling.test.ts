import { TuningFleet, type TuningFleetProps, TuningIntegration } from '../../lib';
import { evaluateJsonata } from '../evaluate-jsonata';
import { definitionOf, type Json, stackOf, statesOf, TUNING } from '../fixtures';

const COMMON_NAMES = ['SageMaker.AmazonSageMakerException', 'SageMaker.SageMakerException'];

// Errors as Step Functions reports them, in the words of the optimized integration and of the AWS SDK integration.
const THROTTLED = [
  'Rate exceeded (Service: AmazonSageMaker; Status Code: 400; Error Code: ThrottlingException; Request ID: 1; Proxy: null)',
  'Rate exceeded (Service: SageMaker, Status Code: 400, Request ID: 1)',
  'Too Many Requests (Service: SageMaker, Status Code: 429, Request ID: 1)',
  'Service Unavailable (Service: SageMaker, Status Code: 503, Request ID: 1)',
];
const INVALID =
  'No S3 objects found under S3 URL "s3://retail/stores/17/train/" given in input data source. (Service: AmazonSageMaker; Status Code: 400; Error Code: ValidationException; Request ID: 1; Proxy: null)';

function itemStatesOf(props: Partial<TuningFleetProps> = {}): Record<string, Json> {
  const stack = stackOf();
  new TuningFleet(stack, 'Fleet', { ...TUNING, ...props });
  return definitionOf(stack).States.TuneItems.ItemProcessor.States;
}

/** The input of the Choice after an error, and the state that follows the Choice. */
async function caught(
  states: Record<string, Json>,
  id: string,
  Cause: string,
  input: Json,
): Promise<{ data: Json; next: string }> {
  const catcher = states[id].Catch.find(({ ErrorEquals }: Json) => ErrorEquals.includes(COMMON_NAMES[0]));
  expect(catcher.ErrorEquals).toEqual(expect.arrayContaining(COMMON_NAMES));
  const errorOutput = { Error: COMMON_NAMES[0], Cause };
  const data = await evaluateJsonata(catcher.Output, { input, errorOutput });
  const { Choices, Default } = states[catcher.Next];
  const [{ Condition, Next }] = Choices;
  const isRepeated = await evaluateJsonata(Condition, { input: data });
  return { data, next: isRepeated ? Next : Default };
}

describe.each<[string, Partial<TuningFleetProps>]>([
  ['.sync', {}],
  ['the SDK', { integration: TuningIntegration.SDK }],
])('a request of an item by %s', (_case, props) => {
  const states = itemStatesOf(props);
  const input = { settings: { maxTrainingJobs: 3 } };

  test('is retried only a few times if it is invalid', async () => {
    const [{ ErrorEquals, IntervalSeconds, BackoffRate, MaxAttempts }] = states.TuneHyperparameters.Retry;
    expect({ ErrorEquals, IntervalSeconds, BackoffRate, MaxAttempts }).toEqual({
      ErrorEquals: COMMON_NAMES,
      IntervalSeconds: 10,
      BackoffRate: 2,
      MaxAttempts: 3,
    });
    const { data, next } = await caught(states, 'TuneHyperparameters', INVALID, input);
    expect(next).toBe('TuningJobNotStarted');
    expect(states[next].Type).toBe('Fail');
    expect(data.failure).toEqual({ Error: COMMON_NAMES[0], Cause: INVALID });
  });

  test.each(THROTTLED)('waits at random intervals for about 30 minutes after: %s', async (cause) => {
    let data: Json = input;
    let sum = 0;
    for (let next = 'WaitForRetry'; ; ) {
      ({ data, next } = await caught(states, 'TuneHyperparameters', cause, data));
      if (next !== 'WaitForRetry') break;
      expect(states[next]).toMatchObject({ Type: 'Wait', Next: 'TuneHyperparameters' });
      const seconds = await evaluateJsonata(states[next].Seconds, { input: data });
      expect(Number.isInteger(seconds)).toBe(true);
      expect(seconds).toBeGreaterThanOrEqual(1);
      expect(seconds).toBeLessThanOrEqual(300);
      expect(data.settings).toEqual(input.settings);
      sum += seconds;
    }
    expect(sum).toBeGreaterThanOrEqual(1800);
    expect(sum).toBeLessThan(2100);
    expect(data.failure).toEqual({ Error: COMMON_NAMES[0], Cause: cause });
  });
});

test('every request of an item that SageMaker can throttle waits', () => {
  const states = itemStatesOf({ evaluation: {}, warmStartFromPrevious: true });
  const requests = Object.entries<Json>(states).filter(([, { Resource }]) =>
    /sagemaker:create(?!ModelPackageGroup)/.test(JSON.stringify(Resource ?? '')),
  );
  expect(requests.map(([id]) => id).sort()).toEqual([
    'CreateModel',
    'TrainFinalModel',
    'TransformTestData',
    'TuneFromLastSuccess',
    'TuneHyperparameters',
    'TuneWithWarmStart',
  ]);
  for (const [id, { Catch }] of requests) {
    const { Next } = Catch.find(({ ErrorEquals }: Json) => ErrorEquals.includes(COMMON_NAMES[0]));
    const [{ Next: wait }] = states[Next].Choices;
    expect(states[wait]).toMatchObject({ Type: 'Wait', Next: id });
  }
});

test('a final training that is rejected keeps the result of the search', async () => {
  const bestTrainingJob = { name: 'churn-1-007', modelArtifacts: 's3://models/7/model.tar.gz' };
  const input = { result: { bestTrainingJob } };
  const { data, next } = await caught(itemStatesOf(), 'TrainFinalModel', INVALID, input);
  expect(next).toBe('WriteReport');
  expect(data).toMatchObject({
    result: input.result,
    trainingJobName: null,
    reason: expect.stringContaining(INVALID),
  });
});

test('a single workflow has no such states', () => {
  expect(Object.keys(statesOf(TUNING)).filter((id) => /Throttled|ForRetry/.test(id))).toEqual([]);
});
