import { commonReasons } from '../../src/failure-reasons/common-reasons';
import { shortReason } from '../../src/report/failure-reason';
import { summarizeJobs } from '../../src/report/summary';
import { renderEnd } from '../../src/report/training-job-text';
import { renderTuningJob } from '../../src/report/tuning-job-table';
import type { TrainingJobSummary, TuningJobDescription } from '../../src/services';
import type { TrainingTask } from '../../src/training';
import {
  closeServices,
  deploymentIn,
  printX,
  samplerOf,
  start,
  temporaryRoot,
  trainerOf,
  trainingDefinition,
  trainingRequest,
  tuningRequest,
  until,
  xs,
} from '../services/helpers';
import { REASON_PAIRS, reasonOf } from './failure-cases';

afterEach(closeServices);

const TRACEBACK = `Traceback (most recent call last):
  File "/opt/ml/code/train.py", line 12, in <module>
    main()
  File "/opt/ml/code/train.py", line 8, in main
    raise ValueError("column 'price' is missing")
ValueError: column 'price' is missing`;
const SCRIPT_FAILED = `AlgorithmError: ExecuteUserScriptError:
ExitCode 1
ErrorMessage "${TRACEBACK}"
Command "/usr/bin/python3 train.py --depth 3", exit code: 1`;
const NOT_CAPTURED = `AlgorithmError: ExecuteUserScriptError:
ExitCode -9
ErrorMessage ""
Command "/usr/bin/python3 -- train.py", exit code: 1`;
const KILLED = `AlgorithmError: ExecuteUserScriptError:
ExitCode 137
ErrorMessage "round 3"
ExtraInfo "OutOfMemory: Process killed by SIGKILL (signal 9)"
Command "/usr/bin/python3 train.py", exit code: 137`;

test.each([
  [
    'of a script with exit code 1 is its error',
    SCRIPT_FAILED,
    "AlgorithmError: ExecuteUserScriptError: ValueError: column 'price' is missing, exit code: 1",
  ],
  [
    'of a script that was killed names the signal',
    KILLED,
    'AlgorithmError: ExecuteUserScriptError: OutOfMemory: Process killed by SIGKILL (signal 9), exit code: 137',
  ],
  [
    'of a script whose errors are only in the log is its exit code',
    NOT_CAPTURED,
    'AlgorithmError: ExecuteUserScriptError: ExitCode -9, exit code: 1',
  ],
  [
    'of a failure file is its whole content',
    'AlgorithmError: no rows\nin train.csv, exit code: 1',
    'AlgorithmError: no rows in train.csv, exit code: 1',
  ],
  [
    'of a client error is its whole text',
    'ClientError: Data download failed: x',
    'ClientError: Data download failed: x',
  ],
])('the one-line reason %s', (_name, reason, expected) => {
  expect(shortReason(reason, 200)).toBe(expected);
});

test('a reason that is too long is shortened in the middle, so that the exit code at its end is kept', () => {
  const short = shortReason(`AlgorithmError: ${'x'.repeat(500)}, exit code: 137`, 60);
  expect(short).toHaveLength(60);
  expect(short).toMatch(/^AlgorithmError: x+…x+, exit code: 137$/);
});

function job(number: number, change: Partial<TrainingJobSummary>): TrainingJobSummary {
  return {
    TrainingJobName: `Tune-00${number}`,
    TrainingJobArn: 'arn',
    TuningJobName: 'Tune',
    CreationTime: 0,
    TrainingJobStatus: 'Failed',
    TunedHyperParameters: { x: String(number) },
    ObjectiveStatus: 'Failed',
    ...change,
  };
}

test.each(REASON_PAIRS)(
  'reasons that differ in $difference count as the same reason: $isOneReason',
  ({ one, other, isOneReason }) => {
    const jobs = [one, other].map((text, i) => ({ name: `job-${i}`, reason: reasonOf(`job-${i}`, text) }));
    const counts = commonReasons(jobs).map(({ count }) => count);
    expect(counts).toEqual(isOneReason ? [2] : [1, 1]);
  },
);

test('the most common reason comes first, in the wording of the first job with this reason', () => {
  const reasons = commonReasons([
    { name: 'job-1', reason: 'ClientError: other' },
    { name: 'job-2', reason: 'AlgorithmError: row 3 is bad, exit code: 1' },
    { name: 'job-3', reason: 'AlgorithmError: row 14 is bad, exit code: 1' },
  ]);
  expect(reasons).toEqual([
    { reason: 'AlgorithmError: row 3 is bad, exit code: 1', example: 'job-2', count: 2 },
    { reason: 'ClientError: other', example: 'job-1', count: 1 },
  ]);
});

function screenOf(
  trainingJobs: TrainingJobSummary[],
  status: TuningJobDescription['HyperParameterTuningJobStatus'],
) {
  const description = {
    ...tuningRequest('Tune'),
    HyperParameterTuningJobStatus: status,
    CreationTime: 0,
  } as unknown as TuningJobDescription;
  return renderTuningJob({ description, trainingJobs }, { rows: 12, columns: 120, now: 60 }).join('\n');
}

