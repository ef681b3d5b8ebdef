import { parseEvent } from '../../lambda/find-best-training-job/event';
import { REASON_PAIRS, reasonOf } from '../../local/test/failure-reasons/failure-cases';
import type { FakeCall } from './fake-sagemaker';
import {
  allFailed,
  details,
  failed,
  failure,
  job,
  nameOf,
  TUNING_JOB,
  tuningJob,
} from './tuning-job-fixtures';

describe('NoCompletedTrainingJobError', () => {
  test('gives the status, the counts, the most common reason and the location of the logs', async () => {
    const { message, name } = await failure(allFailed());
    expect(name).toBe('NoCompletedTrainingJobError');
    expect(message).toBe(
      `Hyperparameter tuning job ${TUNING_JOB} (Failed) has no training job with a value of its objective metric ` +
        'validation:rmse: 0 completed, 1 stopped, 5 failed. ' +
        'Its failure reason: No training job succeeded after 5 attempts. ' +
        `Most common reason for failure (3 of 5 failed training jobs, for example ${nameOf(2)}): ` +
        `AlgorithmError: ${nameOf(2)} at 2026-01-02T10:00:02.123Z: label 1.52 is out of range, exit code: 1. ` +
        `Logs: CloudWatch log group /aws/sagemaker/TrainingJobs, log streams that start with ${TUNING_JOB}-`,
    );
  });

  test('counts the failed training jobs of all pages', async () => {
    const jobs = Array.from({ length: 250 }, (_, index) => failed(index + 1, index < 120 ? 'early' : 'late'));
    const { message } = await failure({ tuningJob: tuningJob({}), trainingJobs: jobs });
    expect(message).toContain(
      `Most common reason for failure (130 of 250 failed training jobs, for example ${nameOf(121)}): late`,
    );
  });

  test('leaves out reasons that the function has no permission to read', async () => {
    const data = { tuningJob: tuningJob({}), trainingJobs: [failed(1, undefined)], denied: [nameOf(1)] };
    const { name, message } = await failure(data);
    expect(name).toBe('NoCompletedTrainingJobError');
    expect(message).not.toContain('Most common reason');
  });

  test('does not hide an error of SageMaker that occurs while a reason is read', async () => {
    const error = await failure({
      tuningJob: tuningJob({}),
      trainingJobs: [failed(1, undefined)],
      refuses: { operation: 'DescribeTrainingJob' },
    });
    expect(error.name).toBe('ValidationException');
  });

  test('describes at most ten of the training jobs whose summaries give no reason', async () => {
    const numbers = Array.from({ length: 12 }, (_, index) => index + 1);
    const tuning = {
      tuningJob: tuningJob({}),
      trainingJobs: [...numbers.map((n) => failed(n, undefined)), failed(13, 'in the summary')],
      details: Object.fromEntries(
        numbers.map((n) => [nameOf(n), { ...details(n), FailureReason: 'described' }]),
      ),
    };
    const calls: FakeCall[] = [];
    const { message } = await failure(tuning, {}, calls);
    expect(message).toContain(
      `Most common reason for failure (10 of 11 failed training jobs, for example ${nameOf(1)}): described`,
    );
    expect(calls.filter(({ operation }) => operation === 'DescribeTrainingJob')).toHaveLength(10);
  });

  test('says if training jobs completed without the objective metric', async () => {
    const { message } = await failure({
      tuningJob: tuningJob({ TrainingJobStatusCounters: { Completed: 1 } }),
      trainingJobs: [job(1, undefined)],
    });
    expect(message).toContain(
      'Training jobs completed without a usable value: check that their log has the metric in the form that the metric definition expects, ' +
        'and that it is a number. Logs:',
    );
  });

  test('gives the error from Step Functions if SageMaker gives no reason', async () => {
    const { message } = await failure(
      { tuningJob: tuningJob({ HyperParameterTuningJobStatus: 'Stopped' }) },
      { failure: { Error: 'States.Timeout' } },
    );
    expect(message).toContain('Step Functions reported States.Timeout. Logs:');
  });

  test.each(REASON_PAIRS)(
    'counts reasons that differ in $difference as one reason: $isOneReason',
    async ({ one, other, isOneReason }) => {
      const trainingJobs = [one, other].map((text, i) => failed(i + 1, reasonOf(nameOf(i + 1), text)));
      const { message } = await failure({ tuningJob: tuningJob({}), trainingJobs });
      expect(message).toContain(
        `Most common reason for failure (${isOneReason ? 2 : 1} of 2 failed training jobs`,
      );
    },
  );
});

