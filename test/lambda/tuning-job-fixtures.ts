import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { parseEvent } from '../../lambda/find-best-training-job/event';
import { findBestTrainingJob } from '../../lambda/find-best-training-job/find-best-training-job';
import type { FindBestTrainingJobResult } from '../../lambda/find-best-training-job/types';
import { type FakeCall, type FakeData, startFakeSageMaker, type Wire } from './fake-sagemaker';
import { ENVIRONMENT } from './wire-server';

export const TUNING_JOB = 'bikes-0123456789';

export async function run(
  data: FakeData,
  event: Wire = {},
  calls: FakeCall[] = [],
): Promise<{ result: FindBestTrainingJobResult; calls: FakeCall[] }> {
  const server = await startFakeSageMaker(data);
  Object.assign(process.env, ENVIRONMENT, { AWS_ENDPOINT_URL: server.endpoint });
  const client = new SageMakerClient({});
  try {
    const result = await findBestTrainingJob(client, parseEvent({ tuningJobName: TUNING_JOB, ...event }));
    // Lambda serializes the result as JSON, which must not lose anything.
    expect(JSON.parse(JSON.stringify(result))).toEqual(result);
    return { result, calls };
  } finally {
    calls.push(...server.calls);
    client.destroy();
    await server.close();
  }
}

export async function failure(data: FakeData, event: Wire = {}, calls: FakeCall[] = []): Promise<Error> {
  return run(data, event, calls).then(
    () => {
      throw new Error('did not fail');
    },
    (error: Error) => error,
  );
}

export function lists(calls: readonly FakeCall[]): FakeCall[] {
  return calls.filter(({ operation }) => operation === 'ListTrainingJobsForHyperParameterTuningJob');
}

/**
 * Five failed training jobs. Three have the same failure reason. For one of these three, only DescribeTrainingJob
 * returns the reason.
 */
export function allFailed(): FakeData {
  const range = (index: number) =>
    `AlgorithmError: ${nameOf(index)} at 2026-01-02T10:00:0${index}.123Z: label 1.5${index} is out of range, exit code: 1`;
  return {
    tuningJob: tuningJob({
      HyperParameterTuningJobStatus: 'Failed',
      FailureReason: 'No training job succeeded after 5 attempts.',
      TrainingJobStatusCounters: { Completed: 0, Stopped: 1, NonRetryableError: 4, RetryableError: 1 },
    }),
    trainingJobs: [
      failed(1, 'AlgorithmError: no memory, exit code: 137'),
      failed(2, range(2)),
      failed(3, undefined),
      failed(4, 'InternalServerError: We encountered an internal error.'),
      failed(5, range(5)),
      { ...job(6, undefined), TrainingJobStatus: 'Stopped', FailureReason: 'not a failure' },
    ],
    details: { [nameOf(3)]: { ...details(3), FailureReason: range(3) } },
  };
}

export function tuningJob(override: Wire): Wire {
  return {
    HyperParameterTuningJobName: TUNING_JOB,
    HyperParameterTuningJobArn: `arn:aws:sagemaker:eu-west-1:111122223333:hyper-parameter-tuning-job/${TUNING_JOB}`,
    HyperParameterTuningJobConfig: config('Minimize', 'validation:rmse'),
    HyperParameterTuningJobStatus: 'Completed',
    TrainingJobDefinition: { StaticHyperParameters: { _tuning_objective_metric: 'validation:rmse' } },
    CreationTime: 1,
    TrainingJobStatusCounters: {},
    ObjectiveStatusCounters: {},
    ...override,
  };
}

export function config(type: 'Minimize' | 'Maximize', metric: string): Wire {
  return {
    Strategy: 'Bayesian',
    ResourceLimits: {},
    HyperParameterTuningJobObjective: { Type: type, MetricName: metric },
  };
}

export function objective(HyperParameterTuningJobObjective: Wire): Wire {
  return { HyperParameterTuningJobObjective };
}

export function nameOf(index: number): string {
  return `${TUNING_JOB}-${String(index).padStart(3, '0')}-${(0xa1b2c3d4 + index).toString(16)}`;
}

export function arnOf(index: number): string {
  return `arn:aws:sagemaker:eu-west-1:111122223333:training-job/${nameOf(index)}`;
}

export function job(index: number, value: number | 'NaN' | undefined, override: Wire = {}): Wire {
  return {
    TrainingJobName: nameOf(index),
    TrainingJobArn: arnOf(index),
    CreationTime: index,
    TrainingJobStatus: 'Completed',
    TunedHyperParameters: { eta: `0.0${index}` },
    ...(value !== undefined && {
      FinalHyperParameterTuningJobObjectiveMetric: { MetricName: 'validation:rmse', Value: value },
    }),
    ...override,
  };
}

export function failed(index: number, reason: string | undefined): Wire {
  return job(index, undefined, { TrainingJobStatus: 'Failed', FailureReason: reason });
}

export function details(index: number): Wire {
  return {
    TrainingJobName: nameOf(index),
    TrainingJobArn: arnOf(index),
    TrainingJobStatus: 'Completed',
    HyperParameters: { eta: `0.0${index}`, _tuning_objective_metric: 'validation:rmse' },
    ModelArtifacts: { S3ModelArtifacts: `s3://bucket/models/${nameOf(index)}/output/model.tar.gz` },
    FinalMetricDataList: [],
  };
}
