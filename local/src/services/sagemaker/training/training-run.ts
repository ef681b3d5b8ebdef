import { setTimeout as pause } from 'node:timers/promises';
import { internalErrorReason, isInternalError } from '../../../training/failure-reason';
import { MetricCollector, type MetricDatum } from '../../../training/metrics';
import type { MetricDefinition, TrainingOutcome } from '../../../training/trainer';
import type { CreateTrainingJobRequest, MetricData } from '../api-types';
import type { EngineContext } from '../engine-context';
import { jobEnd } from '../jobs/job-end';
import type { TrainingJobRecord } from '../jobs/job-types';
import { startTimeLimit, TimeBudget } from '../jobs/time-limit';
import { SPOT_PRICE_SHARE } from './spot-interruptions';
import { attemptTraining } from './training-attempt';
import { moveTrainingJob, type Transition } from './training-jobs';

/** Why a training job is stopped. */
export type StopReason = 'Stopped' | 'MaxRuntimeExceeded' | 'MaxWaitTimeExceeded';

/** Options of a run. */
export interface TrainingRunOptions {
  readonly threads: number;
  readonly metricDefinitions: readonly MetricDefinition[];
  /** Whether an earlier run of the job was interrupted. @default false */
  readonly runsAgain?: boolean;
  /** Receives each metric value as it is printed. */
  readonly onMetric?: (metric: MetricDatum) => void;
  /**
   * Called when the training starts from the beginning again, after an internal error or a spot interruption.
   */
  readonly onRestart?: () => void;
}

/** SageMaker's default time limit. */
const DEFAULT_MAX_RUNTIME_SECONDS = 86_400;

/** Maximum time that a stopped job waits for metrics in its remaining output. */
const STOPPED_JOB_WAITS_MS = 2000;

const STOPPING: Readonly<Record<StopReason, string>> = {
  Stopped: 'Stopping the training job',
  MaxRuntimeExceeded: 'Training job runtime exceeded MaxRuntimeInSeconds',
  MaxWaitTimeExceeded: 'Training job wait time exceeded MaxWaitTimeInSeconds',
};

/** Runs a training job from start to end, in one or several attempts. */
export class TrainingRun {
  /** Resolves to the job's final record. Never rejects: failures are in the record. */
  public readonly finished: Promise<TrainingJobRecord>;
  private readonly stopping = new AbortController();
  private readonly metrics: MetricCollector;
  private readonly dataWarnings = new Set<string>();
  /** For each planned spot interruption, the number of log lines after which it happens. */
  private readonly interruptions: number[];
  private readonly runtime: TimeBudget;
  private endWaitLimit: (() => void) | undefined;
  private runsAgain: boolean;
  private stopReason: StopReason | undefined;
  private stoppedByClosing: boolean | undefined;
  private isOver = false;

  constructor(
    private readonly context: EngineContext,
    private readonly request: CreateTrainingJobRequest,
    private readonly options: TrainingRunOptions,
  ) {
    this.metrics = new MetricCollector(options.metricDefinitions, options.onMetric);
    this.interruptions = this.hasSpotInstances ? (context.spot?.plan() ?? []) : [];
    // MaxRuntimeInSeconds limits the total time of all attempts (API reference, StoppingCondition).
    const seconds = request.StoppingCondition?.MaxRuntimeInSeconds ?? DEFAULT_MAX_RUNTIME_SECONDS;
    this.runtime = new TimeBudget(seconds, () => this.stop('MaxRuntimeExceeded'));
    this.runsAgain = options.runsAgain ?? false;
    this.finished = this.run();
  }

  /** Asks the job to stop. Metrics printed so far are kept. Does nothing if the job has ended. */
  public stop(reason: StopReason): void {
    if (this.stopReason === undefined && !this.isOver) {
      this.move({ secondaryStatus: 'Stopping', status: 'Stopping', message: STOPPING[reason] });
      this.stopReason = reason;
      this.stoppedByClosing = reason === 'Stopped' && this.context.isEnding();
      this.stopping.abort();
    }
  }

  private get hasSpotInstances(): boolean {
    return this.request.EnableManagedSpotTraining === true;
  }

  private async run(): Promise<TrainingJobRecord> {
    // Returns to the caller first, so that the caller can store the job's record and register this run.
    await Promise.resolve();
    try {
      const outcome = await this.trainToTheEnd();
      // Asks now: a job that fails before local mode closes has failed, even if its metrics are read later.
      const isClosing = this.context.isEnding();
      await this.readRemainingMetrics();
      return await this.end(outcome, isClosing);
    } catch (error) {
      const failureReason = internalErrorReason((error as Error).message);
      return await this.end({ status: 'Failed', failureReason }, this.context.isEnding());
    } finally {
      this.runtime.pause();
      this.endWaitLimit?.();
    }
  }

