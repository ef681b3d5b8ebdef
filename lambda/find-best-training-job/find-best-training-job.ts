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

/** Maximum number of pages of the sorted list to read. Usually, the first page is enough. */
const MAX_PAGES = 10;

/** Maximum length of a cause. A cause can be the JSON of a whole job, and begins with the reason. */
const MAX_CAUSE_CHARACTERS = 2000;

/**
 * Finds the best training job of a tuning job. Returns everything needed to inspect it and to run the final training.
 *
 * The best training job is the first of these that exists:
 *
 * 1. SageMaker's `OverallBestTrainingJob`, if its value is better than the best value of this tuning job. It exists
 *    after a warm start of type IdenticalDataAndAlgorithm and can be a training job of a parent. Data and algorithm are
 *    the same, so the values are comparable, and the final training should use the best known hyperparameters. It is
 *    skipped if it cannot be described, because the role has no permission or the job was deleted.
 * 2. SageMaker's `BestTrainingJob`.
 * 3. The training job with the best objective value in the list of training jobs, because `BestTrainingJob` can be
 *    missing although training jobs have values. As in SageMaker, completed training jobs come before stopped ones.
 *
 * The status of the tuning job does not matter: a job that was stopped, or failed late, can have a best training job.
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
      // The API has no counter for all failed training jobs. RetryableError counts failures caused by the service, and
      // NonRetryableError counts failures caused by the client.
      failed: (counters.NonRetryableError ?? 0) + (counters.RetryableError ?? 0),
    },
  };
}

/**
 * Lists training jobs of the tuning job with an objective value, best first. Reads at least the requested number. If
 * SageMaker returned no best training job, continues until it finds a completed training job.
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
        // A few more than needed, because values that are not numbers are left out.
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

/** Name of the definition if the tuning job has several. The name of a single definition has no meaning. */
function definitionNameIn(
  { TrainingJobDefinitions }: DescribeHyperParameterTuningJobResponse,
  definitionName: string | undefined,
): { definitionName?: string } {
  return TrainingJobDefinitions?.length && definitionName ? { definitionName } : {};
}

function finalMetrics({ FinalMetricDataList }: DescribeTrainingJobResponse): Record<string, number> {
  const metrics: Record<string, number> = {};
  for (const { MetricName: name, Value: value } of FinalMetricDataList ?? []) {
    // JSON has no NaN: it would become null, although the type is a number.
    if (name !== undefined && value !== undefined && Number.isFinite(value)) {
      metrics[name] = value;
    }
  }
  return metrics;
}

/** The error for a tuning job without a best training job, with the reason and where to find more information. */
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
      'Training jobs completed without a usable value: check that their log has the metric in the form that its definition expects, ' +
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
