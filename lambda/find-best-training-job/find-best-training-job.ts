import {
  DescribeHyperParameterTuningJobCommand,
  type DescribeHyperParameterTuningJobResponse,
  DescribeTrainingJobCommand,
  type DescribeTrainingJobResponse,
  type SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import { withoutTuningHyperparameters } from '../shared/hyperparameters';
import { compareBy, type Objective, objectiveOf, type RankedTrainingJob, ranked } from '../shared/objective';
import { withinBudget } from '../shared/result-budget';
import { isNotFound, isUnreadable } from '../shared/sagemaker-errors';
import { joinSentences } from '../shared/sentences';
import { NoCompletedTrainingJobError, TuningJobNotFoundError } from './errors';
import type { CheckedEvent } from './event';
import { describeFailure } from './failure-text';
import { findCommonFailure } from './failures';
import { bestOfList, readSearch } from './tuning-search';
import type {
  BestTrainingJobResult,
  FindBestTrainingJobResult,
  TopTrainingJobResult,
  TrainingJobCounts,
} from './types';

/**
 * Finds the best training job of a tuning job. Returns everything needed to inspect it and to run the final training.
 *
 * The best training job is the first of these that exists:
 *
 * 1. SageMaker's `OverallBestTrainingJob`, if its value is better than the best value of this tuning job. SageMaker
 *    returns it after a warm start of type IdenticalDataAndAlgorithm. It can be a training job of a parent, whose
 *    values are comparable because data and algorithm are the same. It is ignored if it cannot be described, because
 *    the role lacks the permission or the job was deleted.
 * 2. SageMaker's `BestTrainingJob`.
 * 3. The training job with the best objective value in the list of training jobs, because `BestTrainingJob` can be
 *    missing although training jobs have values. As in SageMaker, completed training jobs come before stopped ones.
 *
 * If the search ran several tuning jobs, the training jobs of all these tuning jobs are compared.
 *
 * The status of the tuning job does not matter: a job that was stopped, or failed late, can have a best training job.
 */
export async function findBestTrainingJob(
  client: SageMakerClient,
  event: CheckedEvent,
): Promise<FindBestTrainingJobResult> {
  const description = await describeTuningJob(client, event);
  const own = ranked(description.BestTrainingJob);
  const objective = objectiveOf(description, own);
  const { tuningJob, listed } = await readSearch(client, event, description, objective);

  const best = event.earlierTuningJobNames?.length
    ? await describeBest(client, description, bestOfList(listed))
    : ((await describeOverallBest(client, description, own, objective)) ??
      (await describeBest(client, description, own ?? bestOfList(listed))));
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
    if (isUnreadable(error)) {
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
    // JSON has no NaN: `JSON.stringify` would write null, although the type of the value is number.
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
      `Most common reason for failure (${count} of ${examined} failed training jobs, for example ${example}): ${reason}`,
    );
  }
  if (completed > 0) {
    sentences.push(
      'Training jobs completed without a usable value: check that their log has the metric in the form that the metric definition expects, ' +
        'and that it is a number',
    );
  }
  sentences.push(
    `Logs: CloudWatch log group /aws/sagemaker/TrainingJobs, log streams that start with ${tuningJobName}-`,
  );
  return new NoCompletedTrainingJobError(joinSentences(sentences));
}
