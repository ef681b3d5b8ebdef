import { parseEvent } from '../../lambda/report/event';
import { linksIn } from '../../lambda/report/links';
import { makeReport } from '../../lambda/report/make-report';
import { renderPage } from '../../lambda/report/page/render-page';
import { writeReport } from '../../lambda/report/write-report';
import {
  ALGORITHM,
  type Answers,
  AwsError,
  answersFor,
  countOf,
  DATA,
  denied,
  EVENT,
  fakeClients,
  type Input,
  jobs,
  OPTIONS,
  SAGEMAKER,
  summary,
  tuningJob,
} from './report-support';

describe('the calls', () => {
  test.each([1, 20, 100, 101, 750])('to SageMaker are at most 10 for %i training jobs', async (count) => {
    const { clients, calls } = fakeClients(answersFor(jobs(count)));
    const report = await makeReport(clients, EVENT);
    expect(report.jobs).toHaveLength(count);
    expect(countOf(calls, SAGEMAKER)).toBeLessThanOrEqual(10);
    expect(countOf(calls, /FilterLogEvents/)).toBeLessThanOrEqual(6);
    expect(report.finalModel?.job).toBe('churn-1-final');
  });

  test('to SageMaker are 11 if a search with eight pages has a final training and a cross-validation', async () => {
    const crossValidation = { name: 'churn-1-cv', folds: 5, rounds: 1, metrics: {} };
    const { clients, calls } = fakeClients(answersFor(jobs(750)));
    await makeReport(clients, { ...EVENT, crossValidation });
    expect(countOf(calls, SAGEMAKER)).toBe(11);
  });

  test('that are left are spent on describing the best training jobs', async () => {
    const { clients } = fakeClients(answersFor(jobs(20)));
    const { jobs: shown } = await makeReport(clients, EVENT);
    const withMetrics = shown.filter(({ metrics }) => 'train:rmse' in metrics).map(({ number }) => number);
    expect(withMetrics).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  test('to read logs are limited, even if the logs never end', async () => {
    const { clients, calls } = fakeClients(
      answersFor(jobs(20), { FilterLogEvents: () => ({ events: [], nextToken: 'more' }) }),
    );
    const { learningCurvesNotice } = await makeReport(clients, EVENT);
    expect(countOf(calls, /FilterLogEvents/)).toBe(18);
    expect(learningCurvesNotice).toMatch(/at least twice/);
  });

  test('end at 800 training jobs with a notice, and the best training job is never missing', async () => {
    const best = summary(900, {
      FinalHyperParameterTuningJobObjectiveMetric: { MetricName: 'validation:rmse', Value: 0.1 },
    });
    const { clients, calls } = fakeClients(
      answersFor(
        [...jobs(898), summary(899, { TrainingJobStatus: 'Failed' })].map((job, index) =>
          index === 3 ? { ...job, TrainingJobStatus: 'Failed' } : job,
        ),
        {
          DescribeHyperParameterTuningJob: () =>
            tuningJob({
              BestTrainingJob: best,
              TrainingJobStatusCounters: { Completed: 898, NonRetryableError: 2 },
              TrainingJobDefinition: {
                AlgorithmSpecification: ALGORITHM,
                ResourceConfig: { InstanceType: 'ml.m5.xlarge', InstanceCount: 1 },
              },
            }),
        },
      ),
    );
    const report = await makeReport(clients, { tuningJobName: 'churn-1' });
    expect(report.jobs).toHaveLength(801);
    expect(report.bestJob).toBe('churn-1-900');
    expect(report.notices).toEqual([
      'Tuning job churn-1 has more training jobs than the 801 in this report.',
    ]);
    expect(countOf(calls, SAGEMAKER)).toBeLessThanOrEqual(10);
    expect(report.cost?.unknownJobs).toBe(99);
    expect(report).not.toHaveProperty('convergence');
    expect(report).not.toHaveProperty('comparison');
    const reading = report.reading.map(({ text }) => text).join(' ');
    expect(reading).toContain('1 of 801 jobs in this report failed.');
    expect(reading).toContain('The time of at least 99 jobs is unknown and not included.');
    const page = renderPage(report, { css: '', js: '' });
    expect(page).toContain('801 jobs in this report (800 completed, 1 failed)');
    expect(page).toContain('<h2 id="jobs">801 jobs</h2>');
    const result = await writeReport(clients, { tuningJobName: 'churn-1', output: EVENT.output }, OPTIONS);
    expect(result).toEqual({ report: expect.any(String), notices: expect.any(Array) });
  });
});

describe('a search of several tuning jobs', () => {
  const JOBS: Readonly<Record<string, readonly Input[]>> = {
    'churn-1': jobs(3),
    'churn-2': [4, 5].map((number) => summary(number, { TrainingJobName: `churn-2-00${number}` })),
  };
  const several = () =>
    fakeClients(
      answersFor([], {
        DescribeHyperParameterTuningJob: ({ HyperParameterTuningJobName: name }) =>
          tuningJob({
            HyperParameterTuningJobName: name,
            CreationTime: new Date(name === 'churn-1' ? 1000 : 2000),
            WarmStartConfig: { ParentHyperParameterTuningJobs: [{ HyperParameterTuningJobName: 'churn-1' }] },
          }),
        ListTrainingJobsForHyperParameterTuningJob: ({ HyperParameterTuningJobName: name }) => {
          if (name === 'deleted') return denied('sagemaker:List')();
          return { TrainingJobSummaries: JOBS[String(name)] };
        },
      }),
    ).clients;

  test('has one report, in which the earlier tuning jobs do not count as a warm start', async () => {
    const report = await makeReport(
      several(),
      parseEvent({
        ...EVENT,
        tuningJobName: 'churn-2',
        bestTrainingJobName: 'churn-1-001',
        earlierTuningJobNames: ['churn-1'],
        searchFailure: 'It was a test.',
      }),
    );
    expect(report.search).toMatchObject({
      name: 'churn-2',
      earlierTuningJobs: ['churn-1'],
      createdAt: new Date(1000).toISOString(),
    });
    expect(renderPage(report, { css: '', js: '' })).toContain(
      'The search ran 2 tuning jobs, one after the other: <bdi>churn-1</bdi>, <bdi>churn-2</bdi>.',
    );
    expect(report.search).not.toHaveProperty('warmStart');
    expect(report.jobs.map(({ number, name, search }) => [number, name, search])).toEqual([
      [1, 'churn-1-001', 'churn-2'],
      [2, 'churn-1-002', 'churn-2'],
      [3, 'churn-1-003', 'churn-2'],
      [4, 'churn-2-004', 'churn-2'],
      [5, 'churn-2-005', 'churn-2'],
    ]);
    expect(report.bestJob).toBe('churn-1-001');
    expect(report.notices[0]).toBe('The search is not complete. It was a test.');
  });

  test('has a notice if a tuning job cannot be read', async () => {
    const event = { ...EVENT, tuningJobName: 'churn-2', earlierTuningJobNames: ['deleted', 'churn-1'] };
    const { jobs: shown, notices, search } = await makeReport(several(), parseEvent(event));
    expect(shown).toHaveLength(5);
    expect(search.unreadJobs).toBe(1);
    expect(notices[0]).toBe('The search has more training jobs than the 5 in this report.');
  });

  test('counts the unread training jobs of each tuning job', async () => {
    const { clients } = fakeClients(
      answersFor(jobs(1), {
        DescribeHyperParameterTuningJob: ({ HyperParameterTuningJobName: name }) =>
          tuningJob({
            HyperParameterTuningJobName: name,
            TrainingJobStatusCounters: { Completed: name === 'churn-1' ? 16_050 : 900 },
          }),
        // 100 training jobs on each page, and always one more page.
        ListTrainingJobsForHyperParameterTuningJob: ({
          HyperParameterTuningJobName: name,
          NextToken: token,
        }) => ({
          TrainingJobSummaries: Array.from({ length: 100 }, (_, index) => {
            const number = Number(token ?? 0) * 100 + index + 1;
            return summary(number, { TrainingJobName: `${name}-${number}` });
          }),
          NextToken: String(Number(token ?? 0) + 1),
        }),
      }),
    );
    const event = { ...EVENT, tuningJobName: 'churn-3', earlierTuningJobNames: ['churn-1', 'churn-2'] };
    const { jobs: shown, search } = await makeReport(clients, parseEvent(event));
    // 160 pages of churn-1, no page of churn-2, and 8 pages of churn-3.
    expect(shown).toHaveLength(16_800);
    expect(search.unreadJobs).toBe(50 + 900 + 100);
  });
});

describe('a warm start', () => {
  const parents = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ HyperParameterTuningJobName: `parent-${index + 1}` }));
  const warm = (count: number) => ({ WarmStartConfig: { ParentHyperParameterTuningJobs: parents(count) } });

  test('has the training jobs of up to five parents', async () => {
    const { clients, calls } = fakeClients(
      answersFor(jobs(3), {
        DescribeHyperParameterTuningJob: ({ HyperParameterTuningJobName: name }) =>
          tuningJob({ HyperParameterTuningJobName: name, ...(name === 'churn-1' && warm(5)) }),
      }),
    );
    const report = await makeReport(clients, EVENT);
    expect(new Set(report.jobs.map(({ search }) => search)).size).toBe(6);
    expect(countOf(calls, SAGEMAKER)).toBeLessThanOrEqual(10 + 10);
  });

  test('leaves out a parent that the function has no permission to read', async () => {
    const { clients } = fakeClients(
      answersFor(jobs(3), {
        DescribeHyperParameterTuningJob: ({ HyperParameterTuningJobName: name }) => {
          if (name === 'churn-1') return tuningJob(warm(1));
          return denied('sagemaker:DescribeHyperParameterTuningJob')();
        },
      }),
    );
    const { notices } = await makeReport(clients, { tuningJobName: 'churn-1' });
    expect(notices).toEqual([expect.stringContaining('The earlier tuning job parent-1 could not be read')]);
  });
});

