import * as fs from 'node:fs';
import * as path from 'node:path';
import { MetricCollector, type MetricDatum } from '../../training/metrics';
import { storeOutputs } from '../../training/model-archive';
import type { MetricDefinition, TrainingOutcome } from '../../training/trainer';
import { JobLog } from '../logs/job-log';
import type { CreateTrainingJobRequest, MetricData } from './api-types';
import type { EngineContext } from './engine-context';
import type { TrainingJobRecord } from './job-records';
import { startTimeLimit } from './time-limit';
import { instancesOf } from './training-instances';
import { moveTrainingJob, outputUri, type Transition } from './training-jobs';
import { checkTrainingRole } from './training-role';
import { removeWorkFolder, workFolderOf } from './work-folder';

/** Why a training job is stopped. */
export type StopReason = 'Stopped' | 'MaxRuntimeExceeded';

/** How a job runs. */
export interface TrainingRunOptions {
  readonly threads: number;
  readonly metricDefinitions: readonly MetricDefinition[];
  /** Takes each metric value as it is printed. */
  readonly onMetric?: (metric: MetricDatum) => void;
}

/** SageMaker's own limit for jobs that give none. */
const DEFAULT_MAX_RUNTIME_SECONDS = 86_400;

/** One training job from its start to its end. */
export class TrainingRun {
  /** The job's last record. Never rejects: whatever happens, the record says it. */
  public readonly finished: Promise<TrainingJobRecord>;
  private readonly controller = new AbortController();
  private readonly metrics: MetricCollector;
  private stopReason: StopReason | undefined;
  private isOver = false;
  private endTimeLimit: () => void = () => undefined;

  constructor(
    private readonly context: EngineContext,
    private readonly request: CreateTrainingJobRequest,
    private readonly options: TrainingRunOptions,
  ) {
    this.metrics = new MetricCollector(options.metricDefinitions, options.onMetric);
    this.finished = this.run();
  }

  /** Asks the job to stop, unless it has ended; it keeps the metrics it has printed. */
  public stop(reason: StopReason): void {
    if (this.stopReason === undefined && !this.isOver) {
      this.stopReason = reason;
      const message =
        reason === 'Stopped'
          ? 'Stopping the training job'
          : 'Training job runtime exceeded MaxRuntimeInSeconds';
      this.move({ secondaryStatus: 'Stopping', status: 'Stopping', message });
      this.controller.abort();
    }
  }

  private async run(): Promise<TrainingJobRecord> {
    // What came before in the same turn (the record, the caller's bookkeeping) is to be seen first.
    await Promise.resolve();
    try {
      return this.end(await this.train());
    } catch (error) {
      return this.end({ status: 'Failed', failureReason: (error as Error).message });
    } finally {
      this.endTimeLimit();
    }
  }

  private async train(): Promise<TrainingOutcome> {
    this.move({ secondaryStatus: 'Downloading', message: 'Downloading input data' });
    checkTrainingRole(this.request, this.context.access, this.context.environment);
    const { channels, checkpoints } = during('Data download', () => ({
      channels: this.context.data.resolveChannels(this.request),
      checkpoints: this.context.data.resolveCheckpoints(this.request),
    }));
    const { AlgorithmSpecification: algorithm } = this.request;
    const { root } = this.context;
    const name = this.request.TrainingJobName;
    const workFolder = makeWorkFolder(root, name);
    const log = JobLog.open(root, name);
    try {
      if (this.controller.signal.aborted) {
        return { status: 'Stopped' };
      }
      const outcome = await this.context.trainer.train({
        trainingJobName: name,
        trainingJobArn: this.record().description.TrainingJobArn,
        trainingImage: algorithm.TrainingImage ?? '',
        hyperparameters: this.request.HyperParameters ?? {},
        ...(algorithm.ContainerEntrypoint !== undefined && {
          containerEntrypoint: algorithm.ContainerEntrypoint,
        }),
        ...(algorithm.ContainerArguments !== undefined && {
          containerArguments: algorithm.ContainerArguments,
        }),
        environment: this.request.Environment ?? {},
        instances: instancesOf(this.request),
        region: this.context.environment.region,
        networkIsolation: this.request.EnableNetworkIsolation === true,
        channels,
        ...(checkpoints !== undefined && { checkpoints }),
        objectFile: (uri) => this.context.data.objectFile(uri, this.request.RoleArn),
        workFolder,
        threads: this.options.threads,
        signal: this.controller.signal,
        onStart: () => this.begin(),
        onLog: (line) => {
          log.write(line);
          this.metrics.add(line);
        },
      });
      await this.upload(workFolder, outcome).catch((error: Error) => {
        // What made the job fail before is its reason.
        if (outcome.status !== 'Failed') throw error;
        log.write(error.message);
      });
      return outcome;
    } finally {
      removeWorkFolder(workFolder, (problem) => log.write(problem));
      log.close();
    }
  }

