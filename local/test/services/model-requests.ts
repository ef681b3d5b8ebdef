import * as fs from 'node:fs';
import * as path from 'node:path';
import type { ModelServer, Trainer, TrainingOutcome, TransformTask } from '../../src/training';
import { BUCKET, IMAGE, printX, TRAINING_ROLE, trainerOf } from './helpers';

/** The model data that `putModelData` writes. */
export const MODEL_DATA = `s3://${BUCKET}/models/model.tar.gz`;

export function putModelData(root: string): void {
  const file = path.join(root, 's3', BUCKET, 'models', 'model.tar.gz');
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, 'an archive');
}

/** A request for a model. */
export function modelRequest(name: string, container: object = {}) {
  return {
    ModelName: name,
    PrimaryContainer: { Image: IMAGE, ModelDataUrl: MODEL_DATA, ...container },
    ExecutionRoleArn: TRAINING_ROLE,
  };
}

/** A request for a transform job. */
export function transformRequest(name: string, ModelName = 'Model-1') {
  return {
    TransformJobName: name,
    ModelName,
    TransformInput: {
      DataSource: { S3DataSource: { S3DataType: 'S3Prefix' as const, S3Uri: `s3://${BUCKET}/input/` } },
      ContentType: 'text/csv',
      SplitType: 'Line' as const,
    },
    TransformOutput: { S3OutputPath: `s3://${BUCKET}/predictions/`, AssembleWith: 'Line' as const },
    TransformResources: { InstanceType: 'ml.m5.large' as const, InstanceCount: 1 },
  };
}

/** A test's model, which turns input files into output files. The default copies each file. */
export type Model = (task: TransformTask) => Promise<TrainingOutcome> | TrainingOutcome;

export const copyFiles: Model = ({ files, workFolder, onLog }) => {
  const output = path.join(workFolder, 'output');
  fs.mkdirSync(output);
  for (const [at, { path: file, name }] of files.entries()) {
    onLog(`copying ${name}`);
    fs.copyFileSync(file, path.join(output, String(at)));
  }
  return { status: 'Completed' };
};

/** A trainer of `IMAGE` whose models run in this process. */
export function servingTrainer(model: Model = copyFiles): Trainer {
  const serving: ModelServer = {
    images: IMAGE,
    accepts: ({ image }) => image === IMAGE,
    transform: async (task) => {
      task.onStart();
      return model(task);
    },
  };
  return { ...trainerOf(printX), serving };
}
