import type { Deployment } from '../../src/assembly';
import { ReportMaker } from '../../src/library/report-maker';
import type { RunningServices } from '../../src/services';

interface Call {
  readonly payload: unknown;
  readonly caller: string;
}

/** ARN prefixes of the state machines and of their executions. */
const [MACHINE, EXECUTION] = ['stateMachine', 'execution'].map(
  (type) => `arn:aws:states:us-east-1:123456789012:${type}`,
);
const BY_EXECUTION = { executionArn: `${EXECUTION}:one:run`, token: '' };

function tuningJob(end?: number) {
  return {
    name: 'search',
    createdBy: BY_EXECUTION,
    tags: [] as { Key: string; Value: string }[],
    description: {
      HyperParameterTuningJobName: 'search',
      HyperParameterTuningJobStatus: 'Completed',
      BestTrainingJob: { TrainingJobName: 'search-002' },
      ...(end !== undefined && { HyperParameterTuningEndTime: end }),
    },
  };
}

function trainingJob(
  name: string,
  created: number,
  createdBy: object | undefined = BY_EXECUTION,
  arn?: string,
) {
  return { name, createdBy, description: { CreationTime: created, ...(arn && { TuningJobArn: arn }) } };
}

const orNull = (expression: string) => `{% $exists(${expression}) ? ${expression} : null %}`;

/** A report maker whose Lambda function returns `response`. `calls` records the calls to the function. */
function makerOf(
  answer: object,
  jobs: {
    tuning?: unknown;
    automl?: unknown;
    earlier?: Readonly<Record<string, unknown>>;
    training?: unknown[];
  } = {},
  machines = ['one', 'two'],
) {
  const calls: Call[] = [];
  const state = (role: string) => ({
    Arguments: {
      FunctionName: 'report',
      Payload: {
        tuningJobName: orNull('$states.input.tuningJobName'),
        finalTrainingJobName: orNull('$states.input.trainingJobName'),
        autoMlJobName: orNull('$states.input.autoMlJobName'),
        bestTrainingJobName: orNull('$states.input.result.bestTrainingJob.name'),
        earlierTuningJobNames: orNull('$states.input.result.tuningJob.earlierTuningJobNames'),
        output: `{% 's3://${role}/' & $fleetItem.folder %}`,
      },
    },
  });
  const deployment = {
    root: '/deployment',
    stateMachines: machines.map((name) => ({
      arn: `${MACHINE}:${name}`,
      roleArn: `role:${name}`,
      definition: { States: { WriteReport: state(name) } },
    })),
  } as unknown as Deployment;
  const services = {
    jobs: {
      tuning: { get: (name: string) => jobs.earlier?.[name] ?? jobs.tuning },
      automl: { get: () => jobs.automl },
      training: { list: () => jobs.training ?? [] },
    },
    router: {
      call: async (
        _service: string,
        _operation: string,
        input: { Payload: string },
        caller: { arn: string },
      ) => {
        calls.push({ payload: JSON.parse(input.Payload), caller: caller.arn });
        return answer;
      },
    },
  } as unknown as Pick<RunningServices, 'router' | 'jobs'>;
  return { maker: new ReportMaker(deployment, services), calls };
}

const JOB = { kind: 'tuning job', name: 'search' } as const;
const WRITTEN = { Payload: JSON.stringify({ report: 's3://bucket/reports/search/report.html' }) };

test('the report function returns the location of the page', async () => {
  const { maker } = makerOf(WRITTEN);
  expect(await maker.make(JOB)).toBe('/deployment/s3/bucket/reports/search/report.html');
});

test.each([
  ['an execution created it', { executionArn: `${EXECUTION}:two:run` }, 'role:two'],
  ['a Map item of a fleet created it', { executionArn: `${EXECUTION}:two/TuneItems:0a1b` }, 'role:two'],
  ['a client created it', undefined, 'role:one'],
  ['another stack created it', { executionArn: `${EXECUTION}:three:run` }, 'role:one'],
])(
  "the report of a job is written with the permissions of the job's state machine, if there is one: %s",
  async (_, createdBy, caller) => {
    const job = { ...tuningJob(), createdBy };
    const { maker, calls } = makerOf(WRITTEN, { tuning: job, automl: job });
    await maker.make(JOB);
    await maker.make({ ...JOB, kind: 'AutoML job' });
    expect(calls.map((call) => call.caller)).toEqual([caller, caller]);
  },
);

