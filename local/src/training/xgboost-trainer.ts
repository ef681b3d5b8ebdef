import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { dataWarningIn } from './data-warning';
import { isFirstPartyXGBoost } from './first-party-accounts';
import { transformOnPool } from './pool-serving';
import { trainOnPool } from './pool-training';
import type { PythonEnvironment } from './python-environment';
import { PYTHON_FOLDER } from './python-process';
import type { PythonExtra } from './python-requirements';
import { PythonWorkerPool, type TrainingMessage } from './python-worker-pool';
import { type MetricDefinition, SAGEMAKER_STOP_GRACE_MS, type Trainer, type TrainingTask } from './trainer';
import { isXGBoostImage, xgboostVersionOf } from './xgboost-images';

const FORKED_BYTES = 1 << 24;

/** Options of `createXGBoostTrainer`. */
export interface XGBoostTrainerOptions {
  /** Returns an environment with a version of XGBoost (`PythonEnvironments.forXGBoost`). */
  readonly pythonFor: (xgboostVersion: string, extras: readonly PythonExtra[]) => Promise<PythonEnvironment>;
  /** Maximum number of parallel jobs, each in a separate process. Further jobs wait. */
  readonly maxWorkers: number;
  /**
   * Minimum size of the data, in bytes, for which jobs fork from the process that loaded the data. Linux only: the
   * system libraries of macOS do not survive a fork, and Windows has no fork.
   *
   * @default 16 MiB, which take 0.3 s to load; forking takes 0.01 s
   */
  readonly forkedBytes?: number;
  /**
   * Receives notices about input that SageMaker's container accepts, but that is probably a mistake, such as
   * a CSV file with a header. Sends each notice once, because all jobs of a search read the same files.
   *
   * @default notices are only in the logs of the jobs
   */
  readonly onNotice?: (text: string) => void;
}

/**
 * Creates the trainer of SageMaker's built-in XGBoost algorithm (algorithm mode). Hyperparameters, channels,
 * log and failures match the container. XGBoost trains in warm Python processes.
 */
export function createXGBoostTrainer(options: XGBoostTrainerOptions): Trainer {
  const { forkedBytes = FORKED_BYTES } = options;
  const pools = new Map<string, PythonWorkerPool>();
  const noticed = new Set<string>();
  let isClosed = false;

  function notice(warning: string): void {
    if (noticed.has(warning)) return;
    noticed.add(warning);
    options.onNotice?.(warning);
  }

  async function poolFor(trainingImage: string, extras: readonly PythonExtra[]): Promise<PythonWorkerPool> {
    const { python } = await options.pythonFor(xgboostVersionOf(trainingImage), extras);
    if (isClosed) {
      throw new Error('the trainer is closed');
    }
    const pool = pools.get(python) ?? new PythonWorkerPool(python, options.maxWorkers);
    pools.set(python, pool);
    return pool;
  }

  return {
    images: "SageMaker's XGBoost (repository sagemaker-xgboost)",
    // With a user's program (script mode), the image is a framework container, which another trainer runs.
    accepts: ({ trainingImage, hyperparameters }) =>
      isXGBoostImage(trainingImage) && hyperparameters.sagemaker_program === undefined,
    metricDefinitions: ({ trainingImage }) => xgboostMetricDefinitions(trainingImage),
    resumes: () => false,
    async prepare({ trainingImage }, parallelJobs) {
      await (await poolFor(trainingImage, [])).warm(parallelJobs);
    },
    train(task) {
      const onLog = (line: string) => {
        task.onLog(line);
        const warning = dataWarningIn(line);
        if (warning === undefined) return;
        notice(warning);
        task.onDataWarning?.(warning);
      };
      return trainOnPool({ ...task, onLog }, async () => ({
        pool: await poolFor(task.trainingImage, extrasOf(task)),
        job: { ...jobOf(task), forks: process.platform === 'linux' && bytesOf(task) >= forkedBytes },
      }));
    },
    serving: {
      images: "models of SageMaker's built-in XGBoost (repository sagemaker-xgboost)",
      // As in training: with a user's program, the image is a framework container.
      accepts: ({ image, environment }) =>
        isXGBoostImage(image) && environment.SAGEMAKER_PROGRAM === undefined,
      transform: (task) => transformOnPool(task, () => poolFor(task.image, [])),
    },
    async close() {
      isClosed = true;
      await Promise.all([...pools.values()].map((pool) => pool.close()));
    },
  };
}

function bytesOf({ channels }: TrainingTask): number {
  return channels.flatMap(({ files }) => files).reduce((bytes, { path }) => bytes + statSync(path).size, 0);
}

function jobOf({
  hyperparameters,
  workFolder,
  threads,
  channels,
  checkpoints,
}: TrainingTask): TrainingMessage {
  return {
    hyperparameters,
    workFolder,
    threads,
    // With save_model_on_termination, a stopped job finishes its round and saves the model, so it gets as much time as
    // on SageMaker.
    ...(hyperparameters.save_model_on_termination === 'true' && {
      stopGraceMilliseconds: SAGEMAKER_STOP_GRACE_MS,
    }),
    channels: channels.map(({ name, contentType, files }) => ({
      name,
      contentType,
      files: files.map(({ path }) => path),
    })),
    ...(checkpoints !== undefined && { checkpointFolder: checkpoints.folder }),
  };
}

function extrasOf(task: TrainingTask): PythonExtra[] {
  return task.channels.some((channel) => channel.contentType?.toLowerCase().includes('parquet'))
    ? ['parquet']
    : [];
}

interface AlgorithmData {
  readonly metricRegex: string;
  readonly metrics: { readonly Maximize: readonly string[]; readonly Minimize: readonly string[] };
}

let definitions: readonly MetricDefinition[] | undefined;

/**
 * SageMaker's own metric definitions for its XGBoost images, even for scripts: every metric on the
 * training data and on the validation data. Empty for a copy of the image in another account.
 */
export function xgboostMetricDefinitions(trainingImage: string): readonly MetricDefinition[] {
  if (!isFirstPartyXGBoost(trainingImage)) return [];
  if (definitions === undefined) {
    const file = join(PYTHON_FOLDER, 'xgboost_hyperparameters.json');
    const { metricRegex, metrics } = JSON.parse(readFileSync(file, 'utf8')) as AlgorithmData;
    definitions = ['train', 'validation'].flatMap((channel) =>
      [...metrics.Maximize, ...metrics.Minimize].map((metric) => ({
        Name: `${channel}:${metric}`,
        Regex: metricRegex.replace('{channel}', channel).replace('{metric}', metric),
      })),
    );
  }
  return definitions;
}
