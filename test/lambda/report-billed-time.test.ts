import { parseEvent } from '../../lambda/report/event';
import { makeReport } from '../../lambda/report/make-report';
import { writeReport } from '../../lambda/report/write-report';
import {
  ALGORITHM,
  answersFor,
  countOf,
  denied,
  described,
  EVENT,
  fakeClients,
  type Input,
  jobs,
  OPTIONS,
  SAGEMAKER,
  summary,
  tuningJob,
} from './report-support';

describe('the billed time', () => {
  const clientsFor = (change: Input, summaries = jobs(20)) => {
    const definition = {
      AlgorithmSpecification: ALGORITHM,
      ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: 2 },
      ...change,
    };
    return fakeClients(
      answersFor(summaries, {
        DescribeHyperParameterTuningJob: () => tuningJob({ TrainingJobDefinition: definition }),
      }),
    ).clients;
  };
  const reportOf = (change: Input, summaries?: Input[]) =>
    makeReport(clientsFor(change, summaries), { tuningJobName: 'churn-1' });
  const resultOf = (change: Input) =>
    writeReport(clientsFor(change), { tuningJobName: 'churn-1', output: EVENT.output }, OPTIONS);

  test('of training jobs that were not described is the time from their start to their end', async () => {
    const { cost, jobs: shown } = await reportOf({});
    expect(shown[19]).toMatchObject({ billableSeconds: 60, instanceCount: 2, instanceType: 'ml.m5.large' });
    expect(cost?.unknownJobs).toBe(0);
  });

  test('of spot instances is unknown without a description, and then the result has no sum', async () => {
    const spot = { EnableManagedSpotTraining: true };
    expect((await reportOf(spot)).cost?.unknownJobs).toBe(12);
    expect(await resultOf(spot)).toEqual({ report: expect.any(String) });
    expect(await resultOf({})).toMatchObject({ instanceSeconds: 8 * 60 + 12 * 2 * 60 });
  });

  test('counts all instance groups', async () => {
    const InstanceGroups = [
      { InstanceGroupName: 'a', InstanceType: 'ml.m5.large', InstanceCount: 1 },
      { InstanceGroupName: 'b', InstanceType: 'ml.c5.large', InstanceCount: 2 },
    ];
    const { jobs: shown, cost } = await reportOf({ ResourceConfig: { InstanceGroups, VolumeSizeInGB: 30 } });
    expect(shown[19]).toMatchObject({ instanceCount: 3, instanceType: 'ml.m5.large + ml.c5.large' });
    expect(cost?.billableSeconds).toBe(8 * 60 + 12 * 3 * 60);
  });

  test.each([{}, { EnableManagedSpotTraining: true }])(
    'of jobs that never started is 0 (%j)',
    async (change) => {
      const neverStarted = {
        TrainingJobStatus: 'Failed',
        TrainingStartTime: undefined,
        TrainingEndTime: undefined,
      };
      const summaries = [...jobs(8), ...[9, 10].map((number) => summary(number, neverStarted))];
      const { cost, jobs: shown } = await reportOf(change, summaries);
      expect(shown[9]?.billableSeconds).toBe(0);
      expect(cost).toMatchObject({ billableSeconds: 8 * 60, unknownJobs: 0 });
    },
  );

  test('includes the cross-validation and the final training', async () => {
    const crossValidation = { name: 'churn-1-cv', folds: 5, rounds: 1, metrics: {} };
    const { clients, calls } = fakeClients(answersFor(jobs(6)));
    const report = await makeReport(clients, { ...EVENT, crossValidation });
    expect(report.cost).toMatchObject({ billableSeconds: 8 * 60, unknownJobs: 0 });
    expect(report.reading.map(({ text }) => text)).toContain(
      'Billable instance time: 8 min (ml.m5.xlarge), including the cross-validation and the final training.',
    );
    expect(countOf(calls, SAGEMAKER)).toBeLessThanOrEqual(10);
  });

  test.each([
    [
      'has a result',
      { crossValidation: { name: 'churn-1-cv', folds: 5, rounds: 1, metrics: { 'validation:rmse': 9 } } },
    ],
    ['has no result', { crossValidationJobName: 'churn-1-cv' }],
  ])('includes a cross-validation that did not complete and %s', async (_what, event) => {
    const { clients } = fakeClients(
      answersFor(jobs(6), {
        DescribeTrainingJob: (job) => ({
          ...described(job),
          ...(job.TrainingJobName === 'churn-1-cv' && { TrainingJobStatus: 'Stopped' }),
        }),
      }),
    );
    const report = await makeReport(clients, parseEvent({ ...EVENT, finalTrainingJobName: null, ...event }));
    expect(report).not.toHaveProperty('crossValidation');
    expect(report.cost).toMatchObject({ billableSeconds: 7 * 60, unknownJobs: 0 });
    expect(report.reading.map(({ about }) => about)).not.toContain('cross-validation');
  });

  test('is unknown if the cross-validation cannot be described', async () => {
    const crossValidation = { name: 'churn-1-cv', folds: 5, rounds: 1, metrics: {} };
    const { clients } = fakeClients(
      answersFor(jobs(6), {
        DescribeTrainingJob: (job) =>
          job.TrainingJobName === 'churn-1-cv' ? denied('sagemaker:DescribeTrainingJob')() : described(job),
      }),
    );
    const { cost, notices } = await makeReport(clients, { ...EVENT, crossValidation });
    expect(cost?.unknownJobs).toBe(1);
    expect(notices[0]).toContain('sagemaker:DescribeTrainingJob');
  });
});