  /** The training itself begins: only from now on time counts, not while the job waited for its turn. */
  private begin(): void {
    this.move({
      secondaryStatus: 'Training',
      message: 'Training image download completed. Training in progress.',
    });
    const seconds = this.request.StoppingCondition?.MaxRuntimeInSeconds ?? DEFAULT_MAX_RUNTIME_SECONDS;
    this.endTimeLimit = startTimeLimit(seconds, () => this.stop('MaxRuntimeExceeded'));
  }

  /** Stores what the job left, also when it was stopped: SageMaker keeps a stopped job's model too. */
  private async upload(workFolder: string, outcome: TrainingOutcome): Promise<void> {
    if (outcome.status === 'Completed') {
      this.move({ secondaryStatus: 'Uploading', message: 'Uploading generated training model' });
    }
    const target = (name: string): string => {
      const uri = `${outputUri(this.request)}/${name}`;
      const { RoleArn: role, OutputDataConfig: output } = this.request;
      const file = during('Artifact upload', () => this.context.data.outputFile(uri, role, output.KmsKeyId));
      fs.mkdirSync(path.dirname(file), { recursive: true });
      return file;
    };
    // The folder for the model is there in every container: a job that saves none has an empty archive.
    fs.mkdirSync(path.join(workFolder, 'model'), { recursive: true });
    const compression = this.request.OutputDataConfig.CompressionType ?? 'GZIP';
    await storeOutputs(workFolder, outcome.status, target, compression);
  }

  private end(outcome: TrainingOutcome): TrainingJobRecord {
    this.isOver = true;
    const metrics = this.finalMetrics();
    const transition = this.lastTransition(outcome);
    return this.context.jobs.training.update(this.request.TrainingJobName, (record) => ({
      ...record,
      description: {
        ...moveTrainingJob(record.description, transition, this.context.now()),
        ...(metrics.length > 0 && { FinalMetricDataList: metrics }),
      },
    }));
  }

  private lastTransition(outcome: TrainingOutcome): Transition {
    if (outcome.status === 'Failed') {
      return {
        secondaryStatus: 'Failed',
        status: 'Failed',
        message: 'Training job failed',
        failureReason: outcome.failureReason,
      };
    }
    return outcome.status === 'Completed'
      ? { secondaryStatus: 'Completed', status: 'Completed', message: 'Training job completed' }
      : { secondaryStatus: this.stopReason ?? 'Stopped', status: 'Stopped', message: 'Training job stopped' };
  }

  private finalMetrics(): MetricData[] {
    return this.metrics
      .latest()
      .map((metric) => ({ ...metric, Timestamp: metric.Timestamp.getTime() / 1000 }));
  }

  private move(transition: Transition): void {
    this.context.jobs.training.update(this.request.TrainingJobName, (record) => ({
      ...record,
      description: moveTrainingJob(record.description, transition, this.context.now()),
    }));
  }

  private record(): TrainingJobRecord {
    const record = this.context.jobs.training.get(this.request.TrainingJobName);
    if (record === undefined) {
      throw new Error(`the record of ${this.request.TrainingJobName} is gone`);
    }
    return record;
  }
}

/** Words a failure of S3 as SageMaker does in the job's failure reason. */
function during<T>(step: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw new Error(`ClientError: ${step} failed: ${(error as Error).message}`);
  }
}

/** Makes the folder that a job works in, empty. */
function makeWorkFolder(root: string, jobName: string): string {
  const folder = workFolderOf(root, jobName);
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder, { recursive: true });
  return folder;
}