describe('the report', () => {
  const write = async (change: Partial<Answers> = {}, event: object = {}) => {
    const { clients, calls } = fakeClients(answersFor(jobs(3), change));
    const result = await writeReport(clients, { ...EVENT, ...event }, OPTIONS);
    return { result, puts: calls.filter(({ operation }) => operation === 'PutObject') };
  };

  test('is written as three objects', async () => {
    const { result, puts } = await write();
    expect(result).toMatchObject({ report: 's3://bucket/output/reports/churn-1/report.html' });
    expect(puts.map(({ input: { Bucket, Key, ContentType } }) => [Bucket, Key, ContentType])).toEqual([
      ['bucket', 'output/reports/churn-1/report.html', 'text/html; charset=utf-8'],
      ['bucket', 'output/reports/churn-1/report.json', 'application/json'],
      ['bucket', 'output/reports/churn-1/training-jobs.csv', 'text/csv; charset=utf-8'],
    ]);
    expect(puts.some(({ input }) => 'ServerSideEncryption' in input)).toBe(false);
  });

  test('is encrypted with the same KMS key as the models', async () => {
    const { puts } = await write({}, { encryptionKey: 'arn:aws:kms:eu-west-1:123456789012:key/k' });
    for (const { input } of puts) {
      expect(input).toMatchObject({
        ServerSideEncryption: 'aws:kms',
        SSEKMSKeyId: 'arn:aws:kms:eu-west-1:123456789012:key/k',
      });
    }
  });

  test.each<[string, Partial<Answers>, string]>([
    [
      'SageMaker',
      { DescribeHyperParameterTuningJob: denied('sagemaker:DescribeHyperParameterTuningJob') },
      'AccessDeniedException: is not authorized to perform: sagemaker:DescribeHyperParameterTuningJob',
    ],
    [
      'S3',
      { PutObject: denied('s3:PutObject') },
      'AccessDeniedException: is not authorized to perform: s3:PutObject',
    ],
    [
      'an answer without an objective',
      { DescribeHyperParameterTuningJob: () => ({}) },
      "UnexpectedResponseError: SageMaker's description of the tuning job undefined has no objective",
    ],
  ])('is null if it fails for %s, and the result gives the reason', async (_what, change, reportError) => {
    const logged = jest.spyOn(console, 'error').mockImplementation(() => undefined);
    expect((await write(change)).result).toEqual({ report: null, reportError });
    expect(logged).toHaveBeenCalledTimes(1);
    logged.mockRestore();
  });

  test('lists what is missing', async () => {
    const { result } = await write({ FilterLogEvents: denied('logs:FilterLogEvents') });
    expect(result).toMatchObject({
      notices: [expect.stringMatching(/NoSuchKey/), expect.stringMatching(/logs:FilterLogEvents/)],
    });
  });

  test('is written even if the function has no permission to describe training jobs', async () => {
    const { result } = await write({ DescribeTrainingJob: denied('sagemaker:DescribeTrainingJob') });
    expect(result).toMatchObject({
      report: 's3://bucket/output/reports/churn-1/report.html',
      notices: [
        'Training jobs could not be described: AccessDeniedException: is not authorized to perform: sagemaker:DescribeTrainingJob.',
      ],
    });
  });

  test('says in its text what is missing', async () => {
    const hostile = () => {
      throw new AwsError('AccessDeniedException', '<script>alert(1)</script>');
    };
    const { puts } = await write({ GetObject: hostile });
    const page = String(puts[0]?.input['Body']);
    expect(page).toContain('AccessDeniedException: &lt;script&gt;alert(1)&lt;/script&gt;');
    expect(page).not.toContain('<script>alert(1)');
  });

  test('is written for a search whose training jobs all failed', async () => {
    const failed = [1, 2].map((number) =>
      summary(number, {
        TrainingJobStatus: 'Failed',
        FailureReason: 'ClientError: no data',
        FinalHyperParameterTuningJobObjectiveMetric: undefined,
      }),
    );
    const { clients } = fakeClients(answersFor(failed));
    const report = await makeReport(clients, { tuningJobName: 'churn-1' });
    expect(report.failures).toMatchObject([{ reason: 'ClientError: no data', count: 2 }]);
    expect(report.learningCurvesNotice).toMatch(/no training job has a value/);
  });

  test('is written for an AutoML job', async () => {
    const candidate = (number: number) => ({
      CandidateName: `candidate-${number}`,
      CandidateStatus: 'Completed',
      CreationTime: new Date(1_700_000_000_000 + number),
      FinalAutoMLJobObjectiveMetric: { MetricName: 'RMSE', Value: number },
    });
    const { clients, calls } = fakeClients({
      DescribeAutoMLJobV2: () => ({
        AutoMLJobName: 'flats-1',
        AutoMLJobStatus: 'Completed',
        BestCandidate: candidate(1),
      }),
      ListCandidatesForAutoMLJob: () => ({ Candidates: [candidate(1), candidate(2)] }),
      PutObject: () => ({}),
    });
    const result = await writeReport(clients, { autoMlJobName: 'flats-1', output: EVENT.output }, OPTIONS);
    expect(result).toMatchObject({ report: 's3://bucket/output/reports/flats-1/report.html' });
    expect(countOf(calls, SAGEMAKER)).toBe(2);
  });
});

