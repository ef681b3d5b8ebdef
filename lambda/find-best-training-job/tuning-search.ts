import {
  DescribeHyperParameterTuningJobCommand,
  type DescribeHyperParameterTuningJobResponse,
  ListTrainingJobsForHyperParameterTuningJobCommand,
  type SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import { UnexpectedResponseError } from '../shared/errors';
import { compareBy, type Objective, type RankedTrainingJob, ranked } from '../shared/objective';
import { isNotFound } from '../shared/sagemaker-errors';
import type { CheckedEvent } from './event';
import { describeFailure } from './failure-text';
import type { TrainingJobCounts, TuningJobResult } from './types';

/** Maximum number of pages of the sorted list to read. Usually, the first page is enough. */
const MAX_PAGES = 10;

/** Number of tuning jobs to read at the same time. SageMaker's request quotas are low. */
const PARALLEL = 4;

/** A search: one tuning job, or several tuning jobs that ran one after the other. */
export interface TuningSearch {
  readonly tuningJob: TuningJobResult;
  /** Training jobs with an objective value, best first. */
  readonly listed: readonly RankedTrainingJob[];
}

/** Reads the training jobs of the given tuning job and of the tuning jobs that the search ran before it. */
export async function readSearch(
  client: SageMakerClient,
  event: CheckedEvent,
  description: DescribeHyperParameterTuningJobResponse,
  objective: Objective,
): Promise<TuningSearch> {
  const { earlierTuningJobNames: names, failure } = event;
  const bestIsKnown = names === undefined && ranked(description.BestTrainingJob) !== undefined;
  const last = await readTuningJob(client, event, description, { objective, bestIsKnown });
  if (names === undefined) return last;
  const earlier = await readEach(names, async (name) => {
    const found = await client
      .send(new DescribeHyperParameterTuningJobCommand({ HyperParameterTuningJobName: name }))
      .catch(undefinedIfNotFound);
    if (!found) return [];
    return [
      await readTuningJob(client, { ...event, tuningJobName: name }, found, { objective, bestIsKnown }),
    ];
  });
  const all = [...earlier.flat(), last];
  // If the last known tuning job completed, the failure belongs to the next tuning job, which did not start or can no
  // longer be described.
  const ofNext = failure && last.tuningJob.status === 'Completed' ? failure : undefined;
  const failureReason =
    description.FailureReason ||
    (ofNext && `The next tuning job did not run to its end: ${describeFailure(ofNext)}`);
  return {
    tuningJob: {
      ...last.tuningJob,
      trainingJobs: sumOf(all.map(({ tuningJob }) => tuningJob.trainingJobs)),
      ...(names.length > 0 && { earlierTuningJobNames: names }),
      ...(failureReason && { failureReason }),
    },
    listed: all.flatMap(({ listed }) => listed).sort(compareBy(objective.type)),
  };
}

async function readTuningJob(
  client: SageMakerClient,
  event: CheckedEvent,
  description: DescribeHyperParameterTuningJobResponse,
  { objective, bestIsKnown }: { readonly objective: Objective; readonly bestIsKnown: boolean },
): Promise<TuningSearch> {
  return {
    tuningJob: summarize(description),
    listed: await listRanked(client, event, objective, bestIsKnown),
  };
}

function undefinedIfNotFound(error: unknown): undefined {
  if (!isNotFound(error)) throw error;
}

/** Reads tuning jobs, a few at a time. The results are in the order of the names. */
async function readEach<T>(names: readonly string[], read: (name: string) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (let start = 0; start < names.length; start += PARALLEL) {
    results.push(...(await Promise.all(names.slice(start, start + PARALLEL).map(read))));
  }
  return results;
}

/** Adds up the numbers of training jobs of several tuning jobs. */
function sumOf(counts: readonly TrainingJobCounts[]): TrainingJobCounts {
  const sum = (of: keyof TrainingJobCounts) => counts.reduce((total, each) => total + each[of], 0);
  return { completed: sum('completed'), stopped: sum('stopped'), failed: sum('failed') };
}

function summarize(description: DescribeHyperParameterTuningJobResponse): TuningJobResult {
  const {
    HyperParameterTuningJobName: name,
    HyperParameterTuningJobArn: arn,
    HyperParameterTuningJobStatus: status,
    TrainingJobStatusCounters: counters = {},
  } = description;
  if (name === undefined || arn === undefined || status === undefined) {
    throw new UnexpectedResponseError(
      "SageMaker's description of the tuning job lacks its name, ARN or status",
    );
  }
  return {
    name,
    arn,
    status,
    trainingJobs: {
      completed: counters.Completed ?? 0,
      stopped: counters.Stopped ?? 0,
      // The API has no counter for all failed training jobs. RetryableError counts failures caused by the service, and
      // NonRetryableError counts failures caused by the client.
      failed: (counters.NonRetryableError ?? 0) + (counters.RetryableError ?? 0),
    },
  };
}

/**
 * Lists the tuning job's training jobs that have an objective value, best first. Reads at least the requested number of
 * training jobs. If SageMaker returned no best training job, continues until it finds a completed training job.
 */
async function listRanked(
  client: SageMakerClient,
  { tuningJobName, topTrainingJobs }: CheckedEvent,
  { type }: Objective,
  bestIsKnown: boolean,
): Promise<RankedTrainingJob[]> {
  const listed: RankedTrainingJob[] = [];
  const isEnough = () => listed.length >= topTrainingJobs && (bestIsKnown || listed.some(isCompleted));
  let nextToken: string | undefined;
  for (let page = 0; page < MAX_PAGES && !isEnough(); page += 1) {
    const response = await client.send(
      new ListTrainingJobsForHyperParameterTuningJobCommand({
        HyperParameterTuningJobName: tuningJobName,
        // Sorting by the objective value leaves out training jobs without a value.
        SortBy: 'FinalObjectiveMetricValue',
        SortOrder: type === 'Minimize' ? 'Ascending' : 'Descending',
        // Requests a few more training jobs than needed, because values that are not numbers are left out.
        MaxResults: topTrainingJobs + 10,
        NextToken: nextToken,
      }),
    );
    listed.push(...(response.TrainingJobSummaries ?? []).flatMap((summary) => ranked(summary) ?? []));
    nextToken = response.NextToken;
    if (!nextToken) {
      break;
    }
  }
  return listed.sort(compareBy(type));
}

/** The best training job in the list by SageMaker's rule. Failed training jobs are excluded: they have no model. */
export function bestOfList(listed: readonly RankedTrainingJob[]): RankedTrainingJob | undefined {
  return listed.find(isCompleted) ?? listed.find(({ status }) => status === 'Stopped');
}

function isCompleted({ status }: RankedTrainingJob): boolean {
  return status === 'Completed';
}