test.each([
  ['is the job that the execution started after the search', [trainingJob('final', 20)], 'final'],
  ['is none of the search', [trainingJob('search-001', 20, BY_EXECUTION, 'arn:search')], null],
  ['is none of another execution', [trainingJob('other', 20, { executionArn: 'arn:other' })], null],
  ['is none of before', [trainingJob('before', 5)], null],
  [
    'is not a job of another item of a Map',
    [trainingJob('item', 20, { ...BY_EXECUTION, place: { path: [] } })],
    null,
  ],
])('the final training job %s', async (_, training, expected) => {
  const { maker, calls } = makerOf(WRITTEN, { tuning: tuningJob(10), training });
  await maker.make(JOB);
  expect(calls[0]?.payload).toMatchObject({ finalTrainingJobName: expected });
});

test('a search with several tuning jobs has one report, with the best training job of all of them', async () => {
  const job = (name: string, parents: string[], Value: number) => ({
    name,
    createdBy: BY_EXECUTION,
    tags: [],
    description: {
      CreationTime: Value,
      WarmStartConfig: {
        WarmStartType: 'IdenticalDataAndAlgorithm',
        ParentHyperParameterTuningJobs: parents.map((parent) => ({ HyperParameterTuningJobName: parent })),
      },
      HyperParameterTuningJobStatus: 'Completed',
      BestTrainingJob: {
        TrainingJobName: `${name}-001`,
        TrainingJobStatus: 'Completed',
        FinalHyperParameterTuningJobObjectiveMetric: { Type: 'Minimize', MetricName: 'rmse', Value },
      },
    },
  });
  const earlier = { one: job('one', [], 1), two: job('two', ['one'], 2) };
  const { maker, calls } = makerOf(WRITTEN, { tuning: job('search', ['two'], 3), earlier });
  await maker.make(JOB);
  expect(calls[0]?.payload).toMatchObject({
    earlierTuningJobNames: ['one', 'two'],
    bestTrainingJobName: 'one-001',
  });
});

test('the report of a fleet item is in the folder of this item', async () => {
  const tuning = tuningJob();
  const TrainingJobDefinition = { OutputDataConfig: { S3OutputPath: 's3://data/trials/north-0a1b/' } };
  const item = {
    ...tuning,
    tags: [{ Key: 'cdk-sagemaker-tuning:item', Value: 'North' }],
    description: { ...tuning.description, TrainingJobDefinition },
  };
  for (const [job, output] of [
    [item, 's3://one/north-0a1b/'],
    [{ ...item, tags: [] }, 's3://one/'],
  ] as const) {
    const { maker, calls } = makerOf(WRITTEN, { tuning: job });
    await maker.make(JOB);
    expect(calls[0]?.payload).toMatchObject({ output });
  }
});

test.each([
  [
    { Payload: JSON.stringify({ report: null, reportError: 'AccessDenied: no' }) },
    /tuning job search: AccessDenied: no$/,
  ],
  [
    {
      FunctionError: 'Unhandled',
      Payload: JSON.stringify({ errorMessage: 'unknown field', errorType: 'Error' }),
    },
    /^Cannot write the report of tuning job search: unknown field$/,
  ],
  [{ Payload: JSON.stringify({ report: 's3://../../etc/report.html' }) }, /leads outside/],
])('a response of the function without a report is an error: %j', async (answer, message) => {
  await expect(makerOf(answer).maker.make(JOB)).rejects.toThrow(message);
});

test('there is no report if no state machine writes reports', async () => {
  expect(await makerOf(WRITTEN, {}, []).maker.make(JOB)).toBeUndefined();
});
