import { ListTagsCommand, type SageMakerClient } from '@aws-sdk/client-sagemaker';
import { isNotFound } from '../shared/sagemaker-errors';
import { InvalidConfigurationError, JobsNotStoppedError } from './errors';
import type { EndedExecution } from './event';
import { EXECUTION_TAG, executionTagValues } from './execution-tag';
import { JOB_KINDS, type RunningJob } from './job-kinds';

/** The jobs that the function looks for. */
export interface StopJobsConfiguration {
  /** Prefix of the job names. */
  readonly jobNamePrefix: string;
  /** Kinds of jobs: keys of `JOB_KINDS`. */
  readonly kinds: readonly string[];
}

/** Result of the function. */
export interface StopJobsResult {
  readonly stopped: readonly string[];
  /** Names of the jobs that ended before they could be stopped. */
  readonly ended: readonly string[];
}

/** Jobs that were created more than this time after an execution ended belong to a redrive of the execution. */
const REDRIVE_GRACE_MILLISECONDS = 60_000;

/**
 * Reads the configuration from the function's environment.
 *
 * @throws InvalidConfigurationError
 */
export function readConfiguration(environment: NodeJS.ProcessEnv): StopJobsConfiguration {
  const { JOB_NAME_PREFIX: jobNamePrefix, JOB_KINDS: names } = environment;
  const kinds = names?.split(',') ?? [];
  const unknown = kinds.find((kind) => !(kind in JOB_KINDS));
  if (!jobNamePrefix || kinds.length === 0 || unknown !== undefined) {
    throw new InvalidConfigurationError(
      `the environment must have JOB_NAME_PREFIX and JOB_KINDS (one or more of ${Object.keys(JOB_KINDS).join(', ')}), got ${JSON.stringify({ jobNamePrefix, names })}`,
    );
  }
  return { jobNamePrefix, kinds };
}

/**
 * Stops an execution's jobs that are still in progress.
 *
 * @throws JobsNotStoppedError after stopping all other jobs, if some jobs could not be stopped
 */
export async function stopJobs(
  client: SageMakerClient,
  { jobNamePrefix, kinds }: StopJobsConfiguration,
  { executionArn, stopDate }: EndedExecution,
): Promise<StopJobsResult> {
  const values = executionTagValues(executionArn);
  const latest = stopDate ? stopDate.getTime() + REDRIVE_GRACE_MILLISECONDS : Number.POSITIVE_INFINITY;
  const stopped: string[] = [];
  const ended: string[] = [];
  const failures: string[] = [];
  const parents: string[] = [];
  for (const [kindName, kind] of Object.entries(JOB_KINDS)) {
    if (!kinds.includes(kindName)) continue;
    const jobs = await runningJobs(client, kindName, jobNamePrefix);
    // Excludes training jobs that another job started: they have the same tags as that job, and stop when that job
    // stops.
    const own = jobs.filter(({ name }) => !parents.some((parent) => name.startsWith(`${parent}-`)));
    parents.push(...own.map(({ name }) => name));
    for (const { name, arn, created } of own) {
      if (created && created.getTime() > latest) continue;
      try {
        if (!(await isOf(client, arn, values))) continue;
        await kind.stop(client, name);
        stopped.push(name);
      } catch (error) {
        if (hasEnded(error)) ended.push(name);
        else failures.push(`${name}: ${error instanceof Error ? `${error.name}: ${error.message}` : error}`);
      }
    }
  }
  if (failures.length > 0) {
    throw new JobsNotStoppedError(
      `${failures.length} jobs of ${executionArn} could not be stopped (${stopped.length} were stopped): ${failures.join('; ')}`,
    );
  }
  return { stopped, ended };
}

async function runningJobs(
  client: SageMakerClient,
  kindName: string,
  jobNamePrefix: string,
): Promise<RunningJob[]> {
  const found: RunningJob[] = [];
  let nextToken: string | undefined;
  do {
    const page = await JOB_KINDS[kindName]?.list(client, jobNamePrefix, nextToken);
    // The API filters by a substring of the name, so the prefix is checked here.
    found.push(...(page?.jobs ?? []).filter(({ name }) => name.startsWith(jobNamePrefix)));
    nextToken = page?.nextToken;
  } while (nextToken);
  return found;
}

async function isOf(client: SageMakerClient, arn: string, values: readonly string[]): Promise<boolean> {
  let nextToken: string | undefined;
  do {
    const answer = await client.send(new ListTagsCommand({ ResourceArn: arn, NextToken: nextToken }));
    const tag = answer.Tags?.find(({ Key }) => Key === EXECUTION_TAG);
    if (tag) return values.includes(tag.Value ?? '');
    nextToken = answer.NextToken;
  } while (nextToken);
  return false;
}

/** Whether a job could not be stopped because it has already ended or is stopping. */
function hasEnded(error: unknown): boolean {
  if (isNotFound(error)) return true;
  return (
    error instanceof Error &&
    error.name === 'ValidationException' &&
    /\b(completed|failed|stopped|stopping)\b/i.test(error.message)
  );
}
