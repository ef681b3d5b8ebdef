import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { BucketDeployment, Source } from 'aws-cdk-lib/aws-s3-deployment';
import { ModelRegistry, ParameterRange, QualityGate } from '../../../lib';
import { workflow } from '../../../test/fixtures';
import { writeRegressionCsv } from '../training/support';
import {
  filesIn,
  onlyExecutionIn,
  synthesize,
  trainingJobsIn,
  tuningJobsIn,
  writeTrainingData,
} from './support';

/** Number of training jobs in the search, without the final training job. */
export const TRAINING_JOBS = 12;

const LONGEST_WAIT_MS = 120_000;

/**
 * Synthesizes a workflow whose training takes long enough to be interrupted, and which registers its final model.
 * @returns the assembly folder
 */
export function synthesizeInterruptedWorkflow(): string {
  const data = writeTrainingData();
  mkdirSync(join(data, 'test'));
  writeRegressionCsv(join(data, 'test', 'test.csv'), 100, 4, 3);
  return synthesize((stack) => {
    const props = {
      hyperparameters: { objective: 'reg:squarederror' },
      parameterRanges: [
        ParameterRange.integer('num_round', { min: 100, max: 400 }),
        ParameterRange.continuous('eta', { min: 0.01, max: 0.5 }),
        ParameterRange.integer('max_depth', { min: 3, max: 8 }),
      ],
      maxTrainingJobs: TRAINING_JOBS,
      maxParallelTrainingJobs: 2,
      jobNamePrefix: 'killed',
      evaluation: {},
      qualityGate: QualityGate.betterThanBaseline(),
      registry: ModelRegistry.group(),
    };
    new BucketDeployment(stack, 'Data', {
      sources: [Source.asset(data)],
      destinationBucket: workflow(props, stack).bucket,
      destinationKeyPrefix: 'input/',
    });
  });
}

/** Waits until a condition is true. */
export async function until(condition: () => boolean, milliseconds = 5): Promise<void> {
  const giveUp = Date.now() + LONGEST_WAIT_MS;
  while (!condition()) {
    if (Date.now() > giveUp) throw new Error(`waited too long for ${condition}`);
    await wait(milliseconds);
  }
}

/** Resolves when there are `count` executions. */
export async function executionIn(root: string, count = 1): Promise<void> {
  await until(
    () => filesIn(join(root, 'executions')).filter((name) => !name.startsWith('.')).length >= count,
  );
}

/** Resolves when `count` training jobs have completed. */
export async function completedIn(root: string, count: number): Promise<void> {
  await until(() => Object.keys(timesTrained(root)).length >= count, 20);
}

/**
 * How often each completed training job was trained, according to its log. A job was trained twice only if
 * local mode was killed after the training ended and before its end was recorded.
 */
export function timesTrained(root: string): Record<string, number> {
  const completed = trainingJobsIn(root).filter(({ description }) => {
    return description.TrainingJobStatus === 'Completed';
  });
  return Object.fromEntries(
    completed.map(({ name }) => {
      const log = readFileSync(join(root, 'logs', `${name}.log`), 'utf8');
      return [name, log.match(/Training took/g)?.length ?? 0];
    }),
  );
}

/**
 * Checks the final state after any number of interruptions: the execution has succeeded, nothing was started twice,
 * completed training jobs were not trained again, one version was registered, and every model exists.
 *
 * @param trainedBefore how often each job had been trained when it was first seen as completed
 * @param context describes the interruptions, for the failure message
 */
export function expectWhole(root: string, trainedBefore: Record<string, number>, context: string): void {
  const execution = onlyExecutionIn(root);
  expect({ ...execution, context }).toMatchObject({
    status: 'SUCCEEDED',
    output: { tuningJob: { status: 'Completed', trainingJobs: { completed: TRAINING_JOBS, failed: 0 } } },
  });
  expect(tuningJobsIn(root)).toHaveLength(1);
  expect(filesIn(join(root, 'sagemaker/model-packages'))).toHaveLength(1);
  const jobs = trainingJobsIn(root);
  expect(jobs.map(({ description }) => description.TrainingJobStatus)).toEqual(
    Array.from({ length: TRAINING_JOBS + 1 }, () => 'Completed'),
  );
  const trainedAfter = timesTrained(root);
  for (const [name, times] of Object.entries(trainedBefore)) {
    expect({ name, times: trainedAfter[name], context }).toEqual({ name, times, context });
  }
  for (const { description } of jobs) {
    const archive = description.ModelArtifacts.S3ModelArtifacts.replace('s3:/', join(root, 's3'));
    expect(existsSync(archive)).toBe(true);
    expect(execFileSync('tar', ['-tzf', archive], { encoding: 'utf8' })).toBe('xgboost-model\n');
  }
  const events = readFileSync(join(root, 'executions', execution.name, 'history.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { id: number; type: string });
  expect(events.filter(({ type }) => type === 'ExecutionSucceeded')).toHaveLength(1);
  expect(events.filter(({ type }) => type === 'ExecutionStarted')).toHaveLength(1);
}
