import {
  type AutoMLCandidate,
  DescribeAutoMLJobV2Command,
  type DescribeAutoMLJobV2Response,
  type SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import { commonReasons, type FailedJob } from '../../local/src/failure-reasons/common-reasons';
import { byObjective, modelArtifactsOf, type RankedCandidate, ranked } from '../shared/automl-candidate';
import { listCandidates } from '../shared/automl-candidates';
import { UnexpectedResponseError } from '../shared/errors';
import { withinBudget } from '../shared/result-budget';
import { isNotFound } from '../shared/sagemaker-errors';
import { joinSentences } from '../shared/sentences';
import { describeCandidate } from './candidate';
import { AutoMlJobNotFoundError, NoCompletedCandidateError } from './errors';
import type { CheckedEvent } from './event';
import type { AutoMlJobResult, CandidateCounts, FindBestCandidateResult, LeaderboardEntry } from './types';

/**
 * Finds the best candidate of an AutoML job. Returns everything needed to deploy or inspect it.
 *
 * The best candidate is SageMaker's `BestCandidate`, or else the completed candidate with the best objective value. The
 * status of the AutoML job does not matter: a job that was stopped, or failed late, can have a best candidate.
 */
export async function findBestCandidate(
  client: SageMakerClient,
  { autoMlJobName, leaderboardSize }: CheckedEvent,
): Promise<FindBestCandidateResult> {
  const description = await describeAutoMlJob(client, autoMlJobName);
  const candidates = await listCandidates(client, autoMlJobName);
  const listed = candidates.flatMap((candidate) => ranked(candidate) ?? []).sort(byObjective);
  const autoMlJob = summarize(description, candidates);
  const best = ranked(description.BestCandidate) ?? listed.find(({ status }) => status === 'Completed');
  if (!best) throw noCompletedCandidate(description, autoMlJob, candidates);
  const result = { autoMlJob, bestCandidate: describeCandidate(best) };
  const leaderboard = listed.slice(0, leaderboardSize).map(leaderboardEntry);
  return { ...result, leaderboard: withinBudget(leaderboard, result) };
}

function leaderboardEntry({ name, status, value, candidate }: RankedCandidate): LeaderboardEntry {
  return { name, status, objectiveValue: value, modelArtifacts: modelArtifactsOf(candidate) };
}

async function describeAutoMlJob(
  client: SageMakerClient,
  name: string,
): Promise<DescribeAutoMLJobV2Response> {
  try {
    return await client.send(new DescribeAutoMLJobV2Command({ AutoMLJobName: name }));
  } catch (error) {
    if (!isNotFound(error)) throw error;
    throw new AutoMlJobNotFoundError(`AutoML job ${name} does not exist`, { cause: error });
  }
}

function summarize(
  description: DescribeAutoMLJobV2Response,
  candidates: readonly AutoMLCandidate[],
): AutoMlJobResult {
  const { AutoMLJobName: name, AutoMLJobArn: arn, AutoMLJobStatus: status } = description;
  if (name === undefined || arn === undefined || status === undefined) {
    throw new UnexpectedResponseError(
      "SageMaker's description of the AutoML job lacks its name, ARN or status",
    );
  }
  const resolved =
    description.ResolvedAttributes?.AutoMLProblemTypeResolvedAttributes?.TabularResolvedAttributes;
  const given = description.AutoMLProblemTypeConfig?.TabularJobConfig;
  return {
    name,
    arn,
    status,
    problemType: resolved?.ProblemType ?? given?.ProblemType ?? null,
    candidates: countOf(candidates),
  };
}

function countOf(candidates: readonly AutoMLCandidate[]): CandidateCounts {
  const count = (status: string) =>
    candidates.filter(({ CandidateStatus }) => CandidateStatus === status).length;
  return { completed: count('Completed'), stopped: count('Stopped'), failed: count('Failed') };
}

/** The error for a job without a best candidate, with the reason and where to find more information. */
function noCompletedCandidate(
  description: DescribeAutoMLJobV2Response,
  { name, status, candidates: { completed, stopped, failed } }: AutoMlJobResult,
  candidates: readonly AutoMLCandidate[],
): NoCompletedCandidateError {
  const at = description.AutoMLJobSecondaryStatus;
  const sentences = [
    `AutoML job ${name} (${at && at !== status ? `${status}, ${at}` : status}) has no completed candidate with a value of its objective metric: ` +
      `${completed} completed, ${stopped} stopped, ${failed} failed`,
  ];
  if (description.FailureReason) {
    sentences.push(`Its failure reason: ${description.FailureReason}`);
  }
  for (const { PartialFailureMessage: message } of description.PartialFailureReasons ?? []) {
    if (message) sentences.push(`Partial failure: ${message}`);
  }
  const [common] = commonReasons(failedCandidates(candidates));
  if (common) {
    sentences.push(
      `Most common reason for failure (${common.count} failed candidates, for example ${common.example}): ${common.reason}`,
    );
  }
  sentences.push('Logs: CloudWatch log groups /aws/sagemaker/ProcessingJobs and /aws/sagemaker/TrainingJobs');
  return new NoCompletedCandidateError(joinSentences(sentences));
}

function failedCandidates(candidates: readonly AutoMLCandidate[]): FailedJob[] {
  return candidates.flatMap(({ CandidateName: name, FailureReason: reason }) =>
    name && reason ? [{ name, reason }] : [],
  );
}
