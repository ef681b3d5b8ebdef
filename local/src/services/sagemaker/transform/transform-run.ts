import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { LONGEST_REASON } from '../../../training/failure-reason';
import type { ModelServer } from '../../../training/model-server';
import type { ChannelFile, TrainingOutcome } from '../../../training/trainer';
import type { EngineContext } from '../engine-context';
import { during } from '../jobs/failed-step';
import { jobEnd } from '../jobs/job-end';
import { JobLog, RUNS_AGAIN, transformLogName } from '../jobs/job-log';
import { outcomeOf } from '../jobs/job-outcome';
import { removeWorkFolder, transformFolderOf } from '../jobs/work-folder';
import { checkJobRole } from '../training/training-role';
import { batchSettings, servedModel, transformData } from './transform-checks';
import type { TransformJobDescription, TransformJobRecord } from './transform-types';

/** Runs a transform job from start to end. */
export class TransformRun {
  /** Resolves to the job's last record. Never rejects: failures are in the record. */
  public readonly finished: Promise<TransformJobRecord>;
  private readonly stopping = new AbortController();
  private stoppedByClosing: boolean | undefined;
  private isOver = false;

  constructor(
    private readonly context: EngineContext,
    private readonly server: ModelServer,
    private readonly record: TransformJobRecord,
  ) {
    this.finished = this.run();
  }

  /** Asks the job to stop without storing output. Does nothing if the job has stored output or has ended. */
  public stop(): void {
    if (this.isOver || this.stopping.signal.aborted) return;
    this.stoppedByClosing = this.context.isEnding();
    this.describe({ TransformJobStatus: 'Stopping' });
    this.stopping.abort();
  }

  private async run(): Promise<TransformJobRecord> {
    // Returns to the caller first, so that the caller can store the job's record and register this run.
    await Promise.resolve();
    const { context, record } = this;
    const folder = transformFolderOf(context.root, record.name);
    const log = JobLog.open(context.root, transformLogName(record.name));
    try {
      const outcome = await outcomeOf(this.transform(folder, log), context.root);
      await removeWorkFolder(folder, (problem) => log.write(problem));
      return this.end(outcome);
    } finally {
      log.close();
    }
  }

  private async transform(workFolder: string, log: JobLog): Promise<TrainingOutcome> {
    const { context, record } = this;
    const { description: request, model } = record;
    const { roleArn, container } = model;
    if (!log.isNew) log.write(RUNS_AGAIN);
    fs.rmSync(workFolder, { recursive: true, force: true });
    fs.mkdirSync(workFolder, { recursive: true });
    checkJobRole(
      {
        roleArn,
        image: container.Image ?? '',
        outputKey: { member: 'TransformOutput', keyId: request.TransformOutput.KmsKeyId },
        volumeKey: { member: 'TransformResources', keyId: request.TransformResources.VolumeKmsKeyId },
      },
      context.access,
      context.environment,
    );
    const { ModelDataUrl: modelUri } = container;
    const modelArchive = during('Model download', () =>
      modelUri === undefined ? undefined : context.data.objectFile(modelUri, roleArn),
    );
    const files = during('Data download', () => this.inputFiles());
    const outcome = await this.server.transform({
      ...servedModel(model, request),
      transformJobName: record.name,
      region: context.environment.region,
      objectFile: (uri) => context.data.objectFile(uri, roleArn),
      ...(modelArchive !== undefined && { modelArchive }),
      files,
      batch: batchSettings(request),
      workFolder,
      threads: os.availableParallelism(),
      signal: this.stopping.signal,
      onStart: () => this.describe({ TransformStartTime: context.now() }),
      onLog: (line) => void log.write(line),
    });
    if (outcome.status !== 'Stopped' && !this.stopping.signal.aborted) {
      this.isOver = true;
      this.store(files, workFolder);
    }
    return outcome;
  }

  private inputFiles(): readonly ChannelFile[] {
    const { description, model } = this.record;
    return this.context.data.resolveChannels(transformData(description, model)).flatMap(({ files }) => files);
  }

  /** Stores the output of all transformed files, even if other files failed (API reference, TransformOutput). */
  private store(files: readonly ChannelFile[], workFolder: string): void {
    const { TransformOutput: output } = this.record.description;
    for (const [number, { name }] of files.entries()) {
      const from = path.join(workFolder, 'output', String(number));
      if (!fs.existsSync(from)) continue;
      const uri = `${output.S3OutputPath.replace(/\/+$/, '')}/${name}.out`;
      const { roleArn } = this.record.model;
      const to = during('Output upload', () => this.context.data.outputFile(uri, roleArn, output.KmsKeyId));
      fs.mkdirSync(path.dirname(to), { recursive: true });
      fs.renameSync(from, to);
    }
  }

  private end(outcome: TrainingOutcome): TransformJobRecord {
    this.isOver = true;
    const { aborted } = this.stopping.signal;
    // The output of a stopped job is not stored, even if the transform itself has completed.
    const { status, isInterrupted } = jobEnd(
      aborted ? 'Stopped' : outcome.status,
      this.stoppedByClosing,
      this.context.isEnding(),
    );
    const now = this.context.now();
    return this.context.jobs.transform.update(this.record.name, (current) => ({
      ...current,
      ...(isInterrupted && { isInterrupted }),
      description: {
        ...current.description,
        TransformJobStatus: status,
        TransformEndTime: now,
        LastModifiedTime: now,
        ...(status === 'Failed' &&
          outcome.status === 'Failed' && { FailureReason: outcome.failureReason.slice(0, LONGEST_REASON) }),
      },
    }));
  }

  private describe(change: Partial<TransformJobDescription>): void {
    this.context.jobs.transform.update(this.record.name, (current) => ({
      ...current,
      description: { ...current.description, ...change, LastModifiedTime: this.context.now() },
    }));
  }
}
