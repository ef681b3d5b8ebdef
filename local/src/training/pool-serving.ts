import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { extractArchive } from './extract-archive';
import { failedFor } from './failure-reason';
import { JobError } from './job-folder';
import type { TransformTask } from './model-server';
import { runOnPool } from './pool-training';
import type { PythonWorkerPool, TransformMessage } from './python-worker-pool';
import type { TrainingOutcome } from './trainer';

/** Transforms files on a warm worker that has the model's library. */
export async function transformOnPool(
  task: TransformTask,
  poolFor: () => Promise<PythonWorkerPool>,
): Promise<TrainingOutcome> {
  try {
    const modelFolder = await unpackModel(task);
    await mkdir(join(task.workFolder, 'output'), { recursive: true });
    return await runOnPool(task, async () => ({
      pool: await poolFor(),
      job: transformMessage(task, modelFolder),
    }));
  } catch (error) {
    if (error instanceof JobError) return failedFor(error.message);
    throw error;
  }
}

/**
 * Unpacks a model archive.
 *
 * @returns the folder that replaces `/opt/ml/model`
 * @throws JobError when the archive cannot be unpacked
 */
export async function unpackModel(task: TransformTask): Promise<string> {
  const folder = join(task.workFolder, 'model');
  await mkdir(folder, { recursive: true });
  const { modelArchive: archive } = task;
  if (archive === undefined) return folder;
  try {
    await extractArchive(archive, folder, { place: 'model directory', onNotice: task.onLog });
  } catch (error) {
    throw new JobError(
      `ClientError: Failed to extract model data archive. The object is expected to be a gzip-compressed tar archive: ${(error as Error).message}`,
    );
  }
  return folder;
}

/** The message that starts a transform in a worker. */
export function transformMessage(task: TransformTask, modelFolder: string): TransformMessage {
  const { batch, files, environment, threads, workFolder } = task;
  return {
    workFolder,
    threads,
    transform: {
      ...batch,
      modelFolder,
      environment,
      outputFolder: join(workFolder, 'output'),
      files: files.map(({ path, name }) => ({ path, name })),
    },
  };
}