test('the line of an ended job shows its definition and failure reason, and the table shows both as well', () => {
  const failed = job(1, { FailureReason: SCRIPT_FAILED, TrainingJobDefinitionName: 'forest' });
  const silent = job(2, { TrainingJobStatus: 'Completed', TrainingJobDefinitionName: 'boosting' });
  expect(renderEnd(failed)).toBe(
    "Tune-001 Failed  forest  AlgorithmError: ExecuteUserScriptError: ValueError: column 'price' is missing, exit code: 1  x=1",
  );
  expect(renderEnd(silent)).toBe('Tune-002 Completed  boosting  no objective metric  x=2');
  const text = screenOf([failed, silent], 'InProgress');
  expect(text).toMatch(/#\s+definition\s+status\s+objective\s+time\s+x/);
  expect(text).toMatch(/1\s+forest\s+Failed/);
  expect(text).toMatch(/2\s+boosting\s+Completed\s+none/);
  expect(text).toContain(
    "1 failed: AlgorithmError: ExecuteUserScriptError: ValueError: column 'price' is missing",
  );
});

test('the table has columns for the hyperparameters of all definitions', () => {
  const trainingJobs = [
    job(1, { TunedHyperParameters: { depth: '3' }, TrainingJobDefinitionName: 'a' }),
    job(2, { TunedHyperParameters: { rate: '0.1' }, TrainingJobDefinitionName: 'b' }),
  ];
  const text = screenOf(trainingJobs, 'Completed');
  expect(text).toMatch(/time\s+depth\s+rate/);
});

test('the summary shows full reasons, jobs without a metric, and the result of each definition', async () => {
  const root = temporaryRoot();
  const deployment = deploymentIn(root);
  const algorithm = (task: TrainingTask) => {
    if (task.hyperparameters['x'] === '2') return { status: 'Failed' as const, failureReason: SCRIPT_FAILED };
    return task.hyperparameters['x'] === '3' ? { status: 'Completed' as const } : printX(task);
  };
  const services = await start({
    deployment,
    trainer: trainerOf(algorithm),
    sampler: samplerOf(xs(1, 2, 3)),
  });
  const { HyperParameterTuningJobConfig: config, TrainingJobDefinition: given } = tuningRequest('Tune');
  const { HyperParameterTuningJobObjective, ParameterRanges, ...common } = config;
  const definition = (DefinitionName: string) => ({
    ...given,
    ...trainingDefinition(),
    DefinitionName,
    TuningObjective: HyperParameterTuningJobObjective,
    HyperParameterRanges: ParameterRanges,
  });
  const input = {
    HyperParameterTuningJobName: 'Tune',
    HyperParameterTuningJobConfig: {
      ...common,
      ResourceLimits: { MaxNumberOfTrainingJobs: 6, MaxParallelTrainingJobs: 1 },
    },
    TrainingJobDefinitions: [definition('forest'), definition('boosting')],
  };
  await services.router.call('sagemaker', 'CreateHyperParameterTuningJob', input, services.user);
  await until(
    () => services.jobs.tuning.get('Tune')?.description.HyperParameterTuningJobStatus,
    (status) => status === 'Completed',
  );
  const text = summarizeJobs(services.jobs, deployment);
  expect(text).toMatch(
    /Definitions\s+forest: 3 training jobs, best loss 1\.00000\n\s+boosting: 3 training jobs, best/,
  );
  expect(text).toMatch(
    /2 failed\s+Tune-003-[0-9a-f]+: AlgorithmError: ExecuteUserScriptError:\n {4,}ExitCode 1\n/,
  );
  expect(text).toMatch(/\n {4,}ValueError: column 'price' is missing"\n/);
  expect(text).toMatch(
    /No metric\s+2 completed without loss: no line of their logs \(Tune-005-[0-9a-f]+\.log\) matches loss=\(/,
  );
  expect(text).toMatch(/Best training job\n\s+Name\s+Tune-001.*\n\s+Definition\s+forest/);
});

test('if the errors of a script are only in its log, the summary shows the end of the log', async () => {
  const root = temporaryRoot();
  const deployment = deploymentIn(root);
  const algorithm = (task: TrainingTask) => {
    for (const line of ['first', ...TRACEBACK.split('\n')]) task.onLog(line);
    return { status: 'Failed' as const, failureReason: NOT_CAPTURED };
  };
  const services = await start({ deployment, trainer: trainerOf(algorithm), sampler: samplerOf(xs(1)) });
  const request = tuningRequest('Tune', { MaxNumberOfTrainingJobs: 1 });
  await services.router.call('sagemaker', 'CreateHyperParameterTuningJob', { ...request }, services.user);
  await services.router.call('sagemaker', 'CreateTrainingJob', { ...trainingRequest('Own') }, services.user);
  await until(
    () => services.jobs.tuning.get('Tune')?.description.HyperParameterTuningJobStatus,
    (status) => status === 'Failed',
  );
  await until(
    () => services.jobs.training.get('Own')?.description.TrainingJobStatus,
    (status) => status === 'Failed',
  );
  const [tuning = '', own = ''] = summarizeJobs(services.jobs, deployment).split(/^Training job$/m);
  for (const text of [tuning, own]) {
    expect(text).toMatch(
      /exit code: 1\n\s+Its log ends with:\n\s+Traceback[\s\S]+\n\s+ValueError: column 'price' is missing\n/,
    );
    expect(text).not.toMatch(/first/);
  }
});
