import * as fs from 'node:fs';
import * as path from 'node:path';
import { storeOutputs } from '../../../training/model-archive';
import type { TrainingOutcome } from '../../../training/trainer';
import type { CreateTrainingJobRequest } from '../api-types';
import type { EngineContext } from '../engine-context';
import { during } from '../jobs/failed-step';
import { trainingJobArn } from '../jobs/job-arns';
import { JobLog, RUNS_AGAIN } from '../jobs/job-log';
import { outcomeOf } from '../jobs/job-outcome';
import { removeWorkFolder, workFolderOf } from '../jobs/work-folder';
import { instancesOf } from './training-instances';
import { outputUri } from './training-jobs';
import { checkTrainingRole } from './training-role';

/** Options of an attempt. */
export interface AttemptOptions {
  readonly threads: number;
  /** Whether there was an earlier attempt. */
  readonly runsAgain: boolean;
  /** Aborting this signal stops the attempt. */
  readonly signal: AbortSignal;
  /** Whether to discard the results because the attempt will be repeated. Called at the end of the attempt. */
  readonly isLost: () => boolean;
  /** Called when the training itself starts. Until then, the job waits for other jobs. */
  readonly onStart: () => void;
  readonly onUpload: () => void;
  /** Receives each event of the job's log. */
  readonly onLog: (event: string) => void;
  /** Receives metrics that a stub reports without a log. */
  readonly onMetric: (name: string, value: number) => void;
  /** Receives the trainer's warnings about the data. */
  readonly onDataWarning: (text: string) => void;
}

/**
 * Runs a training job once, from reading its data to storing its results in S3. Errors become outcomes: see {@link
 * outcomeOf}.
 */
export function attemptTraining(
  context: EngineContext,
  request: CreateTrainingJobRequest,
  options: AttemptOptions,
): Promise<TrainingOutcome> {
  return outcomeOf(train(context, request, options), context.root);
}

async function train(
  context: EngineContext,
  request: CreateTrainingJobRequest,
  { threads, runsAgain, signal, isLost, onStart, onUpload, onLog, onMetric, onDataWarning }: AttemptOptions,
): Promise<TrainingOutcome> {
  const { access, data, environment, root, trainer } = context;
  checkTrainingRole(request, access, environment);
  const { channels, checkpoints } = during('Data download', () => ({
    channels: data.resolveChannels(request),
    checkpoints: data.resolveCheckpoints(request),
  }));
  const { AlgorithmSpecification: algorithm, TrainingJobName: name } = request;
  const workFolder = makeWorkFolder(root, name);
  const log = JobLog.open(root, name);
  try {
    if (runsAgain) log.write(RUNS_AGAIN);
    if (signal.aborted) {
      return { status: 'Stopped' };
    }
    const outcome = await trainer.train({
      trainingJobName: name,
      trainingJobArn: trainingJobArn(environment, name),
      trainingImage: algorithm.TrainingImage ?? '',
      hyperparameters: request.HyperParameters ?? {},
      ...(algorithm.ContainerEntrypoint !== undefined && {
        containerEntrypoint: algorithm.ContainerEntrypoint,
      }),
      ...(algorithm.ContainerArguments !== undefined && {
        containerArguments: algorithm.ContainerArguments,
      }),
      environment: request.Environment ?? {},
      instances: instancesOf(request),
      region: environment.region,
      networkIsolation: request.EnableNetworkIsolation === true,
      channels,
      ...(checkpoints !== undefined && { checkpoints }),
      objectFile: (uri) => data.objectFile(uri, request.RoleArn),
      workFolder,
      threads,
      signal,
      onStart,
      onLog: (line) => {
        for (const event of log.write(line)) onLog(event);
      },
      onMetric,
      onDataWarning,
    });
    if (isLost()) return outcome;
    if (outcome.status === 'Completed') onUpload();
    await upload(context, request, workFolder, outcome).catch((error: Error) => {
      // If the training itself has failed, that failure is reported, and the error of the upload is only logged.
      if (outcome.status !== 'Failed') throw error;
      log.write(error.message);
    });
    return outcome;
  } finally {
    await removeWorkFolder(workFolder, (problem) => log.write(problem));
    log.close();
  }
}

/** Stores a job's results, even if the job was stopped: SageMaker also keeps a stopped job's model. */
async function upload(
  { data }: EngineContext,
  request: CreateTrainingJobRequest,
  workFolder: string,
  outcome: TrainingOutcome,
): Promise<void> {
  const target = (name: string): string => {
    const uri = `${outputUri(request)}/${name}`;
    const { RoleArn: role, OutputDataConfig: output } = request;
    const file = during('Artifact upload', () => data.outputFile(uri, role, output.KmsKeyId));
    fs.mkdirSync(path.dirname(file), { recursive: true });
    return file;
  };
  // Containers always have the model folder. A job that saves no model gets an empty archive.
  fs.mkdirSync(path.join(workFolder, 'model'), { recursive: true });
  const compression = request.OutputDataConfig.CompressionType ?? 'GZIP';
  await storeOutputs(workFolder, outcome.status, target, compression);
}

/** Creates an empty working folder for a job. */
function makeWorkFolder(root: string, jobName: string): string {
  const folder = workFolderOf(root, jobName);
  if (fs.existsSync(folder)) fs.rmSync(folder, { recursive: true });
  fs.mkdirSync(folder, { recursive: true });
  return folder;
}