describe('the event', () => {
  test('can have null for missing fields', () => {
    const missing = [
      ...['bestTrainingJobName', 'finalTrainingJobName', 'encryptionKey', 'searchFailure'],
      'crossValidationJobName',
      ...['features', 'crossValidation', 'evaluation', 'charts', 'gate', 'modelPackage'],
    ];
    const event = { ...EVENT, ...Object.fromEntries(missing.map((field) => [field, null])) };
    expect(parseEvent(event)).toEqual({ tuningJobName: 'churn-1', output: EVENT.output });
  });

  test.each<[string, object, RegExp]>([
    ['no job', { tuningJobName: undefined }, /either tuningJobName or autoMlJobName/],
    ['two jobs', { autoMlJobName: 'a' }, /either tuningJobName or autoMlJobName/],
    ['a name that cannot be one', { tuningJobName: '../x' }, /tuningJobName must be/],
    ['another place', { output: 'https://x/' }, /output must be s3:/],
    ['a place that is no folder', { output: 's3://bucket/reports' }, /output must be s3:/],
    ['names that are no list', { features: { data: DATA, names: 'area' } }, /features must be an object/],
    [
      'a name that is no text',
      { features: { data: DATA, names: ['area', 1] } },
      /features must be an object/,
    ],
    [
      'an evaluation without metrics',
      { evaluation: { problem: 'Regression' } },
      /evaluation must be an object with/,
    ],
    [
      'a gate that is no object',
      { gate: true },
      /gate must be an object with passed, reason, conditions, got true/,
    ],
    ['charts that are no object', { charts: 'x' }, /charts must be an object, got "x"/],
    ['an unknown field', { best: 'x' }, /unknown field "best"/],
  ])('is rejected with %s', (_what, change, message) => {
    expect(() => parseEvent({ ...EVENT, ...change })).toThrow(message);
  });
});

describe('the links', () => {
  test.each([
    ['eu-west-1', 'https://eu-west-1.console.aws.amazon.com/sagemaker/home?region=eu-west-1#/jobs/{name}'],
    ['cn-north-1', 'https://cn-north-1.console.amazonaws.cn/sagemaker/home?region=cn-north-1#/jobs/{name}'],
    [
      'us-gov-west-1',
      'https://us-gov-west-1.console.amazonaws-us-gov.com/sagemaker/home?region=us-gov-west-1#/jobs/{name}',
    ],
  ])('lead to the console of %s', (region, job) => {
    expect(linksIn({ AWS_REGION: region }, false).job).toBe(job);
  });

  test('point to the local logs in local mode', () => {
    const environment = { AWS_REGION: 'us-east-1', SAGEMAKER_LOCAL_LOGS: 'file:///home/me/.local/logs' };
    expect(linksIn(environment, false)).toEqual({ log: 'file:///home/me/.local/logs/{name}.log' });
  });

  test('are left out for candidates, because their jobs are unknown', () => {
    expect(linksIn({ AWS_REGION: 'eu-west-1' }, true)).toEqual({});
  });
});
