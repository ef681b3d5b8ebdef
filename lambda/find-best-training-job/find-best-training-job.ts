import {
  DescribeHyperParameterTuningJobCommand,
  type DescribeHyperParameterTuningJobResponse,
  DescribeTrainingJobCommand,
  type DescribeTrainingJobResponse,
  ListTrainingJobsForHyperParameterTuningJobCommand,
  type SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import { UnexpectedResponseError } from '../shared/errors';
import { withoutTuningHyperparameters } from '../shared/hyperparameters';
import { compareBy, type Objective, objectiveOf, type RankedTrainingJob, ranked } from '../shared/objective';
import { withinBudget } from '../shared/result-budget';
import { isAccessDenied, isNotFound } from '../shared/sagemaker-errors';
import { joinSentences } from '../shared/sentences';
import { NoCompletedTrainingJobError, TuningJobNotFoundError } from './errors';
import type { CheckedEvent } from './event';
import { findCommonFailure } from './failures';
import type {
  BestTrainingJobResult,
  FindBestTrainingJobResult,
  StepFunctionsFailure,
  TopTrainingJobResult,
  TrainingJobCounts,
  TuningJobResult,
} from './types';

/** Pages of the sorted list that are read at most; the first is enough but for odd values. */
const MAX_PAGES = 10;

/** A cause can be the JSON of a whole job; its start says what happened. */
const MAX_CAUSE_CHARACTERS = 2000;

/**
 * Finds the best training job of a tuning job, and tells all about it that a final training and a person need.
 *
 * Which one is the best, first of these that there is:
 *
 * 1. SageMaker's `OverallBestTrainingJob`, which exists after a warm start of type IdenticalDataAndAlgorithm and can be a
 *    training job of a parent, if its value is better than that of this tuning job's own best: data and algorithm are the
 *    same, so that the values compare, and the final training shall use the best hyperparameters known. It is passed
 *    over where it cannot be described (the role may not, or it was deleted).
 * 2. SageMaker's `BestTrainingJob`.
 * 3. The best in the list of training jobs with an objective value: `BestTrainingJob` can be missing although there are
 *    some. As SageMaker does, it takes completed training jobs before stopped ones.
 *
 * The status of the tuning job does not matter: one that was stopped, or failed late, can have a best training job.
 */
export async function findBestTrainingJob(
  client: SageMakerClient,
  event: CheckedEvent,
): Promise<FindBestTrainingJobResult> {
  const description = await describeTuningJob(client, event);
  const tuningJob = summarize(description);
  const own = ranked(description.BestTrainingJob);
  const objective = objectiveOf(description, own);
  const listed = await listRanked(client, event, objective, own !== undefined);

  const best =
    (await describeOverallBest(client, description, own, objective)) ??
    (await describeBest(client, description, own ?? bestOfList(listed)));
  if (best === undefined) {
    throw await noCompletedTrainingJob(client, event, description, tuningJob.trainingJobs, objective);
  }
  const result = { tuningJob, bestTrainingJob: best };
  const top = listed.slice(0, event.topTrainingJobs).map(
    ({ name, definitionName, status, value, tunedHyperparameters }): TopTrainingJobResult => ({
      name,
      ...definitionNameIn(description, definitionName),
      status,
      objectiveValue: value,
      tunedHyperparameters,
    }),
  );
  return { ...result, topTrainingJobs: withinBudget(top, result) };
}

async function describeTuningJob(
  client: SageMakerClient,
  { tuningJobName, failure }: CheckedEvent,
): Promise<DescribeHyperParameterTuningJobResponse> {
  try {
    return await client.send(
      new DescribeHyperParameterTuningJobCommand({ HyperParameterTuningJobName: tuningJobName }),
    );
  } catch (error) {
    if (isNotFound(error)) {
      throw new TuningJobNotFoundError(
        joinSentences([
          `Hyperparameter tuning job ${tuningJobName} does not exist`,
          ...(failure ? [describeFailure(failure)] : []),
        ]),
        { cause: error },
      );
    }
    throw error;
  }
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
      // The API has no counter for all that failed: RetryableError counts those that failed through the service,
      // NonRetryableError those that failed through the client, and a training job is in one of the two.
      failed: (counters.NonRetryableError ?? 0) + (counters.RetryableError ?? 0),
    },
  };
}

