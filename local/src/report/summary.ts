import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { bucketsFolder, type Deployment } from '../assembly';
import type { Jobs, TrainingJobRecord, TuningJobRecord } from '../services';
import { describeTuningJob } from '../services';
import { colours } from './colours';
import { formatMetric, formatPath, formatSeconds } from './format';

type Row = readonly [label: string, value: string];

/** What the SageMaker console would show of the jobs that this process has run. */
export function summarizeJobs(jobs: Jobs, deployment: Deployment): string {
  const tuning = jobs.tuning.listOwn();
  const training = jobs.training.listOwn().filter((record) => !record.description.TuningJobArn);
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
  const model = localPath(ModelArtifacts.S3ModelArtifacts, deployment);
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
    ...failureRow(FailureReason),
    // A job that failed, or was stopped before it had saved one, has no model.
    ...(existsSync(model) ? [['Model', formatPath(model)] as const] : []),
  ];
}

function failureRow(reason: string | undefined): Row[] {
  return reason === undefined ? [] : [['Failure reason', reason]];
}

/** Where an object is on this machine. */
function localPath(uri: string, deployment: Deployment): string {
  return join(bucketsFolder(deployment.root), uri.replace(/^s3:\/\//, ''));
}

function section(title: string, rows: readonly Row[]): string {
  const width = Math.max(...rows.map(([label]) => label.length));
  const lines = rows.map(([label, value]) => `  ${label.padEnd(width)}  ${value}`.trimEnd());
  return [colours.bold(title), ...lines, ''].join('\n');
}
