import { continueFrom } from '../../../steady-clock';
import type { AutoMLEngine } from '../automl/automl-engine';
import type { TrainingEngine } from '../training/training-engine';
import type { TransformEngine } from '../transform/transform-engine';
import type { TuningEngine } from '../tuning/tuning-engine';
import type { JobRecord } from './job-store';
import type { Jobs } from './job-types';

/** The engines that run jobs. */
export interface Engines {
  readonly training: TrainingEngine;
  readonly tuning: TuningEngine;
  readonly automl: AutoMLEngine;
  readonly transform: TransformEngine;
}

/**
 * Resumes interrupted jobs. Tuning jobs continue. Training jobs outside tuning jobs continue from their checkpoints;
 * without checkpoints, they start from the beginning. AutoML jobs and transform jobs start from the beginning.
 *
 * @param isWanted selects the jobs to resume
 * @returns a promise that resolves when all resumed jobs have ended
 */
export async function resumeJobs(
  jobs: Jobs,
  { training, tuning, automl, transform }: Engines,
  isWanted: (job: JobRecord) => boolean,
): Promise<void> {
  for (const store of [jobs.training, jobs.tuning, jobs.automl, jobs.transform]) store.refresh();
  const interrupted = <R extends JobRecord>(records: readonly R[]): R[] =>
    records.filter((record) => record.isInterrupted && isWanted(record));
  continueFrom(1000 * Math.max(0, ...lastChanges(jobs, isWanted)));
  const alone = jobs.training.list().filter(({ description }) => description.TuningJobArn === undefined);
  const runs: readonly { readonly finished: Promise<unknown> }[] = [
    ...interrupted(jobs.tuning.list()).map((record) => tuning.resume(record)),
    ...interrupted(alone).map((record) => training.resumeAlone(record)),
    ...interrupted(jobs.automl.list()).map((record) => automl.resume(record)),
    ...interrupted(jobs.transform.list()).map((record) => transform.resume(record)),
  ];
  await Promise.all(runs.map(({ finished }) => finished));
}

/**
 * Times in epoch seconds when the jobs to resume last changed. The training jobs of a tuning job to resume count, too.
 */
function lastChanges(
  { training, tuning, automl, transform }: Jobs,
  isWanted: (job: JobRecord) => boolean,
): number[] {
  const goesOn = (record: JobRecord) => record.isInterrupted && isWanted(record);
  const tuningJobs = tuning.list().filter(goesOn);
  const arns = new Set(tuningJobs.map(({ description }) => description.HyperParameterTuningJobArn));
  const trainingJobs = training
    .list()
    .filter((record) => goesOn(record) || arns.has(record.description.TuningJobArn ?? ''));
  return [
    ...tuningJobs,
    ...trainingJobs,
    ...automl.list().filter(goesOn),
    ...transform.list().filter(goesOn),
  ].map(({ description }) => description.LastModifiedTime);
}
