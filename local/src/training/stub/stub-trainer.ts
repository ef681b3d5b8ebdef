import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { failedFor } from '../failure-reason';
import { unlessAborted } from '../job-runner';
import type { Trainer, TrainingOutcome, TrainingTask } from '../trainer';

/** A training job, as a stub receives it. */
export interface StubTrainingJob {
  readonly name: string;
  /** URI of the training image. */
  readonly image: string;
  readonly hyperparameters: Readonly<Record<string, string>>;
  /**
   * File paths of each channel, by channel name. The training role's permission to read them has been
   * checked.
   */
  readonly channels: Readonly<Record<string, readonly string[]>>;
  /** Aborts when the job is stopped. The job then ends even if the stub does not. */
  readonly signal: AbortSignal;
  /** Adds a line to the job's log. Metric definitions apply to it, as to a container's output. */
  readonly log: (line: string) => void;
}

/**
 * Replaces all training. Returns the final values of the job's metrics by name (`validation:rmse`). If it
 * throws, the job fails with the message as its failure reason.
 */
export type StubTraining = (
  job: StubTrainingJob,
) => Readonly<Record<string, number>> | Promise<Readonly<Record<string, number>>>;

/** Name of the file in the model of a stubbed job. */
const MODEL_FILE = 'stub.json';

/**
 * Creates a trainer that replaces another trainer. It accepts the same jobs, and calls a function instead of
 * training.
 */
export function createStubTrainer(replaced: Trainer, stub: StubTraining): Trainer {
  return {
    images: replaced.images,
    accepts: (algorithm) => replaced.accepts(algorithm),
    refusal: (algorithm) => replaced.refusal?.(algorithm),
    metricDefinitions: (algorithm) => replaced.metricDefinitions(algorithm),
    ...(replaced.serving && { serving: replaced.serving }),
    async train(task) {
      task.onStart();
      task.onLog('This is a stub: it does not train.');
      try {
        return await answer(task, stub);
      } catch (error) {
        if (task.signal.aborted) return { status: 'Stopped' };
        return failedFor(reasonOf(error));
      }
    },
    close: () => replaced.close(),
  };
}

async function answer(task: TrainingTask, stub: StubTraining): Promise<TrainingOutcome> {
  const { hyperparameters, signal } = task;
  const job: StubTrainingJob = {
    name: task.trainingJobName,
    image: task.trainingImage,
    hyperparameters,
    channels: Object.fromEntries(
      task.channels.map(({ name, files }) => [name, files.map(({ path }) => path)]),
    ),
    signal,
    log: task.onLog,
  };
  const metrics = await unlessAborted((async () => stub(job))(), signal);
  for (const [name, value] of Object.entries(metrics)) {
    task.onMetric?.(name, value);
    task.onLog(`${name} = ${value}`);
  }
  await mkdir(join(task.workFolder, 'model'), { recursive: true });
  const model = { stub: true, hyperparameters, metrics };
  await writeFile(join(task.workFolder, 'model', MODEL_FILE), JSON.stringify(model, undefined, 2));
  return { status: 'Completed' };
}

/** Returns the stub's error in the form of a container's failure reason. A message that already has this form stays. */
function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return /^\w+Error: /.test(message) ? message : `AlgorithmError: ${message}, exit code: 1`;
}
