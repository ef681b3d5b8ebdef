import { join } from 'node:path';
import Table from 'cli-table3';
import pc from 'picocolors';
import type { Deployment } from '../assembly';
import type { Jobs, TrainingJobRecord, TuningJobRecord } from '../services';
import { describeTuningJob } from '../services';
import { formatMetric, formatSeconds } from './format';

type Rows = [string, string][];

/** What the SageMaker console would show of the jobs that this process has run. */
export function summarizeJobs(jobs: Jobs, deployment: Deployment): string {
  const ofThisRun = <R extends { processId: number }>(record: R) => record.processId === process.pid;
  return [
    ...jobs.tuning
      .list()
      .filter(ofThisRun)
      .map((record) => tuningJob(jobs, record, deployment)),
    ...jobs.training
      .list()
      .filter(ofThisRun)
      .filter((record) => record.description.TuningJobArn === undefined)
      .map((record) => `${pc.bold('Training job')}\n${table(trainingJob(record, deployment))}`),
  ].join('\n');
}

function tuningJob(jobs: Jobs, record: TuningJobRecord, deployment: Deployment): string {
  const job = describeTuningJob(jobs, record);
  const { Completed, Stopped, RetryableError, NonRetryableError } = job.TrainingJobStatusCounters;
  const seconds = (job.HyperParameterTuningEndTime ?? job.LastModifiedTime) - job.CreationTime;
  const rows: Rows = [
    ['Name', job.HyperParameterTuningJobName],
    ['Status', `${job.HyperParameterTuningJobStatus}, ${formatSeconds(seconds)}`],
    [
      'Training jobs',
      `${Completed} completed, ${Stopped} stopped, ${RetryableError + NonRetryableError} failed`,
    ],
    ...(job.FailureReason ? ([['Failure reason', job.FailureReason]] as Rows) : []),
  ];
  const text = `${pc.bold('Tuning job')}\n${table(rows)}`;
  const best = job.BestTrainingJob && jobs.training.get(job.BestTrainingJob.TrainingJobName);
  return best ? `${text}\n${pc.bold('Best training job')}\n${table(trainingJob(best, deployment))}` : text;
}

function trainingJob({ description }: TrainingJobRecord, deployment: Deployment): Rows {
  const { FinalMetricDataList = [], HyperParameters = {} } = description;
  return [
    ['Name', description.TrainingJobName],
    ['Status', `${description.TrainingJobStatus}, ${formatSeconds(description.TrainingTimeInSeconds ?? 0)}`],
    ...FinalMetricDataList.map(({ MetricName, Value }): [string, string] => [
      MetricName,
      formatMetric(Value),
    ]),
    ...Object.entries(HyperParameters)
      .filter(([name]) => !name.startsWith('_tuning_'))
      .map(([name, value]): [string, string] => [`  ${name}`, value]),
    description.FailureReason
      ? ['Failure reason', description.FailureReason]
      : ['Model', localPath(description.ModelArtifacts.S3ModelArtifacts, deployment)],
  ];
}

/** Where an object of one of the deployment's buckets is on this machine. */
function localPath(uri: string, deployment: Deployment): string {
  const bucket = deployment.buckets.find(({ name }) => uri.startsWith(`s3://${name}/`));
  return bucket ? join(bucket.folder, uri.slice(`s3://${bucket.name}/`.length)) : uri;
}

function table(rows: Rows): string {
  const result = new Table({ style: { compact: true } });
  result.push(...rows);
  return result.toString();
}
