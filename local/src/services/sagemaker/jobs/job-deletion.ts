import * as fs from 'node:fs';
import * as path from 'node:path';
import { AwsError, validationError } from '../../aws-error';
import { isRunning } from '../tuning/tuning-view';
import type { Jobs, TrainingJobRecord, TuningJobRecord } from './job-types';

/**
 * Deletes a training job's record, so that its name can be used again. Artifacts and logs stay.
 *
 * @throws AwsError when the job has not ended, or when a running tuning job still needs the job. The second rule is
 *   specific to local mode.
 */
export function deleteTrainingJob(jobs: Jobs, { name, description }: TrainingJobRecord): void {
  if (isRunning(description.TrainingJobStatus)) {
    throw new AwsError(
      'ResourceInUse',
      `The request was rejected because the training job is in status ${description.TrainingJobStatus}.`,
    );
  }
  const tuningJob = jobs.tuning.get(/\/(.+)$/.exec(description.TuningJobArn ?? '')?.[1] ?? '');
  const { HyperParameterTuningJobStatus: status = 'Completed' } = tuningJob?.description ?? {};
  if (isRunning(status) || tuningJob?.isInterrupted) {
    throw new AwsError(
      'ResourceInUse',
      `The training job belongs to the hyperparameter tuning job ${tuningJob?.name}, which ${isRunning(status) ? `is in status ${status}` : 'was interrupted and can be resumed'}: delete it after the tuning job has ended`,
    );
  }
  jobs.training.delete(name);
}

/**
 * Deletes a tuning job's record and its study, so that its name can be used again. Its training jobs stay
 * (API reference, DeleteHyperParameterTuningJob).
 *
 * @param root the deployment's folder
 * @throws AwsError when the tuning job has not ended
 */
export function deleteTuningJob(jobs: Jobs, root: string, { name, description }: TuningJobRecord): void {
  const { HyperParameterTuningJobStatus: status } = description;
  if (isRunning(status)) {
    throw validationError(
      `The request was rejected because the hyperparameter tuning job is in status ${status}.`,
    );
  }
  // Deletes the study of each definition. Otherwise, a new tuning job with the same name would continue these studies.
  const folder = path.join(root, 'sagemaker', 'studies');
  const studies = fs.existsSync(folder) ? fs.readdirSync(folder) : [];
  for (const file of studies.filter((each) => each.startsWith(`${name.toLowerCase()}.`))) {
    fs.rmSync(path.join(folder, file), { force: true });
  }
  jobs.tuning.delete(name);
}