/**
 * Training jobs of the tuning job that have an objective value, best first: at least as many as were asked for, and on to
 * the first completed one where SageMaker names no best.
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
        // Leaves out the training jobs without a value.
        SortBy: 'FinalObjectiveMetricValue',
        SortOrder: type === 'Minimize' ? 'Ascending' : 'Descending',
        // A few more than needed, for the values that are no number.
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

/** The best of the list by SageMaker's own rule; a failed training job left no model, so that it is never the best. */
function bestOfList(listed: readonly RankedTrainingJob[]): RankedTrainingJob | undefined {
  return listed.find(isCompleted) ?? listed.find(({ status }) => status === 'Stopped');
}

function isCompleted({ status }: RankedTrainingJob): boolean {
  return status === 'Completed';
}

async function describeOverallBest(
  client: SageMakerClient,
  description: DescribeHyperParameterTuningJobResponse,
  own: RankedTrainingJob | undefined,
  { type }: Objective,
): Promise<BestTrainingJobResult | undefined> {
  const overall = ranked(description.OverallBestTrainingJob);
  if (overall === undefined || (own !== undefined && compareBy(type)(overall, own) >= 0)) {
    return undefined;
  }
  try {
    return await describeBest(client, description, overall);
  } catch (error) {
    if (isAccessDenied(error) || isNotFound(error)) {
      return undefined;
    }
    throw error;
  }
}

async function describeBest(
  client: SageMakerClient,
  description: DescribeHyperParameterTuningJobResponse,
  job: RankedTrainingJob | undefined,
): Promise<BestTrainingJobResult | undefined> {
  if (job === undefined) {
    return undefined;
  }
  const details = await client.send(new DescribeTrainingJobCommand({ TrainingJobName: job.name }));
  return {
    name: job.name,
    arn: job.arn,
    ...definitionNameIn(description, job.definitionName),
    objective: { ...objectiveOf(description, job), value: job.value },
    metrics: finalMetrics(details),
    hyperparameters: withoutTuningHyperparameters(details.HyperParameters),
    tunedHyperparameters: job.tunedHyperparameters,
    modelArtifacts: details.ModelArtifacts?.S3ModelArtifacts || null,
  };
}

/** A definition can have a name where there is only one, which then tells nothing. */
function definitionNameIn(
  { TrainingJobDefinitions }: DescribeHyperParameterTuningJobResponse,
  definitionName: string | undefined,
): { definitionName?: string } {
  return TrainingJobDefinitions?.length && definitionName ? { definitionName } : {};
}

function finalMetrics({ FinalMetricDataList }: DescribeTrainingJobResponse): Record<string, number> {
  const metrics: Record<string, number> = {};
  for (const { MetricName: name, Value: value } of FinalMetricDataList ?? []) {
    // JSON has no NaN: it would arrive as null where a number is promised.
    if (name !== undefined && value !== undefined && Number.isFinite(value)) {
      metrics[name] = value;
    }
  }
  return metrics;
}

/** The error that tells a person why there is no best training job, and where to look next. */
async function noCompletedTrainingJob(
  client: SageMakerClient,
  { tuningJobName, failure }: CheckedEvent,
  description: DescribeHyperParameterTuningJobResponse,
  { completed, stopped, failed }: TrainingJobCounts,
  { metric }: Objective,
): Promise<NoCompletedTrainingJobError> {
  const sentences = [
    `Hyperparameter tuning job ${tuningJobName} (${description.HyperParameterTuningJobStatus}) has no training job ` +
      `with a value of its objective metric ${metric}: ${completed} completed, ${stopped} stopped, ${failed} failed`,
  ];
  if (description.FailureReason) {
    sentences.push(`Its failure reason: ${description.FailureReason}`);
  } else if (failure) {
    sentences.push(describeFailure(failure));
  }
  const common = await findCommonFailure(client, tuningJobName);
  if (common) {
    const { count, examined, reason, example } = common;
    sentences.push(
      `Most common reason, of ${count} of the ${examined} failed training jobs, for example ${example}: ${reason}`,
    );
  }
  if (completed > 0) {
    sentences.push(
      'Training jobs completed without a usable value: check that their log has the metric as its definition expects it, ' +
        'and that it is a number',
    );
  }
  sentences.push(
    `Logs: CloudWatch log group /aws/sagemaker/TrainingJobs, log streams that start with ${tuningJobName}-`,
  );
  return new NoCompletedTrainingJobError(joinSentences(sentences));
}

function describeFailure({ Error: error, Cause: cause }: StepFunctionsFailure): string {
  const text = cause ? `${error}: ${cause}` : error;
  return `Step Functions reported ${text.slice(0, MAX_CAUSE_CHARACTERS)}`;
}