describe('TuningJobNotFoundError', () => {
  test('gives the error from Step Functions', async () => {
    const { name, message } = await failure(
      { tuningJob: tuningJob({ HyperParameterTuningJobName: 'another' }) },
      {
        failure: { Error: 'SageMaker.ResourceLimitExceededException', Cause: `too many${'!'.repeat(5000)}` },
      },
    );
    expect(name).toBe('TuningJobNotFoundError');
    expect(message).toMatch(
      /^Hyperparameter tuning job bikes-0123456789 does not exist\. Step Functions reported SageMaker\.ResourceLimitExceededException: too many!+$/,
    );
    expect(message.length).toBeLessThan(2500);
  });

  test('only has its own message if Step Functions reported no failure', async () => {
    const { message } = await failure({ tuningJob: tuningJob({ HyperParameterTuningJobName: 'another' }) });
    expect(message).toBe('Hyperparameter tuning job bikes-0123456789 does not exist');
  });
});

describe('parseEvent', () => {
  test('fills in the defaults', () => {
    expect(parseEvent({ tuningJobName: 'a' })).toEqual({ tuningJobName: 'a', topTrainingJobs: 10 });
  });

  test('accepts null for missing fields, because that is what JSONata writes', () => {
    expect(parseEvent({ tuningJobName: 'a', failure: null, topTrainingJobs: null })).toEqual({
      tuningJobName: 'a',
      topTrainingJobs: 10,
    });
  });

  test('accepts the longest name, and the minimum and maximum list size', () => {
    const tuningJobName = `a${'-'.repeat(30)}b`;
    for (const topTrainingJobs of [1, 50]) {
      expect(parseEvent({ tuningJobName, topTrainingJobs })).toEqual({ tuningJobName, topTrainingJobs });
    }
  });

  test.each([null, undefined])('accepts a failure whose cause is %p', (Cause) => {
    expect(parseEvent({ tuningJobName: 'a', failure: { Error: 'E', Cause } }).failure).toEqual({
      Error: 'E',
    });
  });

  test.each([
    [undefined, 'the event must be an object, got nothing'],
    [[], 'the event must be an object'],
    [{}, 'tuningJobName must be 1 to 32 letters'],
    [{ tuningJobName: 'a'.repeat(33) }, 'tuningJobName must be 1 to 32 letters'],
    [null, 'the event must be an object, got null'],
    [{ tuningJobName: 'ends-' }, 'got "ends-"'],
    [{ tuningJobName: '-starts' }, 'got "-starts"'],
    [{ tuningJobName: 'x'.repeat(1000) }, `got ${`"${'x'.repeat(1000)}`.slice(0, 200)}`],
    [{ tuningJobName: 'a', topTrainingJobs: 51 }, 'topTrainingJobs must be an integer from 1 to 50, got 51'],
    [{ tuningJobName: 'a', topTrainingJobs: 0 }, 'from 1 to 50, got 0'],
    [{ tuningJobName: 'a', topTrainingJobs: '5' }, 'got "5"'],
    [{ tuningJobName: 'a', failure: 'no' }, 'failure must be an object with the strings Error and Cause'],
    [
      { tuningJobName: 'a', failure: { Error: 'E', Cause: {} } },
      'failure must be an object with the strings Error and Cause',
    ],
    [{ tuningJobName: 'a', topTrainingJob: 5 }, 'unknown field "topTrainingJob"'],
  ])('rejects %j', (event, message) => {
    expect(() => parseEvent(event)).toThrow(
      expect.objectContaining({ name: 'InvalidEventError', message: expect.stringContaining(message) }),
    );
  });
});
