import { join } from 'node:path';
import pc from 'picocolors';
import type { Deployment } from '../assembly';
import type { Jobs, TrainingJobRecord, TuningJobRecord } from '../services';
import { describeTuningJob } from '../services';
import { formatMetric, formatPath, formatSeconds } from './format';

type Row = readonly [label: string, value: string];

/** What the SageMaker console would show of the jobs that this process has run. */
export function summarizeJobs(jobs: Jobs, deployment: Deployment): string {
  const ofThisRun = <R extends { processId: number }>(record: R) => record.processId === process.pid;
  const tuning = jobs.tuning.list().filter(ofThisRun);
  const training = jobs.training
    .list()
    .filter((record) => ofThisRun(record) && !record.description.TuningJobArn);
  return [
    ...tuning.flatMap((record) => tuningJobSections(jobs, record, deployment)),
    ...training.map((record) => section(titleOf(record, tuning), trainingJobRows(record, deployment))),
  ].join('\n');
}

/** A training job of its own, once a search has ended, trains with what the search has found. */
function titleOf({ description }: TrainingJobRecord, tuning: readonly TuningJobRecord[]): string {
  const follows = tuning.some(
    (job) => (job.description.HyperParameterTuningEndTime ?? Infinity) <= description.CreationTime,
  );
  return follows ? 'Final training job' : 'Training job';
}

function tuningJobSections(jobs: Jobs, record: TuningJobRecord, deployment: Deployment): string[] {
  const job = describeTuningJob(jobs, record);
  const { Completed, Stopped, RetryableError, NonRetryableError } = job.TrainingJobStatusCounters;
  const seconds = (job.HyperParameterTuningEndTime ?? job.LastModifiedTime) - job.CreationTime;
  const counts = `${Completed} completed, ${Stopped} stopped, ${RetryableError + NonRetryableError} failed`;
  const rows: Row[] = [
    ['Name', job.HyperParameterTuningJobName],
    ['Status', `${job.HyperParameterTuningJobStatus} in ${formatSeconds(seconds)}`],
    ['Training jobs', counts],
    ...failureRow(job.FailureReason),
  ];
  const best = job.BestTrainingJob && jobs.training.get(job.BestTrainingJob.TrainingJobName);
  return [
    section('Tuning job', rows),
    ...(best ? [section('Best training job', trainingJobRows(best, deployment))] : []),
  ];
}

function trainingJobRows({ description }: TrainingJobRecord, deployment: Deployment): Row[] {
  const { FinalMetricDataList = [], HyperParameters = {}, FailureReason, ModelArtifacts } = description;
  return [
    ['Name', description.TrainingJobName],
    [
      'Status',
      `${description.TrainingJobStatus} in ${formatSeconds(description.TrainingTimeInSeconds ?? 0)}`,
    ],
    ...FinalMetricDataList.map(({ MetricName, Value }): Row => [MetricName, formatMetric(Value)]),
    ['Hyperparameters', ''],
    ...Object.entries(HyperParameters)
      .filter(([name]) => !name.startsWith('_tuning_'))
      .map(([name, value]): Row => [`  ${name}`, value]),
    ...(FailureReason
      ? failureRow(FailureReason)
      : [['Model', localPath(ModelArtifacts.S3ModelArtifacts, deployment)] as const]),
  ];
}

function failureRow(reason: string | undefined): Row[] {
  return reason === undefined ? [] : [['Failure reason', reason]];
}

/** Where an object of one of the deployment's buckets is on this machine. */
function localPath(uri: string, deployment: Deployment): string {
  const bucket = deployment.buckets.find(({ name }) => uri.startsWith(`s3://${name}/`));
  return bucket ? formatPath(join(bucket.folder, uri.slice(`s3://${bucket.name}/`.length))) : uri;
}

function section(title: string, rows: readonly Row[]): string {
  const width = Math.max(...rows.map(([label]) => label.length));
  const lines = rows.map(([label, value]) => `  ${label.padEnd(width)}  ${value}`.trimEnd());
  return [pc.bold(title), ...lines, ''].join('\n');
}
