import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { failedFor } from '../failure-reason';
import { unlessAborted } from '../job-runner';
import type { Trainer, TrainingOutcome, TrainingTask } from '../trainer';

/** A training job as a stub sees it. */
export interface StubTrainingJob {
  readonly name: string;
  /** URI of the training image. */
  readonly image: string;
  readonly hyperparameters: Readonly<Record<string, string>>;
  /** Paths of the files of each channel, by the channel's name. The training role may read them: that was checked. */
  readonly channels: Readonly<Record<string, readonly string[]>>;
  /** Aborts when the job is stopped; it ends then, whatever the stub does. */
  readonly signal: AbortSignal;
  /** Adds a line to the job's log; metrics are found in it as in what a container prints. */
  readonly log: (line: string) => void;
}

/**
 * Stands for all training: what it returns are the final values of the job's metrics, by their names
 * (`validation:rmse`). What it throws makes the job fail; the message is its failure reason.
 */
export type StubTraining = (
  job: StubTrainingJob,
) => Readonly<Record<string, number>> | Promise<Readonly<Record<string, number>>>;

/** The file in the model of a stubbed job. */
const MODEL_FILE = 'stub.json';

/** Makes a trainer that trains nothing: a function answers the jobs that another trainer would run. */
export function createStubTrainer(replaced: Trainer, stub: StubTraining): Trainer {
  return {
    images: replaced.images,
    accepts: (algorithm) => replaced.accepts(algorithm),
    refusal: (algorithm) => replaced.refusal?.(algorithm),
    metricDefinitions: (algorithm) => replaced.metricDefinitions(algorithm),
    async train(task) {
      task.onStart();
      task.onLog('This is a stub: nothing is trained.');
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

/** Worded as a container's failure is, unless the stub does it. */
function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return /^\w+Error: /.test(message) ? message : `AlgorithmError: ${message}, exit code: 1`;
}
