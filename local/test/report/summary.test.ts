import { summarizeJob } from '../../src/report/summary';
import { renderEnd, renderTrainingJob } from '../../src/report/training-job-text';
import type { Jobs, TrainingJobRecord, TrainingJobSummary } from '../../src/services';

const METRICS = ['train:rmse', 'validation:rmse', 'ObjectiveMetric'].map((MetricName, index) => ({
  MetricName,
  Value: 0.125 * (index + 1),
  Timestamp: 0,
}));

/** A training job with everything that SageMaker and the training toolkit add to its hyperparameters. */
function record(tuned?: Record<string, string>): TrainingJobRecord {
  return {
    name: 'job',
    ...(tuned && { tunedHyperParameters: tuned }),
    description: {
      TrainingJobName: 'job',
      TrainingJobStatus: 'Completed',
      AlgorithmSpecification: {},
      ModelArtifacts: { S3ModelArtifacts: 's3://bucket/none' },
      FinalMetricDataList: METRICS,
      HyperParameters: {
        rounds: '150',
        _kfold: '5',
        eta: '0.25',
        _tuning_objective_metric: 'validation:rmse',
        sagemaker_program: 'train.py',
        sagemaker_submit_directory: '/opt/ml/input/data/code/x.gz',
        sagemaker_container_log_level: '20',
      },
    },
  } as unknown as TrainingJobRecord;
}

/** The labels and values in a job's summary, starting at the hyperparameters. */
function hyperparametersOf(job: TrainingJobRecord): string[][] {
  const none = { get: () => undefined, list: () => [] };
  const jobs = { tuning: none, automl: none, training: { get: () => job } } as unknown as Jobs;
  const lines = summarizeJob(jobs, 'job', { root: '/none' })?.split('\n') ?? [];
  const first = lines.findIndex((line) => /hyperparameters$/i.test(line));
  return lines.slice(first, -1).map((line) => line.trim().split(/ {2,}/));
}

test("a job's summary has only the hyperparameters that its algorithm reads", () => {
  expect(hyperparametersOf(record())).toEqual([
    ['Hyperparameters'],
    ['rounds', '150'],
    ['_kfold', '5'],
    ['eta', '0.25'],
  ]);
});

test('tuned ones come first', () => {
  expect(hyperparametersOf(record({ eta: '0.25' }))).toEqual([
    ['Tuned hyperparameters'],
    ['eta', '0.25'],
    ['Fixed hyperparameters'],
    ['rounds', '150'],
    ['_kfold', '5'],
  ]);
});

test('the lines of ended jobs have the metrics that the algorithm reports', () => {
  expect(renderTrainingJob(record().description, 0)).toBe(
    'Training job job  Completed  train:rmse 0.12500  validation:rmse 0.25000',
  );
  const summary = {
    TrainingJobName: 'job',
    TrainingJobStatus: 'Completed',
    TunedHyperParameters: { eta: '0.25' },
    FinalHyperParameterTuningJobObjectiveMetric: {
      Type: 'Minimize',
      MetricName: 'validation:rmse',
      Value: 0.25,
    },
  } as unknown as TrainingJobSummary;
  expect(renderEnd(summary, METRICS)).toBe(
    'job Completed  validation:rmse 0.25000  train:rmse 0.12500  eta=0.25',
  );
});

test('if a search has several tuning jobs, the summary of one has its number and the best training job of all', () => {
  const parents = (name?: string) => ({
    WarmStartType: 'IdenticalDataAndAlgorithm',
    ParentHyperParameterTuningJobs: name === undefined ? [] : [{ HyperParameterTuningJobName: name }],
  });
  const tuning = ['first', 'second', 'third'].map((name, index, all) => ({
    name,
    createdBy: { executionArn: 'one', token: name },
    description: {
      HyperParameterTuningJobName: name,
      HyperParameterTuningJobArn: name,
      HyperParameterTuningJobStatus: 'InProgress',
      CreationTime: index,
      LastModifiedTime: index,
      WarmStartConfig: parents(all[index - 1]),
      HyperParameterTuningJobConfig: {
        HyperParameterTuningJobObjective: { MetricName: 'rmse', Type: 'Minimize' },
        ResourceLimits: {},
      },
      TrainingJobDefinition: { StaticHyperParameters: {}, AlgorithmSpecification: {} },
    },
  }));
  const values = [0.3, 0.02, 0.05];
  const training = tuning.map(({ name }, index) => {
    const { description } = record();
    const metrics = [{ MetricName: 'ObjectiveMetric', Value: values[index], Timestamp: 0 }];
    return {
      name: `${name}-job`,
      description: {
        ...description,
        TrainingJobName: `${name}-job`,
        CreationTime: index,
        FinalMetricDataList: metrics,
      },
    };
  });
  const jobs = {
    tuning: { get: (name: string) => tuning.find((each) => each.name === name) },
    training: {
      get: (name: string) => training.find((each) => each.name === name),
      listGroup: (arn: string) => training.filter(({ name }) => name === `${arn}-job`),
    },
  } as unknown as Jobs;
  const searchOf = (name: string) => /Search .*/.exec(summarizeJob(jobs, name, { root: '/none' }) ?? '')?.[0];
  expect(searchOf('third')).toMatch(/tuning job 3; best of all so far: second-job, rmse 0\.02000/);
  expect(searchOf('first')).toBeUndefined();
});