  /** Waits until all metrics in the output have been found. A stopped job does not wait long. */
  private async readRemainingMetrics(): Promise<void> {
    const { signal } = this.stopping;
    const found = this.metrics.settled();
    const patience = async (): Promise<void> => {
      if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve));
      await pause(STOPPED_JOB_WAITS_MS, undefined, { ref: false });
    };
    await Promise.race([found, patience()]);
    this.metrics.abandon();
  }

  private async trainToTheEnd(): Promise<TrainingOutcome> {
    let retries = this.request.RetryStrategy?.MaximumRetryAttempts ?? 0;
    for (;;) {
      const { outcome, isInterrupted } = await this.attempt();
      if (this.stopReason !== undefined) {
        return outcome;
      }
      if (isInterrupted) {
        await this.waitForInstance();
        if (this.isStopped) return { status: 'Stopped' };
        this.restart('Starting the training job on another instance');
      } else if (outcome.status === 'Failed' && isInternalError(outcome.failureReason) && retries > 0) {
        retries -= 1;
        this.restart(`Retrying the training job. ${outcome.failureReason}`);
      } else {
        return outcome;
      }
    }
  }

  private async attempt(): Promise<{ outcome: TrainingOutcome; isInterrupted: boolean }> {
    const interruption = new AbortController();
    const linesUntilInterruption = this.interruptions.shift();
    let lines = 0;
    let hasBegun = false;
    const isInterrupted = () => interruption.signal.aborted && !this.isStopped;
    this.move({ secondaryStatus: 'Downloading', message: 'Downloading input data' });
    const outcome = await attemptTraining(this.context, this.request, {
      threads: this.options.threads,
      runsAgain: this.runsAgain,
      signal: AbortSignal.any([this.stopping.signal, interruption.signal]),
      isLost: isInterrupted,
      onStart: () => {
        hasBegun = true;
        this.begin();
      },
      onUpload: () =>
        this.move({ secondaryStatus: 'Uploading', message: 'Uploading generated training model' }),
      onLog: (event) => {
        this.metrics.add(event);
        lines += hasBegun ? 1 : 0;
        if (lines === linesUntilInterruption) interruption.abort();
      },
      onMetric: (name, value) => this.metrics.record(name, value),
      onDataWarning: (text) => this.dataWarnings.add(text),
    });
    this.runtime.pause();
    return { outcome, isInterrupted: isInterrupted() };
  }

  /** Records the start of training. Time that the job spent waiting for its turn does not count. */
  private begin(): void {
    this.move({
      secondaryStatus: 'Training',
      message: 'Training image download completed. Training in progress.',
    });
    this.runtime.resume();
    const { MaxWaitTimeInSeconds: wait } = this.request.StoppingCondition ?? {};
    if (this.hasSpotInstances && wait !== undefined) {
      this.endWaitLimit ??= startTimeLimit(wait, () => this.stop('MaxWaitTimeExceeded'));
    }
  }

  private async waitForInstance(): Promise<void> {
    this.move({ secondaryStatus: 'Interrupted', message: 'The spot instance was interrupted' });
    const milliseconds = (this.context.spot?.waitSeconds ?? 0) * 1000;
    await pause(milliseconds, undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }

  private restart(message: string): void {
    this.runsAgain = true;
    this.move({ secondaryStatus: 'Starting', message });
    this.options.onRestart?.();
  }

  private get isStopped(): boolean {
    return this.stopReason !== undefined;
  }

  private end(outcome: TrainingOutcome, isClosing: boolean): Promise<TrainingJobRecord> {
    this.isOver = true;
    const metrics = this.finalMetrics();
    const metricNotes = this.metrics.notes();
    const { status, isInterrupted } = jobEnd(outcome.status, this.stoppedByClosing, isClosing);
    const last = this.lastTransition(status === 'Stopped' ? { status } : outcome);
    return this.context.jobs.training.finish(this.request.TrainingJobName, (record) => {
      const ended = moveTrainingJob(record.description, last, this.context.now());
      const { TrainingTimeInSeconds: seconds } = ended;
      const isCheaper = this.hasSpotInstances && this.context.spot !== undefined && seconds !== undefined;
      return {
        ...record,
        ...(isInterrupted && { isInterrupted }),
        ...(Object.keys(metricNotes).length > 0 && { metricNotes }),
        ...(this.dataWarnings.size > 0 && { dataWarnings: [...this.dataWarnings] }),
        description: {
          ...ended,
          ...(isCheaper && { BillableTimeInSeconds: Math.max(1, Math.round(seconds * SPOT_PRICE_SHARE)) }),
          ...(metrics.length > 0 && { FinalMetricDataList: metrics }),
        },
      };
    });
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

  /** Records a step of the job. After a stop is requested, only the end is recorded. */
  private move(transition: Transition): void {
    if (!this.isStopped) {
      this.context.jobs.training.updateProgress(this.request.TrainingJobName, (record) => ({
        ...record,
        description: moveTrainingJob(record.description, transition, this.context.now()),
      }));
    }
  }
}
